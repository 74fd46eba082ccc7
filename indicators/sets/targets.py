"""Targets broken down: what holds of a measure for single agencies and units, and the parts of
shared measures.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Agency, User
from agencies.persian import in_locale
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Participation
from cycles.workflow import Refused
from indicators.differences import FIELDS, canonical
from indicators.drafting.actions import editing, note_change, save_measure
from indicators.drafting.contents import refuse_measure_in_set
from indicators.models import Change, IndicatorSet, Measure, MeasureShare, MeasureTarget
from indicators.scoring.methods import HUNDRED, half_up
from indicators.workflow import SETS

PLACES = 8


@dataclass(frozen=True)
class AgencyTarget:
    """What holds of one measure for one agency; None where the measure's own figure holds."""

    measure: int
    agency: int
    target: Decimal | None = None
    floor: Decimal | None = None
    base: Decimal | None = None
    applies: bool = True
    reason: str = ""


@transaction.atomic
def set_targets(
    indicator_set: IndicatorSet,
    rows: Iterable[AgencyTarget],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
    source: Mapping[str, Any] | None = None,
) -> list[MeasureTarget]:
    """Set what holds of a set's measures for single agencies: all of the rows, or none when one
    cannot be.

    The headquarters gives its units their targets of its approved measures; a unit is asked what it
    has a target of. `source` is what the record says of the file they come from.
    """
    rows = list(rows)
    [indicator_set] = perform(
        SETS,
        [indicator_set],
        "set_targets",
        by=by,
        at=at,
        seen=seen,
        rows=len(rows),
        **(source or {}),
    )
    measures = {m.pk: m for m in Measure.objects.of(indicator_set)}
    concerned = agencies_with_own_targets(indicator_set)
    made = []
    for row in rows:
        measure, participation = measures.get(row.measure), concerned.get(row.agency)
        if measure is None:
            raise Refused(_("One of the measures does not stand in this set."))
        if participation is None:
            raise Refused(_("One of the agencies is none for which this set may hold targets."))
        made.append(_checked_target(row, measure, participation, by=by, at=at))
    return MeasureTarget.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["measure", "participation"],
        update_fields=["target", "floor", "base", "applies", "reason", "set_by", "set_at"],
        batch_size=2000,
    )


def _checked_target(
    row: AgencyTarget, measure: Measure, participation: Participation, *, by: User, at: datetime
) -> MeasureTarget:
    """Make a target that is not saved yet; refuse one without a reason or that the method cannot
    score.
    """
    if not row.applies and not row.reason.strip():
        raise Refused(
            _("“%(measure)s”, %(agency)s: please say why it does not apply.")
            % _names(measure, participation)
        )
    target = MeasureTarget(
        measure=measure,
        participation=participation,
        target=row.target,
        floor=row.floor,
        base=row.base,
        applies=row.applies,
        reason=row.reason,
        set_by=by,
        set_at=at,
    )
    if errors := measure.wrong_params(measure.scoring_params | target.scoring_params):
        raise Refused(f"{measure.title}, {participation}: {' '.join(errors)}")
    return target


