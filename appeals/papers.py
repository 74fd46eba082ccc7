"""Papers of appeals: the receipt of a filing, and an appeal with its decision."""

from uuid import UUID

from django.conf import settings

from cycles.ui import squares


def proof(uuid: UUID) -> dict[str, object]:
    """Name the address at which a receipt is verified, and the square that leads there."""
    # leads on to the page in the reader's language
    address = f"{settings.PORTAL_URL}/verify/appeals/{uuid}/"
    return {"address": address, "square": squares.source(address)}
