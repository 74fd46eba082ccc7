"""What the lines of a self-assessment come to, read without the ORM, is what its lines say."""

from decimal import Decimal

import pytest

from indicators.models import Measure
from indicators.scoring.statutory_tree import total
from submissions import completeness
from submissions.answers import actions as answers
from submissions.answers.views import _next_missing
from submissions.models import Answer, Submission
from submissions.scoring.explanation import own_line
from submissions.scoring.queries import own_sums
from tests.factories import build

pytestmark = pytest.mark.django_db


def lines_of(world):
    return list(world.submission.answers.for_page())


def assert_same(world):
    lines = lines_of(world)
    sums = own_sums(world.submission)
    assert [line.pk for line in sums.lines] == [line.pk for line in lines]
    assert (sums.done, sums.whole) == completeness.progress(lines)
    assert sums.total == total(map(own_line, lines)).total
    for line in lines:
        wanted, found = _next_missing(lines, line), sums.next_missing(line.pk)
        assert (found and found.pk) == (wanted and wanted.pk)


@pytest.mark.parametrize("stage", ("begun", "answered"))
def test_the_sums_are_those_of_the_lines(stage):
    assert_same(build(stage))


def test_values_claims_and_own_targets_count_at_once():
    world = build("answered")
    for position, line in enumerate(lines_of(world)):
        if not line.measure.is_stewarded:
            typed = (
                {"value": None, "claims_not_applicable": True, "note": "نداریم"}
                if position % 2
                else {"value": Decimal(position + 1), "note": "شرح"}
            )
            answers.save_answer(line, by=world.staff, at=world.at, **typed)
            assert_same(world)


def test_a_target_that_changes_changes_the_points_that_are_remembered():
    world = build("answered")
    assert_same(world)
    before = own_sums(world.submission).total.points

    answered = Answer.objects.filter(submission=world.submission).exclude(value=None)
    Measure.objects.filter(pk__in=answered.values("measure")).update(target=Decimal(987654))

    assert_same(world)
    assert own_sums(world.submission).total.points < before


def test_one_query_for_all_lines(django_assert_num_queries):
    submission = Submission.objects.select_related("cycle").get(pk=build("answered").submission.pk)

    with django_assert_num_queries(1):
        own_sums(submission)
