"""Paper out of templates: one font, one style, tagged for screen readers; no database is touched here."""

from typing import Any

import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from weasyprint.text.fonts import FontConfiguration

FONT = settings.VAR / "vendor" / "Vazirmatn-Variable.woff2"


def paper(template: str, context: dict[str, Any], *, language: str) -> bytes:
    """A template set as PDF/UA in one language."""
    with translation.override(language):
        html = render_to_string(template, context)
    return typeset(html)


def typeset(html: str) -> bytes:
    """A page set as PDF/UA."""
    fonts = FontConfiguration()
    face = f'@font-face {{ font-family: Vazirmatn; src: url("{FONT.as_uri()}"); }}'
    document = weasyprint.HTML(string=html, base_url=settings.BASE_DIR.as_uri() + "/")
    pdf: bytes = document.write_pdf(
        pdf_variant="pdf/ua-1", stylesheets=[weasyprint.CSS(string=face, font_config=fonts)], font_config=fonts
    )
    return pdf
