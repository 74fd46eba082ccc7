"""Papers of appeals: the receipt of a filing, and an appeal with its decision."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from agencies.persian import language
from cycles.ui import pdf
from submissions.signing.receipts import square


def paper(template: str, context: dict[str, object], *, verified: UUID | None = None) -> bytes:
    """Draw a paper in the reader's language; `verified` names what its QR code leads to."""
    if verified:
        # leads on to the page in the reader's language
        address = f"{settings.PORTAL_URL}/verify/appeals/{verified}/"
        context = context | {"address": address, "square": square(address)}
    return pdf.paper(template, context, language=language())


def pdf_response(
    template: str, context: dict[str, object], *, name: str, verified: UUID | None = None
) -> HttpResponse:
    """Answer with the paper as a PDF file to save."""
    response = HttpResponse(
        paper(template, context, verified=verified), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
