"""What is published: a festival edition with its standings, and the Article 82 report."""

from festival.models.data import DataFile, data_path
from festival.models.editions import Edition, Standing
from festival.models.reports import STEPS, Language, Report, report_path

__all__ = ("STEPS", "DataFile", "Edition", "Language", "Report", "Standing", "data_path", "report_path")
