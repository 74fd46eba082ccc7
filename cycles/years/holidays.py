"""List the public holidays, and strike one from the list."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.administration_workflow import ADMINISTRATION
from cycles.engine.perform import AdministrationTarget, administer, perform
from cycles.models import (
    Holiday,
)
from cycles.workflow import Refused


@transaction.atomic
def list_holidays(
    days: Iterable[tuple[date, str, str]], *, by: User, at: datetime
) -> list[Holiday]:
    """List holidays (day, Persian and English name); years planned from now on spare them."""
    listed = []
    for day, name_fa, name_en in days:
        holiday = Holiday.objects.filter(day=day).first() or Holiday(day=day)
        if holiday.pk and (holiday.name_fa, holiday.name_en, holiday.is_listed) == (
            name_fa,
            name_en,
            True,
        ):
            continue
        holiday.name_fa, holiday.name_en, holiday.is_listed = name_fa, name_en, True
        holiday.save()
        listed.append(holiday)
    if not listed:
        raise Refused(_("These holidays are listed already."))
    perform(
        ADMINISTRATION, [AdministrationTarget(h) for h in listed], "list_holidays", by=by, at=at
    )
    return listed


@transaction.atomic
def strike_holiday(holiday: Holiday, *, by: User, at: datetime) -> Holiday:
    """Strike a holiday from the list; the row stays, and so do the dates of
    years already planned.
    """
    holiday = locked(Holiday.objects.all(), with_keys=True).get(pk=holiday.pk)
    if not holiday.is_listed:
        raise Refused(_("This holiday is struck already."))
    holiday.is_listed = False
    holiday.save(update_fields=["is_listed"])
    administer("strike_holiday", holiday, by=by, at=at)
    return holiday
