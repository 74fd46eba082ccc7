"""What the guards need of appeals, made without a door: a filing, a file, questions, a decision
that shows an error.
"""

from datetime import timedelta
from typing import Any

from agencies.models import User
from appeals.models import Appeal, Attachment, Correction, Filing, Question
from submissions.models import Document
from tests.factories import World, shown
from tests.worlds.answers import power_line


def _appeal(w: World) -> Appeal:
    if w.appeal is None:
        raise Appeal.DoesNotExist
    return w.appeal


def filing(w: World) -> Filing:
    """The power ministry's first filing."""
    of = {"cycle": w.cycle, "agency": w.power, "submission": w.submission, "number": 1}
    signed = {
        "content": "[]",
        "sha256": "0" * 64,
        "filed_by": w.head,
        "filed_as": "head",
        "filed_at": w.at,
    }
    return Filing.objects.filter(submission=w.submission).first() or Filing.objects.create(
        **of, **signed
    )


def question(w: World, addressee: User | None = None) -> Question:
    """What the reviewer asks about the power ministry's appeal."""
    of = {"appeal": _appeal(w), "addressee": addressee, "cycle": w.cycle, "agency": w.power}
    asked = {
        "question": "کدام سند؟",
        "asked_by": w.reviewer,
        "asked_at": w.at,
        "due_at": w.at + timedelta(days=3),
    }
    return Question.objects.get_or_create(**of, defaults=asked)[0]


def attachment(w: World) -> Attachment:
    """A file that the power ministry's appeal shows."""
    held = {"appeal": _appeal(w), "is_new": True, "attached_by": w.staff, "attached_at": w.at}
    found = Attachment.objects.filter(appeal=w.appeal).first()
    return found or Attachment.objects.create(**held, document=held_file(w))


def held_file(w: World) -> Document:
    """A file that the power ministry has uploaded before."""
    return Document.objects.filter(agency=w.power).first() or shown(w, power_line(w)).document


def wrong(w: World) -> Appeal:
    """The power ministry's appeal, whose decision shows an error of the target."""
    Appeal.objects.filter(pk=_appeal(w).pk).update(error="target")
    return w.fresh(w.appeal)


def correction(w: World) -> Correction:
    """A correction that followed from it."""
    measure = power_line(w).measure
    of: dict[str, Any] = {
        "cycle": w.cycle,
        "measure": measure,
        "appeal": wrong(w),
        "error": "target",
        "reason": "x",
    }
    rule = {"method": "linear", "params": {"target": "60"}, "percents": {}}
    made = {
        "rule": rule,
        "line_count": 0,
        "points_moved": 0,
        "made_by": w.administrator,
        "made_at": w.at,
    }
    return Correction.objects.filter(appeal=w.appeal).first() or Correction.objects.create(
        **of, **made
    )
