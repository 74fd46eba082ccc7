"""When things happen: cycles with their windows and decrees, and the agencies that take part."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.locks import locked
from agencies.models import Agency, Level, Named, Province, Sector, User, in_reach
from agencies.persian import persian_digits
from agencies.roles import Role
from cycles.presets import PRESETS
from cycles.workflow import CYCLE, CycleState

PRACTICE = 0
"""The "year" of the one cycle in which everything may be tried: all its phases are open, nothing of
it counts.
"""


class Analysis(models.TextChoices):
    """Whose lines are analysed in words; the forms in use ask it of specific measures (domain notes
    6.5).
    """

    NONE = "none", _("Of no line")
    SPECIFIC = "specific", _("Of specific measures")
    EVERY = "every", _("Of every line")


class TieRule(models.TextChoices):
    """What becomes of agencies whose percents are equal as they are shown."""

    SHARED = "shared", _("Equal percents share a place, and the next is skipped: 1, 1, 3")
    SPECIFIC = (
        "specific",
        _("Equal percents are parted by specific indicators, then growth; else they share a place"),
    )


RULES: dict[str, Any] = {
    "spares_holidays": True,
    "spreads_points": True,
    "keeps_signature": True,
    "asks_analysis": Analysis.SPECIFIC,
    "second_percent": 10,
    "second_heaviest": 3,
    "agreement_percent": 5,
    "reason_percent": 0,
    "calibration_percent": 10,
    "verification_percent": 5,
    "admits_new_evidence": True,
    "appeal_may_lower": False,
    "tie_rule": TieRule.SHARED,
    "minimum_to_win": 0,
}
"""What is decided of a year when it is planned, and what is decided where nothing is said."""


class CycleQuerySet(models.QuerySet["Cycle"]):
    def of_years(self) -> Self:
        """Keep the assessments of years: all but the practice cycle."""
        return self.exclude(year=PRACTICE)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Show planned cycles to administrators and auditors only."""
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at):
            return self.all()
        return self.exclude(state=CycleState.PLANNED)

    def overseen_by(self, user: User, at: datetime) -> Self:
        """Select the cycles whose whole results the user may read before publication: all for
        national officers, else none.
        """
        return self.all() if user.oversees_the_country(at) else self.none()

    def living(self) -> Self:
        return self.filter(state__in=(CycleState.OPEN, CycleState.FINAL))

    def in_hand(self) -> Self:
        """Keep the cycles that no other job has in hand, and keep other jobs from them until the
        transaction ends.
        """
        return locked(self, skip_locked=True)

    def for_list(self) -> Self:
        return self.order_by("-year", "pk")

    def for_notices(self) -> Self:
        """Load what the name and the address of a cycle need."""
        return self.all()


