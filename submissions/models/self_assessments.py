"""The self-assessment of an agency, its states and who may see it."""

from datetime import datetime
from typing import Self, TypedDict

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django_fsm import FSMField

from agencies.models import Agency, User, cleared_for, in_reach
from agencies.persian import in_locale
from agencies.roles import SUPERIOR_ROLES, Role
from cycles.calendar import Phase
from cycles.models import Cycle, Participation, Window
from submissions.workflow import (
    IN_WORK,
    MOVES,
    SEEN_AFTER_SIGNING,
    BlockState,
    SubmissionState,
)


class Signature(TypedDict):
    """Hold what signing writes on a self-assessment: who signed, and the digest of the text."""

    signer: User
    hash: str


class EarlierSignature(Signature):
    """Hold a signature that counts again, with the moment at which it was given."""

    signed_at: datetime


class Remarks(TypedDict):
    remarks: str


class Communication(TypedDict):
    """Name the run whose scores were communicated, by its key."""

    run: int


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show agencies their own, headquarters their units', the authority its scope, and
        assessors what they mark or verify once it is signed and they are cleared for the year.
        """
        seen = Q(agency__in=user.agency_ids(at))
        if above := user.agency_ids(at, *SUPERIOR_ROLES):
            seen |= Q(agency__parent__in=above)
        seen |= in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
        if user.holds(Role.ASSESSOR, at=at):
            assigned = Submission.objects.filter(blocks__assessor=user).values("pk")
            verified = Submission.objects.filter(verifications__assessor=user).values("pk")
            theirs = (Q(pk__in=assigned) | Q(pk__in=verified)) & Q(state__in=SEEN_AFTER_SIGNING)
            seen |= theirs & in_reach(user, at, (Role.ASSESSOR,)) & cleared_for(user)
        seen |= in_reach(user, at, (Role.REVIEWER,)) & Q(state=SubmissionState.COMMUNICATED)
        return self.filter(seen)

    def scores_visible_to(self, user: User, at: datetime) -> Self:
        """Show agreed scores within the authority's scope, and of nobody's own agency before they
        are communicated.

        Assessors are not among the readers: each knows the marks of their own desk.
        """
        out = Q(state=SubmissionState.COMMUNICATED)
        own = Q(agency__in=user.agency_ids(at))
        whole = in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR)) & (out | ~own)
        return self.filter(whole | out & (own | in_reach(user, at, (Role.REVIEWER,))))

    def with_progress(self) -> Self:
        """Annotate lines the agency must fill in, and those that lack nothing (`completeness`).

        By subqueries, so that a page of a list counts the lines of its own rows only.
        """
        mine = ~Q(answers__measure__method="steward")
        complete = mine & Q(answers__lacking=[])
        own = Submission.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        return self.annotate(
            lines=models.Subquery(own.annotate(n=Count("answers", filter=mine)).values("n")),
            lines_done=models.Subquery(
                own.annotate(n=Count("answers", filter=complete)).values("n")
            ),
        )

    def active(self) -> Self:
        return self.filter(participation__ended_by=None)

    def in_work(self) -> Self:
        """Find what the agency may still change: drafts, and what its headquarters returned."""
        return self.filter(state__in=IN_WORK)

    def with_block_counts(self) -> Self:
        own = Submission.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        handed_in = Q(blocks__state=BlockState.HANDED_IN)
        return self.annotate(
            blocks_total=models.Subquery(own.annotate(n=Count("blocks")).values("n")),
            blocks_done=models.Subquery(
                own.annotate(n=Count("blocks", filter=handed_in)).values("n")
            ),
        )

    def for_list(self) -> Self:
        rows = (
            self.select_related("agency", "agency__province", "cycle")
            .with_progress()
            .with_block_counts()
        )
        return rows.order_by("-cycle__year", "agency__sort_key", "pk")

    def with_closing(self, phase: Phase, at: datetime) -> Self:
        """Keep those of cycles whose phase closes after a moment; annotate when (`closes_at`)."""
        closings = Window.objects.filter(
            cycle=OuterRef("cycle"), phase=phase, agency=None, closes_at__gt=at
        )
        rows = self.annotate(closes_at=Subquery(closings.values("closes_at")[:1]))
        return rows.exclude(closes_at=None)

    def for_notices(self) -> Self:
        """Read rows with all that their name and address need."""
        return self.select_related("agency", "cycle")


class Submission(models.Model):
    """The self-assessment of one agency in one cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    participation = models.OneToOneField(Participation, models.PROTECT, related_name="+")
    state = FSMField(choices=SubmissionState.choices, default=SubmissionState.DRAFT, protected=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    content_hash = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    remarks = models.TextField(blank=True, help_text="Why its headquarters returned it")
    returned_at = models.DateTimeField(null=True, blank=True)
    communicated_at = models.DateTimeField(null=True, blank=True)
    current_run = models.ForeignKey(
        "ScoreRun",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        # no index: nobody looks a run's submissions up, and the end of a run changes thousands at
        # once
    )
    provisional_run = models.ForeignKey(
        "ScoreRun", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # the totals as they were communicated; the current run holds what they are after appeals

    lines: int  # those that the agency must fill in; `with_progress` counts them
    lines_done: int  # of these, those that lack nothing
    blocks_total: int  # on assessors' desks; `with_block_counts` counts them
    blocks_done: int  # of these, those handed in
    closes_at: datetime  # of a phase of its cycle, by `with_closing`

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "agency"), name="one_submission_an_agency_and_cycle"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="signed_when_and_by_whom_go_together",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.cycle.label}"

    def get_absolute_url(self) -> str:
        """Return where whoever is told of it reads on: its scores, once they are out."""
        page = "report" if self.state == SubmissionState.COMMUNICATED else "detail"
        return reverse(f"submissions:{page}", args=[self.pk])

    @staticmethod
    def left_to_do(count: int) -> str:
        """Say for a reminder of the closing how many lines are not complete."""
        if not count:
            return gettext("the self-assessment is not signed")
        return ngettext(
            "%(count)s line is not complete and the self-assessment is not signed",
            "%(count)s lines are not complete and the self-assessment is not signed",
            count,
        ) % {"count": in_locale(count)}

    @MOVES.transition
    def _submit(self, *, at: datetime, given: Signature) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = at, given["signer"], given["hash"]
        self.checked_at, self.checked_by, self.returned_at, self.remarks = None, None, None, ""

    @MOVES.transition
    def _withdraw(self, *, at: datetime, given: dict[str, object]) -> None:
        self._unsign()

    @MOVES.transition
    def _send_back(self, *, at: datetime, given: Remarks) -> None:
        self._unsign()
        self.returned_at, self.remarks = at, given["remarks"]

    @MOVES.transition
    def _stand(self, *, at: datetime, given: EarlierSignature) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = (
            given["signed_at"],
            given["signer"],
            given["hash"],
        )

    def _unsign(self) -> None:
        self.submitted_at, self.submitted_by, self.content_hash = None, None, ""
        self.checked_at, self.checked_by = None, None

    @MOVES.transition
    def _lapse(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @MOVES.transition
    def _reopen(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @MOVES.transition
    def _complete(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @MOVES.transition
    def _take_back(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @MOVES.transition
    def _end_with_agency(self, *, at: datetime, given: dict[str, object]) -> None:
        pass

    @MOVES.transition
    def _communicate(self, *, at: datetime, given: Communication) -> None:
        self.communicated_at, self.provisional_run_id = at, given["run"]
