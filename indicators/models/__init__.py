"""What is asked and agreed: sets with their measures, the working groups' deliberations, and the
annual plans.
"""

from indicators.models.choices import (
    CafCriterion,
    Dimension,
    Direction,
    EvidenceRule,
    Feedback,
    GoalType,
    Influence,
    Law,
    Perspective,
    ResultLevel,
    Source,
)
from indicators.models.measures import Axis, Change, Goal, Indicator, Measure
from indicators.models.meetings import AgendaItem, Attendance, Meeting
from indicators.models.plans import Figure, Plan, QuarterReport
from indicators.models.sets import FULL_POINTS, NOT_BEGUN, STAGES, IndicatorSet, Kind, with_stage
from indicators.models.sheets import LAST, Lack, Planned, Sheet, digest, field_of, lights_of
from indicators.models.targets import Bounded, MeasureShare, MeasureTarget, asked_of, asked_of_outer
from indicators.models.working_groups import (
    Choice,
    Comment,
    GoalRank,
    Outcome,
    Rating,
    Review,
    Suggestion,
    Vote,
    WorkingGroup,
    both_finalise,
)

__all__ = [
    "FULL_POINTS",
    "LAST",
    "NOT_BEGUN",
    "STAGES",
    "AgendaItem",
    "Attendance",
    "Axis",
    "Bounded",
    "CafCriterion",
    "Change",
    "Choice",
    "Comment",
    "Dimension",
    "Direction",
    "EvidenceRule",
    "Feedback",
    "Figure",
    "Goal",
    "GoalRank",
    "GoalType",
    "Indicator",
    "IndicatorSet",
    "Influence",
    "Kind",
    "Lack",
    "Law",
    "Measure",
    "MeasureShare",
    "MeasureTarget",
    "Meeting",
    "Outcome",
    "Perspective",
    "Plan",
    "Planned",
    "QuarterReport",
    "Rating",
    "ResultLevel",
    "Review",
    "Sheet",
    "Source",
    "Suggestion",
    "Vote",
    "WorkingGroup",
    "asked_of",
    "asked_of_outer",
    "both_finalise",
    "digest",
    "field_of",
    "lights_of",
    "with_stage",
]
