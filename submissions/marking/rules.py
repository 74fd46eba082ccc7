"""Which marks a line may be given, and which are suggested."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _

from agencies.persian import in_locale
from cycles.workflow import Refused
from submissions.models import Answer


class MarkValues(TypedDict):
    """Hold what a mark gives a line: points or "not applicable", and a reason."""

    points: Decimal | None
    is_not_applicable: bool
    reason: str


def mark_values(typed: Mapping[str, object]) -> MarkValues:
    """Read the values of a mark from what was typed; what is missing was left empty."""
    points = typed.get("points")
    return MarkValues(
        points=None if points is None else Decimal(str(points)),
        is_not_applicable=bool(typed.get("is_not_applicable")),
        reason=str(typed.get("reason") or ""),
    )


def check_mark(answer: Answer, typed: Mapping[str, object], *, percent: int) -> MarkValues:
    """Read a mark on a line, and refuse one that is wrong in points, applicability or reason.

    `percent` of the ceiling is how far points may lie from the method's without a reason.
    """
    mark = mark_values(typed)
    points, void, reason = mark["points"], mark["is_not_applicable"], mark["reason"]
    ceiling = answer.measure.points
    if void == (points is not None):
        raise Refused(_("“%(line)s”: give points, or “not applicable”.") % {"line": answer})
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(
            _("“%(line)s”: points lie between 0 and %(ceiling)s.")
            % {"line": answer, "ceiling": in_locale(ceiling)}
        )
    agrees = (
        answer.claims_not_applicable if points is None else is_near(points, answer, percent=percent)
    )
    if not agrees and not reason.strip():
        raise Refused(
            _("“%(line)s”: a mark other than the method's needs a reason.") % {"line": answer}
        )
    return mark


def is_near(points: Decimal, answer: Answer, *, percent: int) -> bool:
    """Say whether points lie as near to the method's suggestion as so much of the ceiling."""
    suggested = suggestion(answer)
    return (
        suggested is not None and abs(points - suggested) * 100 <= percent * answer.measure.points
    )


def suggestion(answer: Answer) -> Decimal | None:
    """Suggest the points of an agreeing assessor: the method's for the value, 0 for no answer."""
    if answer.claims_not_applicable:
        return None
    return answer.self_points if answer.value is not None else Decimal(0)
