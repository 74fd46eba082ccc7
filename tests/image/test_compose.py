"""What the compose file gives to whom, and what the check of it says when
somebody gives too much.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.image import compose, dockerfile
from tests.image.compose import COMPOSE, Fault

ROOT = Path(settings.BASE_DIR)


BEAT = "      <<: [*settings, *broker]\n"


def changed(old: str, new: str) -> str:
    text = COMPOSE.read_text()
    assert old in text
    return text.replace(old, new, 1)


def test_the_compose_file_gives_nothing_away():
    assert compose.faults() == []


@pytest.mark.parametrize(
    "old, new, fault",
    (
        (
            BEAT,
            BEAT
            + "      DATABASE_OWNER_URL: postgres://portal_owner:secret@postgres:5432/portal\n",
            "beat has the owner's address of the database.",
        ),
        (
            "      <<: [*settings, *broker]\n",
            "      <<: [*settings, *broker, *mail]\n",
            "beat is given EMAIL_HOST_PASSWORD",
        ),
        (
            "    network_mode: none\n",
            "    network_mode: none\n    env_file: .env\n",
            "static is given a whole file",
        ),
        (
            "    networks: [front]\n",
            "    networks: [front, data]\n",
            "nginx reaches postgres by the network data.",
        ),
        ("  read_only: true\n", "", "web may write to its own image."),
        ("    healthcheck: &asked\n", "    unhealthy: &asked\n", "web has no health check."),
        ("    mem_limit: 384m\n", "", "beat has no mem_limit."),
        ("/etc/nginx/tls:ro", "/etc/nginx/tls", "nginx may write to x of the host."),
    ),
)
def test_a_service_that_gets_too_much_is_named(old, new, fault):
    text = changed(old, new).replace("${TLS_DIRECTORY:?Fill in TLS_DIRECTORY in .env}", "/x")

    assert any(said.startswith(fault.replace(" x ", " /x ")) for said in compose.faults(text))


def test_a_secret_that_nobody_has_placed_is_named(monkeypatch):
    named = compose.example() | {"NEW_PASSWORD": ""}
    monkeypatch.setattr(compose, "example", lambda: named)

    assert compose.faults() == ["NEW_PASSWORD is a secret, and no one has said who needs it."]


@pytest.mark.parametrize(
    "name",
    (
        "SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "DATABASE_OWNER_PASSWORD", "DATABASE_PASSWORD",
        "REDIS_PASSWORD", "TLS_DIRECTORY", "PORTAL_URL",
    ),
)  # fmt: skip
def test_the_example_as_it_is_shipped_starts_nothing(name):
    filled = compose.example() | {other: "x" for other in compose.example() if other != name}

    with pytest.raises(Fault, match=f"Fill in {name} in .env"):
        compose.read(filled | {name: ""})


def test_every_variable_of_the_example_goes_to_some_service():
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text())) | set(
        re.findall(r"^  (?:    )?([A-Z0-9_]+):$", COMPOSE.read_text(), flags=re.M)
    )

    assert used == set(compose.example())


def test_certificates_and_secrets_do_not_go_into_the_image():
    names = [
        name
        for name in dockerfile.context()
        if re.search(r"\.(pem|key)$|\.env|^deploy/|^tests/|^var/", name)
    ]

    assert names == []
    assert "config/settings.py" in dockerfile.context()


def test_the_image_is_run_as_a_user_without_rights():
    *_, stage = dockerfile.stages()

    assert stage.user == "portal"
    assert any("--uid 10001" in step for step in stage.said("RUN"))
