"""The agency's acts on appeals (drafting, evidence, filing, withdrawing) and the reviewer's decision."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.persian import localised, normalise
from appeals.models import Appeal, Attachment, Error, Filing, Ground, Question
from appeals.workflow import APPEALS, DECISIONS, FILINGS, UPHELD
from cycles import files, ledger
from cycles.actions import perform
from cycles.clashes import Seen
from cycles.workflow import Refused
from indicators.methods import points
from indicators.scoring import LineState
from submissions import actions as submissions
from submissions import kinds, quotas
from submissions.evidence import MOST_AT_ONCE, keep_document
from submissions.models import Answer, Description, Document, Evidence, Score, Submission, Verification

MOST_FILES = 20
"""Files that one appeal may show."""


# --- Drafting ---------------------------------------------------------------------------------------------------------


def grounds(answer: Answer) -> list[Ground]:
    """The grounds on which this line may be appealed (needs `measure`); one query, for its verification."""
    verified = Verification.objects.filter(line=answer, concluded_at__isnull=False).exists()
    unfit = {Ground.VALUE} if answer.measure.is_stewarded else {Ground.STEWARD}
    return [g for g in Ground if g not in unfit and (verified or g != Ground.VERIFICATION)]


def why_unsound(answer: Answer, fields: Mapping[str, Any]) -> str:
    """Why a draft may not say this, in a sentence, or ""."""
    value = fields.get("proposed_value")
    if fields["ground"] not in grounds(answer):
        return _("The line cannot be appealed on this ground.")
    return "" if value is None else answer.why_unfit(value)


def points_of(answer: Answer, value: Decimal | None) -> Decimal | None:
    """The points that the method gives a proposed value; of a steward's line the value is a percent."""
    if value is None:
        return None
    m = answer.measure
    return points(m.method, value, ceiling=m.points, params=answer.scoring_params)


@transaction.atomic
def save_draft(
    answer: Answer, *, fields: Mapping[str, Any], by: User, at: datetime, seen: Seen | None = None
) -> Appeal:
    """Begin or change the draft of an appeal against a line; the method computes the points of a proposed value.

    `fields` are its `ground`, `proposed_value` and `argument`, which may still be empty. `seen` is what the writer had
    before them: when somebody else has saved since, raises `Changed`.
    """
    fields = {"argument": "", "proposed_value": None} | dict(fields)
    appeal = _draft_of(answer, by=by, at=at, seen=seen)
    [appeal] = perform(APPEALS, [appeal], "edit", by=by, at=at)
    if why := why_unsound(answer, fields):
        raise Refused(why)
    appeal.ground, appeal.argument = fields["ground"], str(fields["argument"]).strip()
    appeal.proposed_value = fields["proposed_value"]
    appeal.proposed_points = points_of(answer, appeal.proposed_value)
    appeal.points_before = answer.scores.get(is_current=True).points
    appeal.revision += 1
    appeal.save(update_fields=["ground", "argument", "proposed_value", "proposed_points", "points_before", "revision"])
    return appeal


def _draft_of(answer: Answer, *, by: User, at: datetime, seen: Seen | None) -> Appeal:
    """The live appeal against a line, begun where there is none; of two who begin at once the later meets the first."""
    submission = Submission.objects.select_for_update(of=("self",), no_key=True).get(pk=answer.submission_id)
    if seen is not None:
        seen.check()  # before a row is begun that nobody has seen
    begun = {"cycle_id": submission.cycle_id, "agency_id": submission.agency_id, "submission": submission}
    appeal = Appeal.objects.live().filter(answer=answer).first()
    return appeal or Appeal.objects.create(**begun, answer=answer, drafted_by=by, drafted_at=at)


@transaction.atomic
def discard(appeal: Appeal, *, by: User, at: datetime) -> Appeal:
    """Let a draft go; the line may be appealed anew."""
    [appeal] = perform(APPEALS, [appeal], "discard", by=by, at=at)
    return appeal


# --- Evidence ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def attach(
    appeal: Appeal,
    *,
    upload: File,
    by: User,
    at: datetime,
    reference: str = "",
    description: Description | None = None,
) -> Attachment:
    """Keep a new file with a draft; it is scanned and handed out as evidence is."""
    name, digest = checked(upload, by=by)
    [appeal] = perform(APPEALS, [appeal], "attach", by=by, at=at, note=name, sha256=digest)
    return keep(appeal, upload, name, digest, reference=reference, description=description, by=by, at=at)


