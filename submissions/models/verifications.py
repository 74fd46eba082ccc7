"""Lines that are held against their source, or looked at on site, and what was found there."""

from datetime import datetime
from decimal import Decimal
from typing import Self, TypedDict

import uuid_utils.compat
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, User, cleared_for, in_reach
from agencies.roles import Role
from cycles.models import Cycle
from submissions.models.answers import Answer
from submissions.models.blocks import Block, Mark
from submissions.models.evidence import Described, Document
from submissions.models.self_assessments import Submission
from submissions.sampling import Why
from submissions.workflow import VERIFICATIONS, BlockState, SubmissionState, VerificationState


class Place(models.TextChoices):
    SOURCE = "source", _("At the source of the data")
    SITE = "site", _("On site")


class Finding(models.TextChoices):
    SUPPORTED = "supported", _("Supported")
    PARTLY = "partly", _("Supported in part")
    UNSUPPORTED = "unsupported", _("Not supported")


class Conclusion(TypedDict):
    """Hold what an assessor found of a line at its source."""

    place: str
    finding: str
    found_value: Decimal | None
    text: str
    hours: Decimal | None


class VerificationQuerySet(models.QuerySet["Verification"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show a verification to its assessor, to those who mark the agency once all of it is
        marked, and to readers of the scores who have no open block of the agency.
        """
        scored = Submission.objects.scores_visible_to(user, at).values("pk")
        marking = Block.objects.filter(assessor=user)
        blind = marking.filter(state=BlockState.OPEN).values("submission")
        mine = in_reach(user, at, (Role.ASSESSOR,)) & cleared_for(user)
        own = Q(assessor=user) & mine
        marked = mine & Q(
            submission__in=marking.values("submission"),
            submission__state__in=(SubmissionState.MARKED, SubmissionState.COMMUNICATED),
        )
        return self.filter(own | marked | (Q(submission__in=scored) & ~Q(submission__in=blind)))

    def open(self) -> Self:
        """Find what stands in the way of communicating the scores of its self-assessment."""
        drawn = self.filter(state=VerificationState.DRAWN)
        return drawn.exclude(submission__state=SubmissionState.ENDED)

    def lowering(self) -> Self:
        """Find what may cost the line points."""
        return self.filter(state=VerificationState.CONCLUDED).exclude(finding=Finding.SUPPORTED)

    def waiting_for(self, user: User, at: datetime) -> Self:
        """Find what an assessor still has to verify."""
        return self.visible_to(user, at).open().filter(assessor=user)

    def for_list(self) -> Self:
        return self.select_related(
            "agency", "cycle", "submission", "line__measure", "assessor"
        ).order_by("-state", "-cycle__year", "agency__sort_key", "line__measure__position", "pk")


class Verification(models.Model):
    """One line that was drawn to be verified, why, by whom, and what was found.

    What is found can be saved before it is concluded; it counts, and others read it, only then.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="verifications")
    line = models.OneToOneField(Answer, models.PROTECT, related_name="verification")
    why = ArrayField(
        models.CharField(max_length=10, choices=Why), help_text="Why the line was drawn"
    )
    assessor = models.ForeignKey(User, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    state = FSMField(
        choices=VerificationState.choices, default=VerificationState.DRAWN, protected=True
    )
    place = models.CharField(max_length=6, choices=Place, blank=True)
    finding = models.CharField(max_length=11, choices=Finding, blank=True)
    found_value = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    text = models.TextField(blank=True, help_text="What was seen, and where")
    hours = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Spent on it, where the assessor says so",
    )
    concluded_at = models.DateTimeField(null=True, blank=True)

    objects = VerificationQuerySet.as_manager()
    named_by = ("line__measure",)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(concluded_at=None) | (~Q(place="") & ~Q(finding="") & ~Q(text="")),
                name="a_conclusion_says_where_and_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(concluded_at=None)
                | ~Q(finding=Finding.PARTLY)
                | Q(found_value__isnull=False),
                name="what_is_partly_supported_has_a_value",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line} · {self.agency}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:verification", args=[self.pk])

    @property
    def reasons(self) -> list[Why]:
        return [Why(code) for code in self.why]

    @property
    def is_concluded(self) -> bool:
        return bool(self.state == VerificationState.CONCLUDED)

    def is_marked_by(self, user: User) -> bool:
        """Say whether this person marks the axis of the line, or has marked the line; makes
        queries.
        """
        axis = Answer.objects.filter(pk=self.line_id).values("measure__indicator__axis")
        on_desk = Block.objects.filter(submission=self.submission_id, axis__in=axis, assessor=user)
        return on_desk.exists() or Mark.objects.made_by(user).filter(answer=self.line_id).exists()

    @VERIFICATIONS.transition
    def _conclude(self, *, at: datetime, given: Conclusion) -> None:
        self.place, self.finding, self.found_value = (
            given["place"],
            given["finding"],
            given["found_value"],
        )
        self.text, self.hours, self.concluded_at = given["text"], given["hours"], at


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(verification__in=Verification.objects.visible_to(user, at).values("pk"))

    def live(self) -> Self:
        return self.filter(withdrawn_at=None).select_related("document").order_by("pk")


class Exhibit(Described):
    """A file that shows what was found; withdrawn before the conclusion, it stays on record."""

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="exhibits")
    document = models.OneToOneField(Document, models.PROTECT, related_name="exhibit")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ExhibitQuerySet.as_manager()

    def __str__(self) -> str:
        return self.document.name
