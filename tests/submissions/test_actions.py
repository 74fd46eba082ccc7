"""What the actions promise: deadlines to the microsecond, and one arithmetic in Python and SQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cycles.calendar import Phase
from cycles.models import Entry, Participation
from cycles.workflow import Refused
from indicators.models import Axis, Indicator, Measure
from indicators.scoring.statutory_tree import LineState, ScoreLine, total
from submissions import tasks
from submissions.answers import actions as answers
from submissions.evidence import actions as evidence
from submissions.marking import assignment
from submissions.models import Answer, Block, Evidence, NodeScore, Score, ScoreRun, Submission
from submissions.scoring import actions as scoring
from submissions.scoring import totals
from submissions.signing import actions as signing
from submissions.signing import versions
from tests.factories import build
from tests.jobs import do

TICK = timedelta(microseconds=1)
pytestmark = pytest.mark.django_db


def line(world, code="G1-1"):
    return Answer.objects.select_related("measure", "submission").get(
        submission=world.submission, measure__code=code
    )


def attempt(name, world, at):
    """One of the acts that the self-assessment's deadline ends."""
    match name:
        case "submit":
            return signing.move(world.submission, "submit", by=world.head, at=at)
        case "answer":
            return answers.save_answer(
                line(world), value=Decimal(60), note="", by=world.staff, at=at
            )
        case "attach":
            upload = SimpleUploadedFile("proof.pdf", b"%PDF-1.7")
            return evidence.attach(line(world), upload=upload, by=world.staff, at=at)


@pytest.mark.parametrize("name", ("submit", "answer", "attach"))
def test_the_last_microsecond_counts(name):
    world = build("answered")

    assert attempt(name, world, world.closes(Phase.SELF_ASSESSMENT) - TICK)


@pytest.mark.parametrize("name", ("submit", "answer", "attach"))
def test_on_the_stroke_of_the_deadline_nothing_is_accepted(name):
    world = build("answered")
    entries = Entry.objects.count()

    with translation.override("en"), pytest.raises(Refused, match="closed on 31 May 2027, 24:00"):
        attempt(name, world, world.closes(Phase.SELF_ASSESSMENT))

    assert world.fresh(world.submission).state == "draft"
    assert line(world).value == 30
    assert not Evidence.objects.exists()
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ("submit", "answer", "attach"))
def test_before_the_window_opens_nothing_is_accepted(name):
    world = build("answered")

    with pytest.raises(Refused):
        attempt(name, world, world.opens(Phase.SELF_ASSESSMENT) - TICK)


def test_a_value_that_is_none_of_the_levels_is_refused_with_their_list():
    world = build("begun")
    rows = [
        {"percent": 0, "fa": "نیست", "en": "None"},
        {"percent": 100, "fa": "هست", "en": "There"},
    ]
    Measure.objects.filter(code="G1-1").update(method="levels", params={"levels": rows})

    with (
        translation.override("en"),
        pytest.raises(Refused, match=r"one of these: 0 = None \(0%\), 1 = There \(100%\)"),
    ):
        answers.save_answer(line(world), value=Decimal(2), note="", by=world.staff, at=world.at)

    there = answers.save_answer(line(world), value=Decimal(1), note="", by=world.staff, at=world.at)
    assert there.self_points == there.measure.points


def test_the_hash_is_of_what_was_signed():
    world = build("answered")
    before = versions.digest(versions.content_of(world.submission))

    answers.save_answer(line(world), value=Decimal(31), note="سی", by=world.staff, at=world.at)

    assert versions.digest(versions.content_of(world.submission)) != before


def test_a_draft_lapses_with_every_line_not_answered():
    world = build("answered")

    lapsed = signing.lapse(world.cycle, at=world.opens(Phase.SCORING))

    scores = Score.objects.filter(answer__submission=world.submission, is_current=True)
    assert len(lapsed) == 3
    assert {s.state for s in scores} == {LineState.NOT_ANSWERED}
    assert line(world).value == 30


def test_nobody_is_assigned_an_agency_they_declared_an_interest_in():
    world = build("submitted")

    with pytest.raises(Refused):
        assignment.assign(
            world.submission,
            axis=Axis.objects.get(code="G1"),
            assessor=world.interested,
            by=world.administrator,
            at=world.at,
        )

    assert not Block.objects.exists()


@pytest.mark.parametrize("name", ("head", "assessor", "stranger"))
def test_only_administrators_share_out_the_work(name):
    world = build("submitted")

    with pytest.raises(Refused):
        assignment.assign_all(world.cycle, by=getattr(world, name), at=world.at)

    assert not Block.objects.exists()


def test_totals_are_ordered_by_a_national_administrator_once_scoring_is_open():
    world = build("marked")

    for person in (world.provincial_administrator, world.assessor, world.head):
        with pytest.raises(Refused):
            scoring.order_run(world.cycle, by=person, at=world.at)
    with pytest.raises(Refused):
        scoring.order_run(world.cycle, by=world.administrator, at=world.opens(Phase.SCORING) - TICK)

    assert scoring.order_run(world.cycle, by=world.administrator, at=world.at).finished_at is None


