"""What the calendar does by itself: sealing and verifying the official record, sending what people are to be told."""

from celery import shared_task
from django.db import transaction

from cycles import actions, deliveries, letters, seals
from cycles.middleware import now


@shared_task
def seal_ledger() -> None:
    """Seal what has been written since the last seal; two at once or none do no harm."""
    seals.seal(at=now())


@shared_task
def verify_record() -> None:
    """Verify the record for whoever has ordered it; one run answers all, a second at the same time goes away."""
    seals.verify_ordered(clock=now)


@shared_task
def order_verification() -> None:
    """Order the nightly verification, unless the record was verified or is to be within these twenty hours."""
    at = now()
    with transaction.atomic():
        if seals.is_due(at):
            actions.order_verification(by=None, at=at)


@shared_task
def tell() -> None:
    """Send what is to be told; one that died in the middle loses nothing, two at once send nothing twice."""
    deliveries.tell(at=now())


@shared_task
def send_letters() -> None:
    """Send the links to a new password that were asked for; two at once send none twice."""
    letters.send(at=now())
