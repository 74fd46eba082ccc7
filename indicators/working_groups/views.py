"""The working group's pages: the board of every agency's stage, a measure before the group, votes,
ranks of goals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agencies.roles import Constituency, Role
from cycles.engine.perform import open_to
from cycles.requests import PortalRequest
from cycles.ui.attempts import attempt
from indicators.differences import LABELS, plain, value
from indicators.lookups import visible
from indicators.models import (
    Comment,
    IndicatorSet,
    Measure,
    Review,
    Suggestion,
    Vote,
)
from indicators.scoring.methods import METHODS
from indicators.sets.principle_sheet import load
from indicators.sets.principles import findings
from indicators.tables import state_badge
from indicators.tally import ballots, rules_of, why_not_carried
from indicators.voting_rules import Verdict, verdict
from indicators.workflow import SETS
from indicators.working_groups import actions
from indicators.working_groups.actions import SUGGESTED
from indicators.working_groups.forms import (
    CommentForm,
    MeasureVoteForm,
    SettleForm,
    SuggestForm,
)

# --- One measure before the group ---------------------------------------------------------------


@dataclass(frozen=True)
class ComparedField:
    """One field of a measure: as proposed, as suggested by whom, as it stands agreed."""

    label: str | Promise
    proposed: str
    suggested: tuple[tuple[str, str], ...]
    agreed: str


@dataclass(frozen=True)
class ConstituencyVotes:
    """How one constituency votes on a measure."""

    constituency: Constituency
    must_concur: bool
    votes: tuple[Vote, ...]


@require_safe
def review(request: PortalRequest, pk: int, lineage: UUID) -> HttpResponse:
    """Show a measure before the group: proposed, suggested and agreed side by side, comments, votes
    by constituency.
    """
    return _review(request, visible(request, pk), lineage)


def _review(
    request: PortalRequest, indicator_set: IndicatorSet, lineage: UUID, **typed: forms.Form
) -> HttpResponse:
    of_set = Measure.objects.of(indicator_set).for_list()
    measure = get_object_or_404(of_set, lineage=lineage)
    laid = Review.objects.filter(set=indicator_set, lineage=lineage).order_by("-round").first()
    suggestions = list(
        Suggestion.objects.filter(set=indicator_set, lineage=lineage, round=indicator_set.round)
        .select_related("member")
        .order_by("pk")
    )
    votes = list(
        Vote.objects.filter(
            Q(lineage=lineage) | Q(lineage=None), set=indicator_set, round=indicator_set.round
        )
        .select_related("member")
        .order_by("pk")
    )
    rules = rules_of(indicator_set)
    counted = verdict(ballots(votes, lineage), rules)
    names = {m.name for m in open_to(SETS, indicator_set, by=request.user, at=request.at)}
    lineages = list(of_set.values_list("lineage", flat=True))
    place = lineages.index(lineage)
    context = {
        "set": indicator_set,
        "badge": state_badge(indicator_set),
        "measure": measure,
        "method": METHODS[measure.method],
        "review": laid,
        "compared": _compare_fields(measure, laid, suggestions),
        "suggestions": suggestions,
        "comments": Comment.objects.filter(set=indicator_set, lineage=lineage)
        .select_related("author")
        .order_by("pk"),
        "sides": _sides(votes, lineage, rules.concurring),
        "verdict": counted,
        "verdict_words": _in_words(counted),
        "findings": [f for f in findings(load(indicator_set)) if f.measure == measure],
        "show_names": request.user.holds(
            Role.ADMINISTRATOR, Role.AUDITOR, Role.MEMBER, at=request.at
        ),
        "before": lineages[place - 1] if place else None,
        "after": lineages[place + 1] if place + 1 < len(lineages) else None,
        "may_take": "revise" in names,
        "vote_form": _vote_form(request, indicator_set, measure) if "vote" in names else None,
        "comment_form": CommentForm() if "comment" in names else None,
        "suggest_form": SuggestForm(measure=measure) if "suggest" in names else None,
        "settle_form": _settle_form(measure) if "settle" in names else None,
    }
    return render(request, "indicators/working_groups/review.html", context | typed)


def _vote_form(
    request: PortalRequest,
    indicator_set: IndicatorSet,
    measure: Measure,
    data: QueryDict | None = None,
) -> MeasureVoteForm:
    """Make the form of a vote on a measure: on what is proposed now, instead of one's own vote so
    far.
    """
    votes = own_votes(request, indicator_set).filter(Q(lineage=measure.lineage) | Q(lineage=None))
    return MeasureVoteForm(data, shows={"measure": plain(measure), "votes": choices_so_far(votes)})


def own_votes(request: PortalRequest, indicator_set: IndicatorSet) -> QuerySet[Vote]:
    """Find the reader's votes in the current round."""
    return Vote.objects.filter(set=indicator_set, round=indicator_set.round, member=request.user)


def choices_so_far(votes: QuerySet[Vote]) -> list[str]:
    return [f"{v.pk} {v.choice} {v.rating} {v.reason}" for v in votes.order_by("pk")]


def _settle_form(measure: Measure, data: QueryDict | None = None) -> SettleForm:
    set_of = measure.indicator.axis.set_id
    decided = Review.objects.filter(set=set_of, lineage=measure.lineage).order_by("-round").first()
    return SettleForm(data, measure=measure, decided=decided)


