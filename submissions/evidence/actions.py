"""The acts on evidence: uploading, showing again, describing, replacing, withdrawing, checking."""

from datetime import datetime

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import Agency, User
from agencies.persian import normalise, search_key
from cycles.clashes import Seen
from cycles.engine.perform import perform
from cycles.jobs import actions as jobs
from cycles.models import Cycle
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from submissions import completeness
from submissions.evidence import file_types, quotas
from submissions.evidence.previews import Preview
from submissions.models import Answer, Description, Document, Evidence, Submission
from submissions.workflow import DOCUMENTS, MOVES, DocumentState

MOST_AT_ONCE = 25 * 2**20
"""Bytes of a file that comes in one piece, by a plain form."""


# --- Uploading ----------------------------------------------------------------------------------


@transaction.atomic
def attach(
    answer: Answer,
    *,
    upload: File,
    by: User,
    at: datetime,
    replaces: Evidence | None = None,
    reference: str = "",
    move: str = "attach",
) -> Evidence:
    """Keep a file that came in one piece as evidence of an answer, through one of the moves that
    may.
    """
    name = file_types.clean_name(upload.name or "")
    if why := file_types.why_not_named(name, upload.size or 0, MOST_AT_ONCE):
        raise Refused(why)
    return attach_content(
        answer,
        name=name,
        content=upload,
        by=by,
        at=at,
        replaces=replaces,
        reference=reference,
        move=move,
    )


def attach_content(
    answer: Answer,
    *,
    name: str,
    content: File,
    by: User,
    at: datetime,
    replaces: Evidence | None,
    reference: str = "",
    move: str = "attach",
    was_admitted: bool = False,
) -> Evidence:
    """Keep a content as evidence; `was_admitted`: there was room for it when it was begun."""
    if why := quotas.why_not_content(name, content, by=by):
        raise Refused(why)
    digest = ui_files.sha256(content)
    submission = _perform_attach(answer, name, digest, replaces, by=by, at=at, move=move)
    if not was_admitted:
        quotas.check(submission.cycle, submission.agency, size=content.size, by=by, at=at)
    document = keep_document(
        submission.cycle, submission.agency, name=name, content=content, sha256=digest, by=by, at=at
    )
    description = replaces.description if replaces else Description()
    return _show(answer, document, replaces, reference, description, by=by, at=at)


def keep_document(
    cycle: Cycle,
    agency: Agency | None,
    *,
    name: str,
    content: File,
    sha256: str,
    by: User,
    at: datetime,
) -> Document:
    """Keep a file that an act has let in, to be scanned where there is a scanner; without an agency
    the authority's.
    """
    document = Document(
        cycle=cycle,
        agency=agency,
        name=name,
        search_key=search_key(name)[:255],
        content_type=file_types.KINDS[file_types.ending_of(name)].content_type,
        size=content.size,
        sha256=sha256,
        uploaded_by=by,
        uploaded_at=at,
        state=DocumentState.PENDING if settings.CLAMD_ADDRESS else DocumentState.UNSCANNED,
    )
    document.file.save(str(document.uuid), content, save=False)
    try:
        document.save()
    except DatabaseError:
        document.file.storage.delete(document.file.name or "")
        raise
    jobs.order(
        "scan" if document.state == DocumentState.PENDING else "preview", document, by=None, at=at
    )
    return document


def _perform_attach(
    answer: Answer,
    name: str,
    digest: str,
    replaces: Evidence | None,
    *,
    by: User,
    at: datetime,
    move: str = "attach",
) -> Submission:
    """Do the act, under the lock of the submission; then check whether the line may have a file, or
    this one replaced.
    """
    params: dict[str, object] = {"sha256": digest, "line": answer.pk}
    if replaces:
        params["replaces"] = replaces.document.sha256
    submission = answer.submission
    [submission] = perform(
        MOVES,
        [submission],
        move,
        by=by,
        at=at,
        note=name,
        params_by_pk={submission.pk: params},
    )
    check_line(answer, replaces)
    return submission


def check_line(answer: Answer, replaces: Evidence | None) -> None:
    if answer.measure.is_stewarded:
        raise Refused(_("The steward supplies this figure; there is nothing to enter."))
    if replaces is None:
        return
    live = Evidence.objects.filter(pk=replaces.pk, answer=answer.pk, withdrawn_at=None)
    if not live.exists():
        raise Refused(_("The file to be replaced has been replaced or withdrawn in the meantime."))


def _show(
    answer: Answer,
    document: Document,
    replaces: Evidence | None,
    reference: str,
    description: Description,
    *,
    by: User,
    at: datetime,
) -> Evidence:
    """Add the row that shows a file for a line; what it replaces stays as an earlier version."""
    if replaces:
        Evidence.objects.filter(pk=replaces.pk).update(withdrawn_at=at, withdrawn_by=by)
        reference = reference or replaces.reference
    shown = Evidence(
        answer=answer,
        document=document,
        reference=normalise(reference)[:200],
        attached_by=by,
        attached_at=at,
        replaces=replaces,
    )
    shown.describe(description)
    shown.save()
    completeness.recount(answer.submission.cycle, [answer])
    return shown


