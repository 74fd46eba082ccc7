"""The official record with its seals, and the notices that tell of what stands in it."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from agencies.roles import Role
from cycles import calendar
from cycles.models.multiranges import SpansField
from cycles.workflow import Workflow


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show auditors and administrators of the whole country the whole record, a province's
        their own agencies'.
        """
        roles = (Role.AUDITOR, Role.ADMINISTRATOR)
        if not user.holds(*roles, at=at):
            return self.none()
        provinces = user.province_ids(at, *roles)
        if provinces is None:
            return self.all()
        return self.filter(
            agency_code__in=Agency.objects.filter(province__in=provinces).values("code")
        )

    def of(self, obj: models.Model) -> Self:
        """Keep the history of one object, newest first."""
        return self.filter(model=obj._meta.label_lower, object_pk=obj.pk).order_by("-id")

    def told_officially(self) -> Self:
        """Select the acts of which somebody was told officially: how many were, have seen it, and
        could not be mailed.
        """
        told = Delivery.objects.filter(
            entry=OuterRef("pk"), channel=Channel.INBOX, is_official=True
        )
        failed = Delivery.objects.filter(
            entry=OuterRef("pk"), channel=Channel.MAIL, told_at=None
        ).exclude(error="")
        return self.filter(Exists(told)).annotate(
            told=_count_of(told),
            seen=_count_of(told.exclude(seen_at=None)),
            failed=_count_of(failed),
        )


def _count_of(deliveries: "DeliveryQuerySet") -> Coalesce:
    rows = deliveries.order_by().values("entry").annotate(n=models.Count("pk"))
    return Coalesce(models.Subquery(rows.values("n")), 0)


class Entry(models.Model):
    """One official act. Never changed: the portal's role may only read and insert, and triggers
    refuse the rest.
    """

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
        """Say the act in the reader's words."""
        return str(Workflow.registry[self.workflow][self.act].label)

    @property
    def news(self) -> str:
        """Say what a notice of the act tells."""
        move = Workflow.registry[self.workflow][self.act]
        return str(move.news or move.label)

    @property
    def change(self) -> str:
        """Say from which state to which, in the reader's words; "" where the state stayed."""
        states = Workflow.registry[self.workflow].states
        if states is None or self.source == self.target or not self.source:
            return ""
        arrow = "←" if get_language_bidi() else "→"
        return f"{states(self.source).label} {arrow} {states(self.target).label}"


class Unsealed(models.Model):
    """A row of the record that waits for its seal; a trigger puts it here in the transaction that
    writes it.
    """

    entry = models.OneToOneField(
        Entry, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.pk)


class Seal(models.Model):
    """A seal over rows of the record: which they are, their number and Merkle root.

    Each names the digest of the one before it, so that nothing sealed can be changed, removed or
    put in unseen. A seal of form 1 says which rows it covers by the numbers of their transactions,
    from `from_xid` to before `upto_xid`, which only the server that gave them can continue; one of
    form 2 names the rows (`ids`).
    """

    form = models.PositiveSmallIntegerField(default=2)
    ids = SpansField(default=list)
    from_xid = models.BigIntegerField(null=True, blank=True)
    upto_xid = models.BigIntegerField(null=True, blank=True, unique=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            ExclusionConstraint(name="a_row_is_sealed_once", expressions=[("ids", "&&")]),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.digest}"


class Verification(models.Model):
    """One check of the whole record, row by row and seal by seal; `broken` names the first thing
    that does not hold.
    """

    ordered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ordered_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows = models.BigIntegerField(default=0)
    seals = models.BigIntegerField(default=0)
    waiting = models.BigIntegerField(default=0)
    broken = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        if self.finished_at is None:
            return calendar.format_moment(self.ordered_at, get_language() or "")
        return self.broken or f"{self.rows} / {self.seals}"


class Channel(models.TextChoices):
    INBOX = "inbox", _("In the portal")
    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Keep a user's own notices in the portal."""
        return self.filter(recipient=user, channel=Channel.INBOX)

    def with_mail(self) -> Self:
        """Annotate when the same notice was mailed, or why it could not be."""
        mail = Delivery.objects.filter(
            recipient=OuterRef("recipient"), key=OuterRef("key"), channel=Channel.MAIL
        )
        return self.annotate(
            mailed_at=models.Subquery(mail.values("told_at")[:1]),
            mail_error=models.Subquery(mail.values("error")[:1]),
        )

    def for_list(self) -> Self:
        """Load the recipients, those first who have not seen the notice."""
        return self.select_related("recipient").order_by(
            F("seen_at").asc(nulls_first=True), "recipient__name_fa", "pk"
        )


class Delivery(models.Model):
    """One notice to one person by one channel: their inbox, and the outbox of what is still to be
    sent.

    It tells an act (`entry`) or reminds of a deadline (`params`). What goes out in one message
    shares `message_id`, which is fixed before anything is sent, so that a message sent twice is the
    same message. `key` says what is told, so that nothing is told twice; the index that sees to it
    serves the recipient as well.
    """

    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel)
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
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
        constraints = (
            models.UniqueConstraint(
                fields=("recipient", "channel", "key"), name="nobody_is_told_twice"
            ),
        )
        indexes = (
            models.Index(
                fields=("recipient", "made_at"), name="inbox", condition=Q(channel="inbox")
            ),
            models.Index(
                fields=("channel", "message_id"),
                name="outbox",
                condition=Q(told_at=None) & ~Q(channel="inbox"),
            ),
            models.Index(fields=("key",), name="delivery_by_key"),
        )

    def __str__(self) -> str:
        return f"{self.key} → {self.recipient}"
