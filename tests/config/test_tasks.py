"""Tasks travel through the real broker to a real worker."""

import pytest
from celery import shared_task

from config.celery import app


@shared_task(ignore_result=False)
def add(*, a, b):
    return a + b


@pytest.mark.parametrize("queue", ("celery", "reports"))
def test_a_task_sent_to_either_queue_is_done(celery_worker, queue):
    sent = add.apply_async(kwargs={"a": 1, "b": 2}, queue=queue)

    assert sent.get(timeout=20) == 3


def test_every_task_that_is_scheduled_or_routed_exists():
    app.loader.import_default_modules()

    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert scheduled | set(app.conf.task_routes) <= set(app.tasks)
