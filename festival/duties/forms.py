"""Which duties a list shows."""

from collections.abc import Iterable

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province
from cycles.ui.fields import PersianTextField
from festival.duties.catalogue import DUTIES
from festival.duties.queries import DutyFilter, Timeliness
from festival.fields import choice_field, row_field


class DutyForm(forms.Form):
    """The filter of the list of duties; unknown values narrow nothing."""

    duty = forms.ChoiceField(label=_("Duty"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), *Timeliness.choices], required=False
    )
    province = forms.ModelChoiceField(
        label=_("Province"), queryset=Province.objects.none(), required=False, empty_label=_("All")
    )
    agency = PersianTextField(label=_("Agency, by name or code"), required=False)

    def __init__(
        self,
        data: QueryDict,
        *,
        years: Iterable[tuple[int, str]],
        provinces: QuerySet[Province],
    ) -> None:
        super().__init__(data)
        choice_field(self, "duty").choices = [
            ("", _("All")),
            *((code, duty.title) for code, duty in DUTIES.items()),
        ]
        choice_field(self, "year").choices = [("", _("All")), *years]
        row_field(self, "province").queryset = provinces

    def duty_filter(self, reach: Q | None, cycles: dict[int, int]) -> DutyFilter:
        """Return the filter within the reader's reach; `cycles` are the keys of the years."""
        self.is_valid()
        chosen = self.cleaned_data
        agencies = reach
        if province := chosen.get("province"):
            agencies = (agencies or Q()) & Q(agency__province=province)
        if text := chosen.get("agency"):
            agencies = (agencies or Q()) & Q(agency__in=Agency.objects.matching(text).values("pk"))
        year = chosen.get("year")
        return DutyFilter(
            cycles=[cycles[int(year)]] if year else None,
            duty=chosen.get("duty") or "",
            timeliness=chosen.get("state") or "",
            agencies=agencies,
        )
