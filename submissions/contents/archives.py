"""Documents that are archives: few parts, small when unpacked, no programs, nothing fetched from
outside.
"""

import os
import re
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import IO
from xml.parsers import expat

from django.utils.translation import gettext as _

from agencies.persian import in_locale
from cycles.spreadsheets.safety import (
    ENCRYPTED_FLAG,
    MACROS,
    METHODS,
    Outside,
    Unreadable,
    check_relationships,
    is_on_own_disk,
)
from submissions.contents.signs import Unacceptable

TAIL = 2**16 + 22
"""So much of the end holds where the list of an archive's parts stands."""

MOST_PARTS = 5000
MOST_UNPACKED = 1000 * 2**20
MOST_RATIO = 200
SMALL = 2**20
"""Up to this size a part may be packed as well as it likes."""
LONGEST_LIST = 4 * 2**20
"""Bytes of the list of an archive's parts: hundreds for each."""
NOT_HERE = 2**32 - 1
"""The length that says it stands in a second record, as some programs write it."""
LARGEST_XML = 4 * 2**20
LARGEST_NESTED = 25 * 2**20
OFFICE = {"xlsx": "xl/", "docx": "word/", "pptx": "ppt/"}

LIVE = re.compile(r"(^|/)(basic|scripts)/|webextensions/", re.IGNORECASE)
FOREIGN = re.compile(
    r"embeddings/(?!.+\.(xlsx|docx|pptx)$)."
    r"|\.(zip|xlsm|xlsb|xls|doc|docm|ppt|pptm|jar|gz|7z|rar|exe|js|vbs|bat)$",
    re.I,
)
NESTED = re.compile(r"\.(xlsx|docx|pptx)$", re.IGNORECASE)


def check(file: IO[bytes], main: str, mimetype: str = "", depth: int = 0) -> None:
    """Pass a document whose parts are few and small when unpacked, without programs; its pictures
    are welcome.
    """
    try:
        _list_is_short(file)
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _directory(parts)
            if not any(part.filename.startswith(main) for part in parts) or not _says(
                archive, parts, mimetype
            ):
                raise Unacceptable(_("its content is not what its name says"))
            for part in parts:
                _part(archive, part, depth)
                if mimetype and part.filename in ("content.xml", "styles.xml"):
                    _check_links(archive, part)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as error:
        raise Unacceptable(_("it cannot be unpacked")) from error
    except Outside as error:
        raise Unacceptable(_why_fetching(error)) from error
    except Unreadable as error:
        raise Unacceptable(_("it holds a document type, or a part that is broken")) from error


def _why_fetching(outside: Outside) -> str:
    """Say what a document fetches from where, and how that is ended."""
    where = {"target": outside.target[:100]}
    if outside.kind == "attachedTemplate":
        sentence = _(
            "it fetches its template from outside (“%(target)s”). In Word, choose File, Options, "
            "Add-ins, Manage:"
            " Templates, Go; write “Normal” as the document template, and save"
        )
        return sentence % where
    sentence = _(
        "it fetches something from outside (“%(target)s”); put it into the document itself, or "
        "save as PDF"
    )
    return sentence % where


def _list_is_short(file: IO[bytes]) -> None:
    """Look at how long the list of parts says it is, before anybody reads it: a long one would fill
    the memory.
    """
    tail = _tail(file)
    for mark, place, form in ((b"PK\x05\x06", 12, "<L"), (b"PK\x06\x06", 40, "<Q")):
        at = tail.find(mark)
        while at >= 0:
            field = tail[at + place : at + place + struct.calcsize(form)]
            length = struct.unpack(form, field)[0] if len(field) == struct.calcsize(form) else 0
            if length > LONGEST_LIST and (form == "<Q" or length != NOT_HERE):
                raise Unacceptable(
                    _("it has more than %(most)s parts inside") % {"most": in_locale(MOST_PARTS)}
                )
            at = tail.find(mark, at + 1)


def _says(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], mimetype: str) -> bool:
    """Say whether an OpenDocument file names its own type first, as it must; others name none."""
    if not mimetype:
        return True
    first = parts[0]
    return (
        first.filename == "mimetype"
        and first.file_size < SMALL
        and archive.read(first) == mimetype.encode()
    )


