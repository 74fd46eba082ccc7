"""What operators see: probes, metrics, the log, errors sent to a collector."""

import contextlib
import gzip
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import brotli
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.monitoring import broker, health, logs, metrics, workers
from config.monitoring.views import STATE
from cycles.engine import perform
from cycles.jobs.actions import order_missing
from cycles.record import actions as record_actions
from cycles.record import seals
from cycles.tasks import order_verification
from cycles.workflow import CYCLE, Refused
from tests.factories import PASSWORD, build, make_user
from tests.faults.parts.processes import process, wait_for

PROBES = ("healthz", "readyz", "metrics")


@pytest.fixture
def lines(caplog):
    """The log's lines as production writes them, as objects."""
    formatter, found = logs.json_formatter(), []

    class Keeps(logging.Handler):
        def emit(self, record):
            found.append(json.loads(formatter.format(record)))

    handler = Keeps()
    handler.addFilter(logs.LeavesAddressesOut())
    root = logging.getLogger()
    root.addHandler(handler)
    yield found
    root.removeHandler(handler)


def of(lines, logger):
    return [line for line in lines if line["logger"] == logger]


# --- Probes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROBES)
@pytest.mark.django_db
def test_a_probe_is_answered_by_any_host_and_without_https(client, settings, name):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["portal.example"]

    answered = client.get(f"/{name}", headers={"Host": "10.1.2.3:8000"})
    page = client.get(reverse("account_login"), headers={"Host": "10.1.2.3:8000"})

    assert answered.status_code in (200, 503)
    assert answered["X-Content-Type-Options"] == "nosniff"
    assert page.status_code == 400


def test_that_the_process_is_alive_is_told_without_a_database(client):
    answered = client.get("/healthz")

    assert (answered.status_code, answered.content) == (200, b"ok")


@pytest.mark.parametrize("name", ("readyz", "metrics"))
def test_what_came_through_a_proxy_finds_no_probe_of_the_inside(client, name):
    assert client.get(f"/{name}", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404


@pytest.mark.django_db
def test_each_part_tells_its_state(client):
    broker.note_beat()

    answered = client.get("/readyz")

    told = answered.json()
    assert list(told["parts"]) == [
        "database",
        "cache",
        "broker",
        "disk",
        "record",
        "beat",
        "queue",
        "jobs",
    ]
    assert [name for name, part in told["parts"].items() if not part["ok"]] == []
    assert (answered.status_code, told["ready"]) == (200, True)
    assert told["parts"]["disk"]["media_free_megabytes"] > 0


@pytest.mark.django_db
def test_one_part_out_of_order_is_told_with_503(client, settings):
    settings.LEAST_FREE_MEGABYTES = 10**9

    answered = client.get("/readyz?parts=disk,cache")

    told = answered.json()["parts"]
    assert answered.status_code == 503
    assert told["cache"] == {"ok": True}
    assert told["disk"]["fault"].endswith("MB free for media")


def test_a_part_that_nobody_knows_is_no_part(client):
    assert client.get("/readyz?parts=coffee").status_code == 400


def test_beat_that_was_never_heard_is_a_fault(client):
    broker.client().delete(broker.BEAT)

    assert client.get("/readyz?parts=beat").json()["parts"]["beat"] == {
        "ok": False,
        "fault": "never heard",
    }


@pytest.mark.django_db(transaction=True)
def test_rows_that_wait_long_for_a_seal_are_a_fault(client, settings):
    build("planned")
    settings.SEALED_WITHIN_MINUTES = 0

    unsealed = client.get("/readyz?parts=record").json()["parts"]["record"]
    seals.seal(at=timezone.now())
    sealed = client.get("/readyz?parts=record").json()["parts"]["record"]

    assert "rows without a seal" in unsealed["fault"]
    assert sealed["ok"]
    assert sealed["unsealed"] == 0


def test_work_that_waits_long_is_a_fault(client, settings):
    settings.MOST_QUEUED_MINUTES = 1
    asked = broker.client()
    asked.delete("celery")
    asked.lpush("celery", json.dumps({"headers": {broker.QUEUED_AT: time.time() - 3600}}))

    told = client.get("/readyz?parts=queue").json()["parts"]["queue"]
    asked.delete("celery")

    assert told["fault"].startswith("1 in celery, the oldest for 36")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_no_worker_takes_up_is_a_fault(client, settings):
    settings.MOST_QUEUED_MINUTES = 1
    world = build("planned")
    record_actions.order_verification(by=world.administrator, at=world.at)
    idle = client.get("/readyz?parts=jobs").json()["parts"]["jobs"]
    order_missing(at=timezone.now() - timedelta(hours=1))

    told = client.get("/readyz?parts=jobs").json()["parts"]["jobs"]

    assert idle["ok"]
    assert told["fault"].startswith("the oldest job has waited for 36")


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_broker_that_hangs_does_not_hang_the_probe(client, settings, silent):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent}/0"
    began = time.monotonic()

    answered = client.get("/readyz?parts=broker,beat,queue,disk")

    told = answered.json()["parts"]
    assert time.monotonic() - began < health.SECONDS + 0.5
    assert answered.status_code == 503
    assert {name: part["ok"] for name, part in told.items()} == {
        "broker": False, "beat": False, "queue": False, "disk": True
    }  # fmt: skip


