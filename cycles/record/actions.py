"""Order a verification of the official record."""

from datetime import datetime

from django.db import transaction

from agencies.models import User
from cycles.engine.perform import administer
from cycles.models import (
    Verification,
)


@transaction.atomic
def order_verification(*, by: User | None, at: datetime) -> Verification:
    """Order a check of the whole record; one that is waiting already answers this order too."""
    waiting = Verification.objects.filter(finished_at=None).first()
    ordered = waiting or Verification.objects.create(ordered_by=by, ordered_at=at)
    administer("verify_record", ordered, by=by, at=at)
    return ordered
