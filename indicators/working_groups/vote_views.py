"""Pages on which members vote on a whole set and rank its goals."""

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cycles.requests import PortalRequest
from indicators.differences import content_hash
from indicators.lookups import part_page, visible
from indicators.models import (
    GoalRank,
    IndicatorSet,
)
from indicators.working_groups import actions
from indicators.working_groups.forms import (
    RankForm,
    VoteForm,
)
from indicators.working_groups.views import choices_so_far, own_votes


@require_http_methods(["GET", "POST"])
def vote(request: PortalRequest, pk: int) -> HttpResponse:
    """Vote on all measures of a set in one act: unchanged, back, or out."""
    indicator_set = visible(request, pk)
    form = _whole_vote(request, indicator_set, request.POST or None)

    def save() -> str:
        seen = form.as_seen(lambda: _whole_vote(request, visible(request, pk)))
        actions.vote(
            indicator_set,
            choice=form.cleaned_data["choice"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.at,
            seen=seen,
        )
        return _("Your vote is recorded.")

    mine = own_votes(request, indicator_set)
    single = mine.exclude(lineage=None).count()
    return part_page(
        request,
        indicator_set,
        form,
        save,
        "indicators/working_groups/vote.html",
        name="vote",
        single=single,
    )


def _whole_vote(
    request: PortalRequest, indicator_set: IndicatorSet, data: QueryDict | None = None
) -> VoteForm:
    """Make the form of a vote on all measures: on the set as it is now, instead of one's own votes
    so far.
    """
    votes = choices_so_far(own_votes(request, indicator_set))
    return VoteForm(
        data,
        shows={"set": content_hash(indicator_set), "round": indicator_set.round, "votes": votes},
    )


@require_http_methods(["GET", "POST"])
def rank(request: PortalRequest, pk: int) -> HttpResponse:
    """Put the goals of a set in the order of their importance."""
    indicator_set = visible(request, pk)

    def rank_form(data: QueryDict | None = None) -> RankForm:
        goals = indicator_set.goals.order_by("position", "pk")
        mine = GoalRank.objects.filter(goal__in=goals, member=request.user).values_list(
            "goal_id", "rank"
        )
        return RankForm(data, goals=goals, mine=dict(mine))

    form = rank_form(request.POST or None)

    def save() -> str:
        seen = form.as_seen(rank_form)
        actions.rank_goals(indicator_set, form.ranks, by=request.user, at=request.at, seen=seen)
        return _("Your order of the goals is kept.")

    return part_page(
        request,
        indicator_set,
        form,
        save,
        "indicators/part.html",
        name="rank",
        title=_("Rank the goals"),
    )
