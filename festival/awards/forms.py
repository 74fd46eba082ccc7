"""What is typed when ceremonies, categories, minutes and awards are set, and when awards are
decided on.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as said_now
from django.utils.translation import gettext_lazy as _

from agencies.models import Province, User
from cycles.clashes import SEEN, ComparedForm
from cycles.models import Cycle, Group, Participation
from cycles.ui.fields import DayField, MomentField, PaperField, PersianTextField, WholeField
from cycles.ui.forms import ActForm, AgencyField
from cycles.workflow import Move
from festival.awards.eligibility import Decision
from festival.fields import choice_field, row_field
from festival.models import Award, AwardCategory, Ceremony, Minutes, Rank
from festival.models.awards import AwardQuerySet
from festival.models.ceremonies import CategoryScope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_REASON = 300
"""One sentence, which has its place on the certificate."""


REASON = _("Reason")


class ReasonField(PersianTextField):
    def __init__(
        self,
        *,
        label: "StrOrPromise" = REASON,
        help_text: "StrOrPromise" = "",
        required: bool = True,
        initial: str | None = None,
    ) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            initial=initial,
            max_length=LONGEST_REASON,
            widget=forms.Textarea(attrs={"rows": 2}),
        )


class CeremonyForm(ComparedForm):
    """Name, day, place and chair of a ceremony."""

    name_fa = PersianTextField(label=_("Name in Persian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    held_on = DayField(label=_("Day"), required=False)
    place = PersianTextField(label=_("Place of the ceremony"), max_length=200, required=False)
    chair = PersianTextField(
        label=_("Chair"),
        max_length=200,
        required=False,
        help_text=_("Whose name stands under the certificates."),
    )


class LimitField(WholeField):
    """A limit on the number of awards; empty for none."""

    def __init__(self, *, label: "StrOrPromise", min_value: int, help_text: "StrOrPromise") -> None:
        super().__init__(
            label=label, min_value=min_value, max_value=99, required=False, help_text=help_text
        )


class CategoryForm(ComparedForm):
    """One category; its code is typed once, when it is added."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Small Latin letters; it never changes."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    name_fa = PersianTextField(label=_("Name in Persian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    basis = forms.ChoiceField(label=_("What decides"), choices=AwardCategory.BASES)
    offered = forms.ChoiceField(label=_("Where it is given"), choices=CategoryScope.choices)
    per_group = forms.BooleanField(label=_("Given in each group"), required=False)
    most_winners = LimitField(
        label=_("Chosen at most"),
        min_value=1,
        help_text=_("Of a group, or of a ceremony. Empty: no limit."),
    )
    most_commended = LimitField(
        label=_("Commended at most"),
        min_value=0,
        help_text=_(
            "So many of the next places are proposed where a ranking decides. Empty: no limit, "
            "none proposed."
        ),
    )

    def __init__(
        self, data: QueryDict | None = None, *, category: AwardCategory | None = None
    ) -> None:
        initial = None
        if category:
            names = [name for name in self.base_fields if name not in (SEEN, "code")]
            initial = {name: getattr(category, name) for name in names}
        super().__init__(data, initial=initial)
        if category:
            del self.fields["code"]

    @property
    def category_fields(self) -> dict[str, object]:
        return {name: value for name, value in self.cleaned_data.items() if name != "code"}


class MinutesForm(forms.Form):
    """The minutes of a meeting, with the signed paper if there is one."""

    held_at = MomentField(label=_("Held on"))
    members = PersianTextField(
        label=_("Members present"), lines=True, max_length=2000, help_text=_("One a line.")
    )
    text = PersianTextField(label=_("What was discussed"), lines=True, max_length=20000)
    file = PaperField(
        label=_("Signed minutes"),
        required=False,
        error_messages={"no_pdf": _("The minutes must be a PDF file.")},
    )


class PutForwardForm(forms.Form):
    """An agency put forward by hand."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=AwardCategory.objects.none())
    agency = AgencyField(label=_("Agency, by name or code"))
    group = forms.ModelChoiceField(
        label=_("Group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=_("No group"),
        help_text=_("Where the award is given in each group."),
    )
    rank = forms.ChoiceField(
        label=_("As"), choices=Rank.choices, widget=forms.RadioSelect, initial=Rank.WINNER
    )
    reason = ReasonField(help_text=_("One sentence; it stands on the certificate."))
    reason_en = ReasonField(label=_("Reason in English"), required=False)
    title_fa = PersianTextField(label=_("Special title in Persian"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Special title in English"), max_length=200, required=False)

    def __init__(self, data: QueryDict | None = None, *, ceremony: Ceremony) -> None:
        super().__init__(data)
        self.ceremony = ceremony
        row_field(self, "category").queryset = AwardCategory.objects.offered_at(ceremony).for_list()
        groups = Group.objects.filter(cycle=ceremony.cycle_id, province=ceremony.province_id)
        row_field(self, "group").queryset = groups.order_by("sort_key", "pk")

    def clean_agency(self) -> Participation:
        agency = self.cleaned_data["agency"]
        found = (
            Participation.objects.active()
            .filter(cycle=self.ceremony.cycle_id, agency=agency)
            .first()
        )
        if found is None:
            said = said_now("%(agency)s does not take part in this cycle.")
            raise forms.ValidationError(said % {"agency": agency})
        return found


class EndForm(ActForm):
    """The reason why an award or a proposal ends, or stands; signed where the act is."""

    reason = ReasonField()
    field_order = ("reason", "password")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        move: Move,
        user: User,
        shows: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, move=move, user=user, shows=shows)
        for name in ("note", "letter"):  # the reason says it
            self.fields.pop(name, None)

    @property
    def action_kwargs(self) -> dict[str, str]:
        return {"reason": self.cleaned_data["reason"]}


class ProposalFields(NamedTuple):
    """A proposal with the fields by which it is decided on."""

    award: Award
    take: forms.BoundField
    rank: forms.BoundField
    reason: forms.BoundField
    reason_en: forms.BoundField


class DecideForm(ActForm):
    """The decisions on proposals by the minutes of a meeting; signed."""

    minutes = forms.ModelChoiceField(
        label=_("Minutes of the meeting that decided"),
        queryset=Minutes.objects.none(),
        empty_label=None,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        awards: Sequence[Award],
        minutes: QuerySet[Minutes],
        move: Move,
        user: User,
    ) -> None:
        proposed = [[award.pk, award.rank, award.reason, award.reason_en] for award in awards]
        super().__init__(data, shows={"awards": proposed}, move=move, user=user)
        del self.fields["note"]
        self.awards = awards
        row_field(self, "minutes").queryset = minutes
        for award in awards:
            take, rank, reason, reason_en = self._names(award)
            self.fields[take] = forms.BooleanField(
                label=_("Decide on %(award)s") % {"award": award}, required=False, initial=True
            )
            self.fields[rank] = forms.ChoiceField(
                label=_("As"), choices=Rank.choices, initial=award.rank
            )
            # of what is not taken nothing need be said
            self.fields[reason] = ReasonField(initial=award.reason, required=False)
            self.fields[reason_en] = ReasonField(
                label=_("Reason in English"), initial=award.reason_en, required=False
            )
            self.fields[take].widget.attrs["class"] = "form-check-input"
            self.fields[rank].widget.attrs["class"] = "form-select"
            for name in (reason, reason_en):
                self.fields[name].widget.attrs["class"] = "form-control"
            self.fields[reason].widget.attrs |= {"lang": "fa", "dir": "rtl"}
            self.fields[reason_en].widget.attrs |= {"lang": "en", "dir": "ltr"}

    @staticmethod
    def _names(award: Award) -> tuple[str, ...]:
        return tuple(f"{name}-{award.pk}" for name in ("take", "rank", "reason", "reason_en"))

    def rows(self) -> list[ProposalFields]:
        """Return each proposal with its fields, as the page lays them out."""
        rows = []
        for award in self.awards:
            take, rank, reason, reason_en = self._names(award)
            rows.append(
                ProposalFields(
                    award=award,
                    take=self[take],
                    rank=self[rank],
                    reason=self[reason],
                    reason_en=self[reason_en],
                )
            )
        return rows

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        taken = [award for award in self.awards if data.get(self._names(award)[0])]
        if not taken:
            self.add_error(None, said_now("Tick the proposals that were decided on."))
        for award in taken:
            reason = self._names(award)[2]
            if reason not in self.errors and not data.get(reason):
                self.add_error(
                    reason, said_now("Say why, in one sentence; it stands on the certificate.")
                )
        return data

    @property
    def decisions(self) -> dict[int, Decision]:
        data = self.cleaned_data
        decisions = {}
        for award in self.awards:
            take, rank, reason, reason_en = self._names(award)
            if data[take]:
                decisions[award.pk] = Decision(data[rank], data[reason], data[reason_en])
        return decisions


class NarrowForm(forms.Form):
    """The filter of the public list; unknown values narrow nothing, and are said."""

    festival = forms.ChoiceField(label=_("Festival"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)

    NATIONAL = "national"

    def __init__(
        self, data: QueryDict | None = None, *, cycle: Cycle, provinces: Iterable[Province]
    ) -> None:
        super().__init__(data)
        choice_field(self, "festival").choices = [
            ("", _("Every festival")),
            (self.NATIONAL, _("National")),
            *((p.code, p.name) for p in provinces),
        ]
        categories = AwardCategory.objects.filter(cycle=cycle).for_list()
        choice_field(self, "category").choices = [
            ("", _("Every category")),
            *((c.code, c.name) for c in categories),
        ]

    def narrow(self, awards: AwardQuerySet) -> AwardQuerySet:
        """Return the awards of the festival and category that were chosen."""
        self.is_valid()
        if festival := self.cleaned_data.get("festival"):
            if festival == self.NATIONAL:
                awards = awards.filter(ceremony__province=None)
            else:
                awards = awards.filter(ceremony__province__code=festival)
        if category := self.cleaned_data.get("category"):
            awards = awards.filter(category__code=category)
        return awards
