"""Every write on indicator sets: drafting, proposing, voting, deciding, communicating."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.roles import Constituency, seats
from agencies.text import format_number
from cycles.actions import perform
from cycles.models import Cycle, Participation
from cycles.workflow import CycleState, Refused
from indicators.methods import METHODS
from indicators.models import FULL_POINTS, Axis, Choice, Indicator, IndicatorSet, Kind, Measure, Vote
from indicators.workflow import SETS, SetState

MUST_CONCUR = (Constituency.AUTHORITY, Constituency.BUDGET)
"""Without these two no set is approved: both co-finalise it (executive bylaw, Article 3(b))."""


@transaction.atomic
def draft_set(*, cycle: Cycle, kind: str, agency: Agency | None, by: User, at: datetime) -> IndicatorSet:
    """The set of one kind for an agency (None: general) in a cycle, begun when there is none."""
    if cycle.state == CycleState.PLANNED:
        raise Refused(_("This cycle is not open yet."))
    if agency and not Participation.objects.filter(cycle=cycle, agency=agency).exists():
        raise Refused(_("This agency does not take part in this cycle."))
    indicator_set, _created = IndicatorSet.objects.get_or_create(cycle=cycle, kind=kind, agency=agency)
    [indicator_set] = _editing(indicator_set, by=by, at=at)
    return indicator_set


def _editing(indicator_set: IndicatorSet, *, by: User, at: datetime) -> list[IndicatorSet]:
    """Through the door for a change of the measures: as a draft, or after the working group returned it."""
    current = IndicatorSet.objects.get(pk=indicator_set.pk)
    return perform(SETS, [current], "revise" if current.state == SetState.RETURNED else "edit", by=by, at=at)


@transaction.atomic
def save_measure(
    indicator_set: IndicatorSet, *, fields: Mapping[str, Any], by: User, at: datetime, measure: Measure | None = None
) -> Measure:
    """Add a measure to a set of one agency, or change one; each is an indicator of its own under the mission axis."""
    [indicator_set] = _editing(indicator_set, by=by, at=at)
    if errors := METHODS[fields["method"]].check(_params(fields)):
        raise Refused(" ".join(str(e) for e in errors))
    if measure is None:
        axis, _created = Axis.objects.get_or_create(
            set=indicator_set,
            code="S1",
            defaults={
                "title_fa": "مأموریت‌ها و وظایف اصلی",
                "title_en": "Missions and main tasks",
                "points": FULL_POINTS,
            },
        )
        number = axis.indicators.count() + 1
        taken = set(axis.indicators.values_list("code", flat=True))
        while f"S1-{number:02}" in taken:
            number += 1
        titles = {key: fields[key] for key in ("title_fa", "title_en", "points")}
        indicator = Indicator.objects.create(axis=axis, code=f"S1-{number:02}", position=number, **titles)
        measure = Measure(indicator=indicator, code=f"S1-{number:02}", position=number)
    else:
        measure = Measure.objects.of(indicator_set).select_related("indicator__axis").get(pk=measure.pk)
    for key, value in fields.items():
        setattr(measure, key, value)
    measure.save()
    indicator, axis = measure.indicator, measure.indicator.axis
    indicator.title_fa, indicator.title_en, indicator.points = measure.title_fa, measure.title_en, measure.points
    indicator.save(update_fields=["title_fa", "title_en", "points"])
    _sum_up(axis)
    return measure


def _params(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: fields.get(key) for key in ("base", "floor", "target")}
    return {key: value for key, value in own.items() if value is not None} | dict(fields.get("params") or {})


def _sum_up(axis: Axis) -> None:
    total = axis.indicators.aggregate(total=Sum("points"))["total"]
    if total:
        axis.points = total
        axis.save(update_fields=["points"])


@transaction.atomic
def remove_measure(indicator_set: IndicatorSet, measure: Measure, *, by: User, at: datetime) -> None:
    """Take a measure out of a draft."""
    [indicator_set] = _editing(indicator_set, by=by, at=at)
    measure = Measure.objects.of(indicator_set).select_related("indicator__axis").get(pk=measure.pk)
    axis = measure.indicator.axis
    measure.indicator.delete()
    _sum_up(axis)


@transaction.atomic
def fill_general_set(
    indicator_set: IndicatorSet, *, rows: Iterable[Mapping[str, Any]], by: User, at: datetime
) -> IndicatorSet:
    """Replace a draft general set's content with catalogue rows (`indicators.resources.general_catalogue`)."""
    [indicator_set] = _editing(indicator_set, by=by, at=at)
    if indicator_set.kind != Kind.GENERAL:
        raise Refused(_("Only a general set is filled from the catalogue."))
    indicator_set.axes.all().delete()
    axes: dict[str, Axis] = {}
    for position, row in enumerate(rows):
        code = row["code"].split("-")[0]
        if code not in axes:
            titles = {"title_fa": row["axis_fa"], "title_en": row["axis_en"]}
            axes[code] = Axis.objects.create(set=indicator_set, code=code, points=1, position=len(axes), **titles)
        titles = {"code": row["code"], "points": row["points"], "position": position}
        titles |= {"title_fa": row["title_fa"], "title_en": row["title_en"]}
        indicator = Indicator.objects.create(axis=axes[code], **titles)
        Measure.objects.create(indicator=indicator, **titles, **row["measure"])
    for axis in axes.values():
        _sum_up(axis)
    return indicator_set


