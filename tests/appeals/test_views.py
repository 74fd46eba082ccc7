"""The pages of appeals."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Interest
from appeals.models import Appeal
from cycles.calendar import Phase
from indicators.models import Indicator, Measure
from submissions.models import Answer, Score
from tests.appeals.pages import line, url
from tests.factories import EPOCH, PASSWORD, build

pytestmark = pytest.mark.django_db


def test_a_filed_appeal_is_withdrawn_by_the_head(visit):
    world = build("filed")
    client = visit(world, world.head)

    page = client.get(url("detail", world.appeal.pk)).content.decode()
    client.post(url("move", world.appeal.pk, "withdraw"), {"note": "Settled", "password": PASSWORD})

    assert url("move", world.appeal.pk, "withdraw") in page
    assert world.fresh(world.appeal).state == "withdrawn"


def test_the_reviewer_sees_both_sides_and_decides(visit):
    world = build("heard")
    client = visit(world, world.reviewer, at=world.opens(Phase.APPEAL_REVIEW, world.power))
    decision = {
        "decision": "uphold_partly",
        "awarded": "۱۵۰",
        "reason": "Half of it is shown",
        "password": PASSWORD,
    }

    page = client.get(url("decide", world.appeal.pk)).content.decode()
    client.post(url("decide", world.appeal.pk), decision | {"password": "guess"})
    after_wrong = world.fresh(world.appeal).state
    client.post(url("decide", world.appeal.pk), decision)

    assert "Mark and reason" in page
    assert "مقدار درست" in page
    assert after_wrong == "filed"
    assert world.fresh(world.appeal).decided_points == Decimal(150)
    assert line(world).scores.get(is_current=True).points == 150


def test_a_refused_decision_keeps_what_was_typed(visit):
    world = build("heard")
    client = visit(world, world.reviewer, at=world.opens(Phase.APPEAL_REVIEW, world.power))

    page = client.post(
        url("decide", world.appeal.pk),
        {
            "decision": "uphold_partly",
            "awarded": "50",
            "reason": "Half of it is shown",
            "password": PASSWORD,
        },
    ).content.decode()

    assert "A score may not fall through an appeal." in page
    assert "Half of it is shown" in page


def test_a_reviewer_is_told_when_review_opens(visit):
    world = build("heard")

    early = world.opens(Phase.APPEAL_REVIEW, world.power) - timedelta(hours=1)
    page = (
        visit(world, world.reviewer, at=early)
        .get(url("decide", world.appeal.pk), follow=True)
        .content.decode()
    )

    assert "Appeal review opens on" in page


@pytest.mark.parametrize("name", ("administrator", "head"))
def test_who_is_no_reviewer_does_not_decide(visit, name):
    world = build("heard")
    client = visit(world, getattr(world, name), at=world.opens(Phase.APPEAL_REVIEW, world.power))
    decision = {"decision": "dismiss", "reason": "No", "password": PASSWORD}

    client.post(url("decide", world.appeal.pk), decision)

    assert world.fresh(world.appeal).state == "filed"


def test_a_reviewer_with_an_interest_finds_no_appeal(visit):
    world = build("filed")
    Interest.objects.create(
        user=world.reviewer, agency=world.power, reason="Family", declared_at=EPOCH
    )
    client = visit(world, world.reviewer)

    assert client.get(url("detail", world.appeal.pk)).status_code == 404
    assert "Measure G1-1" not in client.get(url("list")).content.decode()


def test_the_agency_reads_the_decision_but_not_who_decided(visit):
    world = build("decided")

    page = visit(world, world.staff).get(url("detail", world.appeal.pk)).content.decode()

    assert "بخشی از مستند پذیرفته شد" in page
    assert "150.00 of 300 points" in page
    assert "Reviewer" not in page


@pytest.mark.parametrize("name", ("list", "file", "agency"))
def test_lists_take_the_same_queries_for_any_length(visit, name):
    world = build("drafted_appeal")
    client = visit(world, world.head)
    indicator = Indicator.objects.get(code="G1-1")
    taken = []

    for more in (0, 2, 20):
        for number in range(more):
            measure = Measure.objects.create(
                indicator=indicator,
                code=f"{more}-{number}",
                title_fa="سنجه",
                points=1,
                unit_fa="درصد",
                method="survey",
            )
            answer = Answer.objects.create(submission=world.submission, measure=measure, value=50)
            Score.objects.create(
                answer=answer, basis="agreed", state="scored", points=0, scored_at=world.at
            )
            fields = {"cycle": world.cycle, "agency": world.power, "submission": world.submission}
            Appeal.objects.create(
                answer=answer, argument="x", drafted_by=world.staff, drafted_at=world.at, **fields
            )
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, *([] if name == "list" else [world.submission.pk])))
        taken.append(len(queries))

    assert taken[0] == taken[1] == taken[2]
