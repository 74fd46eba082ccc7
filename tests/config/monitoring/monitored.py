"""Lines of the log and figures of the metrics, read back."""

from config.monitoring.views import STATE


def scraped(client, **headers):
    STATE.forget()
    return client.get("/metrics", headers=headers).content.decode()


def value(text, name):
    return next(
        float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name} ")
    )
