"""Lists of cycles, agencies, people and the official record, and how a cell is written in the reader's way."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Membership, User
from agencies.persian import format_number, language
from agencies.templatetags.portal import digits
from cycles.calendar import format_date, format_moment
from cycles.models import Cycle, Delivery, Entry, Nomination, Participation


def number(value: Any, places: int | None = None) -> str:
    return format_number(value, language(), places)


def code(text: str) -> SafeString:
    """A Latin code that keeps its order inside Persian text."""
    return format_html('<bdi class="code" lang="en">{}</bdi>', text)


def link(url: str, text: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, text)


class CycleTable(tables.Table):
    year = tables.Column(verbose_name=_("Assessed year"))
    preset = tables.Column(verbose_name=_("Dates"), orderable=False)
    state = tables.Column(verbose_name=_("State"))
    agencies = tables.Column(verbose_name=_("Agencies taking part"))

    class Meta:
        model = Cycle
        fields = ("year", "preset", "state", "agencies")

    def render_year(self, record: Cycle) -> SafeString:
        return link(reverse("cycles:detail", args=[record.year]), str(record))

    def render_preset(self, record: Cycle) -> str:
        return record.get_preset_display()

    def render_state(self, record: Cycle) -> SafeString:
        return format_html('<span class="badge bg-secondary-lt">{}</span>', record.get_state_display())

    def render_agencies(self, value: int) -> str:
        return number(value)


class ParticipationTable(tables.Table):
    name = tables.Column(verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk"))
    code = tables.Column(verbose_name=_("Code"), accessor="agency__code", order_by=("agency__code",))
    level = tables.Column(verbose_name=_("Level"))
    sector = tables.Column(verbose_name=_("Sector"))
    province = tables.Column(verbose_name=_("Province"), order_by=("province__sort_key", "sort_key"))
    group = tables.Column(verbose_name=_("Group"), empty_values=(), orderable=False)

    class Meta:
        model = Participation
        fields = ("name", "code", "level", "sector", "province", "group")

    def render_name(self, record: Participation) -> SafeString | str:
        if record.ended_by is None:
            return record.name
        return format_html('{} <span class="badge bg-secondary-lt">{}</span>', record.name, record.ended_by.what)

    def render_code(self, value: str) -> SafeString:
        return code(value)

    def render_group(self, record: Participation) -> str:
        return "، ".join(group.name for group in record.groups.all())


class AgencyTable(tables.Table):
    name = tables.Column(verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk"))
    code = tables.Column(verbose_name=_("Code"))
    level = tables.Column(verbose_name=_("Level"))
    sector = tables.Column(verbose_name=_("Sector"))
    parent = tables.Column(verbose_name=_("Part of"), order_by=("parent__sort_key", "sort_key"))
    province = tables.Column(verbose_name=_("Province"), order_by=("province__sort_key", "sort_key"))
    is_active = tables.Column(verbose_name=_("State"))

    class Meta:
        model = Agency
        fields = ("name", "code", "level", "sector", "parent", "province", "is_active")

    def render_name(self, record: Agency) -> SafeString:
        return link(reverse("cycles:agency", args=[record.code]), record.name)

    def render_code(self, value: str) -> SafeString:
        return code(value)

    def render_is_active(self, value: bool) -> str:
        return gettext("Active") if value else gettext("Closed")


class NominationTable(tables.Table):
    name = tables.Column(verbose_name=_("Person"), accessor="user", order_by=("user__name_fa", "pk"))
    role = tables.Column(verbose_name=_("Role"))
    state = tables.Column(verbose_name=_("State"))
    proposed_by = tables.Column(verbose_name=_("Proposed by"))
    decided_by = tables.Column(verbose_name=_("Decided by"))
    decided_at = tables.Column(verbose_name=_("Decided"))

    class Meta:
        model = Nomination
        fields = ("name", "role", "state", "proposed_by", "decided_by", "decided_at")

    def render_name(self, record: Nomination) -> SafeString:
        return link(reverse("cycles:person", args=[record.user_id]), record.user.name)

    def render_decided_at(self, value: datetime) -> str:
        return format_moment(value, language())


class PeopleTable(tables.Table):
    name = tables.Column(verbose_name=_("Person"), accessor="username", order_by=("name_fa", "username"))
    username = tables.Column(verbose_name=_("User name"))
    email = tables.Column(verbose_name=_("E-mail"))
    roles = tables.Column(verbose_name=_("Roles and their periods"), empty_values=(), orderable=False)
    factor = tables.Column(verbose_name=_("Second factor"), accessor="has_second_factor", orderable=False)
    last_login = tables.Column(verbose_name=_("Last sign-in"))
    is_active = tables.Column(verbose_name=_("Account"))

    class Meta:
        model = User
        fields = ("name", "username", "email", "roles", "factor", "last_login", "is_active")

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.at = at
        super().__init__(*args, **kwargs)

    def render_name(self, record: User) -> SafeString:
        return link(reverse("cycles:person", args=[record.pk]), record.name)

    def render_username(self, value: str) -> SafeString:
        return code(value)

    def render_email(self, value: str) -> SafeString:
        return code(value)

    def render_roles(self, record: Any) -> SafeString | str:
        held = [(m, self._period(m)) for m in record.seen_memberships]
        rows = format_html_join("", '<div>{} <span class="text-secondary small">{}</span></div>', held)
        return format_html("<div>{}</div>", rows) if rows else "—"  # one cell of a phone's card

    def _period(self, membership: Membership) -> str:
        """Since or until when, as far as it says more than that the role is in force."""
        if membership.valid_from > self.at:
            return gettext("from %(when)s") % {"when": format_date(membership.valid_from, language())}
        if membership.valid_until is None:
            return gettext("since %(when)s") % {"when": format_date(membership.valid_from, language())}
        until = {"when": format_date(membership.valid_until, language())}
        return gettext("until %(when)s") % until if membership.in_force(self.at) else gettext("ended %(when)s") % until

    def render_factor(self, value: bool) -> str:
        return gettext("yes") if value else gettext("no")

    def render_last_login(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_is_active(self, value: bool) -> str:
        return gettext("Open") if value else gettext("Closed")


class LedgerTable(tables.Table):
    at = tables.Column(verbose_name=_("When"), order_by=("at", "pk"))
    act = tables.Column(verbose_name=_("Act"))
    object_label = tables.Column(verbose_name=_("On what"), orderable=False)
    agency_code = tables.Column(verbose_name=_("Agency"))
    actor_name = tables.Column(verbose_name=_("By whom"), empty_values=(), order_by=("actor_name", "pk"))
    days_late = tables.Column(verbose_name=_("Days late"))
    note = tables.Column(verbose_name=_("Note"), orderable=False)

    class Meta:
        model = Entry
        fields = ("at", "act", "object_label", "agency_code", "actor_name", "days_late", "note")

    def render_at(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_act(self, record: Entry) -> SafeString:
        change = record.change
        detail = format_html('<div class="text-secondary small">{}</div>', change) if change else ""
        return format_html("{}{}", record.sentence, detail)

    def render_object_label(self, value: str) -> SafeString:
        return format_html('<bdi lang="fa">{}</bdi>', value)

    def render_agency_code(self, value: str) -> SafeString:
        return code(value)

    def render_actor_name(self, record: Entry) -> SafeString | str:
        if record.actor_id is None:
            return gettext("The calendar itself")
        return format_html('<bdi lang="fa">{}</bdi>', record.actor_name)

    def render_days_late(self, record: Entry) -> SafeString | str:
        if record.statutory_at is None:
            return "—"
        if not record.days_late:
            return gettext("in time")
        due = gettext("due %(when)s") % {"when": format_date(record.statutory_at, language())}
        late = gettext("%(days)s days late") % {"days": number(record.days_late)}
        return format_html('<span class="badge bg-danger-lt">{}</span> <span class="small">{}</span>', late, due)


class UnseenTable(tables.Table):
    at = tables.Column(verbose_name=_("When"), orderable=False)
    act = tables.Column(verbose_name=_("Notice"), orderable=False)
    letter = tables.Column(verbose_name=_("Letter"), accessor="params__letter", default="—", orderable=False)
    told = tables.Column(verbose_name=_("Told"), orderable=False)
    seen = tables.Column(verbose_name=_("Not seen"), orderable=False)
    failed = tables.Column(verbose_name=_("E-mails that failed"), orderable=False)

    class Meta:
        model = Entry
        fields = ("at", "act", "letter", "told", "seen", "failed")

    def render_at(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_act(self, record: Entry) -> SafeString:
        detail = format_html('<div class="text-secondary small"><bdi lang="fa">{}</bdi></div>', record.object_label)
        return format_html(
            "<div>{}{}</div>", link(reverse("cycles:unseen_people", args=[record.pk]), record.news), detail
        )

    def render_letter(self, value: str) -> SafeString:
        return format_html("<bdi>{}</bdi>", digits(value))

    def render_told(self, value: int) -> str:
        return number(value)

    def render_seen(self, record: Any) -> SafeString | str:
        left = record.told - record.seen
        return format_html('<span class="badge bg-warning-lt">{}</span>', number(left)) if left else number(0)

    def render_failed(self, value: int) -> SafeString | str:
        return format_html('<span class="badge bg-danger-lt">{}</span>', number(value)) if value else number(0)


class ToldTable(tables.Table):
    """Whom an official notice told; the rows carry what they hold as `recipient.told_as`."""

    person = tables.Column(verbose_name=_("Person"), accessor="recipient", orderable=False)
    roles = tables.Column(verbose_name=_("Roles"), empty_values=(), orderable=False)
    seen_at = tables.Column(verbose_name=_("Seen"), empty_values=(), orderable=False)
    mail = tables.Column(verbose_name=_("E-mail"), empty_values=(), orderable=False)

    class Meta:
        model = Delivery
        fields = ("person", "roles", "seen_at", "mail")

    def render_roles(self, record: Any) -> SafeString | str:
        return format_html_join("", "<div>{}</div>", [(m,) for m in record.recipient.told_as]) or "—"

    def render_seen_at(self, value: datetime | None) -> SafeString | str:
        if value is None:
            return format_html('<span class="badge bg-warning-lt">{}</span>', gettext("not seen yet"))
        return format_moment(value, language())

    def render_mail(self, record: Any) -> SafeString | str:
        if record.mail_error:
            said = gettext(record.mail_error)  # the portal's own reasons are translated, a mail server's are not
            badge = format_html('<span class="badge bg-danger-lt">{}</span>', gettext("failed"))
            return format_html('<div>{} <bdi lang="en" class="small">{}</bdi></div>', badge, said)
        return format_moment(record.mailed_at, language()) if record.mailed_at else "—"