@transaction.atomic
def import_targets(
    indicator_set: IndicatorSet,
    rows: Callable[[], Iterable[AgencyTarget]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[MeasureTarget]:
    """Set what a checked file says of single agencies; `left_out` of its rows were wrong and
    knowingly not taken.

    `rows` comes from `exchange/targets.py`, which reads spreadsheets and stands above; it is asked
    once the set is locked.
    """
    indicator_set = locked(IndicatorSet.objects.all(), with_keys=True).get(pk=indicator_set.pk)
    source: dict[str, Any] = {"file": file_name, "sha256": sha256}
    if left_out:
        source["left_out"] = left_out
    return set_targets(indicator_set, rows(), by=by, at=at, source=source)


def agencies_with_own_targets(indicator_set: IndicatorSet) -> dict[int, Participation]:
    """Find the agencies for which a set may hold targets of their own, by key: its agency and that
    one's units, else all of whom it asks anything.
    """
    taking_part = (
        Participation.objects.active().filter(cycle=indicator_set.cycle_id).select_related("agency")
    )
    if indicator_set.agency_id:
        own, units = (
            taking_part.filter(agency=indicator_set.agency),
            taking_part.filter(agency__parent=indicator_set.agency),
        )
        taking_part = own | units
    elif indicator_set.group_id:
        taking_part = taking_part.filter(groups=indicator_set.group)
    elif indicator_set.province_id:
        taking_part = taking_part.filter(province=indicator_set.province)
    return {
        p.agency_id: p
        for p in taking_part.order_by(F("agency__parent").asc(nulls_first=True), "sort_key", "pk")
    }


def _names(measure: Measure, participation: Participation) -> dict[str, str]:
    return {"measure": measure.title, "agency": participation.name}


# --- Shared measures ----------------------------------------------------------------------------


@transaction.atomic
def share(
    indicator_set: IndicatorSet,
    measure: Measure,
    parts: Mapping[Agency, Decimal],
    *,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> list[MeasureShare]:
    """Share a measure of an agency's set with others: the part of its target each answers for, 100
    percent in all.

    No parts given: the measure is no longer shared.
    """
    indicator_set = editing(indicator_set, by=by, at=at, seen=seen)
    measure = Measure.objects.of(indicator_set).get(pk=measure.pk)
    if parts:
        if indicator_set.agency not in parts or len(parts) < 2:
            raise Refused(_("Name the agency itself and at least one other."))
        total = sum(parts.values(), Decimal(0))
        if total != HUNDRED or any(part <= 0 for part in parts.values()):
            raise Refused(
                _("The parts add up to %(total)s; they must be exactly 100.")
                % {"total": in_locale(total)}
            )
        taking_part = Participation.objects.active().filter(
            cycle=indicator_set.cycle_id, agency__in=parts
        )
        if taking_part.count() != len(parts):
            raise Refused(_("One of the agencies does not take part in this cycle."))
    shares = MeasureShare.objects.filter(set=indicator_set, lineage=measure.lineage)
    before = {
        "shares": [[s.agency.code, canonical(s.percent)] for s in shares.select_related("agency")]
    }
    shares.delete()
    made = MeasureShare.objects.bulk_create(
        MeasureShare(set=indicator_set, lineage=measure.lineage, agency=agency, percent=part)
        for agency, part in parts.items()
    )
    after = {"shares": [[agency.code, canonical(part)] for agency, part in parts.items()]}
    note_change(
        indicator_set,
        Change.Deed.CHANGED,
        measure=measure,
        before=before,
        after=after,
        by=by,
        at=at,
    )
    return made


def shares_to_take(indicator_set: IndicatorSet) -> list[MeasureShare]:
    """List parts of others' shared measures that an agency has not taken into its own set yet."""
    taken = Measure.objects.of(indicator_set).values("lineage")
    shares = MeasureShare.objects.filter(
        set__cycle=indicator_set.cycle_id, agency=indicator_set.agency
    )
    return list(
        shares.exclude(set=indicator_set)
        .exclude(lineage__in=taken)
        .select_related("set__agency")
        .order_by("pk")
    )


@transaction.atomic
def take_share(
    indicator_set: IndicatorSet, part: MeasureShare, *, by: User, at: datetime
) -> Measure:
    """Take one's part of a shared measure into one's own set: the same lineage, and of a target
    whose parts add up one's own part.
    """
    indicator_set = editing(indicator_set, by=by, at=at)
    if part.agency_id != indicator_set.agency_id or part.set.cycle_id != indicator_set.cycle_id:
        raise Refused(_("This part is another agency's."))
    refuse_measure_in_set(indicator_set, part.lineage)
    lead = lead_of(part)
    fields = {name: getattr(lead, name) for name in FIELDS if name != "code"}
    fields["lineage"] = lead.lineage
    if lead.is_additive:
        for name in ("target", "floor", "base"):
            if fields[name] is not None:
                fields[name] = half_up(fields[name] * part.percent / HUNDRED, PLACES)
    return save_measure(indicator_set, fields=fields, by=by, at=at)


def lead_of(part: MeasureShare) -> Measure:
    """Find the measure as the agency that leads has it."""
    return Measure.objects.of(part.set).for_list().get(lineage=part.lineage)


def shares_of(indicator_set: IndicatorSet) -> dict[UUID, list[MeasureShare]]:
    """Find the parts of the measures that a set shares, by lineage."""
    found: dict[UUID, list[MeasureShare]] = {}
    shares = MeasureShare.objects.filter(set=indicator_set).select_related("agency")
    for part in shares.order_by("pk"):
        found.setdefault(part.lineage, []).append(part)
    return found
