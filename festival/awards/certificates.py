"""What the certificate of an award shows, and the address at which anybody verifies it; no database
is touched here.
"""

from uuid import UUID

from django.conf import settings

from cycles.models import Seal
from cycles.ui import squares
from festival.models import Award

TEMPLATE = "festival/awards/certificate.html"


def address(uuid: UUID) -> str:
    """Return the address at which a certificate is verified; it leads on to the page in the
    reader's language.
    """
    return f"{settings.PORTAL_URL}/verify/certificates/{uuid}/"


def context(award: Award, *, seal: Seal | None) -> dict[str, object]:
    """Collect what a certificate shows; `award` comes with its names, `seal` lies over its
    decision.
    """
    leads_to = address(award.uuid)
    return {"award": award, "seal": seal, "address": leads_to, "square": squares.source(leads_to)}
