"""What a content is by its first bytes, in words for whoever sent it."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cycles.spreadsheets.safety import OLD_OR_ENCRYPTED
from cycles.ui.files import PDF_WITHIN

HEAD = 2**16
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")

MARKUP = re.compile(
    rb"(\xef\xbb\xbf|\s|<!--(?>.*?-->))*+"
    rb"<(!doctype\s|\?xml[\s?]|(html|head|body|svg|script|iframe)[\s/>])",
    re.IGNORECASE | re.DOTALL,
)
"""How a web page or a drawing begins. Words that look like markup further on are words."""


class Unacceptable(Exception):
    """A file that is not accepted as evidence, with the sentence that says why."""


@dataclass(frozen=True)
class Sign:
    """A kind of content: how it begins, what it is called, and the ending of its names where it is
    accepted.
    """

    begins: re.Pattern[bytes]
    label: Any
    ending: str = ""


def _sign(begins: bytes, label: Any, ending: str = "") -> Sign:
    return Sign(re.compile(begins, re.DOTALL), label, ending)


SIGNS = (
    _sign(rb"\x89PNG\r\n\x1a\n", gettext_lazy("a PNG picture"), "png"),
    _sign(rb"\xff\xd8\xff", gettext_lazy("a JPEG picture"), "jpg"),
    _sign(rb"II\*\0|MM\0\*|II\+\0|MM\0\+", gettext_lazy("a TIFF picture"), "tiff"),
    _sign(rb"RIFF....WEBP", gettext_lazy("a WEBP picture"), "webp"),
    _sign(
        rb"....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)",
        gettext_lazy("a HEIC photograph"),
        "heic",
    ),
    _sign(rb"....ftypavi[fs]", gettext_lazy("an AVIF picture")),
    _sign(rb"....ftyp", gettext_lazy("a film")),
    _sign(rb"GIF8", gettext_lazy("a GIF picture")),
    _sign(rb"BM....\0\0\0\0", gettext_lazy("a BMP picture")),
    _sign(rb"PK\x03\x04|PK\x05\x06", gettext_lazy("an archive (ZIP) or an Office document")),
    _sign(rb"Rar!|7z\xbc\xaf|\x1f\x8b", gettext_lazy("an archive")),
    _sign(rb"\{\\rtf", gettext_lazy("an RTF document")),
    _sign(
        re.escape(OLD_OR_ENCRYPTED),
        gettext_lazy("an encrypted document or one of an old Office format"),
    ),
    _sign(b"|".join(re.escape(each) for each in PROGRAMS), gettext_lazy("a program")),
    Sign(MARKUP, gettext_lazy("a web page or a drawing (HTML, SVG)")),
    _sign(rb".{0,%d}%%PDF-" % PDF_WITHIN, gettext_lazy("a PDF document"), "pdf"),
)


def sign_of(head: bytes) -> Sign | None:
    """Find the kind of content that begins so, None where it is not known."""
    return next((sign for sign in SIGNS if sign.begins.match(head)), None)


def refuse_other(head: bytes) -> None:
    """Refuse a content that is not what its name says, and name what it is."""
    if head.startswith(OLD_OR_ENCRYPTED):
        raise Unacceptable(
            _(
                "it is encrypted or in an old Office format; save it anew in today’s format, "
                "unprotected"
            )
        )
    sign = sign_of(head)
    if sign is None:
        raise Unacceptable(_("its content is not what its name says"))
    if sign.ending:
        raise Unacceptable(
            _(
                "its content is not what its name says: it is %(what)s; let its name end in "
                "“.%(ending)s”"
            )
            % {"what": sign.label, "ending": sign.ending}
        )
    raise Unacceptable(
        _("its content is not what its name says: it is %(what)s") % {"what": sign.label}
    )
