"""The files of an appeal: attached to its lines, shown, taken away."""

from datetime import datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.persian import in_locale, normalise
from appeals.models import Appeal, Attachment, Question
from appeals.workflow import APPEALS
from cycles.engine.perform import perform
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from submissions.evidence import file_types, quotas
from submissions.evidence.actions import MOST_AT_ONCE, keep_document
from submissions.models import Description, Document, Evidence

MOST_FILES = 20
"""Files that one appeal may show."""


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
    name, digest = check_file(upload, by=by)
    [appeal] = perform(APPEALS, [appeal], "attach", by=by, at=at, note=name, sha256=digest)
    return keep(
        appeal, upload, name, digest, reference=reference, description=description, by=by, at=at
    )


def check_file(upload: File, *, by: User) -> tuple[str, str]:
    """Refuse a file that an appeal may not show; answer with its clean name and its SHA-256."""
    name = file_types.clean_name(upload.name or "")
    if why := file_types.why_not_named(
        name, upload.size or 0, MOST_AT_ONCE
    ) or quotas.why_not_content(name, upload, by=by):
        raise Refused(why)
    return name, ui_files.sha256(upload)


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
    return _show(
        appeal, document, reference, description or Description(), by=by, at=at, question=question
    )


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
        raise Refused(
            _("An appeal shows at most %(count)s files.") % {"count": in_locale(MOST_FILES)}
        )
    if held.filter(document__sha256=document.sha256).exists():
        raise Refused(_("The appeal shows this file already."))
    shown = Evidence.objects.filter(
        answer__submission=appeal.submission_id, document__sha256=document.sha256
    ).live()
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
    perform(
        APPEALS,
        [attachment.appeal],
        "detach",
        by=by,
        at=at,
        note=document.name,
        sha256=document.sha256,
    )
    attachment.withdrawn_at = at
    attachment.save(update_fields=["withdrawn_at"])
    return attachment
