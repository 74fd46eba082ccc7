"""The one act that corrects a line for every agency that has it; `effects` says what it gives."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from appeals.corrections.effects import CHANGES, AffectedLine, Rule, affected_lines, digest
from appeals.models import Appeal, Correction
from appeals.workflow import CORRECTIONS
from cycles.engine.perform import perform, why_closed
from cycles.workflow import CycleState, Refused
from indicators.scoring.statutory_tree import LineState
from submissions.models import Score, Submission
from submissions.scoring import totals


def correction_for(appeal: Appeal) -> Correction:
    """Make the correction that could follow from an appeal, to ask the workflow about."""
    of_set = appeal.answer.measure.indicator.axis.set
    return Correction(
        cycle=appeal.cycle,
        measure=appeal.answer.measure,
        appeal=appeal,
        agency=of_set.agency,
        province=of_set.province,
    )


def may_correct(appeal: Appeal, *, by: User, at: datetime) -> bool:
    """Say whether this person may correct like cases after an appeal now."""
    if not appeal.error or not appeal.is_decided or appeal.cycle.state != CycleState.OPEN:
        return False
    return not why_closed(CORRECTIONS, correction_for(appeal), "correct", by=by, at=at)


# --- The act ------------------------------------------------------------------------------------


@transaction.atomic
def correct(
    appeal: Appeal,
    rule: Rule,
    *,
    reason: str,
    seen: str = "",
    letter: str = "",
    by: User,
    at: datetime,
) -> Correction:
    """Correct a measure's scores for all agencies with the line, appealed or not, after an appeal
    that showed an error.

    `seen` is the digest of what the administrator was shown. Agencies whose scores are communicated
    later are corrected by the same act done again. As many queries for two thousand lines as for
    one.
    """
    appeal = Appeal.objects.select_related("cycle", "answer__measure__indicator__axis__set").get(
        pk=appeal.pk
    )
    _refuse_unfounded(appeal, rule, reason)

    measure, cycle = appeal.answer.measure, appeal.cycle
    # each has one line of the measure
    locked = totals.hold(Submission.objects.filter(answers__measure=measure))
    found = affected_lines(measure, rule, may_fall=cycle.appeal_may_lower)
    changed = [affected for affected in found if affected.effect in CHANGES]
    _refuse_unseen_or_tied(found, changed, seen=seen, by=by)

    correction = _correction(appeal, rule, changed, reason=reason, by=by, at=at)
    perform(
        CORRECTIONS,
        [correction],
        "correct",
        by=by,
        at=at,
        note=reason,
        letter=letter,
        measure=measure.code,
        appeal=appeal.pk,
        error=appeal.error,
        rule=rule.as_json,
        lines=len(changed),
        digest=digest(found),
    )

    rows = ((affected.line, LineState.SCORED, affected.after, reason) for affected in changed)
    totals.put(rows, basis=Score.Basis.CORRECTION, by=by, at=at)
    counted = {affected.line.submission_id for affected in changed}
    keys = [key for key in locked if key in counted]
    totals.compute_held(keys, cycle=cycle, why=f"correction: {correction.pk}", by=by, at=at)
    return correction


def _refuse_unfounded(appeal: Appeal, rule: Rule, reason: str) -> None:
    """Refuse a correction that no decision asks for, that comes too late, or that says no
    reason.
    """
    if not appeal.error or not appeal.is_decided:
        raise Refused(_("The decision on this appeal shows no error that concerns others."))
    if appeal.cycle.state != CycleState.OPEN:
        raise Refused(_("The results of the year are final; a correction is for the next edition."))
    if not reason.strip():
        raise Refused(_("Say what is wrong and what is right; the agencies will read it."))
    if why := rule.why_unfit(appeal.error):
        raise Refused(why)


def _correction(
    appeal: Appeal,
    rule: Rule,
    changed: list[AffectedLine],
    *,
    reason: str,
    by: User,
    at: datetime,
) -> Correction:
    """Store the correction, and note the agencies whose people hear of it."""
    of_set = appeal.answer.measure.indicator.axis.set
    correction = Correction.objects.create(
        cycle=appeal.cycle,
        measure=appeal.answer.measure,
        agency_id=of_set.agency_id,
        province_id=of_set.province_id,
        appeal=appeal,
        error=appeal.error,
        rule=rule.as_json,
        reason=reason,
        line_count=len(changed),
        points_moved=sum((affected.points_gained for affected in changed), Decimal(0)),
        made_by=by,
        made_at=at,
    )
    correction.concerned_agencies = frozenset(affected.line.agency_id for affected in changed)
    return correction


def _refuse_unseen_or_tied(
    found: list[AffectedLine], changed: list[AffectedLine], *, seen: str, by: User
) -> None:
    """Refuse what changes nothing, what was not shown, and what `by` has an interest in."""
    if not changed:
        raise Refused(_("By this rule no score would change."))
    if seen and seen != digest(found):
        raise Refused(_("Scores have changed since you looked. Look at the list again, then sign."))
    if tied := [affected.line for affected in changed if by.is_conflicted(affected.line.agency_id)]:
        names = ", ".join(line.agency for line in tied[:3])
        raise Refused(
            _("You have an interest in %(names)s; somebody else corrects this.") % {"names": names}
        )
