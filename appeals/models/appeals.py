"""What agencies contest, what they sign when they file it, and what was decided."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Self, TypedDict

import uuid_utils.compat
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_fsm import FSMField

from agencies.models import Agency, Clearance, User, in_reach
from agencies.persian import in_locale
from agencies.roles import OVERSEERS, Role
from appeals.workflow import APPEALS, DECIDED, AppealState
from cycles.models import Cycle
from cycles.workflow import Term
from submissions.models import Answer, Submission
from submissions.scoring import contributors


class Ground(models.TextChoices):
    VALUE = "value", _("The value")
    EVIDENCE = "evidence", _("Evidence not considered")
    FORMULA = "formula", _("The formula")
    APPLICABILITY = "applicability", _("Applicability of the measure")
    FACTOR = "factor", _("An external factor")
    STEWARD = "steward", _("The steward's figure")
    VERIFICATION = "verification", _("The verification at the source")
    PROCEDURE = "procedure", _("The procedure")


class Error(models.TextChoices):
    """What a decision shows to be wrong for every agency with the line, not for this one alone."""

    FORMULA = "formula", _("The formula")
    TARGET = "target", _("The target")
    STEWARD = "steward", _("The steward's figure")


class FilingSignature(TypedDict):
    """Hold what filing writes on an appeal: the signer, the filing, and the score until then."""

    signer: User
    filing: "Filing"
    points_before: Decimal | None


class Decision(TypedDict):
    """Hold what a reviewer decides of an appeal; `void`: the line does not apply."""

    reviewer: User
    reason: str
    points: Decimal | None
    void: bool
    error: str


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show an agency its own filings, and the authority those within its scope."""
        whole = in_reach(user, at, (*OVERSEERS, Role.REVIEWER)) & ~Q(agency__in=user.tied_to)
        return self.filter(Q(agency__in=user.agency_ids(at)) | whole)

    def for_list(self) -> Self:
        return (
            self.select_related("agency", "cycle", "submission", "filed_by")
            .defer("content")
            .order_by("number")
        )

    def for_notices(self) -> Self:
        """Read filings with all that their name needs."""
        return self.select_related("agency", "cycle").defer("content")


