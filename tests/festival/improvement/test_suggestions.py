"""Lines that the results suggest for an improvement plan."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from festival.improvement import suggestions
from festival.models import Ground
from submissions.models import ExternalFactor, Verification
from tests.factories import build
from tests.worlds.answers import power_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_lines_that_lost_points_are_suggested_the_heaviest_first():
    world = build("scored")

    found = [
        (s.answer.measure.code, s.lost, s.grounds) for s in suggestions.suggest(world.submission)
    ]

    lost = (Ground.LOST,)
    assert [(code, points) for code, points, _grounds in found] == [
        ("G1-1", Decimal(200)),
        ("S1-01", Decimal(200)),
        ("G1-2", Decimal(150)),
        ("G2-1", Decimal(100)),
    ]
    assert {grounds for _code, _lost, grounds in found} == {lost}


def test_findings_factors_and_dismissed_appeals_suggest_a_line_with_their_words():
    world = build("decided")
    line = power_line(world)
    Verification.objects.create(
        cycle=world.cycle, agency=world.power, submission=world.submission, line=line, why=["lot"],
        assessor=world.other_assessor, drawn_at=world.at, state="concluded", place="source", finding="unsupported",
        text="The register says otherwise", concluded_at=world.at,
    )  # fmt: skip
    ExternalFactor.objects.create(
        answer=line, kind="law", text="x", claimed_by=world.staff, claimed_at=world.at, verdict="rejected",
        verdict_reason="The act is older", judged_by=world.assessor, judged_at=world.at,
    )  # fmt: skip
    type(world.appeal).objects.filter(pk=world.appeal.pk).update(
        state="dismissed", decision_reason="Nothing new"
    )

    found = {s.answer: s for s in suggestions.suggest(world.submission)}

    assert set(found[line].grounds) == {Ground.LOST, Ground.VERIFICATION, Ground.FACTOR, *(
        [Ground.APPEAL] if world.appeal.answer_id == line.pk else []
    )}  # fmt: skip
    assert {"The register says otherwise", "The act is older"} <= set(found[line].reasons)
    contested = next(s for answer, s in found.items() if answer.pk == world.appeal.answer_id)
    assert Ground.APPEAL in contested.grounds
    assert "Nothing new" in contested.finding


def test_a_supported_line_and_a_measure_in_its_trial_year_suggest_nothing():
    world = build("scored")
    line = power_line(world)
    type(line.measure).objects.filter(pk=line.measure_id).update(is_pilot=True)

    assert line.pk not in {s.answer.pk for s in suggestions.suggest(world.submission)}
    assert all(s.lost > 0 for s in suggestions.suggest(world.submission))


def test_suggesting_takes_the_same_queries_for_any_number_of_lines():
    world = build("scored")

    with CaptureQueriesContext(connection) as few:
        suggestions.suggest(world.submission)
    for number in range(30):
        line = power_line(world)
        measure = line.measure
        measure.pk, measure.code, measure.lineage = None, f"X{number}", None
        measure.lineage = type(measure)._meta.get_field("lineage").default()
        measure.save()
        line.pk, line.measure = None, measure
        line.save()
    with CaptureQueriesContext(connection) as many:
        suggestions.suggest(world.submission)

    assert len(many) == len(few) == 5
