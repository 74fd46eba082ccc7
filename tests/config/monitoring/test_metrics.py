"""Metrics: what is counted and what the state says."""

import contextlib
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.urls import reverse

from config.monitoring import broker, workers
from config.monitoring.views import STATE
from cycles.jobs.actions import order_missing
from cycles.record import actions as record_actions
from cycles.tasks import order_verification
from tests.config.monitoring.monitored import scraped, value
from tests.factories import build
from tests.faults.parts.processes import process, wait_for


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
