"""Acts that prepare a year's awards: its ceremonies, for what there are awards, and the committee's
minutes.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.core.files import File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Province, User
from cycles.clashes import Seen
from cycles.engine.perform import perform, why_closed
from cycles.models import Cycle
from cycles.spreadsheets.csv_tables import read_rows
from cycles.ui import files as ui_files
from cycles.workflow import CycleState, Refused
from festival.models import AwardCategory, Ceremony, Minutes
from festival.models.awards import GIVEN
from festival.workflow import CATEGORIES, CEREMONIES, MINUTES

STARTER = Path(apps.get_app_config("festival").path) / "data" / "awards.csv"
FIELDS = (
    "name_fa",
    "name_en",
    "basis",
    "offered",
    "per_group",
    "most_winners",
    "most_commended",
    "position",
)
"""What is set of a category; its code stays what it was."""


@transaction.atomic
def lay_ceremonies(cycle: Cycle, *, by: User, at: datetime) -> list[Ceremony]:
    """Lay the national ceremony of a year and one of every province; those that there are stay as
    they are.
    """
    cycle = locked(Cycle.objects.all()).get(pk=cycle.pk)
    if cycle.is_practice or cycle.state == CycleState.PLANNED:
        raise Refused(_("There are ceremonies of a year that has been opened."))
    if why := why_closed(CEREMONIES, Ceremony(cycle=cycle), "lay_ceremonies", by=by, at=at):
        raise Refused(why)
    there = set(Ceremony.objects.filter(cycle=cycle).values_list("province", flat=True))
    provinces: list[Province | None] = [None, *Province.objects.order_by("sort_key", "pk")]
    laid = [
        _new_ceremony(cycle, province)
        for province in provinces
        if (province.pk if province else None) not in there
    ]
    if laid:
        perform(CEREMONIES, laid, "lay_ceremonies", by=by, at=at)
    return laid


def _new_ceremony(cycle: Cycle, province: Province | None) -> Ceremony:
    """Create a ceremony under its usual name."""
    if province is None:
        name_fa, name_en = "جشنوارهٔ ملی شهید رجایی", "National Shahid Rajaei Festival"
    else:
        name_fa = f"جشنوارهٔ شهید رجایی استان {province.name_fa}"
        name_en = f"Shahid Rajaei Festival of {province.name_en}"
    return Ceremony.objects.create(cycle=cycle, province=province, name_fa=name_fa, name_en=name_en)


@transaction.atomic
def set_ceremony(
    ceremony: Ceremony,
    *,
    fields: Mapping[str, object],
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Ceremony:
    """Set name, day, place and chair of a ceremony; the record keeps what each was."""
    ceremony = Ceremony.objects.get_locked(ceremony.pk)
    names = ("name_fa", "name_en", "held_on", "place", "chair")
    changed = {
        n: [str(getattr(ceremony, n) or ""), str(fields[n] or "")] for n in names if n in fields
    }
    changed = {n: both for n, both in changed.items() if both[0] != both[1]}
    if not changed:
        raise Refused(_("Nothing was changed."))
    for name in changed:
        setattr(ceremony, name, fields[name])
    perform(CEREMONIES, [ceremony], "set_ceremony", by=by, at=at, seen=seen, changed=changed)
    ceremony.save()
    return ceremony


# --- For what there are awards ------------------------------------------------------------------


@transaction.atomic
def take_over_categories(cycle: Cycle, *, by: User, at: datetime) -> list[AwardCategory]:
    """Take over the categories of the last year that had any, or of the starter table where none
    had.
    """
    cycle = locked(Cycle.objects.all()).get(pk=cycle.pk)
    if AwardCategory.objects.filter(cycle=cycle).exists():
        raise Refused(_("This year has its award categories already."))
    earlier = AwardCategory.objects.filter(cycle__year__lt=cycle.year, cycle__year__gt=0)
    last = earlier.aggregate(Max("cycle__year"))["cycle__year__max"]
    names = ("code", "is_composed", *FIELDS)
    rows = (
        earlier.filter(cycle__year=last).for_list().values(*names)
        if last
        else _starter_categories()
    )
    made = [AwardCategory.objects.create(cycle=cycle, **row) for row in rows]
    perform(CATEGORIES, made, "take_over", by=by, at=at, year=last)
    return made


def _starter_categories() -> list[dict[str, object]]:
    rows = read_rows(STARTER)
    return [_starter_category(row, position) for position, row in enumerate(rows, 1)]


def _starter_category(row: Mapping[str, str], position: int) -> dict[str, object]:
    """Return the fields of a category from its row of the starter table."""
    return {
        "code": row["code"],
        "name_fa": row["name_fa"],
        "name_en": row["name_en"],
        "basis": row["basis"],
        "offered": row["offered"],
        "most_winners": int(row["most_winners"]) if row["most_winners"] else None,
        "most_commended": int(row["most_commended"]) if row["most_commended"] else None,
        "per_group": row["per_group"] == "yes",
        "is_composed": row["source"] == "composed",
        "position": position,
    }


@transaction.atomic
def save_category(
    cycle: Cycle,
    *,
    code: str,
    fields: Mapping[str, object],
    by: User,
    at: datetime,
    is_new: bool = False,
    seen: Seen | None = None,
) -> AwardCategory:
    """Add a category to a year (`is_new`), or change it until an award in it has been decided."""
    cycle = locked(Cycle.objects.all()).get(pk=cycle.pk)
    category = _category_to_save(cycle, code, is_new=is_new, seen=seen)
    for name in FIELDS:
        if name in fields:
            setattr(category, name, fields[name])
    if category.position is None:
        last = AwardCategory.objects.filter(cycle=cycle).aggregate(Max("position"))["position__max"]
        category.position = (last or 0) + 1
    category.save()
    perform(CATEGORIES, [category], "set_category", by=by, at=at, code=code, fields=dict(fields))
    return category


def _category_to_save(cycle: Cycle, code: str, *, is_new: bool, seen: Seen | None) -> AwardCategory:
    """Return the category of this code, or a new one; refused once an award in it is decided."""
    found = locked(AwardCategory.objects.filter(cycle=cycle, code=code), with_keys=True).first()
    if is_new and found:
        raise Refused(_("There is a category with this code already."))
    if not is_new and found is None:
        raise Refused(_("There is no category with this code."))
    if seen is not None:
        seen.check()
    if found and found.awards.filter(state__in=GIVEN).exists():
        raise Refused(_("Awards in this category have been decided; it stays as it is."))
    return found or AwardCategory(cycle=cycle, code=code, is_composed=True)


# --- What the committee says --------------------------------------------------------------------


@transaction.atomic
def minute(
    ceremony: Ceremony,
    *,
    held_at: datetime,
    members: str,
    text: str,
    file: File | None = None,
    by: User,
    at: datetime,
) -> Minutes:
    """Keep the minutes of a meeting that was held; they are never changed afterwards."""
    ceremony = Ceremony.objects.get_locked(ceremony.pk)
    if held_at > at:
        raise Refused(_("The meeting has not been held yet."))
    if not members.strip() or not text.strip():
        raise Refused(_("Minutes say who was present and what was said."))
    last = Minutes.objects.filter(ceremony=ceremony).aggregate(Max("number"))["number__max"] or 0
    minutes = Minutes(
        ceremony=ceremony,
        number=last + 1,
        held_at=held_at,
        members=members,
        text=text,
        made_by=by,
        made_at=at,
    )
    if file is not None:
        minutes.file_name, minutes.sha256 = ui_files.bare_name(file, 200), ui_files.sha256(file)
    minutes.save()

    perform(
        MINUTES,
        [minutes],
        "minute",
        by=by,
        at=at,
        note=text,
        number=minutes.number,
        held_at=held_at,
        present=minutes.present,
        sha256=minutes.sha256,
    )
    if file is not None:  # only of an act that was not refused
        minutes.file.save("minutes.pdf", file)
    return minutes
