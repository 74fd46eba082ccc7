"""What waits for whom once results are out: plans to be drawn up and
followed, letters, the survey.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.persian import in_locale
from config.home.year_strip import Task
from cycles.calendar import DAY, midnight
from festival.models import (
    Consequence,
    Edition,
    ImprovementPlan,
    Survey,
)
from festival.workflow import ConsequenceState, PlanState
from submissions.models import Submission

AHEAD = timedelta(days=30)
"""How long before its day an item stands on the desk."""


def plans_to_begin(results: list[Submission]) -> Iterator[Task]:
    """List published results on which no plan has been begun, until plans are due."""
    for submission in results:
        title = _("Draw up an improvement plan from the results")
        url = reverse("festival:improvements")
        yield Task(title, str(submission), _("Begin"), url, submission.closes_at)


def plans_to_sign(plans: list[ImprovementPlan]) -> Iterator[Task]:
    for plan in plans:
        title = _("The improvement plan was returned")
        if plan.state == PlanState.DRAFT:
            title = _("Finish and sign the improvement plan")
        yield Task(
            title, str(plan), _("Go on"), plan.get_absolute_url(), midnight(plan.due_on) + DAY
        )


def due_items(plans: list[ImprovementPlan]) -> Iterator[Task]:
    for plan in plans:
        words = ngettext(
            "%(count)s item of the improvement plan is due",
            "%(count)s items of the improvement plan are due",
            plan.due,
        )
        title, url = words % {"count": in_locale(plan.due)}, f"{plan.get_absolute_url()}#items"
        yield Task(title, str(plan), _("Report"), url, midnight(plan.first) + DAY)


def surveys(open_surveys: list[Survey]) -> Iterator[Task]:
    for survey in open_surveys:
        title = _("Say how the assessment went")
        yield Task(title, str(survey), _("Answer"), survey.get_absolute_url(), survey.closes_at)


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
