"""The clock: off by more than two seconds it is noticed, put on record and told, and what has a
deadline waits.
"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from cycles import clocks, tasks
from cycles.calendar import Phase
from cycles.engine import ledger, perform
from cycles.models import Delivery, Entry, Fault, Window
from cycles.models.faults import FaultKind
from cycles.models.windows import is_off
from cycles.people import interests
from cycles.record import clock_watch, faults
from cycles.workflow import Refused
from submissions import workflow
from submissions.signing import actions as signing
from tests.factories import build

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


class SetBy(clocks.Steadiness):
    """A clock that was set, as a machine's is by hand."""

    def __init__(self, by: timedelta) -> None:
        super().__init__()
        self._was -= by


def off_by(difference):
    return lambda: timezone.now() + difference


def sign(world):
    return signing.move(world.submission, "submit", by=world.head, at=world.at)


@pytest.mark.parametrize("seconds", (-3600, -3, 3, 3600))
def test_a_clock_apart_from_the_databases_is_named_with_its_seconds(seconds):
    reading = clock_watch.read(clock=off_by(seconds * SECOND))

    assert reading.fault_details == {"cause": "apart", "seconds": seconds, "until": None}


@pytest.mark.parametrize("seconds", (-1, 0, 1))
def test_a_clock_within_two_seconds_is_right(seconds):
    assert clock_watch.read(clock=off_by(seconds * SECOND)).fault_details == {}


@pytest.mark.parametrize("seconds", (-3600, 3))
def test_a_clock_that_was_set_is_noticed_though_the_databases_was_set_with_it(seconds):
    reading = clock_watch.read(steadiness=SetBy(seconds * SECOND))

    assert reading.fault_details == {"cause": "set", "seconds": seconds, "until": None}


def test_how_long_a_question_takes_is_no_fault_of_the_clock():
    began = timezone.now()

    assert clocks.apart(began + 30 * SECOND, began, began + 60 * SECOND) == timedelta()
    assert clocks.apart(began - 3 * SECOND, began, began + 60 * SECOND) == -3 * SECOND
    assert clocks.apart(began + 63 * SECOND, began, began + 60 * SECOND) == 3 * SECOND


def test_what_has_a_deadline_waits_while_the_clock_is_off_and_is_done_afterwards():
    world = build("answered")
    clock_watch.watch(at=world.at, clock=off_by(5 * SECOND))

    with translation.override("en"), pytest.raises(Refused, match="clock is not right"):
        sign(world)
    waiting = world.fresh(world.submission).state
    buttons = {
        m.name
        for m in perform.open_to(workflow.MOVES, world.submission, by=world.head, at=world.at)
    }
    interests.declare_interest(agency=world.power, reason="goes on", by=world.assessor, at=world.at)
    clock_watch.watch(at=world.at)
    sign(world)

    assert waiting == "draft"
    assert "submit" not in buttons
    acts = list(Entry.objects.order_by("pk").values_list("act", flat=True))
    assert acts[-4:] == ["report_fault", "declare_interest", "report_mended", "submit"]
    assert Entry.objects.get(act="report_fault").params["seconds"] == 5


def test_an_act_that_finds_its_process_apart_from_the_database_makes_it_look_again():
    world = build("answered")
    windows = Window.objects.concerning([world.submission])
    read_at, clocks.ours.is_suspect = windows.rows[0].read_at, False

    off = is_off(windows.rows[0], read_at + 5 * SECOND, read_at + 5 * SECOND)
    doubtful = clocks.ours.is_doubtful
    tasks.watch()

    assert (windows.clock_is_off, off, doubtful) == (False, True, True)
    assert not clocks.ours.is_doubtful


def test_a_duty_is_done_whatever_the_clock_shows():
    world = build("marked")
    clock_watch.watch(at=world.at, clock=off_by(5 * SECOND))

    windows = Window.objects.concerning([world.submission])

    assert windows.clock_is_off
    assert windows.why_closed(Phase.SCORING, world.submission, world.at) == ""
    assert windows.why_closed(Phase.SELF_ASSESSMENT, world.submission, world.at) != ""


