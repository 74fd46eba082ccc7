"""Everything there is of one appeal, as paper and as one ZIP that checks itself."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest, sha256
from shutil import copyfileobj
from tempfile import TemporaryFile

from django.http import FileResponse

from agencies.models import User
from agencies.roles import Role
from appeals.case_file.queries import AppealAttachments
from appeals.models import Appeal
from appeals.workflow import DECISIONS
from cycles.calendar import Phase
from cycles.engine import ledger
from cycles.models import Entry, Paper, Window
from cycles.papers.sources import PaperSource
from cycles.record import seals
from submissions.models import Document, Score


def paper_source(
    appeal: Appeal, attachments: AppealAttachments, user: User, at: datetime
) -> PaperSource:
    """Name what an appeal's paper is drawn from, as far as the reader may know it."""
    context = _paper_context(appeal, attachments, user, at)
    return PaperSource("appeals/case_file/paper.html", lambda: context, name_of(appeal))


def _paper_context(
    appeal: Appeal, attachments: AppealAttachments, user: User, at: datetime
) -> dict[str, object]:
    appeal.window = Window.objects.concerning([appeal]).of(Phase.APPEAL_REVIEW, appeal)
    filing = appeal.filing
    return {
        "appeal": appeal,
        "answer": appeal.answer,
        "filing": filing,
        "role": Role(filing.filed_as).label if filing and filing.filed_as in Role.values else "",
        "attachments": attachments,
        "scores": Score.objects.visible_to(user, at)
        .filter(answer=appeal.answer_id)
        .order_by("scored_at", "pk"),
        "stamp": seals.stamp(appeal, *DECISIONS)
        if appeal.decided_at
        else seals.stamp(appeal, "file"),
    }


def name_of(appeal: Appeal) -> str:
    """Name the files of an appeal, without their ending."""
    return f"appeal-{appeal.cycle.year}-{appeal.agency.code}-{appeal.pk}"


def zip_response(
    appeal: Appeal, attachments: AppealAttachments, paper: Paper, *, whole: bool
) -> FileResponse:
    """Answer with the ZIP to save: paper.pdf, filing.json, files/, record.json with its seals, and
    SHA256SUMS over all of them.
    """
    content = TemporaryFile()  # noqa: SIM115 -- the response closes it
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = _parts(appeal, attachments, paper, whole=whole)
        sums = [f"{_add(archive, name, body)}  {name}" for name, body in parts]
        archive.writestr("SHA256SUMS", "\n".join(sums) + "\n")
    content.seek(0)
    name = f"{name_of(appeal)}.zip"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")


def _add(archive: zipfile.ZipFile, name: str, body: bytes | Document | Paper) -> str:
    """Write one member and answer with its digest; a file is copied in pieces."""
    if isinstance(body, Document | Paper):
        with body.file.open("rb") as stored:
            digest = file_digest(stored, "sha256").hexdigest()
            stored.seek(0)
            with archive.open(name, "w") as member:
                copyfileobj(stored, member)
        return digest
    archive.writestr(name, body)
    return sha256(body).hexdigest()


def _parts(
    appeal: Appeal, attachments: AppealAttachments, paper: Paper, *, whole: bool
) -> Iterator[tuple[str, bytes | Document | Paper]]:
    yield "paper.pdf", paper
    if appeal.filing:
        yield "filing.json", appeal.filing.content.encode()
    shown = list(attachments.files)
    for question in attachments.questions:
        shown += question.files
    for number, attachment in enumerate(shown, 1):
        if attachment.document.is_open:
            yield f"files/{number:02}-{attachment.document.name}", attachment.document
    yield "record.json", _record(appeal, whole=whole)


AGENCY_ACTS = frozenset({"attach", "detach", "file", "withdraw", "reply"})
"""What the agency itself did; the rows of what others did name people, and only their digests leave
the authority.
"""


def _record(appeal: Appeal, *, whole: bool) -> bytes:
    """Write the rows of the record about the appeal, its filing and its questions, in their order,
    each under its seal.
    """
    objs = [appeal, appeal.filing, *appeal.questions.all()]
    rows: list[Entry] = []
    for obj in objs:
        if obj is not None:
            rows += Entry.objects.of(obj)
    entries = []
    for entry in sorted(rows, key=lambda row: row.pk):
        seal = seals.of_entry(entry.pk)
        row: dict[str, object] = {
            "id": entry.pk,
            "act": entry.act,
            "at": entry.at.isoformat(),
            "sha256": entry.digest,
        }
        if whole or entry.act in AGENCY_ACTS:
            row["body"] = entry.body
        entries.append(row | {"seal": {"number": seal.pk, "sha256": seal.digest} if seal else None})
    return (ledger.as_json(entries) + "\n").encode()
