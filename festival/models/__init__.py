"""What is published: a festival edition with its standings, the Article 82 report; and what follows from results."""

from festival.models.consequences import (
    NOT_FILED,
    OCCASIONS,
    Consequence,
    ConsequenceKind,
    ConsequenceRule,
)
from festival.models.editions import Edition, Standing
from festival.models.improvement import (
    SETTLED,
    Found,
    ImprovementItem,
    ImprovementPlan,
    Progress,
    Status,
    counted,
)
from festival.models.reports import STEPS, Language, Report, report_path
from festival.models.surveys import SCALE, Asked, Survey, SurveyAnswer, SurveyQuestion, SurveyReturn

__all__ = (
    "NOT_FILED",
    "OCCASIONS",
    "SCALE",
    "SETTLED",
    "STEPS",
    "Asked",
    "Consequence",
    "ConsequenceKind",
    "ConsequenceRule",
    "Edition",
    "Found",
    "ImprovementItem",
    "ImprovementPlan",
    "Language",
    "Progress",
    "Report",
    "Standing",
    "Status",
    "Survey",
    "SurveyAnswer",
    "SurveyQuestion",
    "SurveyReturn",
    "counted",
    "report_path",
)