def _directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Unacceptable(
            _("it has more than %(most)s parts inside") % {"most": in_locale(MOST_PARTS)}
        )
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise Unacceptable(_("a part stands twice in it"))
    for part in parts:
        _check_entry(part)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unacceptable(_("it unpacks to far more than a document holds"))


def _check_entry(part: zipfile.ZipInfo) -> None:
    """Refuse a part for what the list says of it, before any of it is unpacked."""
    name = part.filename
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise Unacceptable(_("the name of a part leads out of it"))
    if part.flag_bits & ENCRYPTED_FLAG:
        raise Unacceptable(_("it is protected with a password; save it without protection"))
    if MACROS.search(name) or LIVE.search(name):
        raise Unacceptable(_("it holds a program (macro); save it without"))
    if FOREIGN.search(name):
        raise Unacceptable(_("it holds another file inside; upload that file by itself"))
    if part.compress_type not in METHODS:
        raise Unacceptable(_("it is packed in an unusual way"))
    if part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1):
        raise Unacceptable(_("it unpacks to far more than a document holds"))


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, depth: int) -> None:
    """Read the parts that say what a document is and what it fetches, and
    documents embedded in it.
    """
    name = part.filename.lower()
    if NESTED.search(name):
        if depth or part.file_size > LARGEST_NESTED:
            raise Unacceptable(_("it holds another file inside; upload that file by itself"))
        inside = next(kind for kind in OFFICE if name.endswith(kind))
        check(BytesIO(archive.read(part)), OFFICE[inside], depth=depth + 1)
    elif name.endswith(".rels"):
        _small(part)
        check_relationships(archive, part, also=("/externalLinkPath",))
    elif SLIDE.fullmatch(name):
        _check_slide(archive, part)
    elif name == "[content_types].xml":
        _small(part)
        if re.search(rb"macroEnabled|vbaProject", archive.read(part), re.IGNORECASE):
            raise Unacceptable(_("it holds a program (macro); save it without"))
    elif name == "meta-inf/manifest.xml":
        _small(part)
        if b"encryption-data" in archive.read(part):
            raise Unacceptable(_("it is protected with a password; save it without protection"))


SLIDE = re.compile(r"ppt/(slides|slidelayouts|slidemasters|notesslides)/[^/]+\.xml")
STARTS = ("ppaction://program", "ppaction://macro")
"""What a click on a slide does where it starts a program."""


def _check_slide(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a slide on which a click starts a program."""

    def element(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("action", "").lower().startswith(STARTS):
            raise Unacceptable(_starts_a_program())

    _parse(archive, part, element)


def _starts_a_program() -> str:
    return _("it starts another program; print it to PDF, and upload that")


HREF = "http://www.w3.org/1999/xlink href"
ACTION = "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0 action"
CLICKED = (
    "text:1.0 a",
    "drawing:1.0 a",
    "drawing:1.0 area-rectangle",
    "drawing:1.0 area-circle",
    "drawing:1.0 area-polygon",
    "presentation:1.0 event-listener",
)
"""How the names of the elements end that are links to click on."""


def _check_links(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a part of an OpenDocument file that fetches something, or calls a program, by an
    address.
    """

    def element(name: str, attributes: dict[str, str]) -> None:
        if attributes.get(ACTION) == "execute":
            raise Unacceptable(_starts_a_program())
        target = attributes.get(HREF, "")
        if target.startswith("vnd.sun.star"):
            raise Unacceptable(_("it holds a program (macro); save it without"))
        if target and not name.endswith(CLICKED) and not is_on_own_disk(target):
            raise Outside("", target=target)

    _parse(archive, part, element)


def _parse(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, element: Callable[[str, dict[str, str]], None]
) -> None:
    """Show `element` each element of a part with its attributes, their
    names with their namespaces.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(part) as file:
            parser.ParseFile(file)
    except expat.ExpatError as error:
        raise Unreadable from error


def _refuse_doctype(*_args: object) -> None:
    raise Unreadable


def _small(part: zipfile.ZipInfo) -> None:
    if part.file_size > LARGEST_XML:
        raise Unacceptable(_("it unpacks to far more than a document holds"))


def _tail(file: IO[bytes]) -> bytes:
    file.seek(max(file.seek(0, os.SEEK_END) - TAIL, 0))
    return file.read(TAIL)
