"""Paper out of pages: one font, one style, tagged for screen readers; no database is touched here.

What takes a request never comes here: drawing takes seconds of a processor and much memory.
"""

import gc
import io
import mimetypes
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pikepdf
import weasyprint
from django.conf import settings
from pikepdf import AttachedFileSpec, Name
from pikepdf.models.metadata import encode_pdf_date
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

from cycles.ui import squares

FONTS = settings.VAR / "vendor"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
"""A face for each weight: out of the variable font, a small paper takes some five times as long to
cut its own.
"""
OWN = (FONTS, settings.BASE_DIR / "static")
"""All that a paper may load: whatever else its text names is left out, be it on this disk or
anywhere.
"""
PRINTED = 1 << 2
"""The flag of a link that goes to the printer with its page, which archives want of every one (ISO
32000-1, 12.5.3).
"""


class OwnFiles(weasyprint.urls.URLFetcher):
    """Gives papers our fonts, styles and pictures, the squares that they name, and what stands in
    the paper itself; asks no server for anything.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> object:
        if url.startswith(squares.SCHEME):
            picture = squares.draw(url.removeprefix(squares.SCHEME))
            return URLFetcherResponse(url, picture, {"Content-Type": "image/png"})
        parts = urlsplit(url)
        if parts.scheme == "file":
            file = Path(unquote(parts.path)).resolve()
            if parts.netloc or not any(file.is_relative_to(folder.resolve()) for folder in OWN):
                raise PermissionError("a paper loads files of the portal's own")
        return super().fetch(url, headers)


def typeset(html: str) -> bytes:
    """Set a page as PDF/UA."""
    document = laid_out(html)
    # the boxes from which the pages were laid out hold each other: a fifth of all memory
    gc.collect()
    return readable(document)


def laid_out(html: str) -> weasyprint.Document:
    """Lay a page out in its pages, not yet written."""
    fonts = FontConfiguration()
    faces = "".join(_font_face(weight, name) for weight, name in WEIGHTS.items())
    own = OwnFiles()
    styles = [weasyprint.CSS(string=faces, font_config=fonts, url_fetcher=own)]
    page = weasyprint.HTML(string=html, base_url=settings.BASE_DIR.as_uri() + "/", url_fetcher=own)
    return page.render(font_config=fonts, stylesheets=styles)


def _font_face(weight: int, name: str) -> str:
    address = (FONTS / f"Vazirmatn-{name}.ttf").as_uri()
    return f'@font-face {{ font-family: Vazirmatn; font-weight: {weight}; src: url("{address}"); }}'


def readable(document: weasyprint.Document) -> bytes:
    """Write a document for readers and their screen readers: PDF/UA-1, tagged, its colours named as
    an archive wants them.
    """
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1", output_intent="srgb")
    return pdf


def archival(reading: bytes, attachments: Sequence[tuple[str, bytes]], *, at: datetime) -> bytes:
    """Turn a paper to read into one for archives, PDF/A-3a (ISO 19005-3) and PDF/UA still: the same
    pages, with the data on which they rest attached, each file by its name and dated `at`.
    """
    dated = encode_pdf_date(at)
    with pikepdf.open(io.BytesIO(reading)) as pdf:
        for name, body in attachments:
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            given = {"filename": name, "mime_type": kind, "creation_date": dated, "mod_date": dated}
            pdf.attachments[name] = AttachedFileSpec(pdf, body, relationship=Name.Data, **given)
        for intent in pdf.Root.OutputIntents:
            intent.S = Name.GTS_PDFA1
        for page in pdf.pages:
            for annotation in page.get("/Annots", []):
                annotation.F = PRINTED
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
            said["pdfaid:part"], said["pdfaid:conformance"] = "3", "A"
        written = io.BytesIO()
        pdf.save(written, deterministic_id=True)
    return written.getvalue()
