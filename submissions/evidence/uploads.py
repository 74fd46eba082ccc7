"""Large files that come in pieces, until each is evidence of its line."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.locks import locked
from agencies.models import User
from cycles.engine.perform import perform
from cycles.workflow import Refused
from submissions.evidence import file_types, quotas
from submissions.evidence.actions import attach_content, check_line
from submissions.models import Answer, Evidence, Upload
from submissions.workflow import MOVES

MOST_UNDER_WAY = 20
"""Uploads that one person may have begun and not finished."""


KEPT_FOR = timedelta(days=7)
"""How long an upload that nobody goes on with is kept."""


@transaction.atomic
def begin_upload(
    answer: Answer,
    *,
    name: str,
    length: int,
    by: User,
    at: datetime,
    replaces: Evidence | None = None,
) -> Upload:
    """Begin to take a file in, piece by piece; nothing is evidence before
    the last piece is there.
    """
    name = file_types.clean_name(name)
    if why := file_types.why_not_named(name, length, settings.MAX_UPLOAD_BYTES):
        raise Refused(why)
    perform(MOVES, [answer.submission], "upload", by=by, at=at)
    check_line(answer, replaces)
    if Upload.objects.filter(by=by, document=None).count() >= MOST_UNDER_WAY:
        raise Refused(
            _("Too many of your uploads are not finished. Finish or cancel some of them first.")
        )
    submission = answer.submission
    quotas.check(submission.cycle, submission.agency, size=length, by=by, at=at)
    quotas.check_disk(length)
    return Upload.objects.create(
        answer=answer, replaces=replaces, by=by, name=name, length=length, begun_at=at
    )


@transaction.atomic
def finish_upload(upload: Upload, *, content: File, by: User, at: datetime) -> Evidence:
    """Make the whole of an upload evidence of its line, once: whoever finishes it again gets what
    it became.
    """
    fresh = locked(Upload.objects.for_finish().filter(pk=upload.pk), with_keys=True).first()
    if fresh is None:
        raise Refused(_("This upload has been cancelled."))
    upload = fresh
    if upload.document_id:
        return Evidence.objects.filter(answer=upload.answer_id, document=upload.document_id).latest(
            "pk"
        )
    evidence = attach_content(
        upload.answer,
        name=upload.name,
        content=content,
        by=by,
        at=at,
        replaces=upload.replaces,
        was_admitted=True,
    )
    upload.document = evidence.document
    upload.save(update_fields=["document"])
    return evidence


@transaction.atomic
def drop_upload(upload: Upload, *, by: User | None, at: datetime) -> None:
    """Forget an upload that is not finished, with what has come in of it."""
    if Upload.objects.filter(pk=upload.pk, document=None).delete()[0]:
        transaction.on_commit(lambda: upload.path.unlink(missing_ok=True))


@transaction.atomic
def clear_uploads(*, at: datetime) -> int:
    """Forget the uploads that nobody has gone on with for a week, and the marks of those long
    finished; how many.
    """
    old = list(
        locked(
            Upload.objects.filter(begun_at__lt=at - KEPT_FOR).order_by("pk"),
            with_keys=True,
            skip_locked=True,
        )
    )
    Upload.objects.filter(pk__in=[u.pk for u in old]).delete()
    paths = [u.path for u in old]

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)
    return len(old)
