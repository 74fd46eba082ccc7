"""The awards that agencies are given, or proposed for."""

from datetime import datetime
from typing import Self, TypedDict

import uuid_utils.compat
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.persian import local_name
from cycles.models import Cycle, Group, Participation
from festival.models.ceremonies import AwardCategory, Ceremony, Minutes, in_scope
from festival.models.editions import Edition, Standing
from festival.workflow import AWARDS, AwardState


class Rank(models.TextChoices):
    """Winners are given statue and plaque, the commended a certificate."""

    WINNER = "winner", _("Chosen")
    COMMENDED = "commended", _("Commended")


LIVE = (AwardState.PROPOSED, AwardState.DECIDED)
GIVEN = (AwardState.DECIDED, AwardState.REVOKED)
"""What the public sees once the results are out."""


class EndingParams(TypedDict):
    """The parameters of an act that ends an award or a proposal."""

    reason: str


class DecisionParams(TypedDict):
    """The parameters of the committee's decision on one proposal."""

    rank: str
    reason: str
    reason_en: str
    number: int
    minutes_id: int
    signer: User


class ConfirmationParams(TypedDict):
    """The parameters of letting an award stand after a correction."""

    standing_id: int


class AwardQuerySet(models.QuerySet["Award"]):
    def public(self, at: datetime) -> Self:
        """Select awards of a published year; those that rest on an edition, where that is out."""
        out = Edition.objects.published(at)
        of_year = Exists(out.filter(cycle=OuterRef("ceremony__cycle")))
        rests = Q(standing=None) | Exists(out.filter(pk=OuterRef("standing__edition")))
        return self.filter(of_year, rests, state__in=GIVEN)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Show the secretariat all of its own festivals, and everybody what is public."""
        public = self.model.objects.public(at).values("pk")
        return self.filter(in_scope(user, at, "ceremony__province") | Q(pk__in=public))

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def below_least_percent(self) -> Self:
        """Select awards that rest on a standing below the percent with which one may win."""
        return self.filter(standing__percent__lt=F("ceremony__cycle__minimum_to_win"))

    def with_names(self) -> Self:
        return self.select_related(
            "ceremony__cycle",
            "ceremony__province",
            "category",
            "group",
            "participation__agency__province",
            "standing__edition",
            "minutes",
            "decided_by",
        )

    def for_list(self) -> Self:
        """Order by ceremony, category and group, the winners first."""
        return self.with_names().order_by(*CEREMONY, *CATEGORY, winners_first().asc(), *AGENCY)

    def for_calling(self) -> Self:
        """Order as awards are called up at a ceremony: all who are commended, then the winners."""
        return self.with_names().order_by(winners_first().desc(), *CATEGORY, *AGENCY)

    def for_notices(self) -> Self:
        """Load what a notice's name and address need."""
        return self.select_related("category", "participation")


CEREMONY = (F("ceremony__province__sort_key").asc(nulls_first=True), "ceremony")
CATEGORY = ("category__position", "category", F("group__sort_key").asc(nulls_first=True), "group")
AGENCY = ("participation__sort_key", "pk")


def winners_first() -> Case:
    return Case(When(rank=Rank.WINNER, then=Value(0)), default=Value(1))


class Award(models.Model):
    """An agency's award, or the proposal of one; `uuid` is its certificate's.

    `standing` is what it rests on, None where the committee chose. `reason` is one sentence,
    printed on the certificate.
    """

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    ceremony = models.ForeignKey(Ceremony, models.PROTECT, related_name="awards")
    category = models.ForeignKey(AwardCategory, models.PROTECT, related_name="awards")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+")
    standing = models.ForeignKey(Standing, models.PROTECT, null=True, blank=True, related_name="+")
    state = FSMField(choices=AwardState.choices, default=AwardState.PROPOSED, protected=True)
    rank = models.CharField(max_length=10, choices=Rank)
    title_fa = models.CharField(
        max_length=200, blank=True, help_text="A special title, where one is given"
    )
    title_en = models.CharField(max_length=200, blank=True)
    reason = models.TextField()
    reason_en = models.TextField(blank=True)
    minutes = models.ForeignKey(
        Minutes, models.PROTECT, null=True, blank=True, related_name="awards"
    )
    number = models.PositiveIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)

    named_by = (
        "ceremony__cycle",
        "ceremony__province",
        "category",
        "participation__agency__province",
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("ceremony", "category", "group", "participation"),
                condition=Q(state__in=LIVE),
                name="one_live_award_a_category_and_agency",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=("ceremony", "number"), name="awards_of_a_ceremony_are_numbered"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_award_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state__in=GIVEN)
                | Q(minutes__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="a_decided_award_names_its_minutes",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_reason="")
                | Q(ended_at__isnull=False) & ~Q(ended_reason=""),
                name="an_award_ends_with_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.category} · {self.participation}"

    def get_absolute_url(self) -> str:
        return reverse("verify_certificates", args=[self.uuid])

    @property
    def cycle_id(self) -> int:
        return self.ceremony.cycle_id

    @property
    def cycle(self) -> Cycle:
        return self.ceremony.cycle

    @property
    def is_below_least_percent(self) -> bool:
        """Say whether it rests on a standing below the percent with which one may win in the
        year.
        """
        return self.standing is not None and self.standing.percent < self.cycle.minimum_to_win

    @property
    def province_id(self) -> int | None:
        """Return the key of the province whose festival gives it."""
        return self.ceremony.province_id

    @property
    def agency_id(self) -> int:
        return self.participation.agency_id

    @property
    def agency(self) -> Agency:
        return self.participation.agency

    @property
    def title(self) -> str:
        return local_name(self.title_fa, self.title_en)

    @property
    def why(self) -> str:
        """Return the reason in the reader's language, where it was written in both."""
        return local_name(self.reason, self.reason_en)

    @property
    def certificate_number(self) -> str:
        """Year, festival, place in the list of decisions: 1404-26-003; "" before it is decided."""
        return f"{self.cycle.year}-{self.ceremony.code}-{self.number:03}" if self.number else ""

    @property
    def is_winner(self) -> bool:
        return self.rank == Rank.WINNER

    @property
    def is_revoked(self) -> bool:
        return bool(self.state == AwardState.REVOKED)

    @property
    def is_in_force(self) -> bool:
        return bool(self.state == AwardState.DECIDED)

    # --- Transitions -----------------------------------------------------------------------------

    def _end(self, at: datetime, given: EndingParams) -> None:
        self.ended_at, self.ended_reason = at, given["reason"]

    @AWARDS.transition
    def _supersede(self, *, at: datetime, given: EndingParams) -> None:
        self._end(at, given)

    @AWARDS.transition
    def _strike(self, *, at: datetime, given: EndingParams) -> None:
        self._end(at, given)

    @AWARDS.transition
    def _decide(self, *, at: datetime, given: DecisionParams) -> None:
        self.rank, self.reason, self.reason_en = given["rank"], given["reason"], given["reason_en"]
        self.number, self.minutes_id = given["number"], given["minutes_id"]
        self.decided_at, self.decided_by = at, given["signer"]

    @AWARDS.transition
    def _confirm(self, *, at: datetime, given: ConfirmationParams) -> None:
        self.standing_id = given["standing_id"]

    @AWARDS.transition
    def _withdraw(self, *, at: datetime, given: EndingParams) -> None:
        self._end(at, given)

    @AWARDS.transition
    def _revoke(self, *, at: datetime, given: EndingParams) -> None:
        self._end(at, given)
