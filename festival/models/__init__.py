"""What is published: a festival edition with its standings, the awards, and the Article 82 report."""

from festival.models.awards import Award, AwardCategory, Ceremony, Minutes, Rank
from festival.models.editions import Edition, Standing
from festival.models.reports import STEPS, Language, Report, report_path

__all__ = (
    "STEPS",
    "Award",
    "AwardCategory",
    "Ceremony",
    "Edition",
    "Language",
    "Minutes",
    "Rank",
    "Report",
    "Standing",
    "report_path",
)
