"""National roles that one administrator proposes and another confirms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django_fsm import FSMField

from agencies.models import Sector, User
from agencies.roles import Constituency, Role
from cycles.administration_workflow import NOMINATIONS, NominationState


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep all nominations for the officers of the whole country, and none for others."""
        return self.all() if user.oversees_the_country(at) else self.none()

    def waiting(self) -> Self:
        return self.filter(state=NominationState.PROPOSED)

    def for_list(self) -> Self:
        return self.select_related("user", "proposed_by", "decided_by").order_by(
            "-proposed_at", "-pk"
        )

    def for_notices(self) -> Self:
        """Load what the name and the address of a nomination need."""
        return self.select_related("user")


class Nomination(models.Model):
    """A role for the whole country that waits for a second administrator; what it says becomes the
    membership.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=Role)
    constituency = models.CharField(max_length=12, choices=Constituency, blank=True)
    sector = models.CharField(max_length=20, choices=Sector, blank=True)
    is_chair = models.BooleanField(default=False)
    is_outsider = models.BooleanField(default=False)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    is_invitation = models.BooleanField(
        default=False, help_text="The person is sent a link when it is confirmed"
    )
    state = FSMField(
        choices=NominationState.choices, default=NominationState.PROPOSED, protected=True
    )
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = NominationQuerySet.as_manager()
    named_by = ("user",)
    cycle_id = None
    agency = agency_id = None
    concerned_agencies: tuple[int, ...] = ()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "constituency", "sector"),
                condition=Q(state=NominationState.PROPOSED),
                name="one_open_nomination_a_role",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("proposed_by")), name="nobody_nominates_themselves"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_nomination_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state=NominationState.CONFIRMED) | ~Q(decided_by=F("proposed_by")),
                name="a_second_administrator_confirms",
            ),
        )

    def __str__(self) -> str:
        name = {"person": self.user, "role": self.get_role_display()}
        return gettext("%(person)s as %(role)s of the whole country") % name

    def get_absolute_url(self) -> str:
        return reverse("cycles:nominations")

    @property
    def holder(self) -> User:
        return self.user

    # --- Transitions -----------------------------------------------------------------------------

    @NOMINATIONS.transition
    def _confirm(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self._decide(at, given)

    @NOMINATIONS.transition
    def _decline(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self._decide(at, given)

    @NOMINATIONS.transition
    def _withdraw(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self._decide(at, given)

    def _decide(self, at: datetime, given: Mapping[str, object]) -> None:
        self.decided_at = at
        decided_by = given["decided_by"]
        assert isinstance(decided_by, int)
        self.decided_by_id = decided_by
