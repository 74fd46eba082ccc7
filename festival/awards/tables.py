"""The public list of a year's awards as a table."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from agencies.templatetags.portal import prose
from cycles.ui.tables import CardsTable
from festival.models import Award, Language
from festival.models.awards import AGENCY


class AwardTable(CardsTable):
    agency = tables.Column(_("Agency"), accessor="participation", order_by=AGENCY)
    rank = tables.Column(_("As"), order_by=("-rank", *AGENCY))  # "winner" before "commended"
    category = tables.Column(
        _("Category"), order_by=("category__position", "group__sort_key", *AGENCY)
    )
    ceremony = tables.Column(_("Festival"), order_by=("ceremony__province__sort_key", *AGENCY))
    reason = tables.Column(_("Reason"), orderable=False)
    uuid = tables.Column(_("Certificate"), orderable=False)

    class Meta(CardsTable.Meta):
        model = Award
        fields = ("agency", "rank", "category", "ceremony", "reason", "uuid")
        attrs = {"caption": _("Awards by festival, category and group")}

    def render_agency(self, record: Award) -> SafeString:
        url = reverse("festival:agency", args=[record.agency.code])
        return format_html('<a href="{}">{}</a>', url, record.participation.name)

    def render_rank(self, record: Award) -> SafeString:
        if record.is_revoked:
            badge = format_html(
                '<span class="badge bg-danger-lt">{}</span> ', record.get_state_display()
            )
            return format_html("{}<del>{}</del>", badge, record.get_rank_display())
        tone = "success" if record.is_winner else "primary"
        return format_html(
            '<span class="badge bg-{}-lt">{}</span>', tone, record.get_rank_display()
        )

    def render_category(self, record: Award) -> SafeString:
        said = format_html("{}", record.category.name)
        if record.title:
            said = format_html("{}<br><strong>{}</strong>", said, prose(record.title))
        if record.group:
            said = format_html(
                '{}<br><span class="text-secondary">{}</span>', said, record.group.name
            )
        return format_html("<span>{}</span>", said)

    def render_ceremony(self, record: Award) -> str:
        return str(record.ceremony.province or said_now("National"))

    def render_reason(self, record: Award) -> str:
        return prose(record.ended_reason if record.is_revoked else record.why)

    def render_uuid(self, record: Award) -> SafeString:
        verified = reverse("verify_certificates", args=[record.uuid])
        links = (
            []
            if record.is_revoked
            else [
                (
                    reverse("festival:certificate", args=[record.uuid, language.value]),
                    language.value,
                    language.label,
                )
                for language in Language
            ]
        )
        row = '<a href="{}" hreflang="{}">{} (PDF)</a><br>'
        hidden = format_html('<span class="visually-hidden">: {}</span>', record.participation.name)
        papers = format_html_join("", row, links)
        return format_html('{}<a href="{}">{}{}</a>', papers, verified, said_now("Verify"), hidden)
