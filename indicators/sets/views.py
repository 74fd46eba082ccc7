"""Pages of indicator sets: the list, a set with its measures, goals, checks and votes, and the acts
on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from agencies.persian import language
from agencies.roles import Constituency, Role
from cycles.engine.perform import open_to
from cycles.models import Cycle, Entry, Window
from cycles.requests import PortalRequest
from cycles.ui.pages import act_page, history
from cycles.workflow import Move
from indicators.differences import content_hash
from indicators.lookups import EDITS, visible
from indicators.models import (
    FULL_POINTS,
    Axis,
    Goal,
    IndicatorSet,
    Kind,
    Measure,
    MeasureShare,
    Outcome,
    Review,
    Vote,
)
from indicators.scoring.methods import METHODS, Method
from indicators.scoring.parameters import pairs_text
from indicators.sets import approval, targets
from indicators.sets.draft_forms import YearsForm
from indicators.sets.principle_sheet import Finding, Principle, Sheet, load
from indicators.sets.principles import findings
from indicators.tables import deadline_of_set, state_badge
from indicators.tally import rules_of, verdicts, why_not_carried
from indicators.workflow import SETS, SetState

FORWARD = {
    "propose",
    "propose_again",
    "approve",
    "communicate",
    "carry_over",
}  # drawn as what one comes to do


# --- A set --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasureCard:
    """A measure as its card shows it."""

    measure: Measure
    review: Review | None = None
    shares: Sequence[MeasureShare] = ()
    findings: Sequence[Finding] = ()
    votes: str = ""

    @property
    def method(self) -> Method:
        return METHODS[self.measure.method]

    @property
    def formula(self) -> str:
        """Write the formula with the parameters that it works by."""
        m = self.measure
        return self.method.explain(None, m.points, m.scoring_params, language())

    @property
    def bounds(self) -> str:
        """Say which values are possible; "" without bounds or with wrong parameters."""
        return "" if self.measure.wrong_params() else str(self.measure.bounds())

    @property
    def bands(self) -> str:
        return pairs_text(self.measure.params.get("bands", ()))

    @property
    def items(self) -> int | None:
        items = self.measure.params.get("items")
        return items if items is None or isinstance(items, int) else len(items)

    @property
    def is_decided(self) -> bool:
        return self.review is not None and self.review.outcome != Outcome.OPEN


def _axes(lines: Sequence[MeasureCard]) -> list[tuple[Axis, Decimal, list[MeasureCard]]]:
    found = []
    for _pk, group in groupby(lines, key=lambda line: line.measure.indicator.axis_id):
        of_axis = list(group)
        points = sum(
            (line.measure.points for line in of_axis if not line.measure.is_pilot), Decimal(0)
        )
        found.append((of_axis[0].measure.indicator.axis, points, of_axis))
    return found


@dataclass(frozen=True)
class ConstituencyVotes:
    """How one constituency votes in a round."""

    constituency: Constituency
    must_concur: bool
    votes: list[Vote]


def _rounds(indicator_set: IndicatorSet) -> list[tuple[int, list[ConstituencyVotes]]]:
    """Part the votes on the whole set by round, newest first, and by constituency; the current
    round shows who is silent.
    """
    votes = list(
        Vote.objects.filter(set=indicator_set, lineage=None)
        .select_related("member")
        .order_by("-round", "voted_at", "pk")
    )
    concurring = rules_of(indicator_set).concurring
    numbers = sorted({v.round for v in votes} | ({indicator_set.round} - {0}), reverse=True)
    rounds = []
    for number_ in numbers:
        sides = []
        for side in Constituency:
            cast = [v for v in votes if (v.round, v.constituency) == (number_, side)]
            sides.append(ConstituencyVotes(side, side in concurring, cast))
        rounds.append((number_, sides))
    return rounds


@dataclass(frozen=True)
class GoalSummary:
    """A goal with the points of its measures and the mean place that members give it."""

    goal: Goal
    points: Decimal
    measures: int
    rank: Decimal | None


@require_safe
def detail(request: PortalRequest, pk: int) -> HttpResponse:
    indicator_set = visible(request, pk)
    moves = open_to(SETS, indicator_set, by=request.user, at=request.at)
    names = {m.name for m in moves}
    sheet = load(indicator_set)
    found = findings(sheet)
    votes = _votes_in_words(indicator_set)
    stand = _common_stand(votes)
    cards = _cards(indicator_set, sheet, found, {} if stand else votes)
    may_edit = bool(names & EDITS)
    before = (
        indicator_set.copied_from
        or IndicatorSet.objects.before(indicator_set).for_notices().first()
    )
    context = {
        "set": indicator_set,
        "badge": state_badge(indicator_set),
        "due": deadline_of_set(
            indicator_set, Window.objects.concerning([indicator_set]), request.at
        ),
        "axes": _axes(cards),
        "empty_axes": indicator_set.axes.filter(indicators=None).order_by("position", "pk"),
        "aims": [_aim(goal, sheet) for goal in sheet.goals],
        "count": len(cards),
        "total": sheet.points,
        "full": FULL_POINTS,
        "missing": FULL_POINTS - sheet.points,
        "is_composed": any(m.is_composed for m in sheet.measures),
        "binding": [f for f in found if f.principle.binds],
        "advice": _by_principle([f for f in found if not f.principle.binds]),
        "moves": _offered_moves(moves, indicator_set, before),
        "forward": FORWARD,
        "names": names,
        "may_edit": may_edit,
        "may_share": may_edit and indicator_set.agency_id is not None,
        "may_fill": may_edit and indicator_set.kind == Kind.GENERAL,
        "offered": targets.shares_to_take(indicator_set)
        if may_edit and indicator_set.agency_id
        else [],
        "years_form": YearsForm(initial={"years": indicator_set.years}),
        "before": before,
        "rounds": _rounds(indicator_set),
        "stand": stand,
        "show_names": request.user.holds(
            Role.ADMINISTRATOR, Role.AUDITOR, Role.MEMBER, at=request.at
        ),
        # votes have their own section, where the agency reads reasons without names
        "history": history(
            Entry.objects.of(indicator_set).exclude(act__in=("vote", "suggest", "settle"))
        ),
    }
    return render(request, "indicators/sets/detail.html", context)


def _cards(
    indicator_set: IndicatorSet,
    sheet: Sheet,
    found: Sequence[Finding],
    votes: Mapping[UUID, str],
) -> list[MeasureCard]:
    """Lay each measure out with what the group decided, its parts, and what the principles find."""
    of_round = Review.objects.filter(set=indicator_set, round=indicator_set.round)
    reviews = {review.lineage: review for review in of_round}
    shares = targets.shares_of(indicator_set)
    findings_by_measure: dict[int, list[Finding]] = {}
    for one in found:
        if one.measure is not None:
            findings_by_measure.setdefault(one.measure.pk, []).append(one)
    return [
        MeasureCard(
            m,
            reviews.get(m.lineage),
            shares.get(m.lineage, ()),
            findings_by_measure.get(m.pk, ()),
            votes.get(m.lineage, ""),
        )
        for m in sheet.measures
    ]


def _aim(goal: Goal, sheet: Sheet) -> GoalSummary:
    serving = [m for m in sheet.measures if m.goal_id == goal.pk]
    ranks = sheet.ranks.get(goal.pk)
    return GoalSummary(
        goal,
        points=sum((m.points for m in serving if not m.is_pilot), Decimal(0)),
        measures=len(serving),
        rank=Decimal(sum(ranks)) / len(ranks) if ranks else None,
    )


def _offered_moves(
    moves: Sequence[Move], indicator_set: IndicatorSet, before: IndicatorSet | None
) -> list[Move]:
    """Pick the moves that the page has a button for; only a set issued for two years is carried
    over.
    """
    offered = []
    for move in moves:
        if move.target and (move.name != "carry_over" or _is_second_year(indicator_set, before)):
            offered.append(move)
    return offered


def _is_second_year(indicator_set: IndicatorSet, before: IndicatorSet | None) -> bool:
    """Tell whether last year's general set was issued for this year, too."""
    if before is None or indicator_set.kind != Kind.GENERAL:
        return False
    return before.years == 2 and before.cycle.year == indicator_set.cycle.year - 1


