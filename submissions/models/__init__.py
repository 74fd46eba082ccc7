"""What agencies answer, with their evidence; what assessors mark; how it scores, and what it adds up to."""

from submissions.models.answers import (
    IN_WORK,
    SEEN_AFTER_SIGNING,
    Answer,
    Block,
    Mark,
    Score,
    Submission,
)
from submissions.models.evidence import Document, Evidence, Upload, document_path, with_versions
from submissions.models.lines import Clarification, ExternalFactor, FactorKind, LineComment, Verdict
from submissions.models.reconciliations import Reconciliation
from submissions.models.runs import NodeScore, Reliability, ScoreRun
from submissions.models.signed import Declaration, DeclaredLevel, Level, Version
from submissions.models.training import Calibration, ReferenceLine, ReferenceMark

__all__ = [
    "IN_WORK",
    "SEEN_AFTER_SIGNING",
    "Answer",
    "Block",
    "Calibration",
    "Clarification",
    "Declaration",
    "DeclaredLevel",
    "Document",
    "Evidence",
    "ExternalFactor",
    "FactorKind",
    "Level",
    "LineComment",
    "Mark",
    "NodeScore",
    "Reconciliation",
    "ReferenceLine",
    "ReferenceMark",
    "Reliability",
    "Score",
    "ScoreRun",
    "Submission",
    "Upload",
    "Verdict",
    "Version",
    "document_path",
    "with_versions",
]
