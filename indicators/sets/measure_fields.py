"""What the form of a measure asks besides points and method: what it is for, what it rests on, how
it was designed.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Membership, User
from agencies.persian import in_locale, parse_decimal, persian_digits, plain_text
from agencies.roles import Role
from cycles.ui.fields import PersianTextField
from cycles.ui.forms import offer_choices, offer_rows
from indicators.models import (
    Axis,
    CafCriterion,
    Dimension,
    EvidenceRule,
    Feedback,
    Goal,
    Indicator,
    IndicatorSet,
    Influence,
    Law,
    Measure,
    Perspective,
    ResultLevel,
    Source,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_YEARS = 6


class TrendField(PersianTextField):
    """Values of past years as "year:value": "1402:81, 1403:84"; kept as [[year, value as text],
    ...] by year.
    """

    default_error_messages = {
        "trend": _("Write past values as year:value, such as 1402:81, 1403:84; six at most.")
    }

    def clean(self, value: Any) -> list[list[int | str]]:
        text = super().clean(value)
        years: dict[int, str] = {}
        for part in filter(
            str.strip, text.replace("،", ",").replace("؛", ",").replace("\n", ",").split(",")
        ):
            year, colon, number = part.partition(":")
            try:
                years[int(plain_text(year))] = format(parse_decimal(number), "f")
            except ValueError as error:
                raise forms.ValidationError(self.error_messages["trend"], code="trend") from error
            if not colon:
                raise forms.ValidationError(self.error_messages["trend"], code="trend")
        if len(years) > MOST_YEARS or not all(1300 <= year <= 1500 for year in years):
            raise forms.ValidationError(self.error_messages["trend"], code="trend")
        return [[year, years[year]] for year in sorted(years)]


def written_trend(rows: Sequence[Sequence[object]]) -> str:
    """Write past values as the field takes them, in the reader's digits."""
    is_persian = in_locale(1) != "1"
    pairs = (
        f"{year}:{in_locale(parse_decimal(str(value))).replace(',', '').replace('٬', '')}"
        for year, value in rows
    )
    text = ("، " if is_persian else ", ").join(pairs)
    return persian_digits(text) if is_persian else text


def one_of(
    label: "str | _StrPromise",
    choices: Sequence[tuple[str | int, str | Promise]],
    help_text: "str | _StrPromise" = "",
) -> forms.ChoiceField:
    """Make a choice that may be left unsaid."""
    return forms.ChoiceField(
        label=label, required=False, choices=[("", _("Not said")), *choices], help_text=help_text
    )


def words(label: str | Promise, longest: int, help_text: str | Promise = "") -> PersianTextField:
    return PersianTextField(label=label, max_length=longest, required=False, help_text=help_text)


def text(label: str | Promise, help_text: str | Promise = "") -> PersianTextField:
    return PersianTextField(label=label, required=False, lines=True, help_text=help_text)


Sections = tuple[tuple[str | Promise, tuple[str, ...]], ...]
"""The names of fields by subject."""


