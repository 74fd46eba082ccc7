"""The certificate of an award as PDF, and the page by which anybody verifies it; no database is
touched here.
"""

from uuid import UUID

from django.conf import settings

from cycles.models import Seal
from cycles.ui import pdf
from festival.models import Award
from submissions.signing.receipts import square


def address(uuid: UUID) -> str:
    """Return the address at which a certificate is verified; it leads on to the page in the
    reader's language.
    """
    return f"{settings.PORTAL_URL}/verify/certificates/{uuid}/"


def certificate(award: Award, *, seal: Seal | None, language: str) -> bytes:
    """Draw a certificate as PDF/UA in one language; `award` comes with its names, `seal` lies over
    its decision.
    """
    leads_to = address(award.uuid)
    facts = {"award": award, "seal": seal, "address": leads_to, "square": square(leads_to)}
    return pdf.paper("festival/awards/certificate.html", facts, language=language)
