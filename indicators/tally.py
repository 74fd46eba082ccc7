"""What the votes on a set come to, measure by measure, by the rules of its working group."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.persian import in_locale
from agencies.roles import Constituency
from indicators.models import IndicatorSet, Measure, Outcome, Review, Vote, WorkingGroup
from indicators.voting_rules import Ballot, Rules, Verdict, verdict


def rules_of(indicator_set: IndicatorSet) -> Rules:
    """Find the rules of the working group that decides on a set: those set for it, else the usual
    ones.
    """
    groups = WorkingGroup.objects.filter(cycle=indicator_set.cycle_id, sector=indicator_set.sector)
    return as_rules(groups.first() or WorkingGroup())


def as_rules(group: WorkingGroup) -> Rules:
    """Take a group's rules as the count takes them."""
    return Rules(group.quorum, tuple(group.concurring), group.majority, group.chair_casts)


def ballots(votes: Iterable[Vote], lineage: UUID) -> list[Ballot]:
    """Collect one ballot a member on a measure: the vote on it, else the member's vote on the whole
    set.
    """
    chosen: dict[int, Vote] = {}
    for vote in votes:
        if vote.lineage == lineage or (vote.lineage is None and vote.member_id not in chosen):
            chosen[vote.member_id] = vote
    return [Ballot(v.constituency, v.choice, v.is_chair) for v in chosen.values()]


def verdicts(indicator_set: IndicatorSet) -> dict[UUID, Verdict]:
    """Count the verdict on each measure of a proposed set, by lineage, as the votes of this round
    stand.
    """
    votes = list(Vote.objects.filter(set=indicator_set, round=indicator_set.round).order_by("pk"))
    rules = rules_of(indicator_set)
    lineages = Measure.objects.of(indicator_set).for_list().values_list("lineage", flat=True)
    return {lineage: verdict(ballots(votes, lineage), rules) for lineage in lineages}


def why_not_carried(found: Verdict) -> str:
    """Say why votes do not approve; "" where they do."""
    if found.withheld:
        names = _(" and ").join(str(Constituency(side).label) for side in found.withheld)
        return _("Approval needs the consent of: %(sides)s.") % {"sides": names}
    if found.missing:
        return ngettext(
            "The quorum is not met: %(count)s more vote is needed.",
            "The quorum is not met: %(count)s more votes are needed.",
            found.missing,
        ) % {"count": in_locale(found.missing)}
    if not found.is_carried:
        return _("%(approvals)s of %(cast)s votes approve, which is not enough.") % {
            "approvals": in_locale(found.approvals),
            "cast": in_locale(found.cast),
        }
    return ""


def why_not_approved(indicator_set: IndicatorSet) -> str:
    """Say why a set cannot be approved: a measure the group has returned or rejected, or votes that
    do not carry one.
    """
    reviews = Review.objects.filter(set=indicator_set, round=indicator_set.round)
    settled = {r.lineage: r for r in reviews}
    for review in settled.values():
        if review.outcome in (Outcome.RETURNED, Outcome.REJECTED):
            return _("“%(title)s” is %(outcome)s: the set goes back to the agency.") % {
                "title": review.title,
                "outcome": review.get_outcome_display(),
            }
    found = verdicts(indicator_set)
    for lineage, counted in found.items():
        review_of = settled.get(lineage)
        if review_of and review_of.outcome == Outcome.APPROVED:
            continue
        if why := why_not_carried(counted):
            alike = len({why_not_carried(v) for v in found.values()}) == 1
            return why if alike or review_of is None else f"{review_of.title}: {why}"
    return ""
