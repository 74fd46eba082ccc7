"""The receipt of a signature: what was signed by whom and when, with its digest, seal and the way
to verify it.
"""

from django.conf import settings

from agencies.roles import Role
from cycles.models import Entry
from cycles.papers.sources import PaperSource
from cycles.record import seals
from cycles.ui import squares
from submissions.models import Version


def source(version: Version) -> PaperSource:
    """Name what the receipt of a signature is drawn from."""
    name = f"receipt-{version.uuid}"
    return PaperSource("submissions/signing/receipt.html", lambda: _context(version), name)


def _context(version: Version) -> dict[str, object]:
    """Collect what the receipt shows."""
    submission = version.submission
    # leads on to the page in the reader's language
    address = f"{settings.PORTAL_URL}/verify/{version.uuid}/"
    facts = {
        "version": version,
        "submission": submission,
        "address": address,
        "square": squares.source(address),
    }
    return facts | standing(version)


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
