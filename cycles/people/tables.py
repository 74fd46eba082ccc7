"""Lists of nominations and people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, User
from agencies.persian import language
from cycles.calendar import format_date, format_moment
from cycles.models import Nomination
from cycles.ui.tables import CardsTable, code, link


class NominationTable(CardsTable):
    name = tables.Column(
        verbose_name=_("Person"), accessor="user", order_by=("user__name_fa", "pk")
    )
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


class ListedPerson(Protocol):
    """A user, read with those memberships that the reader sees."""

    seen_memberships: list[Membership]


class PeopleTable(CardsTable):
    name = tables.Column(
        verbose_name=_("Person"), accessor="username", order_by=("name_fa", "username")
    )
    username = tables.Column(verbose_name=_("User name"))
    email = tables.Column(verbose_name=_("E-mail"))
    roles = tables.Column(
        verbose_name=_("Roles and their periods"), empty_values=(), orderable=False
    )
    factor = tables.Column(
        verbose_name=_("Second factor"), accessor="has_second_factor", orderable=False
    )
    last_login = tables.Column(verbose_name=_("Last sign-in"))
    is_active = tables.Column(verbose_name=_("Account"))

    class Meta:
        model = User
        fields = ("name", "username", "email", "roles", "factor", "last_login", "is_active")

    def __init__(self, data: Iterable[User], *, at: datetime) -> None:
        self.at = at
        super().__init__(data)

    def render_name(self, record: User) -> SafeString:
        return link(reverse("cycles:person", args=[record.pk]), record.name)

    def render_username(self, value: str) -> SafeString:
        return code(value)

    def render_email(self, value: str) -> SafeString:
        return code(value)

    def render_roles(self, record: ListedPerson) -> SafeString | str:
        held = [(m, self._period(m)) for m in record.seen_memberships]
        rows = format_html_join(
            "", '<div>{} <span class="text-secondary small">{}</span></div>', held
        )
        return format_html("<div>{}</div>", rows) if rows else "—"  # one cell of a phone's card

    def _period(self, membership: Membership) -> str:
        """Say since or until when, as far as it says more than that the role is in force."""
        if membership.valid_from > self.at:
            return gettext("from %(when)s") % {
                "when": format_date(membership.valid_from, language())
            }
        if membership.valid_until is None:
            return gettext("since %(when)s") % {
                "when": format_date(membership.valid_from, language())
            }
        until = {"when": format_date(membership.valid_until, language())}
        return (
            gettext("until %(when)s") % until
            if membership.in_force(self.at)
            else gettext("ended %(when)s") % until
        )

    def render_factor(self, value: bool) -> str:
        return gettext("yes") if value else gettext("no")

    def render_last_login(self, value: datetime) -> str:
        return format_moment(value, language())

    def render_is_active(self, value: bool) -> str:
        return gettext("Open") if value else gettext("Closed")
