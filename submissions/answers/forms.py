"""What is typed on self-assessments: answers, files, marks, assignments."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import offer_choices, offer_rows
from indicators.models import Axis
from indicators.scoring.methods import METHODS
from submissions.answers.actions import FIELDS
from submissions.models import Answer, Evidence, FactorKind, TextPart, Verdict


class AnswerForm(forms.Form):
    """What an agency says of one line; `seen` are the tokens of what the writer had before them, by
    field.

    `clashing` names the fields that a colleague has changed meanwhile.
    """

    value = NumberField(label=_("Actual value"), required=False, max_digits=28, decimal_places=8)
    claims_not_applicable = forms.BooleanField(
        label=_("This measure does not apply to us"), required=False
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, answer: Answer) -> None:
        initial = {name: getattr(answer, name) for name in FIELDS}
        super().__init__(data, initial=initial)
        for text in Answer.TEXTS:
            self.fields[text.name] = PersianTextField(
                label=text.label,
                lines=True,
                required=False,
                max_length=text.max_length,
                help_text=text.help_text,
            )
        self.clashing: tuple[str, ...] = ()
        self.answer = answer
        measure = answer.measure
        self.fields["value"].help_text = answer.bounds.hint
        if choices := METHODS[measure.method].choices(measure.params):
            self.fields["value"] = forms.TypedChoiceField(
                label=self.fields["value"].label,
                required=False,
                choices=[("", _("Not answered")), *choices],
                coerce=Decimal,
                empty_value=None,
            )
            if answer.value is not None:
                self.initial["value"] = f"{answer.value.normalize():f}"

    def _texts(self, part: TextPart) -> list[forms.BoundField]:
        return [self[text.name] for text in Answer.TEXTS if text.part == part]

    @property
    def reasons(self) -> list[forms.BoundField]:
        """List the fields asked where the value stands out."""
        return self._texts(TextPart.REASON)

    @property
    def explanations(self) -> list[forms.BoundField]:
        return self._texts(TextPart.EXPLANATION)

    @property
    def analysis(self) -> list[forms.BoundField]:
        """List the fields asked where the cycle wants the line analysed."""
        return self._texts(TextPart.ANALYSIS)

    def clean_value(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["value"]
        if value is not None and (why := self.answer.why_unfit(value)):
            raise forms.ValidationError(why)
        return value

    @property
    def _tokens_of_choice(self) -> dict[str, str]:
        """The token of the other's text, by clashing field, where the writer chose between both."""
        return {name: token for name in FIELDS if (token := self.data.get(f"now_{name}"))}

    @property
    def takes_theirs(self) -> bool:
        return self.data.get("keep") == "theirs"

    @property
    def values(self) -> dict[str, object]:
        """The values that were typed in the fields that were on the page."""
        theirs = self._tokens_of_choice if self.takes_theirs else {}
        return {
            name: self.cleaned_data[name]
            for name in FIELDS
            if name not in theirs and (name in self.data or name == "claims_not_applicable")
        }

    @property
    def seen(self) -> dict[str, str]:
        known = {name: token for name in FIELDS if (token := self.data.get(f"seen_{name}"))}
        return known | (self._tokens_of_choice if self.data.get("keep") == "mine" else {})

    def seen_after(self, answer: Answer) -> dict[str, str]:
        """Collect the tokens of what the page shows once this was answered: of fields that it does
        not show as they now stand, because a colleague changed them or they were not saved, what
        had been seen before.
        """
        if not self.is_bound:
            return {name: answer.token(name) for name in FIELDS}
        typed = {name: Answer.token_of(value) for name, value in self.cleaned_data.items()}
        before = self.seen
        return {
            name: now if typed.get(name) == now else before.get(name, now)
            for name in FIELDS
            if (now := answer.token(name))
        }


class ReadyForm(forms.Form):
    """Whether a line is ready to be signed."""

    is_ready = forms.BooleanField(required=False)


class CommentForm(forms.Form):
    """A comment on a line."""

    text = PersianTextField(label=_("Comment"), lines=True, max_length=3000)


class FactorForm(forms.Form):
    """An influence from outside, and the file of the line that shows it."""

    kind = forms.ChoiceField(label=_("Kind of influence"), choices=FactorKind.choices)
    text = PersianTextField(
        label=_("What happened, and how it changed the figure"), lines=True, max_length=3000
    )
    evidence = forms.ChoiceField(
        label=_("Evidence of it"),
        required=False,
        help_text=_(
            "One of the files of this line; without one the assessor can hardly accept it."
        ),
    )

    def __init__(
        self, data: Mapping[str, object] | None = None, *, files: Iterable[Evidence]
    ) -> None:
        super().__init__(data)
        self.shown_files = {str(file.pk): file for file in files}
        offer_choices(
            self,
            "evidence",
            [
                ("", _("None")),
                *((key, str(file)) for key, file in self.shown_files.items()),
            ],
        )

    def clean_evidence(self) -> Evidence | None:
        return self.shown_files.get(self.cleaned_data["evidence"])


class ShareOutForm(ComparedForm):
    """An axis and the colleague who fills its lines in."""

    axis = forms.ChoiceField(label=_("Axis"))
    assignee = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        people: QuerySet[User],
        axes: Iterable[Axis],
        shows: Mapping[str, object],
    ) -> None:
        super().__init__(data, shows=shows)
        self.axes = {str(axis.pk): axis for axis in axes}
        offer_choices(self, "axis", [(key, axis.title) for key, axis in self.axes.items()])
        offer_rows(self, "assignee", people)

    def clean_axis(self) -> Axis:
        return self.axes[self.cleaned_data["axis"]]


class VerdictForm(ComparedForm):
    """An assessor's verdict on what an agency claims, with the reason."""

    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=[(v.value, v.label) for v in Verdict if v != Verdict.WAITING]
    )
    reason = PersianTextField(label=_("Reason"), lines=True, max_length=3000)
