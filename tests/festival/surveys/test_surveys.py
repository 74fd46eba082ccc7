"""The survey of agencies: answered once, told only when closed, of no fewer than five, and never by
whom.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency, User
from cycles.models import Delivery, Entry, Participation
from cycles.workflow import Refused
from cycles.years import actions as years
from festival.models import Survey, SurveyAnswer, SurveyQuestion, SurveyReturn
from festival.surveys import actions as surveys
from festival.surveys import results as surveys_results
from festival.surveys.questions import QUESTIONS, Question
from tests.factories import EPOCH, build, make_agency, make_user
from tests.worlds.closing import survey

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def url(name, *args):
    return reverse(f"festival:{name}", args=args)


def at_work(client, clock, at, name):
    clock(at)
    client.force_login(
        User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def laid(world, **fields):
    dates = {"opens_at": world.at, "closes_at": world.at + 14 * DAY}
    return surveys.open_survey(world.cycle, **dates | fields, by=world.administrator, at=world.at)


def said(held, value=4, words="Earlier indicators"):
    """An answer to every question."""
    return {
        q.pk: words if q.kind == "text" else min(value, len(q.options))
        for q in held.questions.all()
    }


def staffed(world, number):
    """Another agency that takes part, with somebody on its staff."""
    agency = make_agency(f"S{number}", f"دستگاه {number}", f"Office {number}")
    Participation.objects.create(
        cycle=world.cycle, agency=agency, name_fa=agency.name_fa, name_en=agency.name_en
    )
    return agency, make_user(f"staff{number}", "staff", agency=agency)


def answered(world, held, values):
    """As many agencies as there are values, each of which gives it to every question."""
    for n, value in enumerate(values):
        agency, staff = staffed(world, n)
        surveys.answer(
            held, agency, said(held, value, f"words {value}"), by=staff, at=held.opens_at + DAY
        )


# --- Laying it ----------------------------------------------------------------------------------


def test_a_survey_begins_with_eight_questions_in_both_languages_and_all_agencies_are_told():
    world = build("open")

    held = laid(world)

    assert held.questions.count() == len(QUESTIONS) == 8
    assert all(q.text_fa and q.text_en for q in held.questions.all())
    told = Delivery.objects.filter(entry__workflow="festival.survey", channel="inbox")
    assert {"staff", "head", "other_staff", "unit_head"} <= set(
        told.values_list("recipient__username", flat=True)
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    (
        ({"opens_at": EPOCH}, "opens now or later"),
        ({"closes_at": EPOCH}, "opens now or later"),
        ({"questions": ()}, "at least one question"),
    ),
)
def test_a_survey_without_sense_is_refused(fields, why):
    with pytest.raises(Refused, match=why):
        laid(build("open"), **fields)


def test_there_is_one_survey_a_year_none_of_a_planned_one_and_none_in_practice():
    world = build("open")
    laid(world)

    with pytest.raises(Refused, match="has a survey already"):
        laid(world)
    practice = years.open_practice(by=world.administrator, at=world.at)
    world.cycle = practice
    with pytest.raises(Refused, match="has been opened"):
        laid(world)


def test_a_planned_year_has_no_survey():
    with pytest.raises(Refused, match="has been opened"):
        laid(build("planned"))


# --- Answering ----------------------------------------------------------------------------------


def test_an_answer_knows_neither_agency_nor_moment_nor_its_fellows():
    fields = {f.name for f in SurveyAnswer._meta.get_fields()}

    assert fields == {"id", "question", "value", "text"}
    assert {f.name for f in SurveyReturn._meta.get_fields()} == {"id", "survey", "agency", "at"}


def test_the_record_says_nothing_of_an_answer():
    world = build("open")
    held = laid(world)
    before = Entry.objects.count()

    surveys.answer(held, world.power, said(held), by=world.staff, at=world.at)

    assert Entry.objects.count() == before
    assert SurveyAnswer.objects.count() == 8


def test_an_agency_answers_once():
    world = build("open")
    held = laid(world)
    surveys.answer(held, world.power, said(held), by=world.staff, at=world.at)

    with pytest.raises(Refused, match="has answered"):
        surveys.answer(held, world.power, said(held), by=world.head, at=world.at)
    with pytest.raises(IntegrityError, match="an_agency_answers_once"), transaction.atomic():
        SurveyReturn.objects.create(survey=held, agency=world.power, at=world.at)
    assert SurveyAnswer.objects.count() == 8


def test_only_words_may_stay_empty():
    world = build("open")
    held = laid(world)
    whole = said(held)
    words = held.questions.get(kind="text")
    scale = held.questions.filter(kind="scale").first()

    for wrong in (None, 0, 6):
        with pytest.raises(Refused, match="Answer every question"):
            surveys.answer(
                held, world.power, whole | {scale.pk: wrong}, by=world.staff, at=world.at
            )
    assert not SurveyReturn.objects.exists()
    surveys.answer(held, world.power, whole | {words.pk: " "}, by=world.staff, at=world.at)

    assert SurveyAnswer.objects.count() == 7


def test_it_is_answered_from_the_opening_up_to_the_closing():
    world = build("open")
    held = laid(world, opens_at=world.at + DAY)
    moments = {held.opens_at - timedelta(seconds=1): "not open yet", held.closes_at: "is closed"}

    for at, why in moments.items():
        with pytest.raises(Refused, match=why):
            surveys.answer(held, world.power, said(held), by=world.staff, at=at)
    surveys.answer(
        held, world.power, said(held), by=world.staff, at=held.closes_at - timedelta(microseconds=1)
    )


@pytest.mark.parametrize("who", ("other_staff", "headquarters", "administrator", "stranger"))
def test_nobody_answers_for_an_agency_but_its_staff_and_heads(who):
    world = build("open")
    held = laid(world)

    with pytest.raises(Refused, match="staff of the agency"):
        surveys.answer(held, world.power, said(held), by=world.people[who], at=world.at)
    assert not SurveyAnswer.objects.exists()


def test_an_agency_that_does_not_take_part_is_not_asked():
    world = build("open")
    held = laid(world)
    agency = make_agency("Z", "دیگر", "Other")
    staff = make_user("z", "staff", agency=agency)

    with pytest.raises(Refused, match="does not take part"):
        surveys.answer(held, agency, said(held), by=staff, at=world.at)


# --- What is told -------------------------------------------------------------------------------


def test_while_it_is_open_only_the_number_is_told():
    world = build("open")
    held = laid(world)
    answered(world, held, [5] * 6)

    results = surveys_results.read(held, held.closes_at - timedelta(seconds=1))

    assert (results.returned, results.asked, results.answers) == (6, 9, None)
    assert results.rate == Decimal(600) / 9


def test_when_it_has_closed_means_and_shares_are_told():
    world = build("open")
    held = laid(world)
    answered(world, held, [1, 2, 4, 5, 5])

    results = surveys_results.read(held, held.closes_at)

    scale = next(a for a in results.answers if a.question.kind == "scale")
    assert (scale.count, scale.mean) == (5, Decimal("3.4"))
    assert [(o.words, o.count, o.percent) for o in scale.options] == [
        ("1", 1, 20), ("2", 1, 20), ("3", 0, 0), ("4", 1, 20), ("5", 2, 40),
    ]  # fmt: skip
    words = next(a for a in results.answers if a.question.kind == "text")
    assert sorted(words.texts) == ["words 1", "words 2", "words 4", "words 5", "words 5"]
    choice = next(a for a in results.answers if a.question.kind == "choice")
    assert choice.mean is None


def test_of_fewer_than_five_answers_nothing_is_told():
    world = build("open")
    held = laid(world)
    answered(world, held, [1, 2, 4, 5])

    results = surveys_results.read(held, held.closes_at)

    assert all(
        (a.is_told, a.mean, tuple(a.options), tuple(a.texts)) == (False, None, (), ())
        for a in results.answers
    )
    assert {a.count for a in results.answers} == {4}


def test_a_question_in_words_that_few_answered_is_not_told_although_the_others_are():
    world = build("open")
    held = laid(world, questions=[Question("scale", "الف", "A"), Question("text", "ب", "B")])
    scale, words = held.questions.order_by("position")
    for n in range(5):
        agency, staff = staffed(world, n)
        surveys.answer(
            held, agency, {scale.pk: 3, words.pk: "x" if n else ""}, by=staff, at=world.at
        )

    first, second = surveys_results.read(held, held.closes_at).answers

    assert (first.is_told, second.is_told, second.count) == (True, False, 4)


# --- Pages --------------------------------------------------------------------------------------


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
    client.post(there, {f"q{pk}": value for pk, value in said(held, 2).items()})
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
    held = laid(world)
    answered(world, held, [1, 2, 3, 4, 5, 5])
    at_work(client, clock, held.closes_at + DAY, who)

    page = client.get(url("survey", held.pk)).content.decode()

    assert "words 3" in page
    assert "Ministry of Energy" in page  # has not answered
    assert "Office 1" not in page


def test_agencies_read_no_results(client, clock):
    world = build("open")
    held = laid(world)
    answered(world, held, [1, 2, 3, 4, 5])
    at_work(client, clock, held.closes_at + DAY, "staff")

    page = client.get(url("survey", held.pk)).content.decode()

    assert "words 3" not in page
    assert "Not answered" in page


def test_an_agency_sees_it_from_its_opening_on_and_answers_for_nobody_else(client, clock):
    world = build("open")
    held = laid(world, opens_at=world.at + DAY)

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
