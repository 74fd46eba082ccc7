"""Which files are accepted as evidence: told by name and content, without trusting what the browser
says of them.
"""

import mmap
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.persian import in_locale
from cycles import sandbox
from submissions.contents import archives, mail, pdf, texts
from submissions.contents.signs import HEAD as BEGINNING
from submissions.contents.signs import Unacceptable, refuse_other, sign_of

LONGEST_NAME = 120
PIECE = 2**16

Check = Callable[[IO[bytes], int, int], None]
"""Given a content, its size, and how deep it lies within another file, it raises `Unacceptable`
with the reason.
"""


# --- Names --------------------------------------------------------------------------------------

_JOINERS = "\u200c\u200d"
"""The half-space of Persian words, and its opposite: the two signs of no width that belong to
names.
"""


def clean_name(raw: str) -> str:
    """Make a name fit to be kept and shown: no folders, no signs that are unseen or turn the
    reading, and not too long.
    """
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(" " if c.isspace() else c for c in name if c.isspace() or _is_shown(c))
    stem, dot, ending = re.sub(" +", " ", name).strip().rstrip(" .").rpartition(".")
    if not dot:
        return ending.strip()[:LONGEST_NAME] or "file"
    return (
        f"{stem.strip(' .')[: LONGEST_NAME - len(ending[:10]) - 1] or 'file'}.{ending.strip()[:10]}"
    )


def _is_shown(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.category(letter) not in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    )


def ending_of(name: str) -> str:
    """Return what stands after the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


# --- Contents -----------------------------------------------------------------------------------


def _pdf(file: IO[bytes], size: int, depth: int = 0) -> None:
    pdf.check(file, _refuse_inside if depth else _inside)


def _eml(file: IO[bytes], size: int, depth: int = 0) -> None:
    mail.check(file)


def _picture(*endings: str) -> Check:
    def check(file: IO[bytes], size: int, depth: int = 0) -> None:
        head = _head(file)
        sign = sign_of(head)
        if sign is None or sign.ending not in endings:
            refuse_other(head)

    return check


def _text(file: IO[bytes], size: int, depth: int = 0) -> None:
    """Let words pass and nothing that a browser or a shell would run; in UTF-8, UTF-16 with its
    mark or Windows's Persian.
    """
    head = _head(file)
    if not head.startswith(texts.UTF_16) and _holds_zero(file, size):
        raise Unacceptable(_("its content is not text"))
    if texts.is_markup(file):
        raise Unacceptable(_("its content is a web page or a drawing (HTML, SVG), not text"))
    if head.startswith((b"%PDF-", b"#!", b"{\\rtf")):
        raise Unacceptable(_("its content is not text"))


def _holds_zero(file: IO[bytes], size: int) -> bool:
    """Look for a zero byte, which no text has; the file is mapped, so that it takes no memory."""
    try:
        number = file.fileno()
    except (OSError, AttributeError):
        file.seek(0)
        return any(b"\0" in piece for piece in iter(lambda: file.read(PIECE), b""))
    if os.fstat(number).st_size != size:  # pragma: no cover -- somebody is writing to it
        raise Unacceptable(_("it has not come in whole"))
    with mmap.mmap(number, 0, access=mmap.ACCESS_READ) as content:
        return content.find(b"\0") >= 0


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(BEGINNING)


def _begins_with(file: IO[bytes], magic: bytes) -> None:
    head = _head(file)
    if not head.startswith(magic):
        refuse_other(head)


def _office(main: str) -> Check:
    def check(file: IO[bytes], size: int, depth: int = 0) -> None:
        _begins_with(file, b"PK\x03\x04")
        archives.check(file, main, depth=depth)

    return check


def _open_document(mimetype: str) -> Check:
    def check(file: IO[bytes], size: int, depth: int = 0) -> None:
        _begins_with(file, b"PK\x03\x04")
        archives.check(file, "content.xml", mimetype, depth=depth)

    return check


# --- Files within files -------------------------------------------------------------------------

DATA = {"xml", "json"}
"""What reports for archives have attached beside their tables: text, and never served as anything
else.
"""


def _inside(name: str, content: bytes) -> None:
    """Hold a file that is attached to a PDF to the rule for files by themselves; it may have none
    of its own.
    """
    ending = ending_of(clean_name(name))
    file = BytesIO(content)
    if ending in DATA and not _holds_zero(file, len(content)):
        return
    if ending not in KINDS or ending == "eml":
        _refuse_inside(name, content)
    KINDS[ending].check(file, len(content), 1)


def _refuse_inside(name: str, content: bytes) -> None:
    raise Unacceptable(
        _("it holds another file inside (“%(name)s”); upload that file by itself")
        % {"name": clean_name(name)}
    )


# --- The kinds ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of file: the type it is served with, whatever the browser claimed, and what its
    content must be.
    """

    content_type: str
    check: Check