# --- What is shown for a line -------------------------------------------------------------------


@transaction.atomic
def reuse(
    answer: Answer,
    document: Document,
    *,
    by: User,
    at: datetime,
    reference: str = "",
    replaces: Evidence | None = None,
) -> Evidence:
    """Show a file that the agency holds already, of another line or another year, for this line,
    too.
    """
    _perform_attach(answer, document.name, document.sha256, replaces, by=by, at=at)
    if document.agency_id != answer.submission.agency_id:
        raise Refused(_("This file belongs to another agency."))
    if document.state in (DocumentState.INFECTED, DocumentState.UNSCANNABLE):
        raise Refused(_("“%(name)s” is locked away and cannot be used.") % {"name": document.name})
    if Evidence.objects.filter(answer=answer, document=document, withdrawn_at=None).exists():
        raise Refused(_("“%(name)s” is shown for this line already.") % {"name": document.name})
    description = replaces.description if replaces else Evidence.objects.last_description(document)
    return _show(answer, document, replaces, reference, description, by=by, at=at)


@transaction.atomic
def refer(
    evidence: Evidence,
    *,
    reference: str,
    description: Description | None = None,
    by: User,
    at: datetime,
    seen: Seen | None = None,
) -> Evidence:
    """Say on which page or sheet of a file the figure stands, and what the file is."""
    perform(MOVES, [evidence.answer.submission], "refer", by=by, at=at, seen=seen)
    evidence = _live(evidence)
    evidence.reference = normalise(reference)[:200]
    if description is not None:
        evidence.describe(description)
    evidence.save(update_fields=["reference", *Evidence.DESCRIPTION])
    return evidence


@transaction.atomic
def detach(evidence: Evidence, *, by: User, at: datetime) -> Evidence:
    """Withdraw a file from a line; it stays on record."""
    document, submission = evidence.document, evidence.answer.submission
    perform(
        MOVES,
        [submission],
        "detach",
        by=by,
        at=at,
        note=document.name,
        sha256=document.sha256,
        line=evidence.answer_id,
    )
    evidence = _live(evidence)
    evidence.withdrawn_at, evidence.withdrawn_by = at, by
    evidence.save(update_fields=["withdrawn_at", "withdrawn_by"])
    completeness.recount(submission.cycle, [evidence.answer])
    return evidence


def _live(evidence: Evidence) -> Evidence:
    """Read the row afresh, under the lock of its submission."""
    fresh = Evidence.objects.filter(pk=evidence.pk, withdrawn_at=None).first()
    if fresh is None:
        raise Refused(_("This file has been replaced or withdrawn in the meantime."))
    return fresh


def has_scanner() -> bool:
    """Say whether files are scanned here; where they are not, pages tell so."""
    return bool(settings.CLAMD_ADDRESS)


# --- What the scanner says ----------------------------------------------------------------------

MOVE_AFTER = {
    "clean": "pass",
    "infected": "quarantine",
    "unscannable": "give_up",
    "unscanned": "skip",
}
"""The move that follows from each outcome."""


@transaction.atomic
def note_scan(document: Document, *, outcome: str, finding: str = "", at: datetime) -> Document:
    """Write down what the scanner says of a file, once: of two jobs that looked at it the second
    changes nothing.
    """
    waiting = locked(Document.objects.waiting().filter(pk=document.pk)).first()
    if waiting is None:
        return Document.objects.get(pk=document.pk)
    [document] = perform(
        DOCUMENTS,
        [document],
        MOVE_AFTER[outcome],
        by=None,
        at=at,
        note=document.name,
        finding=finding[:200],
        sha256=document.sha256,
    )
    if document.is_open:
        jobs.order("preview", document, by=None, at=at)
    return document


@transaction.atomic
def note_preview(document: Document, preview: Preview, *, at: datetime) -> Document:
    """Keep the pictures and words taken from a file; a file without any is as good as others."""
    document = locked(Document.objects.all()).get(pk=document.pk)
    if document.drawn_at or not document.is_open:
        return document
    names = [document.picture(number) for number in range(1, len(preview.pictures) + 1)]
    with ui_files.all_or_none(default_storage, names):
        for name, picture in zip(names, preview.pictures, strict=True):
            default_storage.save(name, picture)
    document.pages, document.page_count = len(preview.pictures), preview.page_count
    document.excerpt, document.inside, document.drawn_at = preview.excerpt, preview.inside, at
    document.save(update_fields=["pages", "page_count", "excerpt", "inside", "drawn_at"])
    return document
