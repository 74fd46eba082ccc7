"""Work that goes on outside the request: one row a job, from its order to its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import User
from cycles.administration_workflow import JOBS, JobState

UNFINISHED = (JobState.WAITING, JobState.RUNNING)


class Reason(models.TextChoices):
    """Why an attempt came to nothing, in words for whoever ordered it."""

    KILLED = (
        "killed",
        _("The process that worked on it was ended from outside, mostly for want of memory."),
    )
    MEMORY = "memory", _("There was not enough memory.")
    DISK = "disk", _("There was no room left to write its files.")
    DATABASE = "database", _("The database did not answer.")
    SCANNER = "scanner", _("The virus scanner does not answer; it is asked again by itself.")
    TIME = "time", _("It took longer than a job may take.")
    ERROR = "error", _("An error came up in the portal itself; operators find it in the log.")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep all jobs for national administrators and auditors, and none for others: jobs belong
        to the whole country.
        """
        return self.all() if user.oversees_the_country(at) else self.none()

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def due(self, at: datetime) -> Self:
        """Keep the jobs that wait for a worker, and those that a worker that has died left
        behind.
        """
        waits = Q(state=JobState.WAITING, not_before__lte=at)
        left_behind = Q(state=JobState.RUNNING) & (Q(lease_until__lt=at) | Q(lease_until=None))
        return self.filter(waits | left_behind)

    def for_list(self) -> Self:
        return self.select_related("asked_by").order_by("-pk")


class Job(models.Model):
    """One piece of work on one subject, a row of the kind's model; written in the transaction of
    its order.

    A worker that has it in hand renews `lease_until`; where that runs out, the worker is dead and
    another takes over. `attempts` are counted when they begin, so that a job which kills its
    workers ends, too.
    """

    kind = models.CharField(max_length=40)
    subject = models.BigIntegerField()
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    state = FSMField(choices=JobState.choices, default=JobState.WAITING, protected=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=40, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True, choices=Reason)
    error = models.CharField(max_length=300, blank=True, help_text="For operators")
    finished_at = models.DateTimeField(null=True, blank=True)

    cycle_id = None
    agency_id = None
    agency = None
    named_by = ("asked_by",)
    words = ""  # what is being done now, in the reader's words; `jobs.queries` fills it in

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject"),
                condition=Q(state__in=UNFINISHED),
                name="one_unfinished_job_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(percent__lte=100), name="a_job_is_done_at_100_percent"
            ),
        )
        indexes = (
            models.Index(fields=("kind", "subject"), name="jobs_of_a_subject"),
            models.Index(
                fields=("kind", "state", "asked_at"),
                name="jobs_not_done",
                condition=~Q(state=JobState.DONE),
            ),
        )

    def __str__(self) -> str:
        return self.title_en if get_language() == "en" else self.title_fa

    def get_absolute_url(self) -> str:
        return reverse("cycles:jobs")

    @property
    def holder(self) -> User | None:
        """Name whom a failure of the job is told: whoever ordered it."""
        return self.asked_by

    @property
    def holder_id(self) -> int | None:
        return self.asked_by_id

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def has_failed(self) -> bool:
        return bool(self.state == JobState.FAILED)

    @property
    def is_stopped(self) -> bool:
        return bool(self.state == JobState.CANCELLED)

    @JOBS.transition
    def _try_again(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.attempts, self.not_before, self.finished_at = 0, at, None
        self.step, self.percent, self.reason, self.error = "", 0, "", ""

    @JOBS.transition
    def _stop(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.lease_until, self.finished_at = None, at

    @JOBS.transition
    def _fail(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.lease_until, self.finished_at = None, at
        self.reason = str(given["reason"])