_XML = "application/vnd.openxmlformats-officedocument"
_ODF = "application/vnd.oasis.opendocument"
KINDS = {
    "pdf": Kind("application/pdf", _pdf),
    "png": Kind("image/png", _picture("png")),
    "jpg": Kind("image/jpeg", _picture("jpg")),
    "jpeg": Kind("image/jpeg", _picture("jpg")),
    "jfif": Kind("image/jpeg", _picture("jpg")),
    "tif": Kind("image/tiff", _picture("tiff")),
    "tiff": Kind("image/tiff", _picture("tiff")),
    "webp": Kind("image/webp", _picture("webp")),
    "heic": Kind("image/heic", _picture("heic")),
    "heif": Kind("image/heic", _picture("heic")),
    "xlsx": Kind(f"{_XML}.spreadsheetml.sheet", _office(archives.OFFICE["xlsx"])),
    "docx": Kind(f"{_XML}.wordprocessingml.document", _office(archives.OFFICE["docx"])),
    "pptx": Kind(f"{_XML}.presentationml.presentation", _office(archives.OFFICE["pptx"])),
    "ods": Kind(f"{_ODF}.spreadsheet", _open_document(f"{_ODF}.spreadsheet")),
    "odt": Kind(f"{_ODF}.text", _open_document(f"{_ODF}.text")),
    "odp": Kind(f"{_ODF}.presentation", _open_document(f"{_ODF}.presentation")),
    "csv": Kind("text/csv", _text),
    "txt": Kind("text/plain", _text),
    "eml": Kind("message/rfc822", _eml),
}
"""By ending, all that is accepted."""
LOOKED_INTO = {"pdf", "eml", "xlsx", "docx", "pptx", "ods", "odt", "odp"}
"""What is taken apart to be judged, and so in a process of its own."""

WITH_MACROS = {"xlsm", "xlsb", "xltm", "docm", "dotm", "pptm", "potm", "ppsm"}
_AS_OFFICE = gettext_lazy("save it as DOCX, XLSX or PPTX, or print it to PDF")
_AS_PICTURE = gettext_lazy("save it as PNG or JPG")
_UNPACKED = gettext_lazy("unpack it, and upload its files one by one")
_AS_EMAIL = gettext_lazy("save the e-mail as EML or PDF")
_AS_PDF = gettext_lazy("print it to PDF")
_SHOWN = gettext_lazy("upload pictures of what it shows, and say where it is kept")
REMEDIES = {
    **dict.fromkeys(["doc", "xls", "ppt", "rtf", "dot", "xlt", "pot", "pps"], _AS_OFFICE),
    **dict.fromkeys(["gif", "bmp", "avif", "psd"], _AS_PICTURE),
    **dict.fromkeys(["zip", "rar", "7z", "gz", "tar", "tgz"], _UNPACKED),
    **dict.fromkeys(["msg", "pst", "oft"], _AS_EMAIL),
    **dict.fromkeys(
        [
            "htm",
            "html",
            "mht",
            "mhtml",
            "svg",
            "xps",
            "pages",
            "numbers",
            "key",
            "dwg",
            "vsd",
            "vsdx",
            "xml",
        ],
        _AS_PDF,
    ),
    **dict.fromkeys(["mp4", "mov", "avi", "mkv", "mp3", "wav", "m4a", "3gp", "wmv"], _SHOWN),
}
"""What to do with a file that is not accepted, by its ending."""


def why_not_named(name: str, size: int, most: int) -> str:
    """Say why a file of this (clean) name and size cannot be accepted, "" when its content will
    decide.
    """
    ending = ending_of(name)
    if ending in WITH_MACROS:
        why = _("it holds a program (macro); save it without")
    elif ending in REMEDIES:
        why = str(REMEDIES[ending])
    elif ending not in KINDS:
        return _("“%(name)s” cannot be accepted. Files may be: %(types)s.") % {
            "name": name,
            "types": ", ".join(KINDS),
        }
    elif not size:
        return _("“%(name)s” is empty.") % {"name": name}
    elif size > most:
        return _("“%(name)s” is larger than %(limit)s MB.") % {
            "name": name,
            "limit": in_locale(most // 2**20),
        }
    else:
        return ""
    return _refusal(name, why)


def why_not_content(name: str, file: File) -> str:
    """Say why the content of a file of an accepted name cannot be, "" when it can; the file is at
    its beginning again.

    What is taken apart for that is so in a process of its own; one that takes more than a file may
    have is `sandbox.Exceeded`.
    """
    ending = ending_of(name)
    try:
        assert file.file is not None
        if ending in LOOKED_INTO:
            limits = (
                sandbox.PICTURE if ending == "pdf" else sandbox.SHEET
            )  # a scan may be as large as a file may
            sandbox.run(
                "submissions.evidence.file_types:inspect",
                file.file,
                ending,
                limits=limits,
                refusal=Unacceptable,
            )
        else:
            KINDS[ending].check(file.file, file.size, 0)
    except Unacceptable as unacceptable:
        return _refusal(name, str(unacceptable))
    except sandbox.Broken:
        return _refusal(name, _("it cannot be read"))
    finally:
        file.seek(0)
    return ""


def inspect(file: IO[bytes], ending: str) -> None:
    """Look into a file, for whoever does so in a process of its own."""
    KINDS[ending].check(file, file.seek(0, os.SEEK_END), 0)


def _refusal(name: str, why: str) -> str:
    return _("“%(name)s” cannot be accepted: %(why)s.") % {"name": name, "why": why}
