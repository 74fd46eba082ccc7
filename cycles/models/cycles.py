"""When things happen: cycles with their windows and decrees, and the agencies that take part."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, Level, Named, Province, Sector, User, in_reach
from agencies.persian import persian_digits
from agencies.roles import Role
from cycles import clocks
from cycles.calendar import Binding, Phase, phase_label
from cycles.presets import PRESETS
from cycles.workflow import CYCLE, EXTENDABLE, CycleState, Windows

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
        """The assessments of years: all but the practice cycle."""
        return self.exclude(year=PRACTICE)

    def visible_to(self, user: User, at: datetime) -> Self:
        """Planned cycles are the administrators' and auditors' business only."""
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at):
            return self.all()
        return self.exclude(state=CycleState.PLANNED)

    def overseen_by(self, user: User, at: datetime) -> Self:
        """Cycles whose whole results the user may read before they are published: national officers
        only.
        """
        return self.all() if user.oversees_the_country(at) else self.none()

    def living(self) -> Self:
        return self.filter(state__in=(CycleState.OPEN, CycleState.FINAL))

    def in_hand(self) -> Self:
        """Those that no other job has in hand, kept from other jobs until the transaction ends."""
        return self.select_for_update(no_key=True, skip_locked=True)

    def for_list(self) -> Self:
        return self.order_by("-year", "pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
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
        """Whether this is no year but the cycle for training."""
        return self.year == PRACTICE

    @property
    def label(self) -> str:
        """The year in the reader's digits, never grouped."""
        if self.is_practice:
            return gettext("practice")
        return persian_digits(str(self.year)) if get_language() == "fa" else str(self.year)

    @property
    def cycle_id(self) -> int:
        return self.pk

    agency_id = None
    agency = None

    @CYCLE.transition
    def _open(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.opened_at = at

    @CYCLE.transition
    def _finalise(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.finalised_at = at

    @CYCLE.transition
    def _publish(self, *, at: datetime, given: dict[str, Any]) -> None:
        self.published_at = at


class Holiday(Named):
    """A public holiday: where a cycle spares holidays, no deadline is planned to fall on it."""

    day = models.DateField(unique=True)
    is_listed = models.BooleanField(default=True, help_text="Struck from the list, never deleted")


# Every page asks this, and the ORM takes longer to say it than PostgreSQL to answer.
DECREES = """ARRAY(
    SELECT jsonb_build_object(
        'agency', coalesce(e.agency_id, p.agency_id),
        'closes_at', e.closes_at,
        'number', e.decree_number
    )
    FROM cycles_extension e
    LEFT JOIN cycles_participation_groups g ON g.group_id = e.group_id
    LEFT JOIN cycles_participation p ON p.id = g.participation_id
    WHERE (e.cycle_id, e.phase, e.quarter)
        = (cycles_window.cycle_id, cycles_window.phase, cycles_window.quarter)
    AND (%s::bigint[] IS NULL OR (e.agency_id IS NULL AND e.group_id IS NULL)
        OR coalesce(e.agency_id, p.agency_id) = ANY(%s::bigint[]))
    ORDER BY e.id
)"""


CLOCK_FAULT = "EXISTS (SELECT FROM cycles_fault WHERE kind = 'clock' AND mended_at IS NULL)"


def is_off(window: Any, began: datetime, ended: datetime) -> bool:
    """Whether the clock is known to be off, or was not the database's while the window was read."""
    if abs(clocks.apart(window.read_at, began, ended)) > clocks.TOLERANCE:
        clocks.ours.is_suspect = True
        return True
    return bool(window.clock_fault)


class WindowQuerySet(models.QuerySet["Window"]):
    def concerning(self, objs: Iterable[Any]) -> Windows:
        """The windows of these objects' cycles, general and of their own agencies, as extended, in
        one query.
        """
        objs = list(objs)
        cycles = {o.cycle_id for o in objs} - {None}
        if not cycles:
            return Windows(())
        return self.terms(cycles, {o.agency_id for o in objs} - {None})

    def terms(self, cycles: Iterable[Any], agencies: Iterable[int] | None = None) -> Windows:
        """The windows of these cycles, general and of these agencies, with the extensions that
        concern them.

        No agencies given: the general windows only, with every agency's extensions.
        """
        rows = self.filter(Q(agency=None) | Q(agency__in=agencies or ()), cycle__in=cycles)
        concerned = None if agencies is None else list(agencies)
        as_extended = rows.annotate(
            decrees=RawSQL(DECREES, [concerned, concerned], ArrayField(models.JSONField())),  # noqa: S611 -- of constants
            clock_fault=RawSQL(CLOCK_FAULT, [], models.BooleanField()),  # noqa: S611
            read_at=RawSQL("clock_timestamp()", [], models.DateTimeField()),
        )
        began, found, ended = timezone.now(), list(as_extended), timezone.now()
        return Windows(
            found, clock_is_off=any(is_off(window, began, ended) for window in found[:1])
        )


class Window(models.Model):
    """When a phase of a cycle is open: from `opens_at` up to, not including, `closes_at`; `agency`
    None: for all.

    `quarter` numbers the four windows of the monitored year; `line` is the key of the one line an
    act opened it for. Once its cycle is open a window never changes (a trigger refuses); an
    `Extension` moves its closing.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="windows")
    phase = models.CharField(
        max_length=16, choices=[(p.value, p.label) for p in Phase if p != Phase.ANYTIME]
    )
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    quarter = models.PositiveSmallIntegerField(default=0)
    line = models.BigIntegerField(null=True, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    binding = models.CharField(max_length=4, choices=Binding)

    objects = WindowQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "phase", "agency", "quarter", "line"),
                name="one_window_a_phase",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")), name="a_window_closes_after_it_opens"
            ),
            models.CheckConstraint(condition=Q(quarter__lte=4), name="a_year_has_four_quarters"),
        )

    def __str__(self) -> str:
        return f"{self.label} · {self.cycle}"

    @property
    def label(self) -> str:
        """The phase, with its quarter where it has one."""
        return phase_label(Phase(self.phase), self.quarter)


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
        """Administrators and auditors see their scope; agencies see themselves."""
        return self.filter(
            in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR))
            | Q(agency__in=user.agency_ids(at))
        )

    def active(self) -> Self:
        """Of agencies that have not ended since the cycle was opened: who owes, is told, is counted
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


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def for_list(self) -> Self:
        return self.select_related("agency", "group", "cycle").order_by("-pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "group", "cycle")


class Extension(models.Model):
    """A decree that moves a hard window's closing, for one agency, for a group, or, where neither
    is named, for all.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="extensions")
    phase = models.CharField(max_length=16, choices=[(p.value, p.label) for p in EXTENDABLE])
    quarter = models.PositiveSmallIntegerField(default=0)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="+")
    closes_at = models.DateTimeField()
    decree_number = models.CharField(max_length=60)
    decreed_on = models.DateField()
    reason = models.TextField()
    file = models.FileField(upload_to="decrees/", max_length=200)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(agency__isnull=True) | Q(group__isnull=True),
                name="an_extension_is_for_an_agency_or_a_group",
            ),
        )

    def __str__(self) -> str:
        return gettext("Extension %(number)s: %(phase)s, %(scope)s") % {
            "number": self.decree_number,
            "phase": self.window_label,
            "scope": self.scope,
        }

    def get_absolute_url(self) -> str:
        return self.cycle.get_absolute_url()

    @property
    def window_label(self) -> str:
        """The phase it extends, with its quarter where it has one."""
        return phase_label(Phase(self.phase), self.quarter)

    @property
    def scope(self) -> str:
        """For whom it holds, in words."""
        return str(self.agency or self.group or gettext("all agencies"))
