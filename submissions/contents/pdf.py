"""PDF documents: whether they open, whether they hold programs, who signed them, and how many pages
they have.
"""

import re
from collections.abc import Callable, Iterator
from typing import IO, Any, BinaryIO, cast

import pikepdf
from django.utils.translation import gettext as _

from cycles.ui.files import has_pdf_head
from submissions.contents.signatures import Signature, signature_of
from submissions.contents.signs import HEAD, PROGRAMS, Unacceptable, refuse_other
from submissions.contents.texts import one_line

Inside = Callable[[str, bytes], None]
"""Given the name and the content of a file within the file, it raises `Unacceptable` where that may
not be there.
"""

SUSPECT = re.compile(
    rb"/(JS|JavaScript|Launch|ImportData|SubmitForm|EF|AA|OpenAction)(?![A-Za-z0-9])"
)
"""Names in an object that is to be looked into; in all others nothing can act."""

ACTING = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm"}
SENDING = {"/SubmitForm", "/ImportData"}
OUTSIDE = {"/URI", "/GoToR", "/GoToE"}
"""Actions that lead out of the document: fine as links to click on, refused where they happen by
themselves.
"""

HIDING = re.compile(rb"/(JavaScript|Launch|EmbeddedFile)(?![A-Za-z0-9])|stream")
"""What in a PDF that cannot be taken apart names a program, or may hold one that cannot be looked
for.
"""

MOST_SIGNATURES = 20
MOST_STEPS = 1000
"""Of actions that follow one another, which may do so in a circle."""


def check(file: IO[bytes], inside: Inside) -> None:
    """Pass a PDF that opens without a password and holds neither programs nor actions, and no files
    but accepted ones.

    One that cannot be taken apart is passed where nothing can be hidden in it: no reader opens it.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith((*PROGRAMS, b"PK\x03\x04")) or not has_pdf_head(head):
        refuse_other(head)
    file.seek(0)
    try:
        document = pikepdf.open(cast("BinaryIO", file))
    except pikepdf.PasswordError as error:
        raise Unacceptable(_why_protected()) from error
    except pikepdf.PdfError as error:
        file.seek(0)
        if "encrypt" in str(error).lower():
            raise Unacceptable(_why_protected()) from error
        if HIDING.search(file.read()):
            raise Unacceptable(_why_broken()) from error
        return
    with document:
        try:
            _check_form(document)
            for each in _suspects(document):
                _check_actions(each)
                _check_attachment(each, inside)
        except pikepdf.PdfError as error:
            raise Unacceptable(_why_broken()) from error


def _why_broken() -> str:
    return _("it is broken, and what is inside cannot be looked at; print it to PDF anew")


def _why_protected() -> str:
    return _("it asks for a password before it opens; save it without protection")


def _suspects(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Find the dictionaries of a document in which something may act or be attached."""
    for found in document.objects:
        if (
            _name(found) in ACTING
        ):  # the kind of an action stands in the action: elsewhere it is hidden
            raise Unacceptable(_why_script())
        direct = found.stream_dict if isinstance(found, pikepdf.Stream) else found
        if isinstance(direct, pikepdf.Dictionary | pikepdf.Array) and SUSPECT.search(
            direct.unparse(resolved=True)
        ):
            yield from _within(direct)


def _within(found: Any) -> Iterator[pikepdf.Dictionary]:
    """Walk through a dictionary and those that stand in it itself, not by reference."""
    waiting = [found]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Dictionary):
            yield each
            waiting += [value for _name, value in each.items() if _is_direct(value)]
        elif isinstance(each, pikepdf.Array):
            waiting += [value for value in each if _is_direct(value)]


def _is_direct(value: Any) -> bool:
    """Say whether an object stands where it is used; numbers come as Python's own."""
    return isinstance(value, pikepdf.Object) and not value.is_indirect


def _check_form(document: pikepdf.Pdf) -> None:
    form = document.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise Unacceptable(
            _("it is a form with a program inside (XFA); print it to PDF, and upload that")
        )


def _why_script() -> str:
    return _("it holds a program (a script); print it to PDF, and upload that")


def _check_actions(found: pikepdf.Dictionary) -> None:
    """Refuse a program or a script, a form that is sent off, and whatever leads outside without
    being clicked on.
    """
    kind = _name(found.get("/S"))
    if kind == "/JavaScript" or (kind == "/Rendition" and "/JS" in found):
        raise Unacceptable(_why_script())
    if kind == "/Launch":
        raise Unacceptable(_("it starts another program; print it to PDF, and upload that"))
    if kind in SENDING:
        raise Unacceptable(_("it sends off or fetches data; print it to PDF, and upload that"))
    if any(_name(action.get("/S")) in OUTSIDE for action in _automatic(found)):
        raise Unacceptable(
            _("it opens an address or another file by itself; print it to PDF, and upload that")
        )


def _automatic(found: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    """Find the actions that happen by themselves: when the document is opened, or when a page or a
    field is reached.
    """
    moments = found.get("/AA")
    waiting = [found.get("/OpenAction")]
    waiting += moments.values() if isinstance(moments, pikepdf.Dictionary) else []
    for _step in range(MOST_STEPS):
        if not waiting:
            return
        action = waiting.pop()
        if isinstance(action, pikepdf.Dictionary):
            yield action
            following = action.get("/Next")
            waiting += list(following) if isinstance(following, pikepdf.Array) else [following]


def _name(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _check_attachment(found: Any, inside: Inside) -> None:
    contents = found.get("/EF")
    if not isinstance(contents, pikepdf.Dictionary):
        return
    for content in contents.values():
        if isinstance(content, pikepdf.Stream):
            inside(_attached_name(found), content.read_bytes())


def _attached_name(found: Any) -> str:
    return next(
        (str(found[key]) for key in ("/UF", "/F") if isinstance(found.get(key), pikepdf.String)), ""
    )


# --- What is shown of it ------------------------------------------------------------------------


def attached_names(document: pikepdf.Pdf) -> list[str]:
    """List the names of the files within."""
    files = [
        each for each in _suspects(document) if isinstance(each.get("/EF"), pikepdf.Dictionary)
    ]
    names = {one_line(_attached_name(each))[:200] for each in files}
    return sorted(name for name in names if name)


def signatures(document: pikepdf.Pdf) -> list[Signature]:
    """List the signatures on a document, as it names them itself; stamps of the time are none."""
    form = document.Root.get("/AcroForm")
    fields = list(form.get("/Fields", [])) if isinstance(form, pikepdf.Dictionary) else []
    found: list[Signature] = []
    for _step in range(MOST_STEPS):
        if not fields or len(found) == MOST_SIGNATURES:
            break
        field = fields.pop(0)
        if not isinstance(field, pikepdf.Dictionary):
            continue
        fields += list(field.get("/Kids", []))
        signed = field.get("/V")
        if not isinstance(signed, pikepdf.Dictionary):
            continue
        is_signature = "/Contents" in signed and "/ByteRange" in signed
        if is_signature and _name(signed.get("/Type")) != "/DocTimeStamp":
            found.append(signature_of(signed))
    return found
