"""When things happen: cycles with their windows, the agencies that take part, and the official record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language_bidi, gettext
from django_fsm import FSMField

from agencies.models import Agency, Level, Named, Province, Sector, User, in_reach
from agencies.roles import Role
from agencies.text import localised
from cycles.calendar import PRESETS, Binding, Phase
from cycles.workflow import CYCLE, CycleState, Windows, Workflow


class CycleQuerySet(models.QuerySet["Cycle"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Planned cycles are the administrators' and auditors' business only."""
        if user.holds(Role.ADMINISTRATOR, Role.AUDITOR, at=at):
            return self.all()
        return self.exclude(state=CycleState.PLANNED)

    def overseen_by(self, user: User, at: datetime) -> Self:
        """Cycles whose whole results the user may read before they are published: national officers only."""
        return self.all() if user.oversees_the_country(at) else self.none()

    def living(self) -> Self:
        return self.filter(state__in=(CycleState.OPEN, CycleState.FINAL))

    def for_list(self) -> Self:
        return self.order_by("-year", "pk")


class Cycle(models.Model):
    """The assessment of one year; its phases are code, their dates are its windows."""

    year = models.PositiveSmallIntegerField(unique=True, help_text="The assessed Jalali year")
    preset = models.CharField(max_length=30, choices=[(key, preset.title) for key, preset in PRESETS.items()])
    state = FSMField(choices=CycleState.choices, default=CycleState.PLANNED, protected=True)
    appeal_days = models.PositiveSmallIntegerField(default=14)
    review_days = models.PositiveSmallIntegerField(default=14)
    opened_at = models.DateTimeField(null=True, blank=True)
    finalised_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = CycleQuerySet.as_manager()

    def __str__(self) -> str:
        return gettext("Assessment of %(year)s") % {"year": self.label}

    @property
    def label(self) -> str:
        """The year in the reader's digits, never grouped."""
        return localised(self.year).replace("٬", "").replace(",", "")

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


class WindowQuerySet(models.QuerySet["Window"]):
    def concerning(self, objs: Iterable[Any]) -> Windows:
        """The windows of these objects' cycles, general and of their own agencies, in one query."""
        objs = list(objs)
        cycles = {o.cycle_id for o in objs} - {None}
        agencies = {o.agency_id for o in objs} - {None}
        if not cycles:
            return Windows(())
        return Windows(self.filter(Q(agency__isnull=True) | Q(agency__in=agencies), cycle__in=cycles))


class Window(models.Model):
    """When a phase of a cycle is open: from `opens_at` up to, not including, `closes_at`; `agency` None: for all."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="windows")
    phase = models.CharField(max_length=16, choices=[(p.value, p.label) for p in Phase if p != Phase.ANYTIME])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    binding = models.CharField(max_length=4, choices=Binding)

    objects = WindowQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("cycle", "phase", "agency"), name="one_window_a_phase_and_agency", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="a_window_closes_after_it_opens"),
        )

    def __str__(self) -> str:
        return f"{self.get_phase_display()} · {self.cycle}"


class Group(Named):
    """A peer group in which agencies are ranked against each other, within one cycle."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="groups")
    code = models.CharField(max_length=40)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cycle", "code"), name="one_group_a_code_and_cycle"),)


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Administrators and auditors see their scope; agencies see themselves."""
        return self.filter(in_reach(user, at, (Role.ADMINISTRATOR, Role.AUDITOR)) | Q(agency__in=user.agency_ids(at)))


class Participation(Named):
    """An agency in a cycle, with its name, level, sector and province as they were then."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="participations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, choices=Level)
    sector = models.CharField(max_length=20, choices=Sector)
    province = models.ForeignKey(Province, models.PROTECT, null=True, blank=True, related_name="+")
    groups = models.ManyToManyField(Group, related_name="participations")

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("cycle", "agency"), name="an_agency_takes_part_once"),)


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Auditors and administrators of the whole country read the whole record, a province's their own agencies'."""
        roles = (Role.AUDITOR, Role.ADMINISTRATOR)
        if not user.holds(*roles, at=at):
            return self.none()
        provinces = user.province_ids(at, *roles)
        if provinces is None:
            return self.all()
        return self.filter(agency_code__in=Agency.objects.filter(province__in=provinces).values("code"))

    def of(self, obj: models.Model) -> Self:
        """The history of one object, newest first."""
        return self.filter(model=obj._meta.label_lower, object_pk=obj.pk).order_by("-id")


class Entry(models.Model):
    """One official act. Never changed: the portal's role may only read and insert, and triggers refuse the rest."""

    workflow = models.CharField(max_length=60)
    act = models.CharField(max_length=40)
    model = models.CharField(max_length=60)
    object_pk = models.BigIntegerField()
    object_label = models.CharField(max_length=300)
    cycle_id = models.BigIntegerField(null=True)
    agency_code = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=20, blank=True)
    target = models.CharField(max_length=20, blank=True)
    params = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True)
    actor_role = models.CharField(max_length=40)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    statutory_at = models.DateTimeField(null=True)
    days_late = models.PositiveIntegerField(default=0)
    body = models.TextField()
    digest = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("model", "object_pk"), name="entry_by_object"),
            models.Index(fields=("at",), name="entry_by_moment"),
        )

    def __str__(self) -> str:
        return f"{self.sentence} · {self.object_label}"

    @property
    def sentence(self) -> str:
        """The act in the reader's words."""
        return str(Workflow.registry[self.workflow][self.act].label)

    @property
    def change(self) -> str:
        """From which state to which, in the reader's words; "" where the state stayed."""
        states = Workflow.registry[self.workflow].states
        if states is None or self.source == self.target or not self.source:
            return ""
        arrow = "←" if get_language_bidi() else "→"
        return f"{states(self.source).label} {arrow} {states(self.target).label}"


class Seal(models.Model):
    """A seal over the rows of the record whose transactions lie in [from_xid, upto_xid): their number and Merkle root.

    Each names the digest of the one before it, so that nothing sealed can be changed, removed or put in unseen.
    """

    from_xid = models.BigIntegerField()
    upto_xid = models.BigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.pk}: {self.digest}"
