"""What a finding does to the points of its line."""

from decimal import Decimal

import pytest
from django.utils import translation

from cycles.models import Entry
from cycles.people import interests
from cycles.workflow import Refused
from submissions.marking import actions as marking
from submissions.marking import reconciliation
from submissions.models import (
    Answer,
    Block,
    NodeScore,
    Score,
    Submission,
    Verification,
)
from submissions.verification import actions as verification_actions
from submissions.verification import draw
from tests.factories import make_user
from tests.submissions.marking.two_marks import both_blocks, double_marked_world, mark, mark_values
from tests.submissions.verification.findings import (
    SUPPORTED,
    UNSUPPORTED,
    conclude,
    drawn_all,
    hand_in_all,
    of_line,
    scores,
)
from tests.worlds.answers import power_line

pytestmark = pytest.mark.django_db

PARTLY = {
    "place": "site",
    "finding": "partly",
    "found_value": Decimal(15),
    "text": "Half of it was seen",
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def total(world):
    world.submission = world.fresh(world.submission)
    return NodeScore.objects.get(
        run=world.submission.current_run, submission=world.submission, kind=""
    ).points


def test_a_line_not_supported_loses_its_points_when_it_had_them_already():
    world = drawn_all("marked")
    before = total(world)

    conclude(world, UNSUPPORTED)

    assert scores(power_line(world)) == [
        ("agreed", Decimal(100), False),
        ("verified", Decimal(0), True),
    ]
    assert before - total(world) == Decimal(100) * 600 / 600
    current = Score.objects.get(answer=power_line(world), is_current=True)
    assert (current.reason, current.scored_by) == (UNSUPPORTED["text"], world.other_assessor)


def test_a_finding_from_before_the_marks_is_put_on_top_of_them():
    world = drawn_all()

    conclude(world, PARTLY)
    assert scores(power_line(world)) == []
    hand_in_all(world)

    assert scores(power_line(world)) == [
        ("agreed", Decimal(100), False),
        ("verified", Decimal(50), True),
    ]
    assert world.submission.state == "marked"


@pytest.mark.parametrize("found_first", [True, False])
def test_both_orders_come_to_the_same_total(found_first):
    world = drawn_all()
    acts = [lambda: conclude(world, PARTLY), lambda: hand_in_all(world)]
    for act in acts if found_first else acts[::-1]:
        act()

    current = Score.objects.filter(answer__submission=world.submission, is_current=True)
    points = {s.answer.measure.code: s.points for s in current.select_related("answer__measure")}
    assert (points["G1-1"], points["G1-2"], points["G2-1"]) == (50, 150, 300)
    assert total(world) == sum(points.values())


def test_a_finding_never_raises_a_score():
    world = drawn_all("marked")

    conclude(world, PARTLY, found_value=Decimal(60))

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


def test_a_supported_line_keeps_its_score():
    world = drawn_all("marked")

    conclude(world, SUPPORTED, found_value=Decimal(1))

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]
    assert of_line(world).found_value is None


def test_a_line_marked_as_not_applicable_has_nothing_to_lose():
    world = drawn_all()
    conclude(world, UNSUPPORTED)
    block = Block.objects.get(submission=world.submission, axis__indicators__measures__code="G1-1")
    lines = Answer.objects.on_desk(block)
    marking.save_marks(
        block,
        {a.pk: {"is_not_applicable": True, "reason": "x"} for a in lines},
        by=world.assessor,
        at=world.at,
    )
    marking.hand_in(block, by=world.assessor, at=world.at)

    assert scores(power_line(world)) == [("agreed", None, True)]


def read_twice(found_first):
    """The heaviest line is marked by two who lie apart and verified by a third."""
    world = double_marked_world(verification_percent=100)
    world.people["third"] = make_user("third", "assessor")
    interests.state_interests(world.cycle, by=world.third, at=world.at)
    draw.draw(world.cycle, by=world.administrator, at=world.at)
    first, second = both_blocks(world)
    [line] = second.drawn
    held = Verification.objects.get(line=line)
    assert held.assessor == world.third
    if found_first:
        conclude(world, UNSUPPORTED, of=held)
    mark(world, first, said=mark_values(100))
    mark(world, second, said=mark_values(20))
    return world, line, held


def test_a_finding_waits_for_the_value_that_two_assessors_agree_on():
    world, line, _held = read_twice(found_first=True)
    assert scores(line) == []
    apart = world.submission.reconciliations.get()

    apart = reconciliation.propose(
        apart, points=Decimal(70), reason="half", by=world.assessor, at=world.at
    )
    reconciliation.agree(apart, by=world.other_assessor, at=world.at)

    assert scores(line) == [("agreed", Decimal(70), False), ("verified", Decimal(0), True)]


def test_a_value_that_was_settled_is_lowered_by_what_is_found_later():
    world, line, held = read_twice(found_first=False)
    apart = world.submission.reconciliations.get()
    reconciliation.settle(
        apart, points=Decimal(70), reason="half", by=world.administrator, at=world.at
    )

    conclude(world, UNSUPPORTED, of=held)

    assert scores(line) == [("agreed", Decimal(70), False), ("verified", Decimal(0), True)]


def test_nothing_is_verified_after_the_scores_are_communicated():
    world = drawn_all("marked")
    Submission.objects.filter(pk=world.submission.pk).update(state="communicated")

    with pytest.raises(Refused, match="not communicated"):
        conclude(world, UNSUPPORTED)

    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


@pytest.mark.parametrize(
    ("special", "why"),
    [
        ({"finding": ""}, "what was found"),
        ({"place": "moon"}, "what was found"),
        ({"text": " \n"}, "what was seen"),
        ({"finding": "partly"}, "Give the value"),
        ({"finding": "partly", "found_value": Decimal(-1)}, "negative"),
        ({"hours": Decimal("500.5")}, "between 0 and 500"),
        ({"hours": Decimal(-1)}, "between 0 and 500"),
    ],
)
def test_a_finding_that_says_too_little_is_refused_and_changes_nothing(special, why):
    world = drawn_all("marked")

    with pytest.raises(Refused, match=why):
        conclude(world, UNSUPPORTED, **special)

    assert of_line(world).state == "drawn"
    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]


def test_what_was_noted_for_later_counts_for_nothing():
    world = drawn_all("marked")
    held = of_line(world)

    verification_actions.note(
        held, **UNSUPPORTED, hours=Decimal("1.5"), by=held.assessor, at=world.at
    )

    held = of_line(world)
    assert (held.state, held.finding, held.hours) == ("drawn", "unsupported", Decimal("1.5"))
    assert scores(power_line(world)) == [("agreed", Decimal(100), True)]
    assert not Verification.objects.lowering().exists()
    assert not Entry.objects.filter(act="note").exists()