def _votes_in_words(indicator_set: IndicatorSet) -> dict[UUID, str]:
    """Say what the votes on each measure come to, while the set is before the group."""
    if indicator_set.state != SetState.PROPOSED:
        return {}
    return {
        key: why_not_carried(found) or _("Carried.")
        for key, found in verdicts(indicator_set).items()
    }


def _common_stand(counted: Mapping[UUID, str]) -> str:
    """Say what the votes come to where it is the same for all measures, else ""."""
    stands = set(counted.values())
    return stands.pop() if len(stands) == 1 else ""


def _by_principle(found: list[Finding]) -> list[tuple[Principle, list[Finding]]]:
    return [
        (principle, list(group)) for principle, group in groupby(found, key=lambda f: f.principle)
    ]


@require_http_methods(["GET", "POST"])
def move(request: PortalRequest, pk: int, name: str) -> HttpResponse:
    indicator_set = visible(request, pk)
    cards = [MeasureCard(m) for m in Measure.objects.of(indicator_set).for_list()]
    axes = _axes(cards)
    return act_page(
        request,
        SETS,
        indicator_set,
        name,
        do=lambda note="", letter="", seen=None: approval.move(
            indicator_set,
            name,
            by=request.user,
            at=request.at,
            note=note,
            letter=letter,
            seen=seen,
        ),
        then=reverse("indicators:detail", args=[pk]),
        summary="indicators/sets/move_summary.html",
        shown=lambda: {"content": content_hash(indicator_set)},
        axes=axes,
        total=sum((points for _axis, points, _lines in axes), Decimal(0)),
        count=len(cards),
        full=FULL_POINTS,
        problems=approval.why_unready(indicator_set),
        rounds=_rounds(indicator_set)[:1],
    )


@require_http_methods(["GET", "POST"])
def communicate_all(request: PortalRequest, year: int) -> HttpResponse:
    """Communicate every approved set of a cycle in one act."""
    cycle = get_object_or_404(Cycle.objects.overseen_by(request.user, request.at), year=year)
    approved = IndicatorSet.objects.visible_to(request.user, request.at).filter(
        cycle=cycle, state=SetState.APPROVED
    )
    sets = list(approved.active().for_list())
    if not sets:
        messages.error(request, _("No approved set of this cycle waits to be communicated."))
        return redirect("indicators:list")
    return act_page(
        request,
        SETS,
        sets[0],
        "communicate",
        do=lambda note="", letter="": approval.communicate(
            sets, by=request.user, at=request.at, note=note, letter=letter
        ),
        then=f"{reverse('indicators:list')}?cycle={cycle.pk}",
        summary="indicators/sets/communicate_summary.html",
        about=cycle,
        sets=sets,
    )
