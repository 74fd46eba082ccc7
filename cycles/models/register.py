"""What became of agencies: each change of the register with its day, its legal basis and the names
before and after.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.persian import language, local_name
from cycles.calendar import format_date
from cycles.register_workflow import REGISTER, RegisterState


@dataclass(frozen=True)
class LegalBasis:
    """By what a change of the register holds: the act or decree, its number and date, and from
    which day.
    """

    effective_on: date
    legal_basis: str
    letter: str
    dated_on: date


class ChangeKind(models.TextChoices):
    RENAMED = "renamed", _("Renamed")
    DISSOLVED = "dissolved", _("Dissolved")
    MERGED = "merged", _("Merged into another")
    SPLIT = "split", _("Split")
    RESTORED = "restored", _("Established again")


class RegisterChangeQuerySet(models.QuerySet["RegisterChange"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep the changes of whatever agencies the user sees in the register."""
        return self.filter(agency__in=Agency.objects.visible_to(user, at).values("pk"))

    def waiting(self) -> Self:
        """Select what is recorded, its day still to come."""
        return self.filter(state=RegisterState.RECORDED)

    def due(self, today: date) -> Self:
        return self.waiting().filter(effective_on__lte=today)

    def in_force(self) -> Self:
        return self.filter(state=RegisterState.IN_FORCE)

    def concerning(self, agency: Agency) -> Self:
        """Keep the changes of an agency, and those of others that ended in it or of which it was
        made.
        """
        of_others = Q(
            pk__in=self.model.successors.through.objects.filter(agency=agency).values(
                "registerchange"
            )
        )
        return self.filter(Q(agency=agency) | of_others)

    def for_list(self) -> Self:
        return (
            self.select_related("agency")
            .prefetch_related("successors")
            .order_by("-effective_on", "-pk")
        )

    def for_notices(self) -> Self:
        """Load what the name and the address of a change need."""
        return self.select_related("agency")


class RegisterChange(models.Model):
    """An agency dissolved, renamed, merged, split or established again from a day, on a legal
    basis.

    `successors` are the bodies in its place afterwards; where the agency itself is among them, it
    goes on.
    """

    kind = models.CharField(max_length=10, choices=ChangeKind)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    effective_on = models.DateField(help_text="The first day on which it holds")
    legal_basis = models.CharField(max_length=300, help_text="The act or decree, by its title")
    letter = models.CharField(
        max_length=60, help_text="The number of the act, or of the letter that makes it known"
    )
    dated_on = models.DateField(help_text="The date of the act or letter")
    successors = models.ManyToManyField(Agency, related_name="+")
    name_fa = models.CharField(max_length=200, help_text="The name until then")
    name_en = models.CharField(max_length=200, blank=True)
    new_name_fa = models.CharField(
        max_length=200, blank=True, help_text="The name from then on, where it changes"
    )
    new_name_en = models.CharField(max_length=200, blank=True)
    state = FSMField(choices=RegisterState.choices, default=RegisterState.RECORDED, protected=True)
    recorded_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterChangeQuerySet.as_manager()
    cycle = cycle_id = None

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("agency",),
                condition=Q(state=RegisterState.RECORDED),
                name="one_waiting_change_an_agency",
            ),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.RENAMED) ^ Q(new_name_fa=""),
                name="a_renaming_has_a_new_name",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"

    def get_absolute_url(self) -> str:
        return reverse("cycles:agency", args=[self.agency.code])

    @property
    def name(self) -> str:
        """Choose the agency's name until then, in the reader's language."""
        return local_name(self.name_fa, self.name_en)

    @property
    def new_name(self) -> str:
        return local_name(self.new_name_fa, self.new_name_en)

    @property
    def what(self) -> str:
        """Say what becomes of the agency, and from which day, in words; of a renaming with the new
        name.
        """
        day = format_date(self.effective_on, language())
        match self.kind:
            case ChangeKind.RENAMED:
                return gettext("called “%(name)s” from %(day)s on") % {
                    "name": self.new_name,
                    "day": day,
                }
            case ChangeKind.MERGED:
                return gettext("merged into another on %(day)s") % {"day": day}
            case ChangeKind.SPLIT:
                return gettext("split on %(day)s") % {"day": day}
            case ChangeKind.RESTORED:
                return gettext("established again on %(day)s") % {"day": day}
        return gettext("dissolved on %(day)s") % {"day": day}

    @property
    def concerned_agencies(self) -> set[int]:
        """List the agencies that are told beside its own: successors, units and headquarters; one
        query.
        """
        successors = self.successors.order_by().values_list("pk", flat=True)
        units = (
            Agency.objects.filter(parent=self.agency_id, is_active=True)
            .order_by()
            .values_list("pk", flat=True)
        )
        return {
            *successors.union(units),
            *([self.agency.parent_id] if self.agency.parent_id else []),
        }

    @REGISTER.transition
    def _take_effect(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.in_force_at = at

    @REGISTER.transition
    def _withdraw(self, *, at: datetime, given: Mapping[str, object]) -> None:
        pass
