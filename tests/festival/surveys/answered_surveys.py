"""Surveys, and agencies that answer them."""

from datetime import timedelta

from cycles.models import Participation
from festival.surveys import actions as surveys
from tests.factories import make_agency, make_user

DAY = timedelta(days=1)


def open_survey(world, **fields):
    dates = {"opens_at": world.at, "closes_at": world.at + 14 * DAY}
    return surveys.open_survey(world.cycle, **dates | fields, by=world.administrator, at=world.at)


def answers_to(held, value=4, words="Earlier indicators"):
    """An answer to every question."""
    return {
        q.pk: words if q.kind == "text" else min(value, len(q.options))
        for q in held.questions.all()
    }


def make_staffed_agency(world, number):
    """Another agency that takes part, with somebody on its staff."""
    agency = make_agency(f"S{number}", f"دستگاه {number}", f"Office {number}")
    Participation.objects.create(
        cycle=world.cycle, agency=agency, name_fa=agency.name_fa, name_en=agency.name_en
    )
    return agency, make_user(f"staff{number}", "staff", agency=agency)


def let_agencies_answer(world, held, values):
    """As many agencies as there are values, each of which gives it to every question."""
    for n, value in enumerate(values):
        agency, staff = make_staffed_agency(world, n)
        surveys.answer(
            held,
            agency,
            answers_to(held, value, f"words {value}"),
            by=staff,
            at=held.opens_at + DAY,
        )
