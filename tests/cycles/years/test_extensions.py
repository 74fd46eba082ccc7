"""Decrees move a hard deadline, for whom they name, never back; and nothing else moves a window of
an open cycle.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from cycles.calendar import Phase
from cycles.models import Entry, Extension, Group, Window
from cycles.people import interests
from cycles.workflow import Refused
from submissions import tasks
from submissions.answers import actions as answers
from submissions.marking import actions as marking
from submissions.marking import assignment
from submissions.signing import actions as signing
from tests.cycles.years.decrees import MICROSECOND, WEEK, closing, extend
from tests.factories import build

pytestmark = pytest.mark.django_db


def save(world, submission, at):
    answer = submission.answers.select_related("submission", "measure").first()
    staff = world.staff if submission == world.submission else world.other_staff
    return answers.save_answer(answer, value=1, note="", by=staff, at=at)


def test_a_decree_for_one_agency_moves_its_deadline_and_no_other():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    extend(world, before + WEEK, agency=world.power)

    assert closing(world, world.submission) == before + WEEK
    assert closing(world, world.other) == before
    save(world, world.submission, before + WEEK - MICROSECOND)
    with pytest.raises(Refused):
        save(world, world.submission, before + WEEK)


def test_a_decree_for_a_group_moves_the_deadlines_of_its_agencies():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    group = Group.objects.get(participations__agency=world.power, cycle=world.cycle)

    extend(world, before + WEEK, group=group)

    assert closing(world, world.submission) == before + WEEK
    assert closing(world, world.other) == before


def test_of_several_decrees_the_latest_deadline_is_in_force():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + 3 * WEEK, agency=world.power)

    extend(world, before + WEEK)
    extend(world, before + 2 * WEEK)

    assert closing(world, world.submission) == before + 3 * WEEK
    assert closing(world, world.other) == before + 2 * WEEK


@pytest.mark.parametrize("scope", ("one", "group", "all"))
def test_no_decree_shortens(scope):
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    group = Group.objects.get(participations__agency=world.power, cycle=world.cycle)
    named = {"one": {"agency": world.power}, "group": {"group": group}, "all": {}}[scope]
    extend(world, before + 2 * WEEK, **named)

    with pytest.raises(Refused, match="never shortens"), translation.override("en"):
        extend(world, before + 2 * WEEK, **named)

    assert Extension.objects.count() == 1
    assert closing(world, world.submission) == before + 2 * WEEK


def test_a_decree_may_come_after_the_deadline_but_never_reaches_back():
    world = build("submitted")
    before = world.closes(Phase.SELF_ASSESSMENT)
    now = before + timedelta(days=2)

    with pytest.raises(Refused, match="never reaches back"), translation.override("en"):
        extend(world, before + timedelta(days=1), at=now)
    extend(world, before + WEEK, at=now)

    with pytest.raises(Refused):
        save(world, world.other, before + WEEK)
    assert closing(world, world.other) == before + WEEK
    assert save(world, world.other, now).value == 1


def test_a_duty_is_not_extended():
    world = build("open")

    with pytest.raises(Refused, match="accepts late"), translation.override("en"):
        extend(world, world.closes(Phase.APPROVAL) + WEEK, phase=Phase.APPROVAL)


def test_only_a_national_administrator_records_a_decree():
    world = build("answered")

    for person in (world.head, world.auditor, world.assessor):
        with pytest.raises(Refused):
            extend(world, world.closes(Phase.SELF_ASSESSMENT) + WEEK, by=person)

    assert not Extension.objects.exists()


@pytest.mark.parametrize("stage", ("planned", "final"))
def test_a_planned_and_a_final_year_know_no_decree(stage):
    world = build(stage)

    with pytest.raises(Refused, match="open cycle"), translation.override("en"):
        extend(world, world.at + 52 * WEEK)


def test_each_quarter_is_extended_for_itself():
    world = build("open")
    quarters = {
        w.quarter: w.closes_at
        for w in Window.objects.filter(cycle=world.cycle, phase=Phase.MONITORING)
    }

    extension = extend(world, quarters[2] + WEEK, phase=Phase.MONITORING, quarter=2)
    report = Extension(cycle=world.cycle, agency=world.power, quarter=1)
    first = Window.objects.concerning([report]).of(Phase.MONITORING, report)
    report.quarter = 2
    second = Window.objects.concerning([report]).of(Phase.MONITORING, report)

    assert sorted(quarters) == [1, 2, 3, 4]
    assert first.closes_at == quarters[1]
    assert second.closes_at == quarters[2] + WEEK
    assert second.decree == extension.decree_number


def test_an_extended_appeal_moves_the_review_that_follows_it():
    world = build("scored")
    appeal, review = (
        closing(world, world.submission, Phase.APPEAL),
        closing(world, world.submission, Phase.APPEAL_REVIEW),
    )

    extend(world, appeal + WEEK, phase=Phase.APPEAL, agency=world.power)

    term = Window.objects.concerning([world.submission]).of(Phase.APPEAL_REVIEW, world.submission)
    assert closing(world, world.submission, Phase.APPEAL) == appeal + WEEK
    assert term.closes_at == review + WEEK
    assert term.opens_at == appeal + WEEK
    assert term.statutory_at == review


def test_the_refusal_says_when_under_which_article_and_that_nothing_was_extended():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    with translation.override("en"), pytest.raises(Refused) as refused:
        save(world, world.submission, before)

    assert str(refused.value) == (
        "Self-assessment closed on 31 May 2027, 24:00 (10 Khordad 1406), under Article 3 of the "
        "executive bylaw of "
        "Articles 81 and 82. No extension has been decreed."
    )


def test_the_refusal_after_an_extension_names_the_decree_and_both_dates():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + WEEK)

    with translation.override("en"), pytest.raises(Refused) as refused:
        save(world, world.submission, before + WEEK)

    assert "closed on 7 June 2027, 24:00 (17 Khordad 1406)" in str(refused.value)
    assert "Decree ۱۴۰۵/۱۲ had extended it from 31 May 2027, 24:00 (10 Khordad 1406)." in str(
        refused.value
    )


def test_the_record_keeps_the_decree_with_what_it_moved():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)

    extension = extend(world, before + WEEK, agency=world.power)
    entry = Entry.objects.get(act="extend")

    assert (entry.agency_code, entry.object_pk, entry.note) == ("MOE", extension.pk, "سیل در استان")
    assert entry.params["letter"] == "۱۴۰۵/۱۲"
    assert entry.params["sha256"] == extension.sha256
    assert entry.params["was"] == "2027-05-31T20:30:00+00:00"


def test_an_act_in_the_extension_keeps_the_statutory_date_and_counts_as_in_time():
    world = build("answered")
    before = world.closes(Phase.SELF_ASSESSMENT)
    extend(world, before + WEEK)

    signing.move(world.submission, "submit", by=world.head, at=before + timedelta(days=3))
    entry = Entry.objects.get(act="submit")

    assert (entry.statutory_at, entry.days_late) == (before, 0)


def test_the_scheduler_spares_extended_deadlines_and_opens_again_what_had_lapsed(settings):
    world = build("submitted")
    before = world.closes(Phase.SELF_ASSESSMENT)
    settings.CLOCK_OFFSET = before + timedelta(hours=1) - timezone.now()
    extend(world, before + WEEK, agency=world.unit)
    tasks.lapse_overdue()
    lapsed = world.fresh(world.other).state
    unit = type(world.other).objects.get(agency=world.unit).state

    extend(world, before + WEEK, agency=world.health, at=before + timedelta(hours=2))
    tasks.lapse_overdue()
    reopened = world.fresh(world.other).state
    save(world, world.fresh(world.other), before + timedelta(days=1))
    settings.CLOCK_OFFSET = before + WEEK + timedelta(minutes=1) - timezone.now()
    tasks.lapse_overdue()

    assert (lapsed, unit, reopened) == ("lapsed", "draft", "draft")
    assert world.fresh(world.other).state == "lapsed"


def test_after_a_week_without_scheduler_nothing_late_is_accepted_and_open_stays_open():
    world = build("submitted")
    late = world.closes(Phase.SELF_ASSESSMENT) + WEEK

    with pytest.raises(Refused):
        save(world, world.other, late)
    interests.state_interests(world.cycle, by=world.assessor, at=late)
    block = assignment.assign(
        world.submission,
        axis=world.submission.answers.first().measure.indicator.axis,
        assessor=world.assessor,
        by=world.administrator,
        at=late,
    )
    line = world.submission.answers.filter(measure__indicator__axis=block.axis).first()
    marked = marking.save_marks(
        block, {line.pk: {"points": 1, "reason": "seen"}}, by=world.assessor, at=late
    )

    assert world.fresh(world.other).state == "draft"
    assert len(marked) == 1


@pytest.mark.parametrize(
    "statement",
    (
        "UPDATE cycles_window SET closes_at = closes_at + interval '1 day'",
        "UPDATE cycles_window SET opens_at = opens_at - interval '1 day'",
        "DELETE FROM cycles_window",
        "TRUNCATE cycles_window",
        "UPDATE cycles_extension SET closes_at = closes_at + interval '1 day'",
        "DELETE FROM cycles_extension",
        "TRUNCATE cycles_extension",
    ),
)
def test_the_database_refuses_to_move_a_window_of_an_open_cycle_or_a_decree(statement):
    world = build("answered")
    extend(world, world.closes(Phase.SELF_ASSESSMENT) + WEEK)
    before = list(Window.objects.order_by("pk").values())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(Window.objects.order_by("pk").values()) == before


# --- The pages ----------------------------------------------------------------------------------