def test_asking_for_the_clock_costs_an_act_no_query(django_assert_num_queries):
    world = build("answered")

    with django_assert_num_queries(1):
        windows = Window.objects.concerning([world.submission])

    assert not windows.clock_is_off


def test_auditors_are_told_once_when_it_is_off_and_once_when_it_is_right():
    world = build("open")
    for _look in range(3):
        clock_watch.watch(at=world.at, clock=off_by(-9 * SECOND))
    off = Delivery.objects.filter(recipient=world.auditor, channel="inbox").count()
    for _look in range(3):
        clock_watch.watch(at=world.at)

    told = Delivery.objects.filter(recipient=world.auditor, channel="inbox")
    assert (off, told.count()) == (1, 2)
    assert told.filter(is_official=True).count() == 2
    assert Delivery.objects.filter(recipient=world.head, entry__act="report_fault").count() == 0


def test_rows_of_a_later_moment_say_that_the_clock_was_set_back_until_it_catches_up():
    world = build("open")
    columns = [c for c in (*ledger.FACTS, "body", "digest") if c != "recorded_at"]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cycles_entry (recorded_at, {', '.join(columns)}) "
            f"SELECT clock_timestamp() + interval '1 hour', {', '.join(columns)} FROM "
            f"cycles_entry LIMIT 1"
        )

    facts = clock_watch.watch(at=world.at).fault_details
    Fault.objects.update(cause="", seen_at=timezone.now() - timedelta(hours=2))
    clock_watch.watch(at=world.at)
    still = Fault.objects.standing().count()
    clock_watch.confirm_clock(by=world.administrator, at=world.at)
    clock_watch.watch(at=world.at)

    assert (facts["cause"], facts["seconds"]) == ("behind", 3600)
    assert (still, Fault.objects.standing().count()) == (1, 0)


@pytest.mark.parametrize("of", ({"host": "elsewhere"}, {"cause": "set"}))
def test_a_fault_that_only_another_machine_or_process_sees_is_its_own_for_a_minute(of):
    world = build("open")
    clock_watch.watch(at=world.at, clock=off_by(5 * SECOND))
    Fault.objects.update(**of)

    clock_watch.watch(at=world.at)
    left = Fault.objects.standing().count()
    Fault.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    clock_watch.watch(at=world.at)

    assert (left, Fault.objects.standing().count()) == (1, 0)


def test_a_national_administrator_may_say_that_the_clock_is_right_and_nobody_else():
    world = build("open")
    set_forward = SetBy(9 * SECOND)
    clock_watch.watch(at=world.at, steadiness=set_forward)

    with pytest.raises(Refused):
        clock_watch.confirm_clock(by=world.auditor, at=world.at)
    call_command("confirm_clock", world.administrator.username)
    after = clock_watch.read(steadiness=set_forward)
    set_again = clock_watch.read(steadiness=SetBy(9 * SECOND))

    assert after.fault_details == {}
    assert set_again.fault_details["cause"] == "set"
    assert Fault.objects.standing().count() == 0
    assert Entry.objects.latest("pk").act == "confirm_clock"
    with pytest.raises(CommandError, match="nobody"):
        call_command("confirm_clock", "nobody")


def test_the_page_of_the_record_shows_the_fault_to_auditors(client, settings):
    world = build("open")
    clock_watch.watch(at=world.at, clock=off_by(5 * SECOND))
    settings.CLOCK_OFFSET = world.at - timezone.now()
    client.force_login(world.auditor)

    standing = client.get(f"/en{reverse('cycles:ledger')[3:]}").content.decode()
    faults.end(FaultKind.CLOCK, at=world.at)
    over = client.get(f"/en{reverse('cycles:ledger')[3:]}").content.decode()

    assert "5 seconds away from the database" in standing
    assert "What has a deadline waits until the clock is right." in standing
    assert "What has a deadline waits" not in over
    assert "5 seconds away from the database" in over