def _by_now(request: PortalRequest, pk: int, lineage: UUID) -> Measure:
    return Measure.objects.of(visible(request, pk)).for_list().get(lineage=lineage)


def _compare_fields(
    measure: Measure, laid: Review | None, suggestions: list[Suggestion]
) -> list[ComparedField]:
    proposed, now = (laid.proposed if laid else plain(measure)), plain(measure)
    rows = []
    for name in SUGGESTED:
        others = tuple(
            (str(s.get_constituency_display()), value(name, s.values[name]))
            for s in suggestions
            if name in s.values
        )
        if others or proposed.get(name) or now[name]:
            agreed = value(name, now[name]) if proposed.get(name) != now[name] else ""
            rows.append(
                ComparedField(LABELS[name], value(name, proposed.get(name)), others, agreed)
            )
    return rows


def _sides(
    votes: list[Vote], lineage: UUID, concurring: tuple[str, ...]
) -> list[ConstituencyVotes]:
    chosen: dict[int, Vote] = {}
    for vote in votes:
        if vote.lineage == lineage or (vote.lineage is None and vote.member_id not in chosen):
            chosen[vote.member_id] = vote
    sides = []
    for side in Constituency:
        votes_of_side = tuple(v for v in chosen.values() if v.constituency == side)
        sides.append(ConstituencyVotes(side, side in concurring, votes_of_side))
    return sides


def _in_words(counted: Verdict) -> str:
    if why := why_not_carried(counted):
        return why
    return _("Carried by the chair's vote.") if counted.by_chair else _("Carried.")


def _act_on_measure(
    request: PortalRequest,
    indicator_set: IndicatorSet,
    lineage: UUID,
    name: str,
    form: forms.Form,
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Do what was typed on the page of a measure, or show it there again with what is wrong."""
    if form.is_valid():
        with attempt(form):
            act()
            messages.success(request, done)
            return redirect("indicators:review", indicator_set.pk, lineage)
    return _review(request, indicator_set, lineage, **{name: form})


@require_POST
def vote_measure(request: PortalRequest, pk: int, lineage: UUID) -> HttpResponse:
    indicator_set = visible(request, pk)
    measure = get_object_or_404(Measure.objects.of(indicator_set).for_list(), lineage=lineage)
    form = _vote_form(request, indicator_set, measure, request.POST)

    def vote() -> None:
        seen = form.as_seen(
            lambda: _vote_form(request, indicator_set, _by_now(request, pk, lineage))
        )
        actions.vote(
            indicator_set,
            choice=form.cleaned_data["choice"],
            reason=form.cleaned_data["reason"],
            rating=form.cleaned_data["rating"],
            lineage=lineage,
            by=request.user,
            at=request.at,
            seen=seen,
        )

    return _act_on_measure(
        request, indicator_set, lineage, "vote_form", form, vote, _("Your vote is recorded.")
    )


@require_POST
def comment(request: PortalRequest, pk: int, lineage: UUID) -> HttpResponse:
    indicator_set = visible(request, pk)
    form = CommentForm(request.POST)

    def comment_on_measure() -> None:
        text = form.cleaned_data["text"]
        actions.comment(indicator_set, lineage=lineage, text=text, by=request.user, at=request.at)

    return _act_on_measure(
        request,
        indicator_set,
        lineage,
        "comment_form",
        form,
        comment_on_measure,
        _("Your comment is there for the group and the agency."),
    )


@require_POST
def suggest(request: PortalRequest, pk: int, lineage: UUID) -> HttpResponse:
    indicator_set = visible(request, pk)
    measure = get_object_or_404(Measure.objects.of(indicator_set), lineage=lineage)
    form = SuggestForm(request.POST, measure=measure)

    def suggest_values() -> None:
        actions.suggest(
            indicator_set,
            lineage=lineage,
            values=form.values,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.at,
            seen=form.as_seen(lambda: SuggestForm(measure=_by_now(request, pk, lineage))),
        )

    return _act_on_measure(
        request,
        indicator_set,
        lineage,
        "suggest_form",
        form,
        suggest_values,
        _("Your suggestion stands beside the proposal."),
    )


@require_POST
def settle(request: PortalRequest, pk: int, lineage: UUID) -> HttpResponse:
    indicator_set = visible(request, pk)
    measure = get_object_or_404(Measure.objects.of(indicator_set).for_list(), lineage=lineage)
    form = _settle_form(measure, request.POST)

    def settle_measure() -> None:
        actions.settle(
            indicator_set,
            lineage=lineage,
            outcome=form.cleaned_data["outcome"],
            values=form.values,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.at,
            seen=form.as_seen(lambda: _settle_form(_by_now(request, pk, lineage))),
        )

    return _act_on_measure(
        request,
        indicator_set,
        lineage,
        "settle_form",
        form,
        settle_measure,
        _("The decision is recorded."),
    )


@require_POST
def take_suggestion(request: PortalRequest, pk: int, suggestion: int) -> HttpResponse:
    """Make a member's suggestion one's own, in a returned set."""
    indicator_set = visible(request, pk)
    chosen = get_object_or_404(Suggestion, set=indicator_set, pk=suggestion)
    with attempt(request):
        actions.take_suggestion(chosen, by=request.user, at=request.at)
        messages.success(request, _("The suggested values are now in the set."))
    return redirect("indicators:review", pk, chosen.lineage)
