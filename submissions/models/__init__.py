"""What agencies answer, with their evidence; what assessors mark; how it scores, and what it adds up to."""

from submissions.models.answers import (
    SEEN_AFTER_SIGNING,
    Answer,
    Block,
    Clarification,
    Mark,
    Score,
    Submission,
)
from submissions.models.evidence import Document, Evidence, Upload, document_path, with_versions
from submissions.models.runs import NodeScore, ScoreRun

__all__ = [
    "SEEN_AFTER_SIGNING",
    "Answer",
    "Block",
    "Clarification",
    "Document",
    "Evidence",
    "Mark",
    "NodeScore",
    "Score",
    "ScoreRun",
    "Submission",
    "Upload",
    "document_path",
    "with_versions",
]