def test_a_question_that_hangs_is_asked_by_one_thread_only():
    ended, asked = threading.Event(), []
    probe = health.Probe("slow", lambda: asked.append(1) or ended.wait(5) or {})

    for _time in range(3):
        probe.start()
    answer = probe.wait(0.05)
    ended.set()

    assert answer.fault == "no answer in time"
    assert asked == [1]


# --- Metrics ------------------------------------------------------------------------------------


def scraped(client, **headers):
    STATE.forget()
    return client.get("/metrics", headers=headers).content.decode()


def value(text, name):
    return next(
        float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name} ")
    )


@pytest.mark.django_db
def test_requests_are_counted_by_view_and_status_with_their_time(client):
    page = 'portal_requests_total{method="GET",status="200",view="account_login"}'
    client.get(reverse("account_login"))
    before = value(scraped(client), page)

    client.get(reverse("account_login"))

    text = scraped(client)
    assert value(text, page) == before + 1
    assert 'portal_request_seconds_bucket{le="0.5",view="account_login"}' in text


@pytest.mark.django_db
def test_an_address_that_is_none_is_counted_under_no_name_of_a_visitors(client):
    client.get("/fa/made-up-by-a-visitor/")

    text = scraped(client)
    assert "made-up" not in text
    assert 'portal_refusals_total{code="no_such_page"}' in text


@pytest.mark.django_db
def test_metrics_ask_for_their_token_where_there_is_one(client, settings):
    settings.METRICS_TOKEN = "a token"

    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200


@pytest.mark.django_db
def test_the_state_of_the_year_stands_in_the_metrics(client):
    world = build("answered")
    record_actions.order_verification(by=world.administrator, at=world.at)
    order_missing(at=world.at)
    broker.client().delete("celery")
    broker.client().lpush("celery", "{}")

    text = scraped(client)
    broker.client().delete("celery")

    assert value(text, 'portal_submissions_in_work{year="1405"}') == 3
    assert 'portal_hours_to_closing{year="1405"}' in text
    assert value(text, 'portal_queue_length{queue="celery"}') == 1
    assert value(text, 'portal_files_waiting{work="scan"}') == 0
    assert value(text, 'portal_jobs{kind="verification",state="waiting"}') == 1
    assert 'portal_jobs_age_seconds{kind="verification",state="waiting"}' in text
    assert value(text, 'portal_state_readable{part="database"}') == 1


@pytest.mark.django_db
def test_the_state_is_read_by_few_queries_and_then_kept(client, django_assert_max_num_queries):
    STATE.forget()

    with django_assert_max_num_queries(10):
        client.get("/metrics")
    with django_assert_max_num_queries(0):
        client.get("/metrics")


@pytest.mark.django_db
def test_metrics_are_there_without_a_broker(client, settings, silent):
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent}/0"

    text = scraped(client)

    assert value(text, 'portal_state_readable{part="broker"}') == 0
    assert "portal_requests_total" in text


def test_what_workers_have_done_is_counted_over_all_of_them():
    broker.client().delete(broker.TASKS)
    task = SimpleNamespace(name="cycles.tasks.tell")

    for key in ("one", "two"):
        workers._begin(task_id=key, task=task, kwargs={"run": 7, "note": "typed"})
        workers._end(task_id=key, task=task, state="SUCCESS")

    [ended] = broker.ended_tasks(broker.client())
    assert (ended.task, ended.state, ended.count) == ("cycles.tasks.tell", "success", 2)


@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_what_it_ends_and_messages_say_when_they_were_sent(celery_worker):
    broker.client().delete(broker.TASKS)

    order_verification.delay()

    wait_for(lambda: broker.ended_tasks(broker.client()), 30)
    [ended] = broker.ended_tasks(broker.client())
    assert (ended.task, ended.state, ended.count) == (
        "cycles.tasks.order_verification",
        "success",
        1,
    )
    assert ended.seconds > 0


