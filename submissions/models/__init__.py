"""What agencies answer, with their evidence; what assessors mark; how it scores, and what it adds up to."""

from submissions.models.answers import (
    IN_WORK,
    SEEN_AFTER_SIGNING,
    Answer,
    Block,
    Evidence,
    Mark,
    Score,
    Submission,
    evidence_path,
)
from submissions.models.lines import Clarification, ExternalFactor, FactorKind, LineComment, Verdict
from submissions.models.runs import NodeScore, ScoreRun
from submissions.models.signed import Declaration, DeclaredLevel, Level, Version

__all__ = [
    "IN_WORK",
    "SEEN_AFTER_SIGNING",
    "Answer",
    "Block",
    "Clarification",
    "Declaration",
    "DeclaredLevel",
    "Evidence",
    "ExternalFactor",
    "FactorKind",
    "Level",
    "LineComment",
    "Mark",
    "NodeScore",
    "Score",
    "ScoreRun",
    "Submission",
    "Verdict",
    "Version",
    "evidence_path",
]
