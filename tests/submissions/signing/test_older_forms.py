"""A version that was signed before a field existed is taken up, shown, and no obstacle to closing a
cycle.
"""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from cycles.calendar import Phase
from cycles.models import Cycle
from submissions.answers import actions as answers
from submissions.answers import teamwork
from submissions.evidence import actions as evidence
from submissions.models import Answer, Description, ExternalFactor, Level, Version
from submissions.signing import actions as signing
from submissions.signing import declaration
from tests.factories import build
from tests.submissions.evidence.documents import pdf

pytestmark = pytest.mark.django_db

WORDS = {name: f"signed {name}" for name in Answer.TEXT_FIELDS}


def line(world):
    return Answer.objects.with_submission().get(submission=world.submission, measure__code="G1-1")


@pytest.fixture
def signed():
    """A self-assessment whose head signed every text of a line, a factor and the declaration."""
    world = build("answered")
    answers.save_answer(line(world), value=Decimal(30), **WORDS, by=world.staff, at=world.at)
    teamwork.claim_factor(line(world), kind="law", text="a new law", by=world.staff, at=world.at)
    file = evidence.attach(
        line(world), upload=ContentFile(pdf(), name="decree.pdf"), by=world.staff, at=world.at
    )
    evidence.refer(
        file,
        reference="page seven",
        description=Description("the decree", "12/345", date(2026, 3, 2)),
        by=world.staff,
        at=world.at,
    )
    teamwork.claim_factor(
        line(world), kind="budget", text="no budget", evidence=file, by=world.staff, at=world.at
    )
    levels = {level: {"due": 9, "assessed": 5, "forms": 2, "reports": 1} for level in Level}
    declaration.save_declaration(
        world.submission, statement="declared in short", levels=levels, by=world.head, at=world.at
    )
    world.submission = signing.move(world.submission, "submit", by=world.head, at=world.at)
    return world


def version_without(world, *names):
    """The signed version as an older form would have it: without these fields in its lines."""
    version = Version.objects.filter(submission=world.submission).signed().get()
    content = json.loads(version.content)
    for each in content["lines"]:
        for name in names:
            del each[name]
    Version.objects.filter(pk=version.pk).update(content=json.dumps(content))
    return world.fresh(version)


@pytest.mark.parametrize("name", Answer.TEXT_FIELDS)
def test_what_an_older_form_did_not_ask_for_stays_when_its_version_is_taken_up(signed, name):
    version = version_without(signed, name)
    signing.move(signed.submission, "withdraw", by=signed.head, at=signed.at)
    typed = dict.fromkeys(Answer.TEXT_FIELDS, "typed since")
    answers.save_answer(line(signed), **typed, by=signed.staff, at=signed.at)

    signing.take_up(version, by=signed.head, at=signed.at)

    now = {each: getattr(line(signed), each) for each in Answer.TEXT_FIELDS}
    assert now == WORDS | {name: "typed since"}


@pytest.mark.parametrize("lacking", (Answer.TEXT_FIELDS, ("factors", "evidence")))
def test_a_version_of_an_older_form_does_not_stop_the_closing_of_its_cycle(signed, lacking):
    Cycle.objects.filter(pk=signed.cycle.pk).update(keeps_signature=True)
    version_without(signed, *lacking)
    signing.move(signed.submission, "withdraw", by=signed.head, at=signed.at)
    answers.save_answer(line(signed), value=Decimal(99), by=signed.staff, at=signed.at)

    closed = signing.lapse(signed.cycle, at=signed.opens(Phase.SCORING))

    assert signed.fresh(signed.submission).state == "submitted"
    assert signed.submission not in closed
    assert line(signed).value == 30
    assert line(signed).note == WORDS["note"]
    assert line(signed).evidence.live().exists()
    assert ExternalFactor.objects.filter(answer=line(signed)).live().count() == 2


def page_of(version, client):
    with translation.override("en"):
        return client.get(reverse("submissions:version", args=[version.uuid])).content.decode()


def test_the_page_of_a_version_shows_all_that_was_signed(signed, visit):
    version = Version.objects.filter(submission=signed.submission).signed().get()

    page = page_of(version, visit(signed, signed.head))

    for words in (*WORDS.values(), "a new law", "no budget", "declared in short"):
        assert words in page
    with translation.override("en"):
        for text in Answer.TEXTS:
            assert str(text.label) in page
    assert "Budget not allotted" in page
    assert "The organization and its units" in page
    for words in ("decree.pdf", "the decree", "page seven", "12/345"):
        assert words in page


def test_the_page_of_a_version_of_an_older_form_shows_what_it_has(signed, visit):
    version = version_without(signed, "strengths", "factors", "evidence")

    page = page_of(version, visit(signed, signed.head))

    assert WORDS["action"] in page
    assert WORDS["strengths"] not in page
    assert "a new law" not in page


def test_the_page_of_a_version_says_that_a_measure_does_not_apply(visit):
    world = build("answered")
    words = {"value": None, "claims_not_applicable": True, "note": "we have no power lines"}
    answers.save_answer(line(world), **words, by=world.staff, at=world.at)
    signing.move(world.submission, "submit", by=world.head, at=world.at)
    version = Version.objects.filter(submission=world.submission).signed().get()

    page = page_of(version, visit(world, world.head))

    assert "Not applicable" in page
    assert "we have no power lines" in page
