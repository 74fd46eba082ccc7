"""Reconciling: two assessors whose marks lie apart agree on one value, or an administrator decides
between them.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.persian import in_locale
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.marking.double_marking import outcome
from submissions.models import Answer, Reconciliation, Score
from submissions.scoring import actions as scoring
from submissions.scoring import totals, verification_effect
from submissions.scoring.totals import LineScore
from submissions.workflow import RECONCILIATIONS


@transaction.atomic
def propose(
    apart: Reconciliation,
    *,
    points: Decimal | None = None,
    is_not_applicable: bool = False,
    reason: str = "",
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Reconciliation:
    """Propose one value to the other assessor, points or that the line does not apply, and why."""
    _refuse_unfit(apart, points, reason, is_not_applicable=is_not_applicable)
    [apart] = perform(
        RECONCILIATIONS,
        [apart],
        "propose",
        by=by,
        at=at,
        reader=by,
        seen=seen,
        points=points,
        void=is_not_applicable,
        reason=reason,
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
    apart: Reconciliation,
    *,
    points: Decimal | None = None,
    is_not_applicable: bool = False,
    reason: str = "",
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Reconciliation:
    """Decide between two assessors who do not come together, with a reason."""
    _refuse_unfit(apart, points, reason, is_not_applicable=is_not_applicable)
    [apart] = perform(
        RECONCILIATIONS,
        [apart],
        "settle",
        by=by,
        at=at,
        reader=by,
        seen=seen,
        points=points,
        void=is_not_applicable,
        reason=reason,
    )
    _score([apart], by=by, at=at)
    return apart


def _refuse_unfit(
    apart: Reconciliation, points: Decimal | None, reason: str, *, is_not_applicable: bool
) -> None:
    """Refuse a value between two marks that no line may have, or that gives no reason."""
    ceiling = apart.line.measure.points
    if is_not_applicable == (points is not None):
        raise Refused(_("Give points, or “not applicable”."))
    if points is not None and not 0 <= points <= ceiling:
        raise Refused(_("Points lie between 0 and %(ceiling)s.") % {"ceiling": in_locale(ceiling)})
    if not reason.strip():
        raise Refused(_("A value between two marks needs a reason; the agency will read it."))


def _score(reconciled: Sequence[Reconciliation], *, by: User, at: datetime) -> None:
    """Give the lines the points that were agreed, and add their agencies up again."""
    lines = Answer.objects.select_related("measure").in_bulk([each.line_id for each in reconciled])
    scores = []
    for agreed in reconciled:
        line = lines[agreed.line_id]
        state, points = outcome(line, agreed.points, is_not_applicable=agreed.is_not_applicable)
        scores.append(LineScore(line, state, points, agreed.reason))
    totals.put(scores, basis=Score.Basis.AGREED, by=by, at=at)
    submissions = list({each.submission_id: each.submission for each in reconciled}.values())
    verification_effect.apply_findings(submissions, list(lines), at=at)
    more = f" +{len(reconciled) - 1}" if len(reconciled) > 1 else ""
    totals.compute(submissions, why=f"reconcile: {reconciled[0].pk}{more}", by=by, at=at)
    scoring.complete(submissions, by=None, at=at)
