"""What the working group types: votes, comments, suggestions, decisions, ranks, rules, meetings and
minutes.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale
from agencies.roles import Constituency
from cycles.clashes import SEEN, ComparedForm
from cycles.ui.fields import MomentField, NumberField, PersianTextField, WholeField
from cycles.ui.forms import PasswordField, check_signature, offer_choices, offer_rows
from indicators.models import (
    Choice,
    Goal,
    IndicatorSet,
    Measure,
    Meeting,
    Outcome,
    Rating,
    Review,
    WorkingGroup,
)

WHY = _("Needed unless you approve; the agency will read it.")


class VoteForm(ComparedForm):
    """A vote on the whole set and its reason."""

    choice = forms.ChoiceField(
        label=_("Your vote"), choices=Choice.choices, widget=forms.RadioSelect
    )
    reason = PersianTextField(label=_("Reason"), required=False, lines=True, help_text=WHY)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") in (Choice.RETURN, Choice.REJECT) and not data.get("reason"):
            self.add_error("reason", _("Please give a reason; the agency will read it."))
        return data


class MeasureVoteForm(VoteForm):
    """A vote on one measure, with a rating of its target."""

    rating = forms.ChoiceField(
        label=_("How is its target?"),
        required=False,
        choices=[("", _("Not said")), *Rating.choices],
    )
    field_order = ("choice", "rating", "reason")


class CommentForm(forms.Form):
    text = PersianTextField(
        label=_("Comment"), lines=True, help_text=_("The group and the agency read it.")
    )


class ValuesForm(ComparedForm):
    """Other values for a measure, prefilled with those proposed."""

    points = NumberField(
        label=_("Points"), max_digits=12, decimal_places=4, min_value=Decimal("0.0001")
    )
    base = NumberField(label=_("Baseline"), required=False, max_digits=28, decimal_places=8)
    floor = NumberField(label=_("Floor"), required=False, max_digits=28, decimal_places=8)
    target = NumberField(label=_("Target"), required=False, max_digits=28, decimal_places=8)
    title_fa = PersianTextField(label=_("Title in Persian"), max_length=300)
    title_en = PersianTextField(label=_("Title in English"), max_length=300, required=False)

    def __init__(self, data: QueryDict | None = None, *, measure: Measure) -> None:
        self.names = tuple(name for name in ValuesForm.base_fields if name != SEEN)
        super().__init__(data, initial={name: getattr(measure, name) for name in self.names})

    @property
    def values(self) -> dict[str, Any]:
        """Read what was typed, by field of the measure."""
        return {name: self.cleaned_data[name] for name in self.names}


class SuggestForm(ValuesForm):
    beside = ("reason",)

    reason = PersianTextField(
        label=_("Reason"), lines=True, help_text=_("Why these values are better.")
    )


class SettleForm(ValuesForm):
    """The group's decision on one measure: as it stands here, or back, or out."""

    beside = ("outcome", "reason")

    outcome = forms.ChoiceField(
        label=_("Decision"),
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.OPEN],
        widget=forms.RadioSelect,
    )
    reason = PersianTextField(
        label=_("Reason"),
        required=False,
        lines=True,
        help_text=_("Needed unless the measure is approved as proposed; the agency will read it."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, measure: Measure, decided: Review | None
    ) -> None:
        super().__init__(data, measure=measure)
        self.decided = decided

    @property
    def stored_values(self) -> dict[str, Any]:
        names = ("outcome", "reason", "decided_at")
        decided = {name: getattr(self.decided, name) for name in names} if self.decided else None
        return super().stored_values | {"decided": decided}


class RankForm(ComparedForm):
    """The goals of a set in the order of their importance."""

    def __init__(
        self, data: QueryDict | None = None, *, goals: Iterable[Goal], mine: dict[int, int]
    ) -> None:
        super().__init__(data)
        self.goals = list(goals)
        for goal in self.goals:
            places = [(n, in_locale(n)) for n in range(1, len(self.goals) + 1)]
            self.fields[f"goal_{goal.pk}"] = forms.TypedChoiceField(
                label=goal.title, coerce=int, choices=places, initial=mine.get(goal.pk)
            )

    @property
    def ranks(self) -> dict[int, int]:
        return {goal.pk: self.cleaned_data[f"goal_{goal.pk}"] for goal in self.goals}


class RulesForm(ComparedForm):
    """By which rules a working group decides."""

    quorum = WholeField(
        label=_("Quorum"), min_value=1, max_value=50, help_text=_("So many votes at least.")
    )
    concurring = forms.MultipleChoiceField(
        label=_("Must concur"),
        required=False,
        choices=Constituency.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each of these constituencies must vote, and all its votes must approve."),
    )
    majority = WholeField(
        label=_("Majority, percent"),
        min_value=0,
        max_value=99,
        help_text=_("Approvals must be more than this."),
    )
    chair_casts = forms.BooleanField(label=_("The chair's vote breaks a tie"), required=False)

    def __init__(self, data: QueryDict | None = None, *, group: WorkingGroup) -> None:
        stored = {name: getattr(group, name) for name in self.base_fields if name != SEEN}
        super().__init__(data, initial=stored)


class ConveneForm(forms.Form):
    """A meeting: when, where, on which sets."""

    held_at = MomentField(label=_("When"))
    place = PersianTextField(label=_("Where"), max_length=200, required=False)
    sets = forms.ModelMultipleChoiceField(
        label=_("Agenda"),
        queryset=IndicatorSet.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one set.")},
    )

    def __init__(self, data: QueryDict | None = None, *, sets: QuerySet[IndicatorSet]) -> None:
        super().__init__(data)
        offer_rows(self, "sets", sets)


class MinutesForm(forms.Form):
    """The minutes: who was there, what was resolved on each set, what was discussed."""

    present = forms.MultipleChoiceField(
        label=_("Present"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please say who was present.")},
    )
    minutes = PersianTextField(label=_("What was discussed"), lines=True)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        meeting: Meeting,
        seats: Iterable[tuple[User, str]],
        user: User,
    ) -> None:
        super().__init__(data)
        self.user = user
        self.seats = {str(user.pk): (user, side) for user, side in seats}
        self.items = list(
            meeting.agenda.select_related("set__agency", "set__cycle").order_by("position")
        )
        seated = [
            (key, f"{user} · {Constituency(side).label}")
            for key, (user, side) in self.seats.items()
        ]
        offer_choices(self, "present", seated)
        for item in self.items:
            label = _("Resolved on “%(set)s”") % {"set": item.set}
            self.fields[f"item_{item.pk}"] = PersianTextField(
                label=label, lines=True, required=False
            )
        self.fields["password"] = PasswordField()

    def clean_password(self) -> str:
        return check_signature(self.user, self.cleaned_data["password"])

    @property
    def attendance(self) -> dict[int, str]:
        """Read the constituency of each person present, by key."""
        return {self.seats[key][0].pk: self.seats[key][1] for key in self.cleaned_data["present"]}

    @property
    def resolutions(self) -> dict[int, str]:
        return {item.pk: self.cleaned_data[f"item_{item.pk}"] for item in self.items}
