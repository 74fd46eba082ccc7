"""Paper out of templates: one font, one style, tagged for screen readers; no database is touched here."""

from collections.abc import Sequence
from typing import Any

import pydyf
import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint.text.fonts import FontConfiguration

FONTS = settings.VAR / "vendor"
WEIGHTS = {400: "Regular", 600: "SemiBold", 700: "Bold"}
"""A face for each weight: out of the variable font, a small paper takes some five times as long to cut its own."""


def paper(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """A template set as PDF/UA in one language."""
    with translation.override(language):
        html = render_to_string(template, context)
    return typeset(html)


def typeset(html: str) -> bytes:
    """A page set as PDF/UA."""
    return readable(laid_out(html))


def laid_out(html: str) -> weasyprint.Document:
    """A page laid out in its pages, to be written in one form or in both."""
    fonts = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: Vazirmatn; font-weight: {weight}; src: url("{file.as_uri()}"); }}'
        for weight, file in ((w, FONTS / f"Vazirmatn-{name}.ttf") for w, name in WEIGHTS.items())
    )
    styles = [weasyprint.CSS(string=faces, font_config=fonts)]
    page = weasyprint.HTML(string=html, base_url=settings.BASE_DIR.as_uri() + "/")
    return page.render(font_config=fonts, stylesheets=styles)


def readable(document: weasyprint.Document) -> bytes:
    """For readers and their screen readers: PDF/UA-1, tagged."""
    pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def archival(document: weasyprint.Document, attachments: Sequence[tuple[str, bytes]]) -> bytes:
    """For archives: PDF/A-3a, with the data on which it rests attached, each file by its name."""
    files = [weasyprint.Attachment(string=body, name=name, relationship="Data") for name, body in attachments]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", attachments=files, finisher=_named_once)
    return pdf


def _named_once(document: weasyprint.Document, pdf: Any) -> None:
    """WeasyPrint names each attached file twice among those that belong to the document."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
