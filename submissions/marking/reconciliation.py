"""Reconciling: two assessors whose marks lie apart agree on one value, or an administrator decides
between them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.persian import localised
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.marking.double_marking import outcome
from submissions.models import Answer, Reconciliation, Score
from submissions.scoring import actions as scoring
from submissions.scoring import totals, verification_effect
from submissions.workflow import RECONCILIATIONS


@transaction.atomic
def propose(
    apart: Reconciliation, *, by: User, at: datetime, seen: Seen | None = None, **said: Any
) -> Reconciliation:
    """Propose one value to the other assessor, with a reason: `points` or `is_not_applicable`, and
    `reason`.
    """
    [apart] = perform(
        RECONCILIATIONS,
        [apart],
        "propose",
        by=by,
        at=at,
        reader=by,
        seen=seen,
        **_checked(apart, said),
    )
    return apart


@transaction.atomic
def agree(
    apart: Reconciliation,
    *,
    by: User,
    at: datetime,
    also: Sequence[Reconciliation] = (),
    seen: Seen | None = None,
) -> Reconciliation:
    """Agree to what the other assessor proposes, and that is what was `seen`; it becomes the line's
    score.

    `also` are others of the cycle to which the same person agrees with it, all or none; as many
    queries as for one.
    """
    together = perform(RECONCILIATIONS, [apart, *also], "agree", by=by, at=at, reader=by, seen=seen)
    _score(together, by=by, at=at)
    return next(each for each in together if each.pk == apart.pk)


@transaction.atomic
def settle(
    apart: Reconciliation, *, by: User, at: datetime, seen: Seen | None = None, **said: Any
) -> Reconciliation:
    """Decide between two assessors who do not come together, with a reason."""
    [apart] = perform(
        RECONCILIATIONS,
        [apart],
        "settle",
        by=by,
        at=at,
        reader=by,
        seen=seen,
        **_checked(apart, said),
    )
    _score([apart], by=by, at=at)
    return apart


def _checked(apart: Reconciliation, said: Mapping[str, Any]) -> dict[str, Any]:
    points, void, reason = (
        said.get("points"),
        bool(said.get("is_not_applicable")),
        str(said.get("reason") or ""),
    )
    ceiling = apart.line.measure.points
    if void == (points is not None):
        raise Refused(_("Give points, or “not applicable”."))
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(_("Points lie between 0 and %(ceiling)s.") % {"ceiling": localised(ceiling)})
    if not reason.strip():
        raise Refused(_("A value between two marks needs a reason; the agency will read it."))
    return {"points": points, "void": void, "reason": reason}


def _score(reconciled: Sequence[Reconciliation], *, by: User, at: datetime) -> None:
    """Give the lines the points that were agreed, and add their agencies up again."""
    lines = Answer.objects.select_related("measure").in_bulk([each.line_id for each in reconciled])
    rows = [
        (
            lines[each.line_id],
            *outcome(lines[each.line_id], each.points, is_not_applicable=each.is_not_applicable),
            each.reason,
        )
        for each in reconciled
    ]
    totals.put(rows, basis=Score.Basis.AGREED, by=by, at=at)
    submissions = list({each.submission_id: each.submission for each in reconciled}.values())
    verification_effect.apply_findings(submissions, list(lines), at=at)
    more = f" +{len(reconciled) - 1}" if len(reconciled) > 1 else ""
    totals.compute(submissions, why=f"reconcile: {reconciled[0].pk}{more}", by=by, at=at)
    scoring.complete(submissions, by=None, at=at)
