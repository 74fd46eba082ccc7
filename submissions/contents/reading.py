"""All that is shown of a file beside a line, by the type it is served with; for a process of its
own.
"""

import zipfile
from typing import IO, Any, BinaryIO, cast
from xml.parsers.expat import ExpatError

import pikepdf

from submissions.contents import mail, office, pdf, pictures, texts
from submissions.contents.pictures import Undrawable
from submissions.contents.signs import Unacceptable

PDF = "application/pdf"
MAIL = "message/rfc822"
DOCUMENTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
NO_DOCUMENT = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    ExpatError,
    Undrawable,
)


def read(file: IO[bytes], content_type: str) -> dict[str, Any]:
    """Read what there is to show of a file: `pictures` as PNG, `page_count`, `excerpt`, and
    `inside`; each only where there is any.
    """
    if content_type == PDF:
        return _of_pdf(file)
    if content_type in pictures.FORMATS:
        drawn, whole = pictures.pages(file, content_type)
        return {"pictures": drawn, "page_count": whole}
    if content_type.startswith("text/"):
        return {"excerpt": texts.excerpt(file)}
    if content_type == MAIL:
        return _of_mail(file)
    return _of_document(file, DOCUMENTS[content_type]) if content_type in DOCUMENTS else {}


def _of_pdf(file: IO[bytes]) -> dict[str, Any]:
    """Read a PDF, whose pages are drawn elsewhere; one that cannot be taken apart is no worse for
    it.
    """
    try:
        with pikepdf.open(cast("BinaryIO", file)) as document:
            inside = {
                "signatures": [list(each) for each in pdf.signatures(document)],
                "attached": pdf.attached_names(document),
            }
            return {"page_count": len(document.pages), "inside": _without_empty(inside)}
    except (pikepdf.PasswordError, pikepdf.PdfError, Unacceptable):
        return {}


def _of_mail(file: IO[bytes]) -> dict[str, Any]:
    message = mail.parse_message(file)
    inside = {"head": mail.head_of(message), "attached": mail.attached_names(message)}
    return {"excerpt": mail.text_of(message), "inside": _without_empty(inside)}


def _of_document(file: IO[bytes], ending: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        with zipfile.ZipFile(file) as archive:
            text, slides = office.words(archive, ending)
            found = {"excerpt": texts.displayed_part(text), "page_count": slides}
            name, kind = office.thumbnail(archive)
            if name:
                with archive.open(name) as part:
                    found["pictures"], _pages = pictures.pages(part, kind)
    except NO_DOCUMENT:
        pass  # the words, or nothing
    return found


def _without_empty(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value}