class ContextFields(forms.Form):
    """The fields of a measure that do not score it, and where in the set it stands."""

    axis = forms.ModelChoiceField(
        label=_("Axis"),
        queryset=Axis.objects.none(),
        required=False,
        empty_label=_("Missions and main tasks"),
    )
    indicator = forms.ModelChoiceField(
        label=_("Indicator"),
        queryset=Indicator.objects.none(),
        required=False,
        empty_label=_("An indicator of its own"),
        help_text=_("Several measures may belong to one indicator."),
    )
    definition_fa = text(
        _("Definition in Persian"), _("What exactly is counted, and for what purpose.")
    )
    definition_en = text(_("Definition in English"))
    is_additive = forms.BooleanField(
        label=_("Parts add up"),
        required=False,
        help_text=_("The value counts something, so that units or agencies can share one target."),
    )
    evidence_rule = one_of(_("Evidence rule"), EvidenceRule.choices)
    evidence_fa = words(_("Evidence asked for, in Persian"), 300)
    evidence_en = words(_("Evidence asked for, in English"), 300)
    goal = forms.ModelChoiceField(
        label=_("Goal"), queryset=Goal.objects.none(), required=False, empty_label=_("Not said")
    )
    source = one_of(_("Where it comes from"), Source.choices)
    law = one_of(_("Act of law"), Law.choices)
    article = words(_("Article"), 60, _("The article of the act, such as 36 or 25–28."))
    legal_basis = words(_("Legal basis, further"), 300)
    result_level = one_of(_("Level of result"), ResultLevel.choices)
    dimension = one_of(_("Dimension"), Dimension.choices)
    perspective = one_of(_("Scorecard perspective"), Perspective.choices)
    caf_criterion = one_of(_("CAF criterion"), CafCriterion.choices)
    steward = forms.ModelChoiceField(
        label=_("Steward"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Not said"),
        help_text=_("Who supplies the figure for all agencies, where agencies enter nothing."),
    )
    responsible_unit = words(_("Responsible unit"), 200)
    responsible_post = words(_("Responsible post"), 200)
    budget_line = words(_("Budget line"), 60)
    resources = text(_("Resources"), _("What the target is to be reached with."))
    trend = TrendField(
        label=_("Trend"),
        required=False,
        help_text=_("Values of past years as year:value, such as 1402:81, 1403:84."),
    )
    influence = one_of(_("Influence of the agency"), Influence.choices)
    feedback = one_of(_("How often a value can be had"), Feedback.choices)
    ideal = text(_("Ideal measure"), _("What one would measure if nothing stood in the way."))
    compromise = text(_("Compromise"), _("Why something else is measured, where it is."))
    links = forms.MultipleChoiceField(
        label=_("Linked measures"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Measures that must be read with it, because one can be raised at the cost "
            "of the other."
        ),
    )
    is_pilot = forms.BooleanField(
        label=_("In its trial year"),
        required=False,
        help_text=_("Scored and shown, never counted."),
    )

    @staticmethod
    def context_of(measure: Measure) -> dict[str, object]:
        """List the initial values that are not the measure's own attributes as they stand."""
        return {
            "trend": written_trend(measure.trend),
            "links": [str(link) for link in measure.links],
        }

    def fit(self, indicator_set: IndicatorSet, measure: Measure | None) -> None:
        """Offer this set's goals and measures, and for a new measure its tiers where they are more
        than one's own.
        """
        offer_rows(self, "goal", indicator_set.goals.order_by("position", "pk"))
        if indicator_set.agency_id is None:
            stewards = Membership.objects.filter(role=Role.STEWARD).values("user")
            offer_rows(self, "steward", User.objects.filter(pk__in=stewards).order_by("username"))
        else:
            del self.fields["steward"]
        others = Measure.objects.of(indicator_set).for_list()
        if measure is not None:
            others = others.exclude(pk=measure.pk)
        offer_choices(self, "links", [(str(m.lineage), m.title) for m in others])
        axes = indicator_set.axes.order_by("position", "pk")
        if measure is not None or not axes:
            del self.fields["axis"], self.fields["indicator"]
            return
        offer_rows(self, "axis", axes)
        within = Indicator.objects.filter(axis__set=indicator_set).order_by(
            "axis__position", "position", "pk"
        )
        offer_rows(self, "indicator", within)

    def clean_caf_criterion(self) -> int | None:
        return int(value) if (value := self.cleaned_data["caf_criterion"]) else None

    def clean_links(self) -> list[UUID]:
        return [UUID(value) for value in self.cleaned_data["links"]]

    SECTIONS: Sections = (
        (
            _("What it is for"),
            ("axis", "indicator", "goal", "source", "law", "article", "legal_basis"),
        ),
        (
            _("Evidence and responsibility"),
            (
                *("evidence_rule", "evidence_fa", "evidence_en", "steward"),
                *("responsible_unit", "responsible_post", "budget_line"),
            ),
        ),
        (
            _("What kind of measure it is"),
            (
                *(
                    "definition_fa",
                    "definition_en",
                    "is_additive",
                    "result_level",
                    "dimension",
                    "perspective",
                ),
                *("caf_criterion", "is_pilot"),
            ),
        ),
        (
            _("How it was designed"),
            ("influence", "feedback", "trend", "resources", "ideal", "compromise", "links"),
        ),
    )

    @property
    def names_by_subject(self) -> Sections:
        return self.SECTIONS

    @property
    def sections(self) -> Iterator[tuple[str | Promise, list[forms.BoundField], bool]]:
        """Part the fields beside the first ones by subject: title, fields, whether one of them has
        an error.
        """
        for title, names in self.names_by_subject:
            fields = [self[name] for name in names if name in self.fields]
            yield title, fields, any(field.errors for field in fields)

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """List what every measure must say, and what its method needs."""
        apart = set(chain.from_iterable(names for _title, names in self.names_by_subject))
        return [self[name] for name in self.fields if name not in apart]
