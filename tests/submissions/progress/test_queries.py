"""One definition of progress: lines settled of those due, how fast, whether that is in time, and in
whose scope.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cycles.calendar import Phase
from cycles.models import Entry
from submissions.marking import actions as marking
from submissions.models import Answer, Block, Mark, Score, Submission
from submissions.progress import agency_rows, pace
from submissions.progress import queries as progress_queries
from tests.factories import ask, build
from tests.worlds.answers import apart

NOW = datetime(2027, 6, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)


# --- Pace ---------------------------------------------------------------------------------------


def test_pace_says_how_many_a_day_were_done_are_needed_and_when_it_ends():
    found = pace.pace(300, 1000, 70, at=NOW, closes_at=NOW + 20 * DAY)

    assert (found.daily, found.needed, found.percent) == (Decimal(10), Decimal(35), Decimal(30))
    assert found.ends_at == NOW + 70 * DAY
    assert found.late == 51  # fifty days have passed then, and the next has begun


def test_where_nothing_was_done_lately_no_end_is_foretold():
    found = pace.pace(0, 10, 0, at=NOW, closes_at=NOW + DAY)

    assert (found.ends_at, found.late, found.needed) == (None, 0, Decimal(10))


def test_after_the_closing_nothing_is_needed_a_day_any_more():
    assert pace.pace(1, 2, 7, at=NOW, closes_at=NOW - DAY).needed is None


def test_what_is_done_ends_now_and_is_never_late():
    found = pace.pace(10, 10, 0, at=NOW, closes_at=NOW - 100 * DAY)

    assert (found.ends_at, found.late, found.percent) == (NOW, 0, Decimal(100))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(-100, 100))
def test_the_end_lies_ahead_and_lateness_is_never_negative(done, left, lately, days):
    found = pace.pace(done, done + left, min(lately, done), at=NOW, closes_at=NOW + days * DAY)

    assert found.late >= 0
    assert found.ends_at is None or found.ends_at >= NOW
    assert 0 <= found.percent <= 100


# --- What is counted ----------------------------------------------------------------------------


def row(world, provinces=None, at=None):
    rows = agency_rows.of_agencies(world.cycle, provinces=provinces, at=at or world.at)
    return next((r for r in rows if r.submission == world.submission.pk), None)


def hand_in(world, block):
    lines = Answer.objects.on_desk(block).select_related("measure")
    marks = {a.pk: {"points": Decimal(1), "reason": "x"} for a in lines}
    marking.save_marks(block, marks, by=world.assessor, at=world.at)
    return marking.hand_in(block, by=world.assessor, at=world.at)


@pytest.mark.django_db
def test_marks_settle_nothing_before_their_block_is_handed_in():
    world = build("assigned")
    block = Block.objects.get(submission=world.submission, axis__code="G1")
    lines = Answer.objects.on_desk(block)
    before = row(world)
    marking.save_marks(
        block,
        {a.pk: {"points": Decimal(1), "reason": "x"} for a in lines},
        by=world.assessor,
        at=world.at,
    )
    marked = row(world)
    marking.hand_in(block, by=world.assessor, at=world.at)
    after = row(world)

    count = lines.count()
    assert (before.marked, before.settled, before.handed_in) == (0, 0, 0)
    assert (marked.marked, marked.settled) == (count, 0)
    assert (after.settled, after.lately, after.handed_in, after.blocks) == (count, count, 1, 3)
    assert row(world, at=world.at + 8 * DAY).lately == 0


@pytest.mark.django_db
def test_counts_are_those_of_the_models_counted_one_by_one():
    world = build("assigned")
    hand_in(world, Block.objects.filter(submission=world.submission).order_by("pk").first())
    ask(world)

    for found in agency_rows.of_agencies(world.cycle, provinces=None, at=world.at):
        submission = Submission.objects.with_progress().get(pk=found.submission)
        lines = Answer.objects.filter(submission=submission)
        settled = Score.objects.filter(answer__in=lines, is_current=True).exclude(basis="self")
        assert (found.own, found.complete) == (submission.lines, submission.lines_done)
        assert (found.lines, found.settled) == (lines.count(), settled.count())
        assert found.marked == Mark.objects.filter(answer__in=lines).count()
        assert found.asked == (found.submission == world.submission.pk)


@pytest.mark.django_db
def test_what_an_agency_waits_for_is_named():
    world = build("assigned")
    ask(world)
    apart(world)
    waiting = waits(world)
    Block.objects.filter(submission=world.submission).exclude(marks__isnull=False).delete()
    unassigned = agency_rows.Progress(*row(world)[:14], 0, 0, 0, 0, 0, 0)

    assert waiting == ["marks", "apart", "reply", "steward"]
    assert agency_rows.waits_for(unassigned, "desk")


def waits(world):
    return [code for code, _label in agency_rows.WAITS if agency_rows.waits_for(row(world), code)]


@pytest.mark.django_db
def test_agencies_are_narrowed_and_counted_as_their_rows_say():
    world = build("assigned")
    hand_in(world, Block.objects.filter(submission=world.submission).order_by("pk").first())
    ask(world)
    rows = agency_rows.of_agencies(world.cycle, provinces=None, at=world.at)
    every = list(rows)

    for code, _label in agency_rows.WAITS:
        waiting = replace(rows, waits=code)
        assert list(waiting) == [r for r in every if agency_rows.waits_for(r, code)]
        assert waiting.count() == len(list(waiting))
    for state in {row.state for row in every}:
        in_state = replace(rows, state=state)
        assert list(in_state) == [r for r in every if r.state == state]
        assert in_state.count() == len(list(in_state))
    assert list(replace(rows, name=every[0].search_key)) == [every[0]]
    assert rows.count() == len(every) > 1


@pytest.mark.django_db
@pytest.mark.parametrize("column", ("sort_key", "state", "complete", "marked", "settled"))
def test_agencies_are_ordered_by_a_column_then_by_name_and_cut_into_pages(column):
    world = build("assigned")
    hand_in(world, Block.objects.filter(submission=world.submission).order_by("pk").first())
    rows = agency_rows.of_agencies(world.cycle, provinces=None, at=world.at)
    every = list(rows)

    for order, is_descending in ((column, False), (f"-{column}", True)):
        ordered = rows.order_by(order)
        expected = sorted(every, key=lambda r: getattr(r, column), reverse=is_descending)
        values = [getattr(r, column) for r in expected]
        assert [getattr(r, column) for r in ordered] == values
        assert ordered[:1] + ordered[1:3] == list(ordered)[:3]


@pytest.mark.django_db
def test_tallies_add_up_the_rows():
    world = build("assigned")
    hand_in(world, Block.objects.filter(submission=world.submission).order_by("pk").first())
    rows = list(agency_rows.of_agencies(world.cycle, provinces=None, at=world.at))
    tallies = progress_queries.tallies(world.cycle, provinces=None, at=world.at)

    due = [row for row in rows if row.is_due]
    assert sum(tally.agencies for tally in tallies) == len(rows)
    for name in ("lines", "settled", "lately"):
        assert sum(getattr(t, name) for t in tallies) == sum(getattr(r, name) for r in due) > 0
    assert {tally.province for tally in tallies} == {row.province for row in rows}


@pytest.mark.django_db
def test_a_page_of_the_board_reads_the_lines_of_its_own_agencies_alone():
    world = build("assigned")
    rows = agency_rows.of_agencies(world.cycle, provinces=None, at=world.at)

    with CaptureQueriesContext(connection) as asked:
        rows[:1]

    [statement] = asked
    inner = statement["sql"].partition("CROSS JOIN LATERAL")[0]
    assert "LIMIT 1 OFFSET 0" in inner


@pytest.mark.django_db
def test_a_province_sees_its_own_agencies_and_the_assessors_who_mark_them():
    world = build("assigned")
    mine = [world.province.pk]

    assert {
        r.name_en for r in agency_rows.of_agencies(world.cycle, provinces=mine, at=world.at)
    } == {world.unit.name_en}
    assert progress_queries.of_assessors(world.cycle, provinces=mine, at=world.at) == []
    assert [
        w.person for w in progress_queries.of_assessors(world.cycle, provinces=None, at=world.at)
    ] == [world.assessor.pk]


@pytest.mark.django_db
def test_an_assessor_s_work_counts_lines_marks_and_the_last_seven_days():
    world = build("assigned")
    hand_in(world, Block.objects.get(submission=world.submission, axis__code="G1"))

    [work] = progress_queries.of_assessors(world.cycle, provinces=None, at=world.at)
    [later] = progress_queries.of_assessors(world.cycle, provinces=None, at=world.at + 8 * DAY)

    blocks = Block.objects.filter(assessor=world.assessor).with_progress()
    assert (work.blocks, work.handed_in) == (blocks.count(), 1)
    assert work.lines == sum(b.lines for b in blocks)
    assert (work.marked, work.lately, work.latest) == (1, 1, world.at)
    assert later.lately == 0


# --- Pages --------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("by", ("", "province", "assessor"))
def test_the_board_takes_few_queries_whatever_it_is_looked_at_by(
    by, visit, django_assert_max_num_queries
):
    world = build("marked")
    client, address = (
        visit(world, world.administrator),
        reverse("submissions:board", args=[world.cycle.pk]),
    )
    client.get(address)

    with django_assert_max_num_queries(12):  # with the session and the user
        page = client.get(address, {"by": by})

    assert page.status_code == 200


@pytest.mark.django_db
def test_the_board_says_whether_it_will_be_done_in_time(visit):
    world = build("assigned")
    hand_in(world, Block.objects.get(submission=world.submission, axis__code="G1"))
    world.at = world.closes(Phase.SCORING) - timedelta(hours=1)  # more than seven days later

    with translation.override("en"):
        address = reverse("submissions:board", args=[world.cycle.pk])

    page = visit(world, world.administrator).get(address).content.decode()

    assert "Nothing was settled in the last seven days" in page
    assert "1 of 5 lines, 20.0 percent" in page


@pytest.mark.django_db
def test_the_file_of_all_marks_has_each_with_its_score_and_is_on_record(visit, settings):
    world = build("marked")
    client = visit(world, world.administrator)

    told = client.get(reverse("submissions:marks_export", args=[world.cycle.pk]))
    lines = b"".join(told.streaming_content).decode().splitlines()

    assert told.streaming
    assert len(lines) == 1 + Mark.objects.count()
    assert lines[0].lstrip("\ufeff").startswith("agency,name_fa")
    assert all(
        line.endswith(tuple(str(s.points) for s in Score.objects.filter(basis="agreed")))
        for line in lines[1:]
    )
    assert readings(world) == [("marks", world.administrator.pk)]


def readings(world):
    rows = Entry.objects.filter(act="read_embargoed").order_by("pk")
    return [(e.params["what"], e.actor_id) for e in rows]