# --- Jobs ---------------------------------------------------------------------------------------


def test_a_computed_run_is_left_alone_by_a_second_job():
    world = build("marked")
    run = totals.request_run(world.cycle, why="test", by=None, at=world.at)

    do("scores", run)
    first = world.fresh(run)
    do("scores", run)

    assert world.fresh(run).finished_at == first.finished_at
    assert (
        NodeScore.objects.filter(run=run, submission=world.submission, kind="", axis=None).count()
        == 1
    )
    assert ScoreRun.objects.filter(why="test").count() == 1


def test_the_calendar_begins_what_is_due_once(settings):
    world = build("communicated")
    settings.CLOCK_OFFSET = (
        world.opens(Phase.SELF_ASSESSMENT) - timezone.now() + timedelta(minutes=1)
    )

    tasks.begin_due()
    entries = Entry.objects.count()
    tasks.begin_due()

    assert Submission.objects.count() == Participation.objects.count() == 3
    assert Answer.objects.filter(submission__agency=world.power).count() == 5
    assert Entry.objects.count() == entries


def test_the_calendar_begins_nothing_before_the_window_opens(settings):
    world = build("communicated")
    settings.CLOCK_OFFSET = (
        world.opens(Phase.SELF_ASSESSMENT) - timezone.now() - timedelta(minutes=1)
    )

    tasks.begin_due()

    assert not Submission.objects.exists()


def test_a_set_communicated_later_gets_its_lines_too(settings):
    world = build("begun")
    Answer.objects.filter(
        submission=world.submission, measure__indicator__axis__set=world.specific
    ).delete()
    settings.CLOCK_OFFSET = world.at - timezone.now()

    tasks.begin_due()

    assert world.submission.answers.count() == 5


def test_the_calendar_closes_overdue_drafts_once(settings):
    world = build("submitted")
    settings.CLOCK_OFFSET = world.opens(Phase.SCORING) - timezone.now() - timedelta(minutes=1)
    tasks.lapse_overdue()
    early = world.fresh(world.other).state
    settings.CLOCK_OFFSET = world.opens(Phase.SCORING) - timezone.now() + timedelta(minutes=1)

    tasks.lapse_overdue()
    entries = Entry.objects.count()
    tasks.lapse_overdue()

    assert early == "draft"
    assert world.fresh(world.other).state == "lapsed"
    assert world.fresh(world.submission).state == "submitted"
    assert Entry.objects.count() == entries


# --- One arithmetic -----------------------------------------------------------------------------

ceilings = st.decimals("0.0001", "999", places=4)
shares = st.decimals(0, 1, places=6)
lines = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 2),
        ceilings,
        st.sampled_from(LineState),
        shares,
        st.sampled_from([0, 0, 1]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.fixture
def begun():
    """One world for all examples: its submission is emptied and filled again for each."""
    return build("begun")


@given(lines, st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_python_and_sql_add_up_to_the_same(begun, drawn, spreads):
    """Random trees with lines of every state, some of pilot measures, by either rule for what does
    not apply.
    """
    begun.submission.cycle.spreads_points = spreads
    submission, at = begun.submission, begun.at
    Score.objects.filter(answer__submission=submission).delete()
    submission.answers.all().delete()
    expected = []
    for number, (a, i, ceiling, state, share, is_pilot) in enumerate(drawn):
        axis, _ = Axis.objects.get_or_create(
            set=begun.general,
            code=f"A{a}",
            defaults={"title_fa": "محور", "points": 1, "position": 10 + a},
        )
        indicator, _ = Indicator.objects.get_or_create(
            axis=axis, code=f"A{a}-{i}", defaults={"title_fa": "شاخص", "points": 1}
        )
        measure, _ = Measure.objects.update_or_create(
            indicator=indicator,
            code=f"M{number}",
            defaults={"title_fa": "سنجه", "points": ceiling, "unit_fa": "درصد", "method": "survey"}
            | {"is_pilot": bool(is_pilot)},
        )
        answer = Answer.objects.create(submission=submission, measure=measure)
        points = (ceiling * share).quantize(Decimal("1e-10")) if state == LineState.SCORED else None
        if state != LineState.UNDER_REVIEW:  # a line without an agreed score is under review
            Score.objects.create(
                answer=answer, basis="agreed", state=state, points=points, scored_at=at
            )
        expected.append(
            ScoreLine(
                "general",
                axis.code,
                indicator.code,
                measure.code,
                ceiling,
                state,
                points,
                counts=not is_pilot,
            )
        )
    result = total(expected, spread=spreads)

    run = totals.compute([submission], why="test", by=None, at=at)

    for node in NodeScore.objects.filter(run=run).select_related("axis"):
        path = (node.kind, node.axis.code) if node.axis else (node.kind,) if node.kind else ()
        python = result.nodes[path]
        assert (node.points, node.ceiling, node.percent, node.is_provisional) == (
            python.points,
            python.applicable_ceiling,
            python.percent or 0,
            python.provisional,
        )
