"""What a checked file says of a self-assessment's lines, taken over."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.workflow import Refused
from submissions.answers import actions
from submissions.models import Answer, Submission

Given = Mapping[int, Mapping[str, Any]]
Seen = Mapping[int, Mapping[str, str]]


@transaction.atomic
def import_answers(
    submission: Submission,
    lines: Callable[[], tuple[Given, Seen]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[Answer]:
    """Save what a file says, unless somebody has changed since what it was checked against.

    `lines` answers with what is said and the tokens of what the check saw; it comes from
    `answer_lines`, which reads spreadsheets and stands above. `left_out` of the file's rows were
    wrong and knowingly not taken.
    """
    given, seen = lines()
    said: dict[str, Any] = {"file": file_name, "sha256": sha256, "rows": len(given)}
    said |= {"left_out": left_out} if left_out else {}
    try:
        saved = actions.enter(submission, given, "take_in", by=by, at=at, seen=seen, **said)
    except actions.Changed as clash:
        line = Answer.objects.select_related("measure").get(pk=clash.answer)
        sentence = _(
            "Somebody has changed “%(line)s” since the file was checked; please check it again."
        )
        raise Refused(sentence % {"line": line}) from clash
    return [a for a in saved if a.pk in given]
