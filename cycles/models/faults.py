"""Faults of the official record, of its sealing and of the clock, from when they are found until
they are mended.
"""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale


class FaultKind(models.TextChoices):
    BROKEN = "broken", _("The official record does not hold")
    UNSEALED = "unsealed", _("Rows of the official record stay unsealed")
    CLOCK = "clock", _("The portal's clock is not right")


class ClockFault(models.TextChoices):
    APART = "apart", _("the clock of %(host)s is %(seconds)s seconds away from the database's")
    SET = "set", _("the clock of %(host)s was set by %(seconds)s seconds")
    BEHIND = "behind", _("the record holds rows that are %(seconds)s seconds ahead of the clock")


class FaultQuerySet(models.QuerySet["Fault"]):
    def standing(self) -> Self:
        """Select the faults that are not mended."""
        return self.filter(mended_at=None)


class Fault(models.Model):
    """One fault; only one of a kind stands at a time.

    Moments are those of the database's clock. `detail` is what is broken. A fault of the clock has
    its `cause`, the `host` whose clock it is, and how many `seconds`; `seen_at` is when it was last
    found to stand, `until` the moment which the record has reached already. A person may end it by
    saying that the clock is right: rows up to `confirmed_entry` then prove nothing against the
    clock.
    """

    kind = models.CharField(max_length=10, choices=FaultKind)
    detail = models.CharField(max_length=300, blank=True)
    cause = models.CharField(max_length=10, choices=ClockFault, blank=True)
    host = models.CharField(max_length=255, blank=True)
    seconds = models.BigIntegerField(null=True, blank=True)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)
    confirmed_entry = models.BigIntegerField(null=True, blank=True)

    objects = FaultQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind",), condition=Q(mended_at=None), name="a_fault_stands_once"
            ),
        )

    def __str__(self) -> str:
        return (
            f"{self.get_kind_display()}: {self.sentence}"
            if self.sentence
            else str(self.get_kind_display())
        )

    def get_absolute_url(self) -> str:
        return reverse("cycles:ledger")

    @property
    def sentence(self) -> str:
        """Say in the reader's words what of the clock is not right; "" of another fault."""
        if not self.cause:
            return ""
        values = {"host": self.host, "seconds": in_locale(abs(self.seconds or 0))}
        return str(ClockFault(self.cause).label) % values
