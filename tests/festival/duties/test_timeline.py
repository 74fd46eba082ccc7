"""The calendar kept: phases, duties and decrees of each year."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cycles.calendar import Phase
from festival.duties import timeline
from tests.factories import build, lay_plan, report_quarter
from tests.festival.conftest import decree
from tests.festival.duties.calendars import DAY, URL, another_year, phases_kept

pytestmark = pytest.mark.usefixtures("english")


def test_a_year_is_told_phase_by_phase_with_its_quarters(scheduled):
    kept = phases_kept(scheduled)

    assert [phase for phase, _quarter in kept] == [
        Phase.PROPOSAL, Phase.APPROVAL, *[Phase.MONITORING] * 4, Phase.SELF_ASSESSMENT, Phase.SCORING, Phase.APPEAL,
        Phase.APPEAL_REVIEW, Phase.FINAL, Phase.FESTIVAL,
    ]  # fmt: skip
    proposal, scoring = kept[Phase.PROPOSAL, 0], kept[Phase.SCORING, 0]
    assert (proposal.acts, proposal.most_days_late, proposal.duties) == (2, None, ())
    assert (scoring.acts, scoring.most_days_late, scoring.ended_at) == (1, 0, scoring.last)
    assert kept[Phase.FESTIVAL, 0].missing == "not published yet"


def test_a_phase_whose_duty_waits_has_not_ended_and_goes_on_being_late(db):
    world = build("assigned")
    late = world.closes(Phase.SCORING) + 2 * DAY

    before, after = (phases_kept(world, at)[Phase.SCORING, 0] for at in (world.at, late))

    assert (before.most_days_late, before.overdue, before.ended_at) == (0, False, None)
    assert (after.most_days_late, after.overdue, after.ended_at) == (3, True, None)


def test_each_quarter_is_told_with_the_reports_that_were_made_of_it(client, db):
    world = build("communicated")
    lay_plan(world)
    report_quarter(world, 2)

    kept = phases_kept(world)

    first, second, third = (kept[Phase.MONITORING, quarter] for quarter in (1, 2, 3))
    assert (second.acts, second.first, second.last, second.most_days_late) == (
        1,
        world.at,
        world.at,
        None,
    )
    assert (second.reports_sentence, second.missing) == ("1 agency has reported", "")
    assert (first.acts, first.missing, first.reports_sentence) == (0, "not reported", "")
    assert third.missing == "to come"
    assert "1 agency has reported" in client.get(URL).content.decode()


def test_a_decree_is_told_with_the_closing_that_it_found(db):
    world = build("begun")
    statutory = world.closes(Phase.SELF_ASSESSMENT)
    decree(world, Phase.SELF_ASSESSMENT, statutory + 3 * DAY, "1405/1")
    world.at += timedelta(hours=1)
    decree(world, Phase.SELF_ASSESSMENT, statutory + 9 * DAY, "1405/2", agency=world.power)

    kept = phases_kept(world)[Phase.SELF_ASSESSMENT, 0]

    assert [(d.number, d.scope, d.was_until, d.until) for d in kept.decrees] == [
        ("1405/1", "all agencies", statutory, statutory + 3 * DAY),
        ("1405/2", "Ministry of Energy", statutory + 3 * DAY, statutory + 9 * DAY),
    ]
    assert (kept.term.statutory_at, kept.term.closes_at, kept.term.decree) == (
        statutory,
        statutory + 3 * DAY,
        "1405/1",
    )


def test_a_decree_is_told_in_the_language_of_whoever_reads_it(db):
    world = build("begun")
    decree(
        world, Phase.SELF_ASSESSMENT, world.closes(Phase.SELF_ASSESSMENT) + DAY, agency=world.power
    )

    [told] = phases_kept(world)[Phase.SELF_ASSESSMENT, 0].decrees

    with translation.override("fa"):
        assert told.scope == "وزارت نیرو"
    assert told.scope == "Ministry of Energy"


def test_a_decree_made_later_is_not_foreseen(db):
    world = build("begun")
    decree(world, Phase.SELF_ASSESSMENT, world.closes(Phase.SELF_ASSESSMENT) + DAY)

    assert phases_kept(world, world.at - timedelta(hours=1))[Phase.SELF_ASSESSMENT, 0].decrees == ()


def test_a_quarter_has_its_own_decrees(db):
    world = build("communicated")
    closes = phases_kept(world)[Phase.MONITORING, 2].term.closes_at
    decree(world, Phase.MONITORING, closes + DAY, quarter=2)

    kept = phases_kept(world)

    assert [len(kept[Phase.MONITORING, quarter].decrees) for quarter in (1, 2, 3, 4)] == [
        0,
        1,
        0,
        0,
    ]
    assert kept[Phase.MONITORING, 2].decrees[0].label == "Monitoring, quarter 2"


def test_years_take_the_same_queries_whatever_their_number(db):
    world = build("filed")
    counts = []
    for years in ((), (1406,), (1407, 1408)):
        for year in years:
            another_year(world, year)
        decree(world, Phase.APPEAL, world.closes(Phase.APPEAL) + (len(years) + 30) * DAY)
        with CaptureQueriesContext(connection) as captured:
            timeline.years(list(timeline.opened_years()), world.at)
        counts.append(len(captured))

    assert counts == [6, 6, 6]
