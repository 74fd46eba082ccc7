"""Surveys of the agencies: opened once a year, answered once by each agency, nobody knows what by whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cycles.models import Delivery, Entry
from cycles.workflow import Refused
from cycles.years import actions as years
from festival.models import SurveyAnswer, SurveyReturn
from festival.surveys import actions as surveys
from festival.surveys import results as surveys_results
from festival.surveys.questions import QUESTIONS, Question
from tests.factories import EPOCH, build, make_agency, make_user
from tests.festival.surveys.answered_surveys import (
    DAY,
    answers_to,
    let_agencies_answer,
    make_staffed_agency,
    open_survey,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


# --- Laying it ----------------------------------------------------------------------------------


def test_a_survey_begins_with_eight_questions_in_two_languages_and_all_are_told():
    world = build("open")

    held = open_survey(world)

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
        open_survey(build("open"), **fields)


def test_there_is_one_survey_a_year_none_of_a_planned_one_and_none_in_practice():
    world = build("open")
    open_survey(world)

    with pytest.raises(Refused, match="has a survey already"):
        open_survey(world)
    practice = years.open_practice(by=world.administrator, at=world.at)
    world.cycle = practice
    with pytest.raises(Refused, match="has been opened"):
        open_survey(world)


def test_a_planned_year_has_no_survey():
    with pytest.raises(Refused, match="has been opened"):
        open_survey(build("planned"))


# --- Answering ----------------------------------------------------------------------------------


def test_an_answer_knows_neither_agency_nor_moment_nor_its_fellows():
    fields = {f.name for f in SurveyAnswer._meta.get_fields()}

    assert fields == {"id", "question", "value", "text"}
    assert {f.name for f in SurveyReturn._meta.get_fields()} == {"id", "survey", "agency", "at"}


def test_the_record_says_nothing_of_an_answer():
    world = build("open")
    held = open_survey(world)
    before = Entry.objects.count()

    surveys.answer(held, world.power, answers_to(held), by=world.staff, at=world.at)

    assert Entry.objects.count() == before
    assert SurveyAnswer.objects.count() == 8


def test_an_agency_answers_once():
    world = build("open")
    held = open_survey(world)
    surveys.answer(held, world.power, answers_to(held), by=world.staff, at=world.at)

    with pytest.raises(Refused, match="has answered"):
        surveys.answer(held, world.power, answers_to(held), by=world.head, at=world.at)
    with pytest.raises(IntegrityError, match="an_agency_answers_once"), transaction.atomic():
        SurveyReturn.objects.create(survey=held, agency=world.power, at=world.at)
    assert SurveyAnswer.objects.count() == 8


def test_only_words_may_stay_empty():
    world = build("open")
    held = open_survey(world)
    whole = answers_to(held)
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
    held = open_survey(world, opens_at=world.at + DAY)
    moments = {held.opens_at - timedelta(seconds=1): "not open yet", held.closes_at: "is closed"}

    for at, why in moments.items():
        with pytest.raises(Refused, match=why):
            surveys.answer(held, world.power, answers_to(held), by=world.staff, at=at)
    surveys.answer(
        held,
        world.power,
        answers_to(held),
        by=world.staff,
        at=held.closes_at - timedelta(microseconds=1),
    )


@pytest.mark.parametrize("who", ("other_staff", "headquarters", "administrator", "stranger"))
def test_nobody_answers_for_an_agency_but_its_staff_and_heads(who):
    world = build("open")
    held = open_survey(world)

    with pytest.raises(Refused, match="staff of the agency"):
        surveys.answer(held, world.power, answers_to(held), by=world.people[who], at=world.at)
    assert not SurveyAnswer.objects.exists()


def test_an_agency_that_does_not_take_part_is_not_asked():
    world = build("open")
    held = open_survey(world)
    agency = make_agency("Z", "دیگر", "Other")
    staff = make_user("z", "staff", agency=agency)

    with pytest.raises(Refused, match="does not take part"):
        surveys.answer(held, agency, answers_to(held), by=staff, at=world.at)


# --- What is told -------------------------------------------------------------------------------


def test_while_it_is_open_only_the_number_is_told():
    world = build("open")
    held = open_survey(world)
    let_agencies_answer(world, held, [5] * 6)

    results = surveys_results.read(held, held.closes_at - timedelta(seconds=1))

    assert (results.returned, results.asked, results.answers) == (6, 9, None)
    assert results.rate == Decimal(600) / 9


def test_when_it_has_closed_means_and_shares_are_told():
    world = build("open")
    held = open_survey(world)
    let_agencies_answer(world, held, [1, 2, 4, 5, 5])

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
    held = open_survey(world)
    let_agencies_answer(world, held, [1, 2, 4, 5])

    results = surveys_results.read(held, held.closes_at)

    assert all(
        (a.is_told, a.mean, tuple(a.options), tuple(a.texts)) == (False, None, (), ())
        for a in results.answers
    )
    assert {a.count for a in results.answers} == {4}


def test_a_question_in_words_that_few_answered_is_not_told_although_the_others_are():
    world = build("open")
    held = open_survey(world, questions=[Question("scale", "الف", "A"), Question("text", "ب", "B")])
    scale, words = held.questions.order_by("position")
    for n in range(5):
        agency, staff = make_staffed_agency(world, n)
        surveys.answer(
            held, agency, {scale.pk: 3, words.pk: "x" if n else ""}, by=staff, at=world.at
        )

    first, second = surveys_results.read(held, held.closes_at).answers

    assert (first.is_told, second.is_told, second.count) == (True, False, 4)
