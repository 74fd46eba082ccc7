"""Which marks a line may be given, and which are suggested."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agencies.persian import localised
from cycles.workflow import Refused
from submissions.models import (
    Answer,
)


def check(answer: Answer, mark: Mapping[str, Any], *, percent: int) -> dict[str, Any]:
    """What a mark gives a line: points or "not applicable", and a reason; refused where one of the
    three is wrong.

    `percent` of the ceiling is how far points may lie from the method's without a reason.
    """
    points, void, reason = (
        mark.get("points"),
        bool(mark.get("is_not_applicable")),
        str(mark.get("reason") or ""),
    )
    ceiling = answer.measure.points
    if void == (points is not None):
        raise Refused(_("“%(line)s”: give points, or “not applicable”.") % {"line": answer})
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(
            _("“%(line)s”: points lie between 0 and %(ceiling)s.")
            % {"line": answer, "ceiling": localised(ceiling)}
        )
    agrees = (
        answer.claims_not_applicable if points is None else is_near(points, answer, percent=percent)
    )
    if not agrees and not reason.strip():
        raise Refused(
            _("“%(line)s”: a mark other than the method's needs a reason.") % {"line": answer}
        )
    return {"points": points, "is_not_applicable": void, "reason": reason}


def is_near(points: Decimal, answer: Answer, *, percent: int) -> bool:
    """Whether points lie no further from the method's suggestion than so much of the ceiling."""
    suggested = suggestion(answer)
    return (
        suggested is not None and abs(points - suggested) * 100 <= percent * answer.measure.points
    )


def suggestion(answer: Answer) -> Decimal | None:
    """The points an agreeing assessor gives: the method's for the value, 0 for no answer."""
    if answer.claims_not_applicable:
        return None
    return answer.self_points if answer.value is not None else Decimal(0)
