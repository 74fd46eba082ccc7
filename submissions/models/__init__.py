"""What agencies answer, with their evidence; what assessors mark; how it scores, and what it adds
up to.
"""

from submissions.models.answers import Answer, AnswerText, Score, TextPart, in_page_order
from submissions.models.blocks import Block, Mark
from submissions.models.calibration import Calibration, ReferenceLine, ReferenceMark
from submissions.models.evidence import (
    Described,
    Description,
    Document,
    Evidence,
    document_path,
)
from submissions.models.line_notes import (
    Clarification,
    ExternalFactor,
    FactorKind,
    LineComment,
    Verdict,
)
from submissions.models.matters import open_questions
from submissions.models.reconciliations import Reconciliation
from submissions.models.review_tasks import Expense, ReviewTask
from submissions.models.score_runs import NodeScore, Reliability, ScoreRun
from submissions.models.self_assessments import Submission
from submissions.models.stewards import (
    UNASKED,
    StewardFigure,
    Stewardship,
    left_to,
    left_to_administrators,
    source_path,
    token_of,
)
from submissions.models.uploads import Upload
from submissions.models.verifications import Exhibit, Finding, Place, Verification
from submissions.models.versions import Declaration, DeclaredLevel, Level, Version
from submissions.workflow import IN_WORK, SEEN_AFTER_SIGNING

__all__ = [
    "IN_WORK",
    "SEEN_AFTER_SIGNING",
    "UNASKED",
    "Answer",
    "AnswerText",
    "Block",
    "Calibration",
    "Clarification",
    "Declaration",
    "DeclaredLevel",
    "Described",
    "Description",
    "Document",
    "Evidence",
    "Exhibit",
    "Expense",
    "ExternalFactor",
    "FactorKind",
    "Finding",
    "Level",
    "LineComment",
    "Mark",
    "NodeScore",
    "Place",
    "Reconciliation",
    "ReferenceLine",
    "ReferenceMark",
    "Reliability",
    "ReviewTask",
    "Score",
    "ScoreRun",
    "StewardFigure",
    "Stewardship",
    "Submission",
    "TextPart",
    "Upload",
    "Verdict",
    "Verification",
    "Version",
    "document_path",
    "in_page_order",
    "left_to",
    "left_to_administrators",
    "open_questions",
    "source_path",
    "token_of",
]
