"""The receipt of a signature: what was signed by whom and when, with its digest, seal and the way
to verify it.
"""

from base64 import b64encode
from io import BytesIO

import qrcode
from django.conf import settings
from qrcode.constants import ERROR_CORRECT_M

from agencies.roles import Role
from cycles.models import Entry
from cycles.record import seals
from cycles.ui import pdf
from submissions.models import Version


def receipt(version: Version, *, language: str) -> bytes:
    """Draw the receipt as PDF/UA in one language."""
    submission = version.submission
    # leads on to the page in the reader's language
    address = f"{settings.PORTAL_URL}/verify/{version.uuid}/"
    facts = {
        "version": version,
        "submission": submission,
        "address": address,
        "square": square(address),
    }
    return pdf.paper(
        "submissions/signing/receipt.html", facts | standing(version), language=language
    )


def standing(version: Version) -> dict[str, object]:
    """Look up whether a signed version is what counts now, in which role it was signed, and the
    seal over its signature.
    """
    submission = version.submission
    entry = (
        Entry.objects.of(submission).filter(act="submit", params__version=version.number).first()
    )
    return {
        "stands": submission.submitted_at is not None and submission.content_hash == version.sha256,
        "role": Role(version.made_as).label if version.made_as else "",
        "seal": seals.of_entry(entry.pk) if entry else None,
    }


def square(address: str) -> str:
    """Draw the address as a QR code, a PNG in a data address (ISO/IEC 18004, correction M)."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(address)
    picture = BytesIO()
    code.make_image().save(picture)
    return f"data:image/png;base64,{b64encode(picture.getvalue()).decode()}"
