"""Which files are accepted as evidence: told by name and content, without trusting what the browser says of them."""

import mmap
import os
import re
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.files import File
from django.utils.translation import gettext as _

from agencies.text import localised
from cycles import sandbox
from cycles.archive import ENCRYPTED_FLAG, MACROS, METHODS, OLD_OR_ENCRYPTED, Unreadable, check_relationships

LONGEST_NAME = 120
HEAD = 2**16 + 22
"""So much of the beginning and of the end is looked at where reading the whole would tell no more."""

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


class Unacceptable(Exception):
    """A file that is not accepted as evidence, with the sentence that says why."""


# --- Names ------------------------------------------------------------------------------------------------------------

_JOINERS = "\u200c\u200d"
"""The half-space of Persian words, and its opposite: the two signs of no width that belong to names."""


def clean_name(raw: str) -> str:
    """A name fit to be kept and shown: no folders, no signs that are unseen or turn the reading, and not too long."""
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or _is_shown(c))
    stem, dot, ending = re.sub(" +", " ", name).strip().rstrip(" .").rpartition(".")
    if not dot:
        return ending.strip()[:LONGEST_NAME] or "file"
    return f"{stem.strip(' .')[: LONGEST_NAME - len(ending[:10]) - 1] or 'file'}.{ending.strip()[:10]}"


def _is_shown(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def ending_of(name: str) -> str:
    """What stands after the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


# --- Contents ---------------------------------------------------------------------------------------------------------


def _pdf(file: IO[bytes], size: int) -> None:
    _begins_with(file, b"%PDF-")
    head, tail = _ends(file, size)
    if re.search(rb"/Encrypt[\s<]", head) or re.search(rb"/Encrypt[\s<]", tail):
        raise Unacceptable(_("it is protected with a password; save it without protection"))


def _png(file: IO[bytes], size: int) -> None:
    _begins_with(file, b"\x89PNG\r\n\x1a\n")


def _jpeg(file: IO[bytes], size: int) -> None:
    _begins_with(file, b"\xff\xd8\xff")


MARKUP = re.compile(
    r"<!doctype|<\?xml|<(html|head|body|svg|script|iframe|object|embed|form|meta|link|style)[\s/>]", re.IGNORECASE
)


def _text(file: IO[bytes], size: int) -> None:
    """Words and nothing that a browser or a shell would run; UTF-8, UTF-16 with its mark, or Windows's Persian."""
    head, tail = _ends(file, size)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    elif _holds_zero(file, size):
        raise Unacceptable(_("its content is not text"))
    else:
        text = (head + b"\n" + tail).decode("utf-8", "replace")
    if MARKUP.search(text):
        raise Unacceptable(_("its content is a web page or a drawing (HTML, SVG), not text"))
    if head.startswith((b"%PDF-", b"PK\x03\x04", b"MZ", b"\x7fELF", b"#!", OLD_OR_ENCRYPTED)):
        raise Unacceptable(_("its content is not text"))


def _holds_zero(file: IO[bytes], size: int) -> bool:
    """Whether a byte is zero, as in no text: looked for in memory that the kernel lends, so that none is needed."""
    try:
        number = file.fileno()
    except (OSError, AttributeError):
        file.seek(0)
        return any(b"\0" in piece for piece in iter(lambda: file.read(HEAD), b""))
    if os.fstat(number).st_size != size:  # pragma: no cover -- somebody is writing to it
        raise Unacceptable(_("it has not come in whole"))
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"\0") >= 0


def _begins_with(file: IO[bytes], magic: bytes) -> None:
    file.seek(0)
    begins = file.read(16)
    if begins.startswith(magic):
        return
    if begins.startswith(OLD_OR_ENCRYPTED):
        raise Unacceptable(_("it is encrypted or in an old Office format"))
    raise Unacceptable(_("its content is not what its name says"))


def _ends(file: IO[bytes], size: int) -> tuple[bytes, bytes]:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(max(size - HEAD, 0))
    return head, file.read(HEAD)


# --- Documents that are archives --------------------------------------------------------------------------------------

LIVE = re.compile(r"(^|/)(basic|scripts)/|webextensions/", re.IGNORECASE)
FOREIGN = re.compile(
    r"embeddings/oleobject|\.(zip|xlsm|xlsb|xls|doc|docm|ppt|pptm|jar|gz|7z|rar|exe|js|vbs|bat)$", re.I
)
NESTED = re.compile(r"\.(xlsx|docx|pptx)$", re.IGNORECASE)


def _office(main: str) -> Callable[[IO[bytes], int], None]:
    def check(file: IO[bytes], size: int) -> None:
        _begins_with(file, b"PK\x03\x04")
        _archive(file, main)

    return check


def _open_document(mimetype: str) -> Callable[[IO[bytes], int], None]:
    def check(file: IO[bytes], size: int) -> None:
        _begins_with(file, b"PK\x03\x04")
        _archive(file, "content.xml", mimetype)

    return check


def _archive(file: IO[bytes], main: str, mimetype: str = "", depth: int = 0) -> None:
    """Pass a document whose parts are few and small when unpacked, without programs; its pictures are welcome."""
    try:
        _list_is_short(file)
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _directory(parts)
            if not any(part.filename.startswith(main) for part in parts) or not _says(archive, parts, mimetype):
                raise Unacceptable(_("its content is not what its name says"))
            for part in parts:
                _part(archive, part, depth)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Unacceptable(_("it cannot be unpacked")) from error
    except Unreadable as error:
        raise Unacceptable(_("it fetches something from outside or holds a document type")) from error