@pytest.mark.django_db
def test_beat_is_heard_as_soon_as_it_sends(tmp_path):
    asked = broker.client()
    asked.delete(broker.BEAT)

    with process(
        "celery",
        "-A",
        "config",
        "beat",
        f"--schedule={tmp_path / 'schedule'}",
        "--loglevel=WARNING",
    ):
        wait_for(lambda: broker.beat_age(asked) is not None, 60)
    sent = broker.queues(asked)
    asked.delete(*(queue.name for queue in sent))

    assert broker.beat_age(asked) < 60
    assert any(queue.length and queue.age is not None for queue in sent)


COUNTS = """
import os, sys
from prometheus_client import Counter
from config.monitoring import metrics
metrics.sign_ins.labels("signed_in").inc()
"""


def test_processes_of_one_server_count_together(tmp_path):
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _process in range(2):
        subprocess.run(
            [sys.executable, "-c", COUNTS], env=env, cwd=settings.BASE_DIR, check=True, timeout=60
        )
    told = f"{COUNTS.strip()}\nprint(metrics.exposition().decode())"

    text = subprocess.run(
        [sys.executable, "-c", told],
        env=env,
        cwd=settings.BASE_DIR,
        check=True,
        timeout=60,
        capture_output=True,
    ).stdout.decode()

    assert value(text, 'portal_sign_ins_total{outcome="signed_in"}') == 3


@pytest.mark.django_db
def test_the_web_servers_processes_count_together_from_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("gunicorn", "--config=config/gunicorn.py", f"--bind=127.0.0.1:{port}")
    page = 'portal_requests_total{method="GET",status="404",view="none"}'

    def get(path):
        with contextlib.suppress(urllib.error.HTTPError):
            return (
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20).read().decode()
            )

    def is_up():
        with contextlib.suppress(OSError):
            return get("/healthz") == "ok"

    with process(*command, "--threads=2", "--no-control-socket", TMPDIR=str(tmp_path)):
        wait_for(is_up, 90)
        for _time in range(12):
            get("/none")
        text = get("/metrics")

    assert len([*tmp_path.glob("portal-metrics-*")]) == 1
    assert value(text, page) == 12


# --- The log ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_request_is_one_line_that_names_nobody(client, lines):
    person = make_user("zahra", "auditor")
    client.force_login(person)
    lines.clear()

    answered = client.get(
        reverse("home") + "?q=typed", headers={"X-Forwarded-For": "203.0.113.7, 10.0.0.1"}
    )

    [line] = of(lines, "portal.request")
    assert line["request_id"] == answered["X-Request-ID"]
    assert (line["person"], line["view"], line["status"], line["method"]) == (
        person.pk,
        "home",
        200,
        "GET",
    )
    assert line["milliseconds"] > 0
    assert line["time"].endswith("+03:30")
    assert "zahra" not in json.dumps(line)
    assert "typed" not in json.dumps(line)


@pytest.mark.django_db
def test_the_address_is_the_one_our_outermost_proxy_saw(client, lines, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    client.get(reverse("account_login"), headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})

    [line] = of(lines, "portal.request")
    assert line["address"] == "203.0.113.7"


@pytest.mark.django_db
def test_signing_in_and_failing_to_are_told(client, lines):
    person = make_user("zahra", "auditor")
    address = reverse("account_login")

    client.post(address, {"login": "zahra", "password": "not this one"})
    client.post(address, {"login": "zahra", "password": PASSWORD})
    client.post(reverse("account_logout"))

    told = of(lines, "portal.signin")
    assert [line["outcome"] for line in told] == ["failed", "step", "signed_in", "signed_out"]
    assert {line.get("subject") for line in told[1:]} == {person.pk}
    assert told[1]["reason"] == "password"
    assert all(line["request_id"] and line["address"] == "127.0.0.1" for line in told)
    assert not any(word in json.dumps(lines) for word in ("zahra", PASSWORD, "not this one"))


@pytest.mark.django_db
def test_a_lock_out_is_told_and_counted(client, lines):
    make_user("zahra", "auditor")
    locked = 'portal_sign_ins_total{outcome="locked_out"}'
    address = reverse("account_login")

    for _time in range(8):
        client.post(address, {"login": "zahra", "password": "not this one"})

    assert of(lines, "portal.signin")[-1]["outcome"] == "locked_out"
    assert value(scraped(client), locked) >= 1


