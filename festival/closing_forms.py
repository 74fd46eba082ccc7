"""What is typed about what follows from results: items of improvement plans, consequences, surveys."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.persian import localised, named, normalise
from cycles.clashes import ComparedForm
from cycles.ui.fields import DayField, MomentField, NumberField, PaperField, PersianTextField
from cycles.ui.forms import ActForm
from festival.consequences import MOST_DAYS
from festival.models import OCCASIONS, Asked, ConsequenceKind, ImprovementItem, Status, SurveyQuestion
from festival.questions import QUESTIONS, Question
from festival.surveys import MOST_WORDS

# --- Improvement plans ------------------------------------------------------------------------------------------------


class ItemForm(ComparedForm):
    """An item of a plan; of an item that is about a measure, its next target, too."""

    finding = PersianTextField(label=_("Finding"), lines=True, max_length=4000)
    action = PersianTextField(
        label=_("Action"), lines=True, max_length=4000, required=False, help_text=_("What will be done about it.")
    )
    owner = PersianTextField(
        label=_("Who answers for it"), max_length=200, required=False, help_text=_("A post, or a name.")
    )
    due_on = DayField(label=_("To be done by"), required=False)
    target = NumberField(label=_("Next target"), required=False, max_digits=28, decimal_places=8)

    def __init__(self, *args: Any, item: ImprovementItem | None = None, **kwargs: Any) -> None:
        names = ("finding", "action", "owner", "due_on", "target")
        initial = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(*args, initial=initial, **kwargs)
        if item is None or item.answer is None:
            del self.fields["target"]
        else:
            measure = item.answer.measure
            self.fields["target"].help_text = measure.unit

    @property
    def said(self) -> dict[str, Any]:
        """What was typed, nothing of what the form does not ask for."""
        return {"target": None} | self.cleaned_data


class ProgressForm(ComparedForm):
    """How far an item is, with a word about it; `last` names what was said last."""

    beside = ("note",)

    status = forms.ChoiceField(label=_("State"), choices=Status.choices, widget=forms.RadioSelect)
    note = PersianTextField(
        label=_("Explanation"),
        lines=True,
        required=False,
        max_length=2000,
        help_text=_("What has been done; of what is cancelled, why."),
    )

    def __init__(self, *args: Any, last: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last = last

    @property
    def stored(self) -> dict[str, Any]:
        return super().stored | {"last": self.last}


class ReturnForm(ActForm):
    """Why a plan is returned."""

    note = PersianTextField(label=_("Reason"), lines=True, max_length=2000, help_text=_("The agency will read it."))


def chosen(values: list[str]) -> list[int]:
    """The keys among what a page sent; whatever is no key is left out."""
    return [int(text) for value in values if (text := normalise(value)).isascii() and text.isdecimal()]


# --- Consequences -----------------------------------------------------------------------------------------------------


class RuleForm(forms.Form):
    """What follows from a band, or from not filing."""

    on = forms.ChoiceField(label=_("Upon"), choices=OCCASIONS)
    repeated = forms.BooleanField(label=_("Only in the second year in a row"), required=False)
    kind = forms.ChoiceField(label=_("Consequence"), choices=ConsequenceKind.choices)
    words_fa = PersianTextField(label=_("In words, in Persian"), max_length=300)
    words_en = forms.CharField(label=_("In words, in English"), max_length=300, required=False)
    days = NumberField(
        label=_("Days after publication within which it is due"),
        min_value=1,
        max_value=MOST_DAYS,
        decimal_places=0,
        initial=30,
    )

    def clean_days(self) -> int:
        return int(self.cleaned_data["days"])


class LetterForm(ActForm):
    """The letter by which a consequence was done, signed; with its paper, if there is one at hand."""

    letter = PersianTextField(label=_("Number of the letter"), max_length=60)
    letter_on = DayField(label=_("Date of the letter"))
    file = PaperField(
        label=_("The letter"), required=False, error_messages={"no_pdf": _("The letter must be a PDF file.")}
    )
    field_order = ("letter", "letter_on", "file", "note", "password")

    @property
    def given(self) -> dict[str, Any]:
        """What the act is given."""
        return {name: self.cleaned_data[name] for name in ("letter", "letter_on", "file", "note")}


class WaiveForm(ActForm):
    """Why a consequence is waived, signed."""

    note = PersianTextField(label=_("Reason"), lines=True, max_length=2000, help_text=_("The agency will read it."))


# --- Surveys ----------------------------------------------------------------------------------------------------------


class SurveyForm(ActForm):
    """When a survey is open, which of the usual questions it asks, and one of its own."""

    opens_at = MomentField(label=_("Opens"))
    closes_at = MomentField(
        label=_("Closes"), closing=True, help_text=_("A day without a time means until its end, 24:00.")
    )
    usual = forms.MultipleChoiceField(
        label=_("Questions"), required=False, widget=forms.CheckboxSelectMultiple, initial=list(range(len(QUESTIONS)))
    )
    own_fa = PersianTextField(label=_("A further question, in Persian"), max_length=300, required=False)
    own_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)
    own_kind = forms.ChoiceField(
        label=_("How it is answered"), choices=[(k, k.label) for k in (Asked.SCALE, Asked.TEXT)], required=False
    )
    field_order = ("opens_at", "closes_at", "usual", "own_fa", "own_en", "own_kind", "letter", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["usual"].choices = [(str(n), named(q.fa, q.en)) for n, q in enumerate(QUESTIONS)]

    @property
    def given(self) -> dict[str, Any]:
        """What the act is given."""
        typed = self.cleaned_data
        asked = [QUESTIONS[int(n)] for n in typed["usual"]]
        if typed["own_fa"]:
            asked.append(Question(typed["own_kind"] or Asked.SCALE, typed["own_fa"], typed["own_en"]))
        return {"questions": asked} | {name: typed[name] for name in ("opens_at", "closes_at", "letter", "note")}


class AnswersForm(forms.Form):
    """A field for each question of a survey; only what is asked in words may stay empty."""

    def __init__(self, *args: Any, questions: Iterable[SurveyQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for q in self.questions:
            if q.kind == Asked.TEXT:
                field: forms.Field = PersianTextField(label=str(q), lines=True, required=False, max_length=MOST_WORDS)
            else:
                options = [(value, localised(value) if q.kind == Asked.SCALE else words) for value, words in q.options]
                field = forms.TypedChoiceField(label=str(q), choices=options, coerce=int, widget=forms.RadioSelect)
            self.fields[f"q{q.pk}"] = field

    @property
    def said(self) -> dict[int, Any]:
        """What was answered, by the question's key."""
        return {q.pk: self.cleaned_data[f"q{q.pk}"] for q in self.questions}