def _list_is_short(file: IO[bytes]) -> None:
    """Look at how long the list of parts says it is, before anybody reads it: a long one would fill the memory."""
    size = file.seek(0, os.SEEK_END)
    _head, tail = _ends(file, size)
    for mark, place, form in ((b"PK\x05\x06", 12, "<L"), (b"PK\x06\x06", 40, "<Q")):
        at = tail.find(mark)
        while at >= 0:
            field = tail[at + place : at + place + struct.calcsize(form)]
            length = struct.unpack(form, field)[0] if len(field) == struct.calcsize(form) else 0
            if length > LONGEST_LIST and (form == "<Q" or length != NOT_HERE):
                raise Unacceptable(_("it has more than %(most)s parts inside") % {"most": localised(MOST_PARTS)})
            at = tail.find(mark, at + 1)


def _says(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], mimetype: str) -> bool:
    """Whether an OpenDocument file names its own type first, as it must; others name none."""
    if not mimetype:
        return True
    first = parts[0]
    return first.filename == "mimetype" and first.file_size < SMALL and archive.read(first) == mimetype.encode()


def _directory(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Unacceptable(_("it has more than %(most)s parts inside") % {"most": localised(MOST_PARTS)})
    if len({part.filename.lower() for part in parts}) < len(parts):
        raise Unacceptable(_("a part stands twice in it"))
    for part in parts:
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
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unacceptable(_("it unpacks to far more than a document holds"))


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, depth: int) -> None:
    """Read the parts that say what a document is and what it fetches, and documents embedded in it."""
    name = part.filename.lower()
    if NESTED.search(name):
        if depth or part.file_size > LARGEST_NESTED:
            raise Unacceptable(_("it holds another file inside; upload that file by itself"))
        inside = next(kind for kind in OFFICE if name.endswith(kind))
        _archive(BytesIO(archive.read(part)), OFFICE[inside], depth=depth + 1)
    elif name.endswith(".rels"):
        _small(part)
        check_relationships(archive, part, also=("/externalLinkPath",))
    elif name == "[content_types].xml":
        _small(part)
        if re.search(rb"macroEnabled|vbaProject", archive.read(part), re.IGNORECASE):
            raise Unacceptable(_("it holds a program (macro); save it without"))
    elif name == "meta-inf/manifest.xml":
        _small(part)
        if b"encryption-data" in archive.read(part):
            raise Unacceptable(_("it is protected with a password; save it without protection"))


def _small(part: zipfile.ZipInfo) -> None:
    if part.file_size > LARGEST_XML:
        raise Unacceptable(_("it unpacks to far more than a document holds"))


# --- The kinds --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of file: the type it is served with, whatever the browser claimed, and what its content must be."""

    content_type: str
    check: Callable[[IO[bytes], int], None]


OFFICE = {"xlsx": "xl/", "docx": "word/", "pptx": "ppt/"}
_XML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    "pdf": Kind("application/pdf", _pdf),
    "png": Kind("image/png", _png),
    "jpg": Kind("image/jpeg", _jpeg),
    "jpeg": Kind("image/jpeg", _jpeg),
    "xlsx": Kind(f"{_XML}.spreadsheetml.sheet", _office(OFFICE["xlsx"])),
    "docx": Kind(f"{_XML}.wordprocessingml.document", _office(OFFICE["docx"])),
    "pptx": Kind(f"{_XML}.presentationml.presentation", _office(OFFICE["pptx"])),
    "ods": Kind(f"{_ODF}.spreadsheet", _open_document(f"{_ODF}.spreadsheet")),
    "odt": Kind(f"{_ODF}.text", _open_document(f"{_ODF}.text")),
    "csv": Kind("text/csv", _text),
    "txt": Kind("text/plain", _text),
}
"""By ending, all that is accepted."""
ARCHIVES = {"xlsx", "docx", "pptx", "ods", "odt"}

WITH_MACROS = {"xlsm", "xlsb", "xltm", "docm", "dotm", "pptm", "potm", "ppsm"}


def why_not_named(name: str, size: int, most: int) -> str:
    """Why a file of this (clean) name and size cannot be accepted, "" when its content will decide."""
    ending = ending_of(name)
    if ending in WITH_MACROS:
        why = _("it holds a program (macro); save it without")
    elif ending not in KINDS:
        return _("“%(name)s” cannot be accepted. Files may be: %(types)s.") % {"name": name, "types": ", ".join(KINDS)}
    elif not size:
        return _("“%(name)s” is empty.") % {"name": name}
    elif size > most:
        return _("“%(name)s” is larger than %(limit)s MB.") % {"name": name, "limit": localised(most // 2**20)}
    else:
        return ""
    return _refusal(name, why)


def why_not_content(name: str, file: File) -> str:
    """Why the content of a file of an accepted name cannot be, "" when it can; the file is at its beginning again.

    Documents that are archives are looked into in a process of its own; one that takes more than a file may have is
    `sandbox.Exceeded`.
    """
    ending = ending_of(name)
    try:
        assert file.file is not None
        if ending in ARCHIVES:
            sandbox.run("submissions.kinds:inspect", file.file, ending, limits=sandbox.SHEET, refusal=Unacceptable)
        else:
            KINDS[ending].check(file.file, file.size)
    except Unacceptable as unacceptable:
        return _refusal(name, str(unacceptable))
    except sandbox.Broken:
        return _refusal(name, _("it cannot be unpacked"))
    finally:
        file.seek(0)
    return ""


def inspect(file: IO[bytes], ending: str) -> None:
    """Look into a file, for whoever does so in a process of its own."""
    KINDS[ending].check(file, file.seek(0, os.SEEK_END))


def _refusal(name: str, why: str) -> str:
    return _("“%(name)s” cannot be accepted: %(why)s.") % {"name": name, "why": why}
