"""What agencies answer, with their evidence; what assessors mark; how it scores, and what it adds up to."""

from submissions.models.answers import (
    SEEN_AFTER_SIGNING,
    Answer,
    Block,
    Clarification,
    Evidence,
    Mark,
    Score,
    Submission,
    evidence_path,
)
from submissions.models.runs import NodeScore, ScoreRun

__all__ = [
    "SEEN_AFTER_SIGNING",
    "Answer",
    "Block",
    "Clarification",
    "Evidence",
    "Mark",
    "NodeScore",
    "Score",
    "ScoreRun",
    "Submission",
    "evidence_path",
]
