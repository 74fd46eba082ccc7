"""The windows of a cycle's phases, and the decrees that extend them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext

from agencies.models import Agency
from agencies.statements import Slot, Statement, keys_slot
from cycles import clocks
from cycles.calendar import PHASES, Binding, Phase, phase_label
from cycles.models.cycles import Cycle, Group
from cycles.workflow import Windows
from cycles.workflow_objects import CycleMatter, Decree

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


def is_off(window: "Window", began: datetime, ended: datetime) -> bool:
    """Say whether the clock is known to be off, or was not the database's while the window was
    read.
    """
    if abs(clocks.apart(window.read_at, began, ended)) > clocks.TOLERANCE:
        clocks.ours.is_suspect = True
        return True
    return window.clock_fault


class WindowQuerySet(models.QuerySet["Window"]):
    def concerning(self, objs: Iterable[CycleMatter]) -> Windows:
        """Read the windows of these objects' cycles, general and of their own agencies, as
        extended, in one query.
        """
        objs = list(objs)
        cycles = {o.cycle_id for o in objs if o.cycle_id is not None}
        if not cycles:
            return Windows(())
        return self.terms(cycles, {o.agency_id for o in objs if o.agency_id is not None})

    def as_extended(self, cycles: Any, agencies: Any, concerned: object) -> Self:
        """Keep the general windows and those of agencies, with the decrees that concern them."""
        rows = self.filter(Q(agency=None) | Q(agency__in=agencies), cycle__in=cycles)
        return rows.annotate(
            decrees=RawSQL(DECREES, [concerned, concerned], ArrayField(models.JSONField())),  # noqa: S611 -- of constants
            clock_fault=RawSQL(CLOCK_FAULT, [], models.BooleanField()),  # noqa: S611
            read_at=RawSQL("clock_timestamp()", [], models.DateTimeField()),
        )

    def terms(self, cycles: Iterable[object], agencies: Iterable[int] | None = None) -> Windows:
        """Read the windows of these cycles, general and of these agencies, with the extensions that
        concern them.

        No agencies given: the general windows only, with every agency's extensions.
        """
        concerned = None if agencies is None else list(agencies)
        began = timezone.now()
        if isinstance(cycles, models.QuerySet):
            found: list[Window] = list(self.as_extended(cycles, concerned or (), concerned))
        else:
            found = TERMS.fetch(cycles=list(cycles), agencies=concerned or [], concerned=concerned)
        ended = timezone.now()
        return Windows(
            found, clock_is_off=any(is_off(window, began, ended) for window in found[:1])
        )


def _terms() -> "models.QuerySet[Window]":
    cycles, agencies = keys_slot("cycles"), keys_slot("agencies")
    return Window.objects.as_extended(cycles, agencies, Slot("concerned"))


TERMS: "Statement[Window]" = Statement(_terms)


class Window(models.Model):
    """When a phase of a cycle is open: from `opens_at` up to, not including, `closes_at`; `agency`
    None: for all.

    `quarter` numbers the four windows of the monitored year; `line` is the key of the one line an
    act opened it for. Once its cycle is open a window never changes (a trigger refuses); an
    `Extension` moves its closing.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="windows")
    phase = models.CharField(max_length=16, choices=[(p.value, p.label) for p in PHASES])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    quarter = models.PositiveSmallIntegerField(default=0)
    line = models.BigIntegerField(null=True, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    binding = models.CharField(max_length=4, choices=Binding)

    # as `WindowQuerySet.terms` reads them
    decrees: list[Decree]
    clock_fault: bool
    read_at: datetime

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
        """Name the phase, with its quarter where it has one."""
        return phase_label(Phase(self.phase), self.quarter)


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def for_list(self) -> Self:
        return self.select_related("agency", "group", "cycle").order_by("-pk")

    def for_notices(self) -> Self:
        """Load what the name and the address of an extension need."""
        return self.select_related("agency", "group", "cycle")


class Extension(models.Model):
    """A decree that moves a hard window's closing, for one agency, for a group, or, where neither
    is named, for all.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="extensions")
    phase = models.CharField(
        max_length=16,
        choices=[(s.phase.value, s.phase.label) for s in PHASES.values() if s.is_extendable],
    )
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
        """Name the phase that is extended, with its quarter where it has one."""
        return phase_label(Phase(self.phase), self.quarter)

    @property
    def scope(self) -> str:
        """Say in words for whom the extension holds."""
        return str(self.agency or self.group or gettext("all agencies"))
