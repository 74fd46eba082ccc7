"""Pages of surveys."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency
from festival.models import Survey, SurveyAnswer, SurveyQuestion, SurveyReturn
from tests.factories import build
from tests.festival.surveys.answered_surveys import (
    DAY,
    answers_to,
    let_agencies_answer,
    open_survey,
)
from tests.festival.visits import at_work, url
from tests.worlds.closing import survey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_a_survey_is_laid_answered_and_read_page_by_page(client, clock):
    world = build("open")
    at_work(client, clock, world.at, "administrator")
    typed = {
        "opens_at": "",
        "closes_at": "1404/12/01",
        "usual": ["0", "1"],
        "own_fa": "پرسش ما",
        "own_kind": "text",
    }
    closes = (world.at + 20 * DAY).strftime("%Y-%m-%d")
    opens = (world.at + DAY).strftime("%Y-%m-%d %H:%M")

    client.post(
        url("survey_new", world.cycle.year), typed | {"opens_at": opens, "closes_at": closes}
    )
    held = Survey.objects.get()
    assert list(held.questions.order_by("position").values_list("kind", flat=True)) == [
        "choice",
        "scale",
        "text",
    ]
    at_work(client, clock, held.opens_at + DAY, "staff")
    there = url("survey_answer", held.pk, world.power.pk)
    assert there in client.get(url("survey", held.pk)).content.decode()
    missing = client.post(there, {}).content.decode()
    assert "This field is required" in missing
    client.post(there, {f"q{pk}": value for pk, value in answers_to(held, 2).items()})
    assert SurveyReturn.objects.get().agency == world.power
    assert "Answered" in client.get(url("survey", held.pk)).content.decode()
    at_work(client, clock, held.closes_at + DAY, "administrator")
    page = client.get(url("survey", held.pk)).content.decode()

    assert "1 of 3 agencies have answered" in page
    assert "Too few to be shown" in page
    assert "Earlier indicators" not in page


@pytest.mark.parametrize("who", ("administrator", "auditor"))
def test_the_authority_reads_who_has_answered_and_never_what_by_whom(client, clock, who):
    world = build("open")
    held = open_survey(world)
    let_agencies_answer(world, held, [1, 2, 3, 4, 5, 5])
    at_work(client, clock, held.closes_at + DAY, who)

    page = client.get(url("survey", held.pk)).content.decode()

    assert "words 3" in page
    assert "Ministry of Energy" in page  # has not answered
    assert "Office 1" not in page


def test_agencies_read_no_results(client, clock):
    world = build("open")
    held = open_survey(world)
    let_agencies_answer(world, held, [1, 2, 3, 4, 5])
    at_work(client, clock, held.closes_at + DAY, "staff")

    page = client.get(url("survey", held.pk)).content.decode()

    assert "words 3" not in page
    assert "Not answered" in page


def test_an_agency_sees_it_from_its_opening_on_and_answers_for_nobody_else(client, clock):
    world = build("open")
    held = open_survey(world, opens_at=world.at + DAY)

    at_work(client, clock, world.at, "staff")
    assert client.get(url("survey", held.pk)).status_code == 404
    at_work(client, clock, held.opens_at, "staff")
    assert client.get(url("survey", held.pk)).status_code == 200
    assert client.get(url("survey_answer", held.pk, world.health.pk)).status_code == 404


def test_the_page_takes_the_same_queries_for_any_number_of_answers(client, clock):
    world = build("open")
    held = survey(world)
    scale = held.questions.get(kind="scale")
    at_work(client, clock, held.closes_at + DAY, "administrator")
    counts = []
    for more in (5, 60):
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(question=scale, value=3) for _n in range(more)
        )
        client.get(url("survey", held.pk))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("survey", held.pk)).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert SurveyQuestion.objects.count() == 3
    assert Agency.objects.count() == 3
