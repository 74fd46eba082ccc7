"""What the certificate of an award shows, and the address at which anybody verifies it; no database
is touched here.
"""

from uuid import UUID

from django.conf import settings

from cycles.models import Seal
from cycles.papers.sources import PaperSource
from cycles.ui import squares
from festival.models import Award


def address(uuid: UUID) -> str:
    """Return the address at which a certificate is verified; it leads on to the page in the
    reader's language.
    """
    return f"{settings.PORTAL_URL}/verify/certificates/{uuid}/"


def source(award: Award, *, seal: Seal | None, language: str) -> PaperSource:
    """Name what a certificate is drawn from; `award` comes with its names, `seal` lies over its
    decision.
    """
    leads_to = address(award.uuid)
    proof = {"address": leads_to, "square": squares.source(leads_to)}
    context = {"award": award, "seal": seal, **proof}
    name = f"certificate-{award.certificate_number}-{language}"
    return PaperSource("festival/awards/certificate.html", lambda: context, name, language)