class Filing(models.Model):
    """Appeals signed and filed in one sitting.

    `content` is the canonical text whose SHA-256 is signed and anybody can take again; `uuid` names
    the receipt.
    """

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    filed_as = models.CharField(max_length=24, help_text="The role in which it was signed")
    filed_at = models.DateTimeField()

    objects = FilingQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "number"), name="filings_are_numbered"),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.cycle.label} · {in_locale(self.number)}"

    def get_absolute_url(self) -> str:
        return reverse("appeals:filing", args=[self.uuid])


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show agencies their own appeals, the authority those of its scope once filed, reviewers
        those they could decide, and whoever is asked the one that the question is about.
        """
        withdrawn_drafts = Q(state__in=(AppealState.WITHDRAWN, AppealState.ENDED), filed_at=None)
        filed = ~Q(state=AppealState.DRAFT) & ~withdrawn_drafts
        whole = in_reach(user, at, OVERSEERS) & filed
        seen = whole | Q(agency__in=user.agency_ids(at))
        if user.holds(Role.REVIEWER, at=at):
            stated = Q(cycle__year__in=user.cleared_years(Clearance.Kind.INTERESTS))
            mine = (
                in_reach(user, at, (Role.REVIEWER,)) & stated & filed & ~Q(agency__in=user.tied_to)
            )
            seen |= mine & ~Q(answer__in=contributors.lines_of(user))
        if user.holds(Role.ASSESSOR, Role.STEWARD, Role.ADMINISTRATOR, at=at):
            asked = Appeal.objects.filter(questions__addressee=user).order_by().values("pk")
            seen |= Q(pk__in=asked) & ~Q(agency__in=user.tied_to)
        return self.filter(seen)

    def live(self) -> Self:
        """Find all appeals but what was withdrawn: one a line at most."""
        return self.exclude(state=AppealState.WITHDRAWN)

    def filed(self) -> Self:
        """Find what was filed and not withdrawn, decided or not."""
        return self.filter(state__in=(AppealState.FILED, *DECIDED))

    def active(self) -> Self:
        """Find appeals of agencies that have not ended since their cycle was opened."""
        return self.filter(submission__participation__ended_by=None)

    def undecided(self) -> Self:
        return self.filter(state=AppealState.FILED)

    def decided(self) -> Self:
        return self.filter(state__in=DECIDED)

    def for_list(self) -> Self:
        return self.select_related(
            "agency",
            "agency__province",
            "cycle",
            "answer__measure",
            "decided_by",
            "reviewer",
            "submission",
        ).order_by("-cycle__year", "agency__sort_key", "pk")

    def for_page(self) -> Self:
        """Read appeals with the line's measure and its place in the set, in the set's order."""
        axis = "answer__measure__indicator__axis"
        order = (f"{axis}__set__kind", f"{axis}__position", "answer__measure__indicator__position")
        related = (
            f"{axis}__set",
            "answer__own",
            "agency__province",
            "cycle",
            "reviewer",
            "decided_by",
            "filing",
        )
        return self.select_related(*related).order_by(*order, "answer__measure__position", "pk")

    def for_notices(self) -> Self:
        """Read appeals with all that their name and address need."""
        return self.select_related("agency", "answer__measure")


class Appeal(models.Model):
    """An agency's objection to the score of one line, with what it proposes and what was decided.

    `revision` counts the savings of the draft, so that a form knows whether it is still what was
    seen. `decided_void`: the line was found not to apply. `error`: what the decision shows to be
    wrong for other agencies, too.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="+")
    filing = models.ForeignKey(
        Filing, models.PROTECT, null=True, blank=True, related_name="appeals"
    )
    state = FSMField(choices=AppealState.choices, default=AppealState.DRAFT, protected=True)
    ground = models.CharField(max_length=15, choices=Ground, default=Ground.VALUE)
    proposed_value = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    proposed_points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    argument = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    points_before = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    filed_at = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    assigned_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)
    decided_points = models.DecimalField(max_digits=16, decimal_places=10, null=True, blank=True)
    decided_void = models.BooleanField(default=False)
    error = models.CharField(max_length=8, choices=Error, blank=True)

    window: Term | None  # that of its review; whoever shows the appeal fills it in

    objects = AppealQuerySet.as_manager()
    named_by = ("answer__measure",)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer",),
                condition=~Q(state=AppealState.WITHDRAWN),
                name="one_live_appeal_a_line",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(AppealState.DRAFT, AppealState.WITHDRAWN, AppealState.ENDED))
                | (
                    Q(filed_at__isnull=False, filed_by__isnull=False, filing__isnull=False)
                    & ~Q(argument="")
                ),
                name="what_is_filed_has_its_signature_and_argument",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision_reason="")),
                name="a_decision_has_its_author_moment_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(decided_void=False) | Q(decided_points=None),
                name="what_does_not_apply_has_no_points",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.answer.measure}"

    def get_absolute_url(self) -> str:
        return reverse("appeals:detail", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """Say for a reminder of the closing how many drafts are left."""
        said = ngettext(
            "%(count)s drafted appeal is not filed",
            "%(count)s drafted appeals are not filed",
            count,
        )
        return said % {"count": in_locale(count)}

    @cached_property
    def handlers(self) -> frozenset[int]:
        """Who had a part in the line's score; a query, unless `with_handlers` has filled it in."""
        return contributors.of_lines([self.answer_id])[self.answer_id]

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED

    @property
    def is_late(self) -> bool:
        """Whether the decision came after the closing that `window` (set by
        whoever reads it) says.
        """
        window = getattr(self, "window", None)
        return bool(self.decided_at and window and self.decided_at >= window.closes_at)

    @APPEALS.transition
    def _discard(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @APPEALS.transition
    def _file(self, *, at: datetime, given: FilingSignature) -> None:
        self.filed_at, self.filed_by, self.filing = at, given["signer"], given["filing"]
        self.points_before = given["points_before"]

    @APPEALS.transition
    def _end_with_agency(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @APPEALS.transition
    def _withdraw(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    def _decide(self, at: datetime, given: Decision) -> None:
        self.decided_at, self.decided_by = at, given["reviewer"]
        self.decision_reason, self.decided_points = given["reason"], given["points"]
        self.decided_void, self.error = given["void"], given["error"]

    @APPEALS.transition
    def _uphold(self, *, at: datetime, given: Decision) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _uphold_partly(self, *, at: datetime, given: Decision) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _dismiss(self, *, at: datetime, given: Decision) -> None:
        self._decide(at, given)

    @APPEALS.transition
    def _declare_inadmissible(self, *, at: datetime, given: Decision) -> None:
        self._decide(at, given)


def with_handlers(appeals: Iterable[Appeal]) -> list[Appeal]:
    """Read with each of these appeals who had a part in its line's score; one query."""
    appeals = list(appeals)
    found = contributors.of_lines(a.answer_id for a in appeals)
    for appeal in appeals:
        appeal.handlers = found[appeal.answer_id]
    return appeals
