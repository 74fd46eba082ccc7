"""Lists of notices: those not yet seen, and who was told of one."""

from datetime import datetime
from typing import Protocol

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership
from agencies.persian import language
from agencies.templatetags.portal import digits
from cycles.calendar import format_moment
from cycles.models import Delivery, Entry
from cycles.ui.tables import CardsTable, link, number


class CountedEntry(Protocol):
    """An act, read with how many people were told of it and how many of them have seen it."""

    told: int
    seen: int


class ReaderWithRoles(Protocol):
    """A person who was told of an act, read with the roles held at that moment."""

    told_as: list[Membership]


class MailedDelivery(Protocol):
    """A notice, read with what became of its mail."""

    recipient: ReaderWithRoles
    mailed_at: datetime | None
    mail_error: str


class UnseenTable(CardsTable):
    at = tables.Column(verbose_name=_("When"), orderable=False)
    act = tables.Column(verbose_name=_("Notice"), orderable=False)
    letter = tables.Column(
        verbose_name=_("Letter"), accessor="params__letter", default="—", orderable=False
    )
    told = tables.Column(verbose_name=_("Told"), orderable=False)
    seen = tables.Column(verbose_name=_("Not seen"), orderable=False)
    failed = tables.Column(verbose_name=_("E-mails that failed"), orderable=False)

    class Meta:
        model = Entry
        fields = ("at", "act", "letter", "told", "seen", "failed")

    def render_at(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_act(self, record: Entry) -> SafeString:
        detail = format_html(
            '<div class="text-secondary small"><bdi lang="fa">{}</bdi></div>', record.object_label
        )
        return format_html(
            "<div>{}{}</div>",
            link(reverse("cycles:unseen_people", args=[record.pk]), record.news),
            detail,
        )

    def render_letter(self, value: str) -> SafeString:
        return format_html("<bdi>{}</bdi>", digits(value))

    def render_told(self, value: int) -> str:
        return number(value)

    def render_seen(self, record: CountedEntry) -> SafeString | str:
        left = record.told - record.seen
        return (
            format_html('<span class="badge bg-warning-lt">{}</span>', number(left))
            if left
            else number(0)
        )

    def render_failed(self, value: int) -> SafeString | str:
        return (
            format_html('<span class="badge bg-danger-lt">{}</span>', number(value))
            if value
            else number(0)
        )


class RecipientTable(CardsTable):
    """Whom an official notice told; the rows carry what they hold as `recipient.told_as`."""

    person = tables.Column(verbose_name=_("Person"), accessor="recipient", orderable=False)
    roles = tables.Column(verbose_name=_("Roles"), empty_values=(), orderable=False)
    seen_at = tables.Column(verbose_name=_("Seen"), empty_values=(), orderable=False)
    mail = tables.Column(verbose_name=_("E-mail"), empty_values=(), orderable=False)

    class Meta:
        model = Delivery
        fields = ("person", "roles", "seen_at", "mail")

    def render_roles(self, record: MailedDelivery) -> SafeString | str:
        return (
            format_html_join("", "<div>{}</div>", [(m,) for m in record.recipient.told_as]) or "—"
        )

    def render_seen_at(self, value: datetime | None) -> SafeString | str:
        if value is None:
            return format_html(
                '<span class="badge bg-warning-lt">{}</span>', gettext("not seen yet")
            )
        return format_moment(value, language())

    def render_mail(self, record: MailedDelivery) -> SafeString | str:
        if record.mail_error:
            said = gettext(
                record.mail_error
            )  # the portal's own reasons are translated, a mail server's are not
            badge = format_html('<span class="badge bg-danger-lt">{}</span>', gettext("failed"))
            return format_html('<div>{} <bdi lang="en" class="small">{}</bdi></div>', badge, said)
        return format_moment(record.mailed_at, language()) if record.mailed_at else "—"
