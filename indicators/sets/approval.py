"""Proposing, deciding and communicating indicator sets."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import format_number, language
from cycles.calendar import Phase
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.models import Participation, Window
from cycles.workflow import Refused
from indicators.differences import content_hash, plain
from indicators.models import (
    FULL_POINTS,
    IndicatorSet,
    Measure,
    Outcome,
    Plan,
    QuarterReport,
    Review,
)
from indicators.tally import verdicts, why_not_approved
from indicators.workflow import SETS


def why_unready(indicator_set: IndicatorSet) -> list[str]:
    """List what stands against proposing a set: no measures, points not exactly 1000, tiers that do
    not add up.

    Measures in their trial year have points and count nowhere.
    """
    total = Decimal(0)
    wrong = []
    for axis in indicator_set.axes.order_by("position", "pk").prefetch_related(
        "indicators__measures"
    ):
        of_axis = Decimal(0)
        for indicator in axis.indicators.all():
            counting = [m.points for m in indicator.measures.all() if not m.is_pilot]
            if not counting and indicator.measures.all():
                continue
            of_indicator = sum(counting, Decimal(0))
            if of_indicator != indicator.points:
                wrong.append(
                    _("The measures of “%(title)s” do not add up to its points.")
                    % {"title": indicator.title}
                )
            of_axis += indicator.points
        if of_axis and of_axis != axis.points:
            wrong.append(
                _("The indicators of “%(title)s” do not add up to its points.")
                % {"title": axis.title}
            )
        total += axis.points if of_axis else Decimal(0)
    if total != FULL_POINTS:
        wrong.append(
            _("The points add up to %(total)s; they must be exactly %(full)s.")
            % {
                "total": format_number(total, language()),
                "full": format_number(FULL_POINTS, language()),
            }
        )
    return wrong


@transaction.atomic
def move(
    indicator_set: IndicatorSet,
    name: str,
    *,
    by: User,
    at: datetime,
    note: str = "",
    letter: str = "",
    seen: Seen | None = None,
) -> IndicatorSet:
    """Make a move on a set, after the checks that the move asks for."""
    if name == "communicate":
        return communicate([indicator_set], by=by, at=at, note=note, letter=letter)[0]
    if name == "carry_over":
        return carry_over(indicator_set, by=by, at=at, note=note, letter=letter)
    proposal: dict[str, Any] = {}
    # what is checked is what is moved: the round that is being voted on now
    indicator_set = locked(IndicatorSet.objects.all()).get(pk=indicator_set.pk)
    match name:
        case "propose" | "propose_again":
            proposal["proposer"] = by
            if wrong := why_unready(indicator_set):
                raise Refused(" ".join(wrong))
        case "approve":
            if why := why_not_approved(indicator_set):
                raise Refused(why)
            if wrong := why_unready(indicator_set):
                raise Refused(" ".join(wrong))
        case "send_back" | "reject":
            if not note.strip():
                raise Refused(_("Please give a reason; the agency will read it."))
    [indicator_set] = perform(
        SETS, [indicator_set], name, by=by, at=at, note=note, seen=seen, **proposal
    )
    if name in ("propose", "propose_again"):
        _lay_before_the_group(indicator_set)
    if name == "approve":
        undecided = Review.objects.filter(
            set=indicator_set, round=indicator_set.round, outcome=Outcome.OPEN
        )
        undecided.update(outcome=Outcome.APPROVED, decided_by=by, decided_at=at)
    return indicator_set


def _lay_before_the_group(indicator_set: IndicatorSet) -> None:
    """Lay before the group each measure as it is proposed in this round."""
    Review.objects.bulk_create(
        Review(
            set=indicator_set,
            round=indicator_set.round,
            lineage=m.lineage,
            code=m.code,
            title_fa=m.title_fa,
            title_en=m.title_en,
            proposed=plain(m),
        )
        for m in Measure.objects.of(indicator_set).for_list()
    )


def concur(indicator_set: IndicatorSet) -> bool:
    """Tell whether the votes of this round carry every measure by the rules of its group."""
    return all(v.is_approved for v in verdicts(indicator_set).values())


# --- Communicating ------------------------------------------------------------------------------


@transaction.atomic
def communicate(
    sets: Sequence[IndicatorSet], *, by: User, at: datetime, note: str = "", letter: str = ""
) -> list[IndicatorSet]:
    """Communicate approved sets: from now on each is frozen, its hash stands in the ledger, and
    plans are begun.
    """
    given = {
        s.pk: {"hash": content_hash(s), "quarter": quarter_after(s.cycle_id, at)} for s in sets
    }
    sets = perform(
        SETS, sets, "communicate", by=by, at=at, note=note, letter=letter, params_by_pk=given
    )
    _begin_plans(sets)
    return sets


@transaction.atomic
def carry_over(
    indicator_set: IndicatorSet, *, by: User, at: datetime, note: str = "", letter: str = ""
) -> IndicatorSet:
    """Communicate a general set for the second of the two years it was issued for: the same
    content, the same hash.
    """
    first = IndicatorSet.objects.before(indicator_set).select_related("cycle").first()
    digest = content_hash(indicator_set)
    if first is None or first.years != 2 or first.cycle.year != indicator_set.cycle.year - 1:
        raise Refused(_("Last year's general set was not issued for two years."))
    if first.hash != digest:
        raise Refused(
            _("This set differs from last year's; what differs goes to the working group.")
        )
    [indicator_set] = perform(
        SETS,
        [indicator_set],
        "carry_over",
        by=by,
        at=at,
        note=note,
        letter=letter,
        hash=digest,
        quarter=quarter_after(indicator_set.cycle_id, at),
        first=first.pk,
    )
    _begin_plans([indicator_set])
    return indicator_set


def quarter_after(cycle: int, at: datetime) -> int:
    """Find the first quarter of a cycle whose window has not closed at a moment; the last where all
    have.
    """
    windows = Window.objects.filter(cycle=cycle, phase=Phase.MONITORING, closes_at__gt=at)
    return windows.order_by("quarter").values_list("quarter", flat=True).first() or 4


def _begin_plans(sets: Sequence[IndicatorSet]) -> None:
    """Begin a plan with its four reports for every agency of which these sets ask something and
    that has none.
    """
    for cycle in {s.cycle_id for s in sets}:
        of_cycle = [s for s in sets if s.cycle_id == cycle]
        concerned = Participation.objects.active().filter(cycle=cycle)
        concerned = concerned.exclude(pk__in=Plan.objects.values("participation"))
        if all(s.agency_id for s in of_cycle):
            concerned = concerned.filter(agency__in=[s.agency_id for s in of_cycle])
        quarter = of_cycle[0].quarter
        plans = Plan.objects.bulk_create(
            Plan(cycle_id=cycle, agency_id=p.agency_id, participation=p, quarter=quarter)
            for p in concerned.order_by("pk")
        )
        QuarterReport.objects.bulk_create(
            (
                QuarterReport(cycle_id=cycle, agency_id=plan.agency_id, plan=plan, quarter=quarter)
                for plan, quarter in product(plans, (1, 2, 3, 4))
            ),
            batch_size=2000,
        )
