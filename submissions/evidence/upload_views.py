"""Uploads that may be broken off and go on: the part of the tus 1.0 protocol that our own pages
speak.

How far an upload has come is the size of its partial file, so a lost line, a reload or a restarted
server costs only what was not written yet. Who asks and whether the phase is open is looked at
before each piece. Over a slow line a piece may take minutes; no connection to the database is held
meanwhile.
"""

import base64
import binascii
import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO, Concatenate, ParamSpec
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files import File
from django.db import connection
from django.http import Http404, HttpResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cycles.engine.perform import why_closed
from cycles.requests import PortalRequest
from cycles.ui import files as ui_files
from cycles.workflow import Refused
from submissions.evidence import uploads
from submissions.lookups import find_line
from submissions.models import Answer, Evidence, Upload
from submissions.workflow import MOVES

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
FIRST, PIECE = 16 * 2**10, 256 * 2**10
PATIENCE = 1
"""Seconds after which a piece is slow: its connection to the database is given back, and made again
when needed.
"""

LONGEST_METADATA = 4096

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[PortalRequest, Arguments], HttpResponse]


def _tus(view: View[Arguments]) -> View[Arguments]:
    """Speak the protocol: signed out is 401 and no page, a refusal its sentence, every answer names
    the version.
    """

    @wraps(view)
    def speak(
        request: PortalRequest, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if not request.user.is_authenticated:
            response = _plain_answer(
                401, _("You are no longer signed in. Sign in in another tab, then go on.")
            )
        elif request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response["Tus-Version"], response["Tus-Extension"] = VERSION, "creation,termination"
            response["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        elif request.headers.get("Tus-Resumable") != VERSION:
            response = _plain_answer(412, "")
            response["Tus-Version"] = VERSION
        else:
            try:
                response = view(request, *args, **kwargs)
            except Refused as refusal:
                response = _plain_answer(422, str(refusal))
        response["Tus-Resumable"], response["Cache-Control"] = VERSION, "no-store"
        return response

    return speak


def _plain_answer(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


# --- Beginning ----------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["OPTIONS", "POST"])
@_tus
def begin(request: PortalRequest, pk: int) -> HttpResponse:
    """Begin an upload to a line; the answer says where its pieces go."""
    answer = find_line(request, pk)
    length, metadata = _number(request, "Upload-Length"), _metadata(request)
    if length is None:
        return _plain_answer(400, "")
    replaces = _file_to_replace(answer, metadata.get("replaces", ""))
    name = metadata.get("filename", "")
    upload = uploads.begin_upload(
        answer, name=name, length=length, replaces=replaces, by=request.user, at=request.at
    )
    try:
        upload.path.parent.mkdir(parents=True, exist_ok=True)
        upload.path.touch(mode=0o640)
    except OSError:
        uploads.drop_upload(upload, by=request.user, at=request.at)
        raise
    response = HttpResponse(status=201)
    response["Location"] = upload.get_absolute_url()
    return response


def _number(request: PortalRequest, header: str) -> int | None:
    text = request.headers.get(header, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _metadata(request: PortalRequest) -> dict[str, str]:
    """Read what the browser says of the file: names with values in base64."""
    text, found = request.headers.get("Upload-Metadata", "")[:LONGEST_METADATA], {}
    for pair in text.split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    return found


def _file_to_replace(answer: Answer, uuid: str) -> Evidence | None:
    if not uuid:
        return None
    try:
        key = UUID(uuid)
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(
        Evidence.objects.filter(answer=answer).select_related("document"), uuid=key
    )


# --- Going on -----------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
@_tus
def upload(request: PortalRequest, uuid: UUID) -> HttpResponse:
    """Say how far an upload has come, take its next piece, or give it up; its starter's alone."""
    found = get_object_or_404(
        Upload.objects.visible_to(request.user, request.at).for_piece(), uuid=uuid
    )
    if request.method == "DELETE":
        uploads.drop_upload(found, by=request.user, at=request.at)
        return HttpResponse(status=204)
    if found.document_id:
        return _offset(found, found.length)
    if why := why_closed(MOVES, found.answer.submission, "upload", by=request.user, at=request.at):
        raise Refused(why)
    if request.method == "HEAD":
        return _state(request, found)
    return _patch(request, found)


def _state(request: PortalRequest, found: Upload) -> HttpResponse:
    """Answer with how far an upload is; one whose last piece came in while the server was stopped
    is finished now.
    """
    size = _partial(found).stat().st_size
    if size == found.length:
        with _lock(found) as file:
            if file is None:
                return _plain_answer(423, "")
            _finish(request, found, file)
    return _offset(found, size)


def _offset(found: Upload, size: int) -> HttpResponse:
    response = HttpResponse(status=200)
    response["Upload-Offset"], response["Upload-Length"] = str(size), str(found.length)
    return response


def _patch(request: PortalRequest, found: Upload) -> HttpResponse:
    if request.content_type != CONTENT_TYPE:
        return _plain_answer(415, "")
    offset, given = _number(request, "Upload-Offset"), _number(request, "Content-Length")
    if offset is None:
        return _plain_answer(400, "")
    _partial(found)
    with _lock(found) as file:
        if file is None:
            return _plain_answer(423, "")
        if offset != file.seek(0, 2):
            return _plain_answer(409, "")
        if given is not None and offset + given > found.length:
            return _plain_answer(413, "")
        try:
            size = _take(request, file, offset, found.length)
        except OSError as error:
            if (
                error.errno in ui_files.FULL_DISK
            ):  # what has come of it is the room that others need
                found.path.unlink(missing_ok=True)
                uploads.drop_upload(found, by=request.user, at=request.at)
            raise
        if size == found.length:
            _finish(request, found, file)
    response = HttpResponse(status=204)
    response["Upload-Offset"] = str(size)
    return response


def _take(request: PortalRequest, file: IO[bytes], size: int, length: int) -> int:
    """Write what comes, as it comes; a line that is lost leaves what had come. How far the file is
    then.
    """
    begun, wanted = time.monotonic(), FIRST
    try:
        while size < length and (piece := request.read(min(wanted, length - size))):
            if time.monotonic() - begun > PATIENCE and not connection.in_atomic_block:
                connection.close()
            wanted, rest = PIECE, memoryview(piece)
            while rest:
                written = file.write(rest)
                size, rest = size + written, rest[written:]
    except UnreadablePostError:
        pass
    return size


def _partial(found: Upload) -> Path:
    """Find the partial file; an upload that has lost it is gone."""
    if not found.path.is_file():
        raise Http404
    return found.path


@contextmanager
def _lock(found: Upload) -> Iterator[IO[bytes] | None]:
    """Lock the partial file for one writer, whichever process it is in; None while there is
    another.
    """
    with found.path.open("r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file


class _Whole(File):
    """A partial file that has become whole: storage on the same disk takes it by its name, without
    copying.
    """

    def __init__(self, file: IO[bytes], upload: Upload) -> None:
        super().__init__(file, name=upload.name)
        self.path = upload.path
        self.size = upload.length

    def temporary_file_path(self) -> str:
        return str(self.path)


def _finish(request: PortalRequest, found: Upload, file: IO[bytes]) -> None:
    """Make it evidence; what cannot be is forgotten, so that nobody goes on with it."""
    try:
        uploads.finish_upload(found, content=_Whole(file, found), by=request.user, at=request.at)
    except Refused:
        uploads.drop_upload(found, by=request.user, at=request.at)
        raise
    found.path.unlink(missing_ok=True)  # copied, where the storage is on another disk or elsewhere