def checked(upload: File, *, by: User) -> tuple[str, str]:
    """The clean name and the SHA-256 of a file that an appeal may show; refused where it may not."""
    name = kinds.clean_name(upload.name or "")
    if why := kinds.why_not_named(name, upload.size or 0, MOST_AT_ONCE) or quotas.why_not_content(name, upload, by=by):
        raise Refused(why)
    return name, files.sha256(upload)


def keep(
    appeal: Appeal,
    upload: File,
    name: str,
    digest: str,
    *,
    reference: str = "",
    description: Description | None = None,
    question: Question | None = None,
    by: User,
    at: datetime,
) -> Attachment:
    """Keep a file that an act has let in, as the agency's, and show it with its appeal."""
    cycle, agency = appeal.cycle, appeal.agency
    quotas.check(cycle, agency, size=upload.size or 0, by=by, at=at)
    document = keep_document(cycle, agency, name=name, content=upload, sha256=digest, by=by, at=at)
    return _show(appeal, document, reference, description or Description(), by=by, at=at, question=question)


@transaction.atomic
def refer(
    appeal: Appeal,
    *,
    document: Document,
    by: User,
    at: datetime,
    reference: str = "",
    description: Description | None = None,
) -> Attachment:
    """Show with a draft a file that the agency has uploaded before, in this year or another.

    Not described anew, it is described as it was where it was shown last.
    """
    perform(APPEALS, [appeal], "attach", by=by, at=at, note=document.name, sha256=document.sha256)
    if document.agency_id != appeal.agency_id:
        raise Refused(_("The file belongs to another agency."))
    if description is None or description == Description():
        description = Evidence.objects.last_description(document)
    return _show(appeal, document, reference, description, by=by, at=at)


def _show(
    appeal: Appeal,
    document: Document,
    reference: str,
    description: Description,
    *,
    by: User,
    at: datetime,
    question: Question | None = None,
) -> Attachment:
    held = appeal.attachments.filter(withdrawn_at=None)
    if held.count() >= MOST_FILES:
        raise Refused(_("An appeal shows at most %(count)s files.") % {"count": localised(MOST_FILES)})
    if held.filter(document__sha256=document.sha256).exists():
        raise Refused(_("The appeal shows this file already."))
    shown = Evidence.objects.filter(answer__submission=appeal.submission_id, document__sha256=document.sha256).live()
    attachment = Attachment(
        appeal=appeal,
        question=question,
        document=document,
        reference=normalise(reference)[:200],
        is_new=not shown.exists(),
        attached_by=by,
        attached_at=at,
    )
    attachment.describe(description)
    attachment.save()
    return attachment


@transaction.atomic
def detach(attachment: Attachment, *, by: User, at: datetime) -> Attachment:
    """Take a file off a draft; it stays on record, and the appeal no longer shows it."""
    document = attachment.document
    perform(APPEALS, [attachment.appeal], "detach", by=by, at=at, note=document.name, sha256=document.sha256)
    attachment.withdrawn_at = at
    attachment.save(update_fields=["withdrawn_at"])
    return attachment


# --- Filing -----------------------------------------------------------------------------------------------------------


def why_not_ready(appeal: Appeal) -> str:
    """What a draft still lacks before it can be filed, in a sentence, or ""."""
    return "" if appeal.argument.strip() else _("Please say why the score should change.")


@transaction.atomic
def file(appeals: Iterable[Appeal], *, by: User, at: datetime, note: str = "", seen: str = "") -> list[Appeal]:
    """Sign and file drafts of one agency in one sitting, all or none, under a `Filing` that names their content.

    `seen` is the digest of what the signer was shown: when a draft has been changed since, nothing is filed.
    """
    keys = [a.pk for a in appeals]
    submission = _submission_of(keys)
    text = content(keys)
    number = Filing.objects.filter(submission=submission).count() + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    signed: dict[str, Any] = {"filed_by": by, "filed_at": at, "content": text, "sha256": digest, "number": number}
    of = {"cycle": submission.cycle, "agency": submission.agency, "submission": submission}
    role = FILINGS["file"].who.acting(by, submission, at)
    filing = Filing.objects.create(**of, **signed, filed_as=role)
    perform(FILINGS, [filing], "file", by=by, at=at, note=note, number=number, sha256=digest, appeals=sorted(keys))
    if seen and seen != digest:
        raise Refused(_("A draft has been changed since you looked. Look at the drafts again, then sign."))
    drafts = list(Appeal.objects.filter(pk__in=keys).for_notices().select_related("cycle"))
    if lacking := {a: f"{a.answer.measure}: {why}" for a in drafts if (why := why_not_ready(a))}:
        raise Refused(lacking)
    lines = [a.answer_id for a in drafts]
    current = dict(Score.objects.filter(answer__in=lines, is_current=True).values_list("answer_id", "points"))
    each = {a.pk: {"points_before": current[a.answer_id]} for a in drafts}
    return perform(APPEALS, drafts, "file", by=by, at=at, each=each, signer=by, filing=filing)


