"""The agency's acts on appeals: drafting, filing, withdrawing."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NotRequired, TypedDict

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from appeals.models import Appeal, Attachment, Filing, Ground
from appeals.workflow import APPEALS, FILINGS
from cycles.clashes import Seen
from cycles.engine import ledger
from cycles.engine.perform import perform
from cycles.workflow import Refused
from indicators.scoring.methods import points
from submissions.models import Answer, Score, Submission, Verification


class DraftValues(TypedDict):
    """Hold what a draft says: on what ground, which value instead, and why."""

    ground: str
    proposed_value: NotRequired[Decimal | None]
    argument: NotRequired[str]


# --- Drafting ------------------------------------------------------------------------------------


def grounds(answer: Answer) -> list[Ground]:
    """List the grounds on which this line may be appealed (needs `measure`); one query, for its
    verification.
    """
    verified = Verification.objects.filter(line=answer, concluded_at__isnull=False).exists()
    unfit = {Ground.VALUE} if answer.measure.is_stewarded else {Ground.STEWARD}
    return [g for g in Ground if g not in unfit and (verified or g != Ground.VERIFICATION)]


def why_unsound(answer: Answer, ground: str, value: Decimal | None) -> str:
    """Say why a draft may not propose this value on this ground, or ""."""
    if ground not in grounds(answer):
        return _("The line cannot be appealed on this ground.")
    return "" if value is None else answer.why_unfit(value)


def points_of(answer: Answer, value: Decimal | None) -> Decimal | None:
    """Work out the points that the method gives a proposed value; of a steward's line the value is
    a percent.
    """
    if value is None:
        return None
    m = answer.measure
    return points(m.method, value, ceiling=m.points, params=answer.scoring_params)


@transaction.atomic
def save_draft(
    answer: Answer, *, fields: DraftValues, by: User, at: datetime, seen: Seen | None = None
) -> Appeal:
    """Begin or change the draft of an appeal against a line; the method computes the points of a
    proposed value.

    `seen` is what the writer had before them: when somebody else has saved since, raises `Changed`.
    """
    ground, value = fields["ground"], fields.get("proposed_value")
    appeal = _draft_of(answer, by=by, at=at, seen=seen)
    [appeal] = perform(APPEALS, [appeal], "edit", by=by, at=at)
    if why := why_unsound(answer, ground, value):
        raise Refused(why)
    appeal.ground, appeal.argument = ground, fields.get("argument", "").strip()
    appeal.proposed_value = value
    appeal.proposed_points = points_of(answer, appeal.proposed_value)
    appeal.points_before = answer.scores.get(is_current=True).points
    appeal.revision += 1
    appeal.save(
        update_fields=[
            "ground",
            "argument",
            "proposed_value",
            "proposed_points",
            "points_before",
            "revision",
        ]
    )
    return appeal


def _draft_of(answer: Answer, *, by: User, at: datetime, seen: Seen | None) -> Appeal:
    """Answer with the live appeal against a line; begin one where the line has none.

    The lock lets the second of two people who begin at once find the appeal of the first.
    """
    submission = locked(Submission.objects.all()).get(pk=answer.submission_id)
    if seen is not None:
        seen.check()  # before a row is begun that nobody has seen
    appeal = Appeal.objects.live().filter(answer=answer).first()
    return appeal or Appeal.objects.create(
        cycle_id=submission.cycle_id,
        agency_id=submission.agency_id,
        submission=submission,
        answer=answer,
        drafted_by=by,
        drafted_at=at,
    )


@transaction.atomic
def discard(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """Let a draft go; the line may be appealed anew."""
    [appeal] = perform(APPEALS, [appeal], "discard", by=by, at=at)
    return appeal


# --- Filing -------------------------------------------------------------------------------------


def why_not_ready(appeal: Appeal) -> str:
    """Say what a draft still lacks before it can be filed, or ""."""
    return "" if appeal.argument.strip() else _("Please say why the score should change.")


@transaction.atomic
def file(
    appeals: Iterable[Appeal], *, by: User, at: datetime, note: str = "", seen: str = ""
) -> list[Appeal]:
    """Sign and file drafts of one agency in one sitting, all or none, under a `Filing` that names
    their content.

    `seen` is the digest of what the signer was shown: when a draft has been changed since, nothing
    is filed.
    """
    keys = [a.pk for a in appeals]
    submission = _submission_of(keys)
    text = content(keys)
    digest = hashlib.sha256(text.encode()).hexdigest()
    filing = Filing.objects.create(
        cycle=submission.cycle,
        agency=submission.agency,
        submission=submission,
        number=Filing.objects.filter(submission=submission).count() + 1,
        content=text,
        sha256=digest,
        filed_by=by,
        filed_as=FILINGS["file"].who.acting_role(by, submission, at),
        filed_at=at,
    )
    perform(
        FILINGS,
        [filing],
        "file",
        by=by,
        at=at,
        note=note,
        number=filing.number,
        sha256=digest,
        appeals=sorted(keys),
    )
    if seen and seen != digest:
        raise Refused(
            _("A draft has been changed since you looked. Look at the drafts again, then sign.")
        )
    drafts = list(Appeal.objects.filter(pk__in=keys).for_notices().select_related("cycle"))
    if lacking := {a: f"{a.answer.measure}: {why}" for a in drafts if (why := why_not_ready(a))}:
        raise Refused(lacking)
    lines = [a.answer_id for a in drafts]
    current = dict(
        Score.objects.filter(answer__in=lines, is_current=True).values_list("answer_id", "points")
    )
    points_by_pk = {a.pk: {"points_before": current[a.answer_id]} for a in drafts}
    return perform(
        APPEALS, drafts, "file", by=by, at=at, params_by_pk=points_by_pk, signer=by, filing=filing
    )


def _submission_of(appeals: list[int]) -> Submission:
    """Lock and answer with the one self-assessment that these appeals are about, so that two people
    who file at once do so one after the other.
    """
    rows = Submission.objects.filter(
        pk__in=Appeal.objects.filter(pk__in=appeals).values("submission")
    )
    found = list(locked(rows.select_related("agency", "cycle")))
    if not found:
        raise Refused(_("There is no draft that you may file now."))
    if len(found) > 1:
        raise Refused(_("Appeals of one agency and year are filed together; file each apart."))
    return found[0]


def content(appeals: Iterable[int]) -> str:
    """Write what these appeals say as the canonical text that is signed: one JSON array of them by
    line; two queries.
    """
    live = Prefetch("attachments", queryset=Attachment.objects.live())
    rows = (
        Appeal.objects.filter(pk__in=list(appeals))
        .select_related("answer__measure")
        .prefetch_related(live)
    )
    return ledger.as_json([_content_of(a) for a in rows.order_by("answer_id", "pk")])


def _content_of(appeal: Appeal) -> dict[str, object]:
    """Collect what is signed of an appeal whose live attachments were read."""
    files_shown = [
        [a.document.name, a.document.sha256, a.reference, a.is_new, *a.description_facts]
        for a in appeal.attachments.all()
    ]
    return {
        "appeal": appeal.pk,
        "line": appeal.answer_id,
        "measure": appeal.answer.measure.code,
        "ground": appeal.ground,
        "proposed_value": _plain(appeal.proposed_value),
        "proposed_points": _plain(appeal.proposed_points),
        "argument": appeal.argument,
        "files": files_shown,
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


@transaction.atomic
def withdraw(appeal: Appeal, *, by: User, at: datetime, note: str = "") -> Appeal:
    """Withdraw a filed appeal, until its review begins; the line may be appealed anew while the
    window is open.
    """
    [appeal] = perform(APPEALS, [appeal], "withdraw", by=by, at=at, note=note)
    return appeal
