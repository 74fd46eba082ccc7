"""When things happen: cycles with their windows, the agencies that take part, and the official record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from agencies.models import Agency, Level, Named, Province, Sector, User, in_reach
from agencies.roles import Role
from agencies.text import persian_digits
from cycles.calendar import Binding, Phase, phase_label
from cycles.presets import PRESETS
from cycles.workflow import CYCLE, EXTENDABLE, CycleState, Windows, Workflow

PRACTICE = 0
"""The "year" of the one cycle in which everything may be tried: all its phases are open, nothing of it counts."""


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
        """Cycles whose whole results the user may read before they are published: national officers only."""
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
    preset = models.CharField(max_length=30, choices=[(key, preset.title) for key, preset in PRESETS.items()])
    state = FSMField(choices=CycleState.choices, default=CycleState.PLANNED, protected=True)
    spares_holidays = models.BooleanField(
        default=True, help_text="A deadline on a Friday or a listed holiday moves to the next working day"
    )
    spreads_points = models.BooleanField(
        default=True, help_text="Points that do not apply are spread within their axis; else they leave the ceiling"
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


class WindowQuerySet(models.QuerySet["Window"]):
    def concerning(self, objs: Iterable[Any]) -> Windows:
        """The windows of these objects' cycles, general and of their own agencies, as extended, in one query."""
        objs = list(objs)
        cycles = {o.cycle_id for o in objs} - {None}
        if not cycles:
            return Windows(())
        return self.terms(cycles, {o.agency_id for o in objs} - {None})

    def terms(self, cycles: Iterable[Any], agencies: Iterable[int] | None = None) -> Windows:
        """The windows of these cycles, general and of these agencies, with the extensions that concern them.

        No agencies given: the general windows only, with every agency's extensions.
        """
        decrees = Extension.objects.filter(
            cycle=OuterRef("cycle"), phase=OuterRef("phase"), quarter=OuterRef("quarter")
        ).order_by("pk")
        rows = self.filter(Q(agency=None) | Q(agency__in=agencies or ()), cycle__in=cycles)
        if agencies is not None:
            of_all, of_group = Q(agency=None, group=None), Q(group__participations__agency__in=agencies)
            decrees = decrees.filter(of_all | Q(agency__in=agencies) | of_group)
        concerned = Coalesce("agency", "group__participations__agency")
        facts = JSONObject(agency=concerned, closes_at="closes_at", number="decree_number")
        return Windows(rows.annotate(decrees=ArraySubquery(decrees.values_list(facts))))


class Window(models.Model):
    """When a phase of a cycle is open: from `opens_at` up to, not including, `closes_at`; `agency` None: for all.

    `quarter` numbers the four windows of the monitored year; `line` is the key of the one line an act opened it for.
    Once its cycle is open a window never changes (a trigger refuses); an `Extension` moves its closing.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="windows")
    phase = models.CharField(max_length=16, choices=[(p.value, p.label) for p in Phase if p != Phase.ANYTIME])
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
                fields=("cycle", "phase", "agency", "quarter", "line"), name="one_window_a_phase", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="a_window_closes_after_it_opens"),
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


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def for_list(self) -> Self:
        return self.select_related("agency", "group", "cycle").order_by("-pk")

    def for_notices(self) -> Self:
        """With all that a row's name and address need."""
        return self.select_related("agency", "group", "cycle")


class Extension(models.Model):
    """A decree that moves a hard window's closing, for one agency, for a group, or, where neither is named, for all."""

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

    def told_officially(self) -> Self:
        """Acts of which somebody was told officially: how many were, have seen it, and could not be mailed."""
        told = Delivery.objects.filter(entry=OuterRef("pk"), channel=Channel.INBOX, is_official=True)
        failed = Delivery.objects.filter(entry=OuterRef("pk"), channel=Channel.MAIL, told_at=None).exclude(error="")
        return self.filter(Exists(told)).annotate(
            told=_counted(told), seen=_counted(told.exclude(seen_at=None)), failed=_counted(failed)
        )


def _counted(deliveries: "DeliveryQuerySet") -> Coalesce:
    rows = deliveries.order_by().values("entry").annotate(n=models.Count("pk"))
    return Coalesce(models.Subquery(rows.values("n")), 0)


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
    request_id = models.CharField(max_length=36, blank=True)
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
    def news(self) -> str:
        """What a notice of the act says."""
        move = Workflow.registry[self.workflow][self.act]
        return str(move.news or move.label)

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


class Verification(models.Model):
    """One check of the whole record, row by row and seal by seal; `broken` names the first thing that does not hold."""

    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    seals = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    broken = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.broken or f"{self.rows} / {self.seals}"


class Channel(models.TextChoices):
    INBOX = "inbox", _("In the portal")
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """One's own notices in the portal."""
        return self.filter(recipient=user, channel=Channel.INBOX)

    def with_mail(self) -> Self:
        """Annotates when the same notice was mailed, or why it could not be."""
        mail = Delivery.objects.filter(recipient=OuterRef("recipient"), key=OuterRef("key"), channel=Channel.MAIL)
        return self.annotate(
            mailed_at=models.Subquery(mail.values("told_at")[:1]), mail_error=models.Subquery(mail.values("error")[:1])
        )

    def for_list(self) -> Self:
        """Those first who have not seen it."""
        return self.select_related("recipient").order_by(F("seen_at").asc(nulls_first=True), "recipient__name_fa", "pk")


class Delivery(models.Model):
    """One notice to one person by one channel: their inbox, and the outbox of what is still to be sent.

    It tells an act (`entry`) or reminds of a deadline (`params`). What goes out in one message shares `message_id`,
    which is fixed before anything is sent, so that a message sent twice is the same message. `key` says what is told,
    so that nothing is told twice.
    """

    recipient = models.ForeignKey(User, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=5, choices=Channel)
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="deliveries")
    key = models.CharField(max_length=120)
    params = models.JSONField(default=dict)
    is_official = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    message_id = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    cycle_id = None
    agency_id = None
    agency = None

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("recipient", "channel", "key"), name="nobody_is_told_twice"),)
        indexes = (
            models.Index(fields=("recipient", "made_at"), name="inbox", condition=Q(channel="inbox")),
            models.Index(
                fields=("channel", "message_id"), name="outbox", condition=Q(told_at=None) & ~Q(channel="inbox")
            ),
            models.Index(fields=("key",), name="delivery_by_key"),
        )

    def __str__(self) -> str:
        return f"{self.key} → {self.recipient}"
