"""Last year's improvement plan beside this year's self-assessment."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import User
from festival.models import (
    ImprovementItem,
    ImprovementPlan,
)
from submissions.models import Answer, Submission


@dataclass(frozen=True)
class FollowedItem:
    """An item of last year's plan beside this year's line of the same
    measure, where there is one.
    """

    item: ImprovementItem
    line: Answer | None


def last_plan(submission: Submission, user: User, at: datetime) -> ImprovementPlan | None:
    """Find the agency's signed plan of the year before, if this user may read it."""
    plans = ImprovementPlan.objects.visible_to(user, at).filter(
        agency=submission.agency_id, signed_at__isnull=False
    )
    return plans.filter(cycle__year=submission.cycle.year - 1).for_list().first()


def followed_items(plan: ImprovementPlan, submission: Submission) -> list[FollowedItem]:
    """List the items of a plan, each with its line in a later self-assessment; three queries."""
    lines = {a.measure.lineage: a for a in submission.answers.select_related("measure")}
    items = plan.items.standing().for_list()
    return [FollowedItem(item, lines.get(item.lineage) if item.lineage else None) for item in items]
