"""What is published: a festival edition with its standings, and the Article 82 report."""

from festival.models.editions import Edition, Standing
from festival.models.reports import STEPS, Language, Report, report_path

__all__ = ("STEPS", "Edition", "Language", "Report", "Standing", "report_path")
