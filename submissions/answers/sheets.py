"""What a checked file says of a self-assessment's lines, taken over."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from cycles.workflow import Refused
from submissions.answers import actions
from submissions.models import Answer, Submission

ValuesByLine = Mapping[int, Mapping[str, object]]
TokensByLine = Mapping[int, Mapping[str, str]]


@transaction.atomic
def import_answers(
    submission: Submission,
    lines: Callable[[], tuple[ValuesByLine, TokensByLine]],
    *,
    by: User,
    at: datetime,
    file_name: str,
    sha256: str,
    left_out: int = 0,
) -> list[Answer]:
    """Save what a file says, unless somebody has changed since what it was checked against.

    `lines` answers with the values by line and the tokens of what the check saw; it comes from
    `sheet_columns`, which reads spreadsheets and stands above. `left_out` of the file's rows were
    wrong and knowingly not taken.
    """
    values, seen = lines()
    params: dict[str, object] = {"file": file_name, "sha256": sha256, "rows": len(values)}
    if left_out:
        params["left_out"] = left_out
    try:
        return actions.enter(submission, values, "take_in", by=by, at=at, seen=seen, params=params)
    except actions.AnswerChanged as clash:
        line = Answer.objects.select_related("measure").get(pk=clash.answer)
        sentence = _(
            "Somebody has changed “%(line)s” since the file was checked; please check it again."
        )
        raise Refused(sentence % {"line": line}) from clash
