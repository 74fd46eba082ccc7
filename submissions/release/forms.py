"""Whose scores are communicated."""

from collections.abc import Mapping

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Province
from cycles.models import Group, Participation
from cycles.ui.forms import offer_choices


class WhomForm(forms.Form):
    """To whom scores are communicated: all within reach, one group of the
    cycle, or one province.
    """

    whom = forms.ChoiceField(label=_("Whom"), required=False)

    def __init__(
        self, data: Mapping[str, object], *, participations: QuerySet[Participation]
    ) -> None:
        super().__init__(data)
        groups = Group.objects.filter(participations__in=participations).distinct()
        provinces = Province.objects.filter(pk__in=participations.values("province"))
        offer_choices(
            self,
            "whom",
            [
                ("", _("All agencies within my reach")),
                (
                    _("Group"),
                    [(f"group-{g.pk}", g.name) for g in groups.order_by("sort_key", "pk")],
                ),
                (
                    _("Province"),
                    [(f"province-{p.pk}", p.name) for p in provinces.order_by("sort_key", "pk")],
                ),
            ],
        )

    @property
    def choice(self) -> str:
        """What was chosen, as the address says it."""
        return self.cleaned_data["whom"] if self.is_valid() else ""

    def narrow(self, participations: QuerySet[Participation]) -> QuerySet[Participation]:
        """Keep those chosen; nobody where what was chosen is out of reach."""
        if not self.is_valid():
            return participations.none()
        kind, _dash, key = self.choice.partition("-")
        return participations.filter(
            **{{"group": "groups", "province": "province"}[kind]: key} if kind else {}
        )
