"""What is published: editions with standings and data, reports, awards, indices; and what follows
from results.
"""

from festival.models.awards import Award, Rank
from festival.models.ceremonies import AwardCategory, Ceremony, Minutes, minutes_path
from festival.models.comments import MeasureComment
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
    Ground,
    ImprovementItem,
    ImprovementPlan,
    Progress,
    Status,
    status_counts,
)
from festival.models.index_reports import IndexReport, Recommendation, year_label
from festival.models.indices import Index, IndexEdition, IndexValue, Region
from festival.models.publications import DataFile, data_path
from festival.models.reports import (
    STEPS,
    Chapter,
    Language,
    Report,
    ReportText,
    archive_path,
    report_path,
)
from festival.models.surveys import (
    SCALE,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyReturn,
)

__all__ = (
    "NOT_FILED",
    "OCCASIONS",
    "SCALE",
    "SETTLED",
    "STEPS",
    "Award",
    "AwardCategory",
    "Ceremony",
    "Chapter",
    "Consequence",
    "ConsequenceKind",
    "ConsequenceRule",
    "DataFile",
    "Edition",
    "Ground",
    "ImprovementItem",
    "ImprovementPlan",
    "Index",
    "IndexEdition",
    "IndexReport",
    "IndexValue",
    "Language",
    "MeasureComment",
    "Minutes",
    "Progress",
    "QuestionKind",
    "Rank",
    "Recommendation",
    "Region",
    "Report",
    "ReportText",
    "Standing",
    "Status",
    "Survey",
    "SurveyAnswer",
    "SurveyQuestion",
    "SurveyReturn",
    "archive_path",
    "data_path",
    "minutes_path",
    "report_path",
    "status_counts",
    "year_label",
)
