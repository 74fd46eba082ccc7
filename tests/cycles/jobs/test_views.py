"""What people do about jobs, the page of jobs, and the messages that stand among them."""

from typing import Any

import pytest
from django.utils import translation

from cycles.jobs import actions, queries
from cycles.models import Channel, Delivery, Entry
from cycles.notices import delivery
from cycles.workflow import Refused
from submissions.scoring import totals
from tests.cycles.jobs.handlers import SOON, failing_with, handled_by, order_job, work
from tests.factories import World
from tests.jobs import failed_job, newest, work_off

# --- Acts of people -----------------------------------------------------------------------------


def test_a_stopped_job_ends_at_its_next_step(world):
    steps = []

    def handler(key: int, tell: Any) -> None:
        tell("first", 10)
        steps.append("first")
        actions.stop(newest("test"), by=world.administrator, at=world.at)
        tell("second", 20)
        steps.append("second")

    with handled_by(handler):
        order_job(world)
        work(world.at)

    assert steps == ["first"]
    assert newest("test").state == "cancelled"
    assert Entry.objects.get(act="stop").actor_id == world.administrator.pk


def test_a_failed_job_that_is_tried_again_has_all_its_attempts(world):
    job = failed_job(world)

    again = actions.try_again(job, by=world.administrator, at=world.at)
    assert (again.state, again.attempts, again.reason, again.error) == ("waiting", 0, "", "")
    work_off()

    assert newest("scores").state == "done"


def test_what_was_ordered_anew_is_not_tried_again_beside_it(world):
    with handled_by(failing_with(ValueError()), attempts=1):
        order_job(world)
        work(world.at)
        failed = newest("test")
        order_job(world)

        with translation.override("en"), pytest.raises(Refused, match="ordered anew"):
            actions.try_again(failed, by=world.administrator, at=world.at)


# --- The page -----------------------------------------------------------------------------------


def test_the_page_lists_jobs_with_reason_attempts_and_a_button(world, visit):
    job = failed_job(world)
    page = visit(world, world.administrator).get("/en/cycles/jobs/?state=failed").content.decode()
    auditor = visit(world, world.auditor).get("/en/cycles/jobs/").content.decode()

    for shown in (page, auditor):
        assert job.title_en in shown
        assert "There was not enough memory." in shown
        assert "3 of 3" in shown
    address = f"/en/cycles/jobs/{job.pk}/try-again/"
    assert address in page
    assert address not in auditor


def test_trying_again_is_an_act_on_record(world, visit):
    job, client = failed_job(world), visit(world, world.administrator)

    client.post(f"/en/cycles/jobs/{job.pk}/try-again/", {"note": "more memory"})

    assert newest("scores").state == "waiting"
    assert Entry.objects.get(act="try_again").note == "more memory"


@pytest.mark.parametrize("count", (1, 8))
def test_the_page_takes_the_same_queries_for_any_number_of_jobs(
    world, visit, django_assert_num_queries, count
):
    for _job in range(count):
        run = totals.request_run(world.cycle, why="test", by=None, at=world.at)
        actions.order("scores", run, by=world.administrator, at=world.at)
    client = visit(world, world.administrator)
    client.get("/en/cycles/jobs/")

    with django_assert_num_queries(QUERIES):
        client.get("/en/cycles/jobs/")


QUERIES = 9


# --- Messages -----------------------------------------------------------------------------------


def given_up(w: World) -> Delivery:
    return Delivery.objects.create(
        recipient=w.staff,
        channel=Channel.MAIL,
        key="test",
        made_at=w.at,
        message_id="0198c0de-0000-7000-8000-000000000000@example.org",
        attempts=len(delivery.PAUSES),
        error="refused",
    )


def test_messages_stand_among_the_kinds_with_their_backlog(world):
    Delivery.objects.all().delete()
    given_up(world)

    [mails] = [backlog for backlog in queries.counts() if backlog.kind == queries.MAILS]

    assert (mails.state, mails.count, mails.age(world.at + SOON)) == ("failed", 1, SOON)


def test_messages_that_were_given_up_are_sent_again_as_the_same_messages(world, visit):
    given, client = given_up(world), visit(world, world.administrator)
    assert "/en/cycles/jobs/messages/" in client.get("/en/cycles/jobs/").content.decode()

    client.post("/en/cycles/jobs/messages/", {"note": ""})
    again = Delivery.objects.get(pk=given.pk)
    refused = client.post("/en/cycles/jobs/messages/", {"note": ""}).content.decode()

    assert (again.attempts, again.error, again.message_id) == (0, "", given.message_id)
    assert Entry.objects.get(act="send_again").params["count"] == 1
    assert "nothing to send again" in refused
