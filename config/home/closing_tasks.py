"""What waits for whom once results are out: plans to be drawn up and
followed, letters, the survey.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.persian import in_locale
from config.home.year_strip import Task
from cycles.calendar import DAY, Phase, day_of, midnight
from cycles.models import Participation, Window
from festival.models import (
    SETTLED,
    Consequence,
    Edition,
    ImprovementPlan,
    Progress,
    Survey,
    SurveyReturn,
)
from festival.workflow import ConsequenceState, PlanState
from submissions.models import Submission

AHEAD = timedelta(days=30)
"""How long before its day an item stands on the desk."""


def of_agency(mine: Sequence[int], at: datetime) -> Iterator[Task]:
    """List plans, items that are due and the survey for the people of these agencies; five
    queries.
    """
    yield from _to_begin(mine, at)
    drafts = ImprovementPlan.objects.filter(
        agency__in=mine, state__in=(PlanState.DRAFT, PlanState.RETURNED)
    )
    for plan in drafts.for_notices().order_by("due_on", "pk"):
        title = _("The improvement plan was returned")
        if plan.state == PlanState.DRAFT:
            title = _("Finish and sign the improvement plan")
        yield Task(
            title, str(plan), _("Go on"), plan.get_absolute_url(), midnight(plan.due_on) + DAY
        )
    yield from _due_items(mine, at)
    asked = Participation.objects.active().filter(agency__in=mine)
    returned = SurveyReturn.objects.filter(agency__in=mine).values("survey")
    for survey in (
        Survey.objects.open(at)
        .filter(cycle__in=asked.values("cycle"))
        .exclude(pk__in=returned)
        .for_list()
    ):
        title = _("Say how the assessment went")
        yield Task(title, str(survey), _("Answer"), survey.get_absolute_url(), survey.closes_at)


def _to_begin(mine: Sequence[int], at: datetime) -> Iterator[Task]:
    """Find the newest published results of agencies that have no plan on them, until plans
    are due.
    """
    newest = Edition.objects.published(at).aggregate(year=Max("cycle__year"))["year"]
    closes = Window.objects.filter(
        cycle__year=newest, phase=Phase.FESTIVAL, agency=None, closes_at__gt=at
    ).first()
    if newest is None or closes is None:
        return
    begun = ImprovementPlan.objects.filter(agency__in=mine).values("participation")
    rows = Submission.objects.filter(agency__in=mine, cycle__year=newest).exclude(
        participation__in=begun
    )
    for submission in rows.for_notices().order_by("agency__sort_key", "pk"):
        title = _("Draw up an improvement plan from the results")
        yield Task(
            title, str(submission), _("Begin"), reverse("festival:improvements"), closes.closes_at
        )


def _due_items(mine: Sequence[int], at: datetime) -> Iterator[Task]:
    soon = day_of(at + AHEAD)
    settled = Progress.objects.filter(is_current=True, status__in=SETTLED).values("item")
    due = Q(items__struck_at=None, items__due_on__lte=soon) & ~Q(items__in=settled)
    plans = ImprovementPlan.objects.filter(agency__in=mine, state=PlanState.SIGNED).for_notices()
    counted = plans.annotate(due=Count("items", filter=due), first=Min("items__due_on", filter=due))
    for plan in counted.filter(due__gt=0).order_by("pk"):
        words = ngettext(
            "%(count)s item of the improvement plan is due",
            "%(count)s items of the improvement plan are due",
            plan.due,
        )
        title, url = words % {"count": in_locale(plan.due)}, f"{plan.get_absolute_url()}#items"
        yield Task(title, str(plan), _("Report"), url, midnight(plan.first) + DAY)


def of_secretariat(at: datetime) -> Iterator[Task]:
    """List letters that follow from published results and have not been recorded; one query."""
    due = Consequence.objects.due().filter(edition__in=Edition.objects.published(at).values("pk"))
    for year, count in due.order_by().values_list("cycle__year").annotate(count=Count("pk")):
        words = ngettext(
            "%(count)s letter that follows from the results is due",
            "%(count)s letters that follow from the results are due",
            count,
        )
        title = words % {"count": in_locale(count)}
        url = f"{reverse('festival:consequences', args=[year])}?state={ConsequenceState.DUE}"
        yield Task(title, "", _("Record"), url)
