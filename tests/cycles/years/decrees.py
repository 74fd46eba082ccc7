"""A decree that moves a deadline, and the deadline it moves."""

from datetime import date, timedelta

from django.core.files.base import ContentFile

from cycles.calendar import Phase
from cycles.models import Window
from cycles.years import actions as years

WEEK = timedelta(days=7)
MICROSECOND = timedelta(microseconds=1)


def extend(world, until, *, phase=Phase.SELF_ASSESSMENT, by=None, at=None, **scope):
    return years.extend(
        world.cycle,
        phase=phase,
        closes_at=until,
        decree_number="۱۴۰۵/۱۲",
        decreed_on=date(2027, 5, 20),
        reason="سیل در استان",
        file=ContentFile(b"%PDF-1.7 decree", name="decree.pdf"),
        by=by or world.administrator,
        at=at or world.at,
        **scope,
    )


def closing(world, submission, phase=Phase.SELF_ASSESSMENT):
    return Window.objects.concerning([submission]).of(phase, submission).closes_at