def _submission_of(appeals: list[int]) -> Submission:
    """The one self-assessment that these appeals are about, held: of two who file at once one is the earlier."""
    rows = Submission.objects.filter(pk__in=Appeal.objects.filter(pk__in=appeals).values("submission"))
    found = list(rows.select_for_update(of=("self",), no_key=True).select_related("agency", "cycle"))
    if not found:
        raise Refused(_("There is no draft that you may file now."))
    if len(found) > 1:
        raise Refused(_("Appeals of one agency and year are filed together; file each apart."))
    return found[0]


def content(appeals: Iterable[int]) -> str:
    """What these appeals say, as the canonical text that is signed: one JSON array of them by line; two queries."""
    shown = Prefetch("attachments", queryset=Attachment.objects.live(), to_attr="shown")
    rows = Appeal.objects.filter(pk__in=list(appeals)).select_related("answer__measure").prefetch_related(shown)
    return ledger.as_json([_facts(a) for a in rows.order_by("answer_id", "pk")])


def _facts(appeal: Any) -> dict[str, Any]:
    files_shown = [
        [a.document.name, a.document.sha256, a.reference, a.is_new, *a.description_facts] for a in appeal.shown
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
    """Withdraw a filed appeal, until its review begins; the line may be appealed anew while the window is open."""
    [appeal] = perform(APPEALS, [appeal], "withdraw", by=by, at=at, note=note)
    return appeal


# --- Deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    appeal: Appeal,
    name: str,
    *,
    reason: str,
    awarded: Decimal | None = None,
    void: bool = False,
    error: str = "",
    letter: str = "",
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Appeal:
    """Decide an appeal with a reason; where the line gets other points, they and the totals follow at once.

    `awarded` are those points; upheld in whole they default to the proposed ones. `void`: the line does not apply.
    Whether a score may fall is the cycle's rule. `error` says what the decision shows to be wrong for other agencies,
    too. Before a question has been answered, or its time has passed, nothing is decided.
    """
    if name not in DECISIONS:
        raise Refused(_("This is not a decision."))
    if not reason.strip():
        raise Refused(_("A decision needs a reason; the agency will read it."))
    rows = Answer.objects.select_related("measure", "submission__cycle", "submission__agency")
    answer = rows.get(pk=appeal.answer_id)
    list(Submission.objects.select_for_update(of=("self",), no_key=True).filter(pk=answer.submission_id))
    now = answer.scores.get(is_current=True)
    granted = _granted(appeal, name, awarded, void=void, answer=answer, now=now)
    if error and (error not in Error or APPEALS[name].target not in UPHELD):
        raise Refused(_("Only an appeal that is upheld shows an error that concerns others."))
    given: dict[str, Any] = {"reviewer": by, "reason": reason, "points": granted, "void": void, "error": error}
    [appeal] = perform(APPEALS, [appeal], name, by=by, at=at, note=reason, letter=letter, seen=seen, **given)
    if granted is not None or void:
        state = LineState.NOT_APPLICABLE if void else LineState.SCORED
        submissions.rescore(answer, basis=Score.Basis.APPEAL, state=state, points=granted, reason=reason, by=by, at=at)
    return appeal


def _granted(
    appeal: Appeal, name: str, awarded: Decimal | None, *, void: bool, answer: Answer, now: Score
) -> Decimal | None:
    """The points that a decision gives the line, None where it gives none; refused where it may not give them."""
    upheld = APPEALS[name].target in UPHELD
    may_fall = answer.submission.cycle.appeal_may_lower
    if void:
        if not upheld or appeal.ground != Ground.APPLICABILITY or awarded is not None:
            raise Refused(_("A line is found not to apply, without points, where the appeal was upheld for that."))
        if now.state == LineState.NOT_APPLICABLE:
            raise Refused(_("The line does not apply already."))
        return None
    if awarded is None and name == "uphold":
        awarded = appeal.proposed_points
    if awarded is None:
        if upheld:
            raise Refused(_("Please give the points that the line gets."))
        return None
    if not upheld and (name != "dismiss" or not may_fall):
        raise Refused(_("Only an appeal that is upheld gives the line other points."))
    if not 0 <= awarded <= answer.measure.points:
        raise Refused(_("Points lie between 0 and %(ceiling)s.") % {"ceiling": localised(answer.measure.points)})
    if now.points is not None and awarded < now.points and not may_fall:
        raise Refused(_("A score may not fall through an appeal."))
    return awarded
