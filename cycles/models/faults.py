"""Faults of the official record, of its sealing and of the clock, from when they are found until they are mended."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FaultKind(models.TextChoices):
    BROKEN = "broken", _("The official record does not hold")
    UNSEALED = "unsealed", _("Rows of the official record stay unsealed")
    CLOCK = "clock", _("The portal's clock is not right")


class FaultQuerySet(models.QuerySet["Fault"]):
    def standing(self) -> Self:
        """Faults that are not mended."""
        return self.filter(mended_at=None)


class Fault(models.Model):
    """One fault; only one of a kind stands at a time.

    `detail` is what was found, in English; of a clock, `host` is the machine whose clock it is, `until` the moment
    that the record has reached already, and `seen_at` when the fault was last found to stand.
    """

    kind = models.CharField(max_length=10, choices=FaultKind)
    detail = models.CharField(max_length=300, blank=True)
    host = models.CharField(max_length=255, blank=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(default=False, help_text="A person has said that the clock is right")

    cycle_id = None
    agency_id = None
    agency: Any = None

    objects = FaultQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=Q(mended_at=None), name="a_fault_stands_once"),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())
