"""Papers of appeals: the receipt of a filing, and an appeal with its decision."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from agencies.persian import language
from cycles.ui import pdf
from submissions.signing.receipts import square


def paper(template: str, facts: dict[str, Any], *, verified: UUID | None = None) -> bytes:
    """A paper in the reader's language; `verified` names what its QR code leads to."""
    if verified:
        # leads on to the page in the reader's language
        address = f"{settings.PORTAL_URL}/verify/appeals/{verified}/"
        facts = facts | {"address": address, "square": square(address)}
    return pdf.paper(template, facts, language=language())


def answer(
    template: str, facts: dict[str, Any], *, name: str, verified: UUID | None = None
) -> HttpResponse:
    """The paper as a PDF file to save."""
    response = HttpResponse(
        paper(template, facts, verified=verified), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