class Cycle(models.Model):
    """The assessment of one year; its phases are code, their dates are its windows."""

    year = models.PositiveSmallIntegerField(unique=True, help_text="The assessed Jalali year")
    preset = models.CharField(
        max_length=30, choices=[(key, preset.title) for key, preset in PRESETS.items()]
    )
    state = FSMField(choices=CycleState.choices, default=CycleState.PLANNED, protected=True)
    spares_holidays = models.BooleanField(
        default=True,
        help_text="A deadline on a Friday or a listed holiday moves to the next working day",
    )
    spreads_points = models.BooleanField(
        default=True,
        help_text="Points that do not apply are spread within their axis; "
        "else they leave the ceiling",
    )
    asks_analysis = models.CharField(
        max_length=8,
        choices=Analysis,
        default=Analysis.SPECIFIC,
        help_text="Lines whose strengths, weaknesses and action for improvement are asked for",
    )
    keeps_signature = models.BooleanField(
        default=True,
        help_text="What its head withdrew and did not sign again stands as last signed; "
        "else it lapses",
    )
    second_percent = models.PositiveSmallIntegerField(
        default=10, help_text="Of a hundred lines, those drawn to be marked by a second assessor"
    )
    second_heaviest = models.PositiveSmallIntegerField(
        default=3,
        help_text="Heaviest lines of each self-assessment that a second assessor marks besides",
    )
    agreement_percent = models.PositiveSmallIntegerField(
        default=5,
        help_text="Two marks further apart than this percent of the ceiling are reconciled",
    )
    reason_percent = models.PositiveSmallIntegerField(
        default=0,
        help_text="A mark further from the method's than this percent of the ceiling "
        "needs a reason",
    )
    calibration_percent = models.PositiveSmallIntegerField(
        default=0,
        help_text="Percent of the ceiling by which an assessor may differ from the agreed marks "
        "of reference lines, "
        "in the mean, before lines are shown; 0: no training is asked for",
    )
    verification_percent = models.PositiveSmallIntegerField(
        default=5,
        help_text="Of a hundred signed lines with a value, "
        "those drawn to be verified at the source",
    )
    admits_new_evidence = models.BooleanField(
        default=True, help_text="Evidence that an appeal shows for the first time may count"
    )
    appeal_may_lower = models.BooleanField(
        default=False, help_text="A score may fall through an appeal"
    )
    tie_rule = models.CharField(
        max_length=8,
        choices=TieRule,
        default=TieRule.SHARED,
        help_text="What becomes of equal percents in a ranking",
    )
    minimum_to_win = models.PositiveSmallIntegerField(
        default=0,
        help_text="Whoever has less than this percent is no winner, though first of its group",
    )
    draw_seed = models.CharField(
        max_length=32,
        blank=True,
        help_text="By which lines are drawn for a second assessor, and to be verified",
    )
    appeal_days = models.PositiveSmallIntegerField(default=14)
    review_days = models.PositiveSmallIntegerField(default=14)
    clarification_days = models.PositiveSmallIntegerField(default=3)
    opened_at = models.DateTimeField(null=True, blank=True)
    finalised_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    def __str__(self) -> str:
        if self.is_practice:
            return gettext("Practice cycle")
        return gettext("Assessment of %(year)s") % {"year": self.label}

    def get_absolute_url(self) -> str:
        return reverse("cycles:detail", args=[self.year])

    @property
    def is_practice(self) -> bool:
        """Say whether this is no year but the cycle for training."""
        return self.year == PRACTICE

    @property
    def label(self) -> str:
        """Write the year in the reader's digits, never grouped."""
        if self.is_practice:
            return gettext("practice")
        return persian_digits(str(self.year)) if get_language() == "fa" else str(self.year)

    @property
    def cycle_id(self) -> int:
        return self.pk

    agency_id = None
    agency = None

    @CYCLE.transition
    def _open(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.opened_at = at

    @CYCLE.transition
    def _finalise(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.finalised_at = at

    @CYCLE.transition
    def _publish(self, *, at: datetime, given: Mapping[str, object]) -> None:
        self.published_at = at


class Holiday(Named):
    """A public holiday: where a cycle spares holidays, no deadline is planned to fall on it."""

    day = models.DateField(unique=True)
    is_listed = models.BooleanField(default=True, help_text="Struck from the list, never deleted")


class Group(Named):
    """A peer group in which agencies are ranked against each other, within one cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="groups")
    code = models.CharField(max_length=40)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("cycle", "code"), name="one_group_a_code_and_cycle"),
        )


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show administrators and auditors their scope, agencies themselves."""
        return self.filter(
            in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
            | Q(agency__in=user.agency_ids(at))
        )

    def active(self) -> Self:
        """Keep agencies that have not ended since the cycle was opened: they owe, are told, counted
        and ranked.
        """
        return self.filter(ended_by=None)


class Participation(Named):
    """An agency in a cycle, with its name, level, sector and province as they were when it was
    opened.

    `ended_by` is the change of the register with which the agency ended while the cycle was not
    final.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="participations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, choices=Level)
    sector = models.CharField(max_length=20, choices=Sector)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    groups = models.ManyToManyField(Group, related_name="participations")
    ended_by = models.ForeignKey(
        "cycles.RegisterChange", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("cycle", "agency"), name="an_agency_takes_part_once"),
        )
