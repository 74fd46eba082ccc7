"""What is asked for the desk of an agency's people: each kind of task is a statement, and one
question finds out first which of them have an answer.

Their values: `mine` and `above`, keys of agencies; `cycles`, keys of the living cycles; `at`; and
`soon`, a day.
"""

from django.db.models import QuerySet, Subquery

from agencies.statements import Questions, Statement, keys_slot, slot
from appeals.models import Appeal, Question
from appeals.workflow import AppealState
from cycles.calendar import Phase
from cycles.models import Participation
from festival.models import (
    Edition,
    ImprovementPlan,
    Survey,
    SurveyReturn,
)
from festival.workflow import PlanState as ImprovementState
from indicators.models import IndicatorSet, Kind, Plan, QuarterReport
from indicators.workflow import PlanState, ReportState
from submissions.models import IN_WORK, Clarification, Submission
from submissions.workflow import ClarificationState, SubmissionState

AT, MINE, CYCLES = slot("at"), keys_slot("mine"), keys_slot("cycles")


def _participations() -> QuerySet[Participation]:
    rows = Participation.objects.active().filter(cycle__in=CYCLES, agency__in=MINE)
    return rows.select_related("agency", "cycle").order_by("-cycle__year", "pk")


def _specific_sets() -> QuerySet[IndicatorSet]:
    rows = IndicatorSet.objects.filter(kind=Kind.SPECIFIC, agency__in=MINE, cycle__in=CYCLES)
    return rows.select_related("agency", "cycle")


def _plans_to_lay() -> QuerySet[Plan]:
    rows = Plan.objects.filter(agency__in=MINE, cycle__in=CYCLES, state=PlanState.DRAFT)
    return rows.for_notices().order_by("pk")


def _reports_to_sign() -> QuerySet[QuarterReport]:
    rows = QuarterReport.objects.filter(agency__in=MINE, cycle__in=CYCLES, state=ReportState.DRAFT)
    return rows.for_notices().select_related("plan").with_progress().order_by("pk")


def _submissions() -> QuerySet[Submission]:
    """Find self-assessments to be filled in or signed, and those whose scores have come."""
    rows = Submission.objects.filter(
        agency__in=MINE, cycle__in=CYCLES, state__in=(*IN_WORK, SubmissionState.COMMUNICATED)
    )
    return rows.for_notices().with_progress().order_by("-cycle__year", "pk")


def _clarifications() -> QuerySet[Clarification]:
    rows = Clarification.objects.filter(
        agency__in=MINE, cycle__in=CYCLES, state=ClarificationState.ASKED
    )
    return rows.select_related("line__measure").order_by("pk")


def _drafted_appeals() -> QuerySet[Appeal]:
    return Appeal.objects.filter(agency__in=MINE, cycle__in=CYCLES, state=AppealState.DRAFT)


def _questions() -> QuerySet[Question]:
    rows = Question.objects.waiting().filter(agency__in=MINE, addressee=None, cycle__in=CYCLES)
    return rows.for_list()


def _submissions_to_check() -> QuerySet[Submission]:
    """Find units' self-assessments that are signed and that their headquarters has not checked."""
    rows = Submission.objects.active().filter(
        agency__parent__in=keys_slot("above"),
        cycle__in=CYCLES,
        state=SubmissionState.SUBMITTED,
        checked_at=None,
    )
    return rows.for_notices().order_by("-cycle__year", "agency__sort_key", "pk")


def _results_without_plan() -> QuerySet[Submission]:
    """Find the newest published results of agencies that have no plan on them, until plans are
    due.
    """
    newest = Edition.objects.published(AT).order_by("-cycle__year").values("cycle__year")[:1]
    begun = ImprovementPlan.objects.filter(agency__in=MINE).values("participation")
    rows = Submission.objects.filter(agency__in=MINE, cycle__year=Subquery(newest))
    rows = rows.exclude(participation__in=begun).with_closing(Phase.FESTIVAL, AT)
    return rows.for_notices().order_by("agency__sort_key", "pk")


def _improvements_to_sign() -> QuerySet[ImprovementPlan]:
    rows = ImprovementPlan.objects.filter(
        agency__in=MINE, state__in=(ImprovementState.DRAFT, ImprovementState.RETURNED)
    )
    return rows.for_notices().order_by("due_on", "pk")


def _due_improvements() -> QuerySet[ImprovementPlan]:
    rows = ImprovementPlan.objects.filter(agency__in=MINE, state=ImprovementState.SIGNED)
    return rows.for_notices().with_due_items(slot("soon")).order_by("pk")


def _surveys() -> QuerySet[Survey]:
    asked = Participation.objects.active().filter(agency__in=MINE)
    returned = SurveyReturn.objects.filter(agency__in=MINE).values("survey")
    rows = Survey.objects.open(AT).filter(cycle__in=asked.values("cycle"))
    return rows.exclude(pk__in=returned).for_list()


PARTICIPATIONS = Statement(_participations)
SPECIFIC_SETS = Statement(_specific_sets)
PLANS_TO_LAY = Statement(_plans_to_lay)
REPORTS_TO_SIGN = Statement(_reports_to_sign)
SUBMISSIONS = Statement(_submissions)
CLARIFICATIONS = Statement(_clarifications)
DRAFTED_APPEALS = Statement(_drafted_appeals)
QUESTIONS = Statement(_questions)
SUBMISSIONS_TO_CHECK = Statement(_submissions_to_check)
RESULTS_WITHOUT_PLAN = Statement(_results_without_plan)
IMPROVEMENTS_TO_SIGN = Statement(_improvements_to_sign)
DUE_IMPROVEMENTS = Statement(_due_improvements)
SURVEYS = Statement(_surveys)

ALL = Questions(
    PLANS_TO_LAY,
    REPORTS_TO_SIGN,
    SUBMISSIONS,
    CLARIFICATIONS,
    DRAFTED_APPEALS,
    QUESTIONS,
    SUBMISSIONS_TO_CHECK,
    RESULTS_WITHOUT_PLAN,
    IMPROVEMENTS_TO_SIGN,
    DUE_IMPROVEMENTS,
    SURVEYS,
)
"""Without participations and sets, which are asked for while something may be proposed."""
