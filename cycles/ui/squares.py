"""The square of a paper (a QR code) that leads to the page on which the paper is verified."""

from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_M

SCHEME = "square:"
"""Before the address that a square leads to: a picture of this source is drawn with its paper, not
with each page that asks for the paper.
"""


def source(address: str) -> str:
    """Name the square of an address as the source of a picture."""
    return f"{SCHEME}{address}"


def draw(address: str) -> bytes:
    """Draw an address as a QR code, a PNG (ISO/IEC 18004, correction M)."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(address)
    picture = BytesIO()
    code.make_image().save(picture)
    return picture.getvalue()
