"""Probes: whether the process is alive and its parts are ready."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.monitoring import broker, health
from cycles.jobs.actions import order_missing
from cycles.record import actions as record_actions
from cycles.record import seals
from tests.factories import build

PROBES = ("healthz", "readyz", "metrics")


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
    broker.client().flushdb()  # nobody works off what earlier tests have ordered
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
