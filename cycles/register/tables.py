"""The register of agencies as a list."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from cycles.ui.tables import CardsTable, code, link


class AgencyTable(CardsTable):
    name = tables.Column(verbose_name=_("Agency"), accessor="name_fa", order_by=("sort_key", "pk"))
    code = tables.Column(verbose_name=_("Code"))
    level = tables.Column(verbose_name=_("Level"))
    sector = tables.Column(verbose_name=_("Sector"))
    parent = tables.Column(verbose_name=_("Part of"), order_by=("parent__sort_key", "sort_key"))
    province = tables.Column(
        verbose_name=_("Province"), order_by=("province__sort_key", "sort_key")
    )
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