@pytest.mark.django_db
def test_a_page_that_is_refused_is_told_with_its_code(client, lines):
    client.get(reverse("home"))
    client.force_login(make_user("zahra"))
    client.get(reverse("cycles:ledger_export") + "x")
    client.get(reverse("submissions:detail", args=[987654321]))
    Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "zahra"})

    codes = [line.get("code") for line in of(lines, "portal.request")]
    assert codes == ["signed_out", "no_such_page", "not_found", "csrf"]
    assert "csrf" in scraped(client)


@pytest.mark.django_db
def test_a_refused_act_is_told_with_its_row_of_the_table_and_without_words(client, lines):
    world = build("planned")
    client.force_login(world.auditor)

    with pytest.raises(Refused):
        perform.perform(CYCLE, [world.cycle], "open", by=world.auditor, at=world.at)

    [line] = of(lines, "portal.refused")
    assert line["code"] == "cycles.cycle.open"
    assert line["where"] == "cycles.engine.perform._refuse_what_is_not_allowed"
    assert world.auditor.name_fa not in json.dumps(line, ensure_ascii=False)


def test_a_fault_is_told_by_type_and_place_without_its_words(lines):
    try:
        raise ValueError("what a visitor typed")
    except ValueError:
        logging.getLogger("portal").exception("a page failed")

    [line] = of(lines, "portal")
    assert line["fault"][0]["type"] == "builtins.ValueError"
    assert "test_monitoring.py" in line["fault"][0]["at"][-1]
    assert "typed" not in json.dumps(line)


@pytest.mark.django_db
def test_the_key_to_a_new_password_never_reaches_the_log(client, lines, settings):
    settings.ROOT_URLCONF = "tests.config.failing"
    client.raise_request_exception = False

    answered = client.get("/fails/abc-the-key-of-somebody/")

    assert answered.status_code == 500
    assert of(lines, "django.request")[0]["message"] == "Internal Server Error: fails"
    assert "the-key-of-somebody" not in json.dumps(lines)


def test_a_task_is_told_by_its_name_and_what_it_works_on(lines):
    task = SimpleNamespace(name="festival.tasks.render_report")

    workers._begin(task_id="an id", task=task, kwargs={"report_id": 12, "note": "typed"})
    logging.getLogger("portal.anything").info("half done")
    workers._end(task_id="an id", task=task, state="SUCCESS")

    [line] = of(lines, "portal.anything")
    assert (line["task"], line["task_id"], line["job"]) == (
        "festival.tasks.render_report",
        "an id",
        {"report_id": 12},
    )


# --- Errors -------------------------------------------------------------------------------------


class Receiver(BaseHTTPRequestHandler):
    """Takes envelopes as a collector does."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if encoding := self.headers.get("Content-Encoding"):
            body = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding](body)
        self.server.taken.append((self.path, body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.taken = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


FAILING = """
import os, time
import django
django.setup()
from django.test import Client
import sentry_sdk
from django.conf import settings
settings.ROOT_URLCONF = "tests.config.failing"
client = Client(raise_request_exception=False)
address = "/fails/abc-the-key-of-somebody/?q=typed"
client.get(address)  # the first request of a process loads half the portal
began = time.monotonic()
answered = client.post(address, {"password": "a-secret-typed"}, headers={"Cookie": "x=y"})
print(answered.status_code, round(time.monotonic() - began, 2))
sentry_sdk.flush(float(os.environ.get("WAITS", "5")))
"""


def failed(port, **env):
    given = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SENTRY_DSN": f"http://key@127.0.0.1:{port}/7",
        **env,
    }
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FAILING],
        env=os.environ | given, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=90, check=True,
    )  # fmt: skip
    status, seconds = ended.stdout.split()
    return int(status), float(seconds)


def test_an_error_reaches_the_collector_without_anything_of_anybodys(receiver):
    status, _seconds = failed(receiver.server_port)

    assert status == 500
    path, body = [(path, body) for path, body in receiver.taken if '"exception"' in body][-1]
    event = json.loads(body.splitlines()[2])
    assert path == "/api/7/envelope/"
    [error] = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"] == "fails"
    assert event["tags"]["view"] == "fails"
    assert event["tags"]["request_id"]
    assert not any(
        word in body
        for word in ("the-key-of-somebody", "typed", "secret", "x=y", "words of the fault")
    )


def test_a_collector_that_does_not_answer_slows_nobody_down(silent):
    status, seconds = failed(silent, WAITS="0.1")

    assert status == 500
    assert seconds < 1


def test_every_metric_has_a_name_of_the_portals():
    names = {family.name for family in metrics.REGISTRY.collect()}

    assert names == {
        "portal_requests",
        "portal_request_seconds",
        "portal_refusals",
        "portal_sign_ins",
    }
