"""What is written down of every uploaded file, and the one way in which a private file is handed
out.
"""

import errno
import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import content_disposition_header

SANDBOX = "sandbox; default-src 'none'"
"""What a file may do that a browser opens after all: nothing."""

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says of a write for which there is no room."""

PDF_WITHIN = 1024
"""Bytes within which the head of a PDF may stand: readers allow as many before it, and some
programs write them.
"""

SIGNED_FOR = 60
"""Seconds for which an address signed for a private file leads to it."""


def bare_name(file: File, longest: int) -> str:
    """Cut a file's name of any folder that a browser or an attacker put before it."""
    return (file.name or "").replace("\\", "/").rsplit("/", 1)[-1][-longest:]


def has_pdf_head(head: bytes) -> bool:
    """Say whether a content of this beginning is a PDF to those who read PDFs."""
    return b"%PDF-" in head[: PDF_WITHIN + 5]


def sha256(file: File) -> str:
    """Take the digest of a content, read in pieces; the file stands at its beginning again."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def free_bytes(folder: Path) -> int:
    """Read the free space of the disk on which a folder lies, or will lie once it is made."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return shutil.disk_usage(there).free


@contextmanager
def all_or_none(storage: Storage, names: Sequence[str]) -> Iterator[None]:
    """Have files of these names written together, by a job that may be its second try.

    What a worker that was killed left under a name goes first; where writing fails, as on a full
    disk, nothing stays.
    """
    for name in names:
        storage.delete(name)
    try:
        yield
    except BaseException:
        for name in names:
            storage.delete(name)
        raise


class Stored(NamedTuple):
    """A stored file that no row's field names."""

    name: str
    storage: Storage = default_storage


def handed_out(
    file: FieldFile | Stored,
    *,
    name: str,
    content_type: str,
    inline: bool = False,
    sandboxed: bool = True,
    embedded: bool = False,
) -> HttpResponseBase:
    """Send a stored private file to somebody who may have it: the caller has seen to that.

    From this disk by nginx, where it knows the way (`ACCEL_PREFIX`), else by this process; from
    other storage by a redirect to an address that is signed for a minute, unless it is `embedded`
    in a page of ours, whose security policy knows no other host. A file that is not there is a page
    that is not there.
    """
    storage: Any = file.storage
    is_elsewhere = hasattr(storage, "bucket_name")
    if is_elsewhere and not embedded:
        disposition = content_disposition_header(not inline, name) or "inline"
        parameters = {
            "ResponseContentType": content_type,
            "ResponseContentDisposition": disposition,
        }
        address = storage.url(file.name, parameters=parameters, expire=SIGNED_FOR)
        return with_file_headers(
            HttpResponseRedirect(address), name=name, inline=inline, sandboxed=sandboxed
        )
    response: HttpResponseBase
    if settings.ACCEL_PREFIX and not is_elsewhere:
        way = Path(storage.path(file.name)).relative_to(settings.MEDIA_ROOT)
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = (
            settings.ACCEL_PREFIX.rstrip("/") + "/" + quote(way.as_posix())
        )
    else:
        try:
            response = FileResponse(storage.open(file.name, "rb"), content_type=content_type)
        except FileNotFoundError as error:
            raise Http404 from error
    return with_file_headers(response, name=name, inline=inline, sandboxed=sandboxed)


def with_file_headers(
    response: HttpResponseBase, *, name: str, inline: bool = False, sandboxed: bool = True
) -> HttpResponseBase:
    """Send a private file under its name: nobody keeps it, nobody guesses at its type, and it may
    do nothing.
    """
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if sandboxed:
        response["Content-Security-Policy"] = SANDBOX
    return response