def why_unready(indicator_set: IndicatorSet) -> list[str]:
    """What stands against proposing a set: no measures, points not exactly 1000, tiers that do not add up."""
    language = get_language() or "fa"
    total = Decimal(0)
    wrong = []
    for axis in indicator_set.axes.order_by("position", "pk").prefetch_related("indicators__measures"):
        of_axis = Decimal(0)
        for indicator in axis.indicators.all():
            of_indicator = sum((m.points for m in indicator.measures.all()), Decimal(0))
            if of_indicator != indicator.points:
                wrong.append(_("The measures of “%(title)s” do not add up to its points.") % {"title": indicator.title})
            of_axis += indicator.points
        if of_axis != axis.points:
            wrong.append(_("The indicators of “%(title)s” do not add up to its points.") % {"title": axis.title})
        total += axis.points if of_axis else Decimal(0)
    if total != FULL_POINTS:
        wrong.append(
            _("The points add up to %(total)s; they must be exactly %(full)s.")
            % {"total": format_number(total, language), "full": format_number(FULL_POINTS, language)}
        )
    return wrong


@transaction.atomic
def move(
    indicator_set: IndicatorSet, name: str, *, by: User, at: datetime, note: str = "", letter: str = ""
) -> IndicatorSet:
    """Make a move on a set, after the checks that the move asks for."""
    if name == "communicate":
        return communicate([indicator_set], by=by, at=at, note=note, letter=letter)[0]
    given: dict[str, Any] = {}
    match name:
        case "propose" | "propose_again":
            given["proposer"] = by
            if wrong := why_unready(indicator_set):
                raise Refused(" ".join(wrong))
        case "approve":
            if not concur(indicator_set):
                raise Refused(
                    _("Approval needs the consent of both the authority and the Plan and Budget Organization.")
                )
        case "send_back" | "reject":
            if not note.strip():
                raise Refused(_("Please give a reason; the agency will read it."))
    [indicator_set] = perform(SETS, [indicator_set], name, by=by, at=at, note=note, **given)
    return indicator_set


def concur(indicator_set: IndicatorSet) -> bool:
    """Whether the two constituencies that must concur have approved this round, and neither voted otherwise."""
    votes = Vote.objects.filter(set=indicator_set, round=F("set__round")).values_list("constituency", "choice")
    cast = {side: {choice for s, choice in votes if s == side} for side in MUST_CONCUR}
    return all(choices == {Choice.APPROVE} for choices in cast.values())


@transaction.atomic
def vote(indicator_set: IndicatorSet, *, choice: str, reason: str, by: User, at: datetime) -> Vote:
    """Vote on the current round of a set; voting again replaces one's vote, and both acts stand in the ledger."""
    if choice != Choice.APPROVE and not reason.strip():
        raise Refused(_("Please give a reason; the agency will read it."))
    [indicator_set] = perform(SETS, [indicator_set], "vote", by=by, at=at, note=reason, choice=choice)
    ballot, _created = Vote.objects.update_or_create(
        set=indicator_set,
        round=indicator_set.round,
        member=by,
        defaults={
            "constituency": seats(by, indicator_set, at)[0].constituency,
            "choice": choice,
            "reason": reason,
            "voted_at": at,
        },
    )
    return ballot


@transaction.atomic
def communicate(
    sets: Sequence[IndicatorSet], *, by: User, at: datetime, note: str = "", letter: str = ""
) -> list[IndicatorSet]:
    """Communicate approved sets: from now on each is frozen, and its hash stands in the ledger."""
    hashes = {s.pk: {"hash": content_hash(s)} for s in sets}
    return perform(SETS, sets, "communicate", by=by, at=at, note=note, letter=letter, each=hashes)


def content_hash(indicator_set: IndicatorSet) -> str:
    """SHA-256 of all that a set asks, in canonical JSON; equal content, equal hash, whatever the year."""
    fields = (
        *("code", "title_fa", "title_en", "points", "unit_fa", "unit_en", "direction", "method"),
        *("base", "floor", "target", "params", "evidence_fa", "evidence_en"),
    )
    rows = [
        {
            "axis": [m.indicator.axis.code, m.indicator.axis.title_fa, m.indicator.axis.title_en],
            "indicator": [m.indicator.code, m.indicator.title_fa, m.indicator.title_en],
            "measure": {f: _canonical(getattr(m, f)) for f in fields},
        }
        for m in Measure.objects.of(indicator_set).for_list()
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _canonical(value: Any) -> Any:
    return str(value.normalize()) if isinstance(value, Decimal) else value
