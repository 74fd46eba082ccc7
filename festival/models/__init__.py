"""What is published: editions, their standings and data, the Article 82 report, comments, the register of indices."""

from festival.models.comments import MeasureComment
from festival.models.data import DataFile, data_path
from festival.models.editions import Edition, Standing
from festival.models.index_texts import IndexReport, Recommendation, year_label
from festival.models.indices import Index, IndexEdition, IndexValue, Region
from festival.models.reports import STEPS, Language, Report, report_path

__all__ = (
    "STEPS",
    "DataFile",
    "Edition",
    "Index",
    "IndexEdition",
    "IndexReport",
    "IndexValue",
    "Language",
    "MeasureComment",
    "Recommendation",
    "Region",
    "Report",
    "Standing",
    "data_path",
    "report_path",
    "year_label",
)
