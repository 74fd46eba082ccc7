"""What the head declares of the agency's own assessments under Article 81, and what an assessor
says of it.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from agencies.persian import in_locale
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.models import Block, Declaration, DeclaredLevel, Level, Submission, Verdict
from submissions.permissions import is_assigned
from submissions.workflow import MOVES

COUNTS = ("due", "assessed", "forms", "reports")
"""What is counted at each level."""


@transaction.atomic
def save_declaration(
    submission: Submission,
    *,
    statement: str,
    levels: Mapping[str, Mapping[str, int]],
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Declaration:
    """Save the declaration, whole: the statement and all three levels. What is declared anew waits
    for a verdict.
    """
    [submission] = perform(MOVES, [submission], "declare", by=by, at=at, seen=seen)
    if not statement.strip():
        raise Refused(
            _("Please write the statement: how the agency assesses itself at the three levels.")
        )
    rows = [_level(level, levels.get(level.value, {})) for level in Level]
    said = {"statement": statement, "updated_by": by, "updated_at": at}
    unjudged = {
        "verdict": Verdict.WAITING,
        "verdict_reason": "",
        "judged_by": None,
        "judged_at": None,
    }
    declaration, _is_new = Declaration.objects.update_or_create(
        submission=submission, defaults=said | unjudged
    )
    for row in rows:
        row.declaration = declaration
    DeclaredLevel.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["declaration", "level"], update_fields=COUNTS
    )
    return declaration


def _level(level: Level, counts: Mapping[str, int]) -> DeclaredLevel:
    if set(counts) != set(COUNTS):
        raise Refused(
            _("“%(level)s”: all four numbers are needed; where there is none, 0.")
            % {"level": level.label}
        )
    if min(counts.values()) < 0:
        raise Refused(_("“%(level)s”: a number may not be negative.") % {"level": level.label})
    if counts["assessed"] > counts["due"]:
        raise Refused(
            _("“%(level)s”: %(assessed)s were assessed, but only %(due)s were due.")
            % {
                "level": level.label,
                "assessed": in_locale(counts["assessed"]),
                "due": in_locale(counts["due"]),
            }
        )
    return DeclaredLevel(level=level, **counts)


@transaction.atomic
def judge_declaration(
    declaration: Declaration,
    *,
    verdict: str,
    reason: str,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Declaration:
    """Confirm or reject what was declared, with a reason that the agency will read."""
    submission = declaration.submission
    perform(
        MOVES,
        [submission],
        "judge_declaration",
        by=by,
        at=at,
        note=reason,
        seen=seen,
        declaration=declaration.pk,
        verdict=verdict,
    )
    if not is_on_desk(submission, by):
        raise Refused(
            _("“%(move)s” is for %(who)s.")
            % {"move": MOVES["judge_declaration"].label, "who": is_assigned.label}
        )
    if verdict not in (Verdict.ACCEPTED, Verdict.REJECTED) or not reason.strip():
        raise Refused(_("Say whether the declaration is accepted or rejected, and why."))
    declaration = locked(Declaration.objects.all(), with_keys=True).get(pk=declaration.pk)
    declaration.verdict, declaration.verdict_reason = verdict, reason
    declaration.judged_by, declaration.judged_at = by, at
    declaration.save(update_fields=["verdict", "verdict_reason", "judged_by", "judged_at"])
    return declaration


def is_on_desk(submission: Submission, user: User) -> bool:
    """Say whether lines of a self-assessment are on an assessor's desk."""
    return Block.objects.filter(submission=submission, assessor=user).exists()
