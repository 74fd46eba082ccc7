"""Forms of a survey: its questions, and an agency's answers."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale, local_name
from cycles.ui.fields import MomentField, PersianTextField
from cycles.ui.forms import ActForm
from cycles.workflow import Move
from festival.fields import choice_field
from festival.models import QuestionKind, SurveyQuestion
from festival.surveys.actions import MOST_WORDS
from festival.surveys.questions import QUESTIONS, Question


class SurveyForm(ActForm):
    """When a survey is open, which of the usual questions it asks, and one of its own."""

    opens_at = MomentField(label=_("Opens"))
    closes_at = MomentField(
        label=_("Closes"),
        closing=True,
        help_text=_("A day without a time means until its end, 24:00."),
    )
    usual = forms.MultipleChoiceField(
        label=_("Questions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=list(range(len(QUESTIONS))),
    )
    own_fa = PersianTextField(
        label=_("A further question, in Persian"), max_length=300, required=False
    )
    own_en = forms.CharField(label=_("The same in English"), max_length=300, required=False)
    own_kind = forms.ChoiceField(
        label=_("How it is answered"),
        choices=[(k, k.label) for k in (QuestionKind.SCALE, QuestionKind.TEXT)],
        required=False,
    )
    field_order = (
        "opens_at",
        "closes_at",
        "usual",
        "own_fa",
        "own_en",
        "own_kind",
        "letter",
        "note",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        initial: dict[str, object],
        move: Move,
        user: User,
    ) -> None:
        super().__init__(data, initial=initial, move=move, user=user)
        choice_field(self, "usual").choices = [
            (str(n), local_name(q.fa, q.en)) for n, q in enumerate(QUESTIONS)
        ]

    @property
    def questions(self) -> list[Question]:
        """Return the chosen questions, the administrator's own last."""
        typed = self.cleaned_data
        questions = [QUESTIONS[int(n)] for n in typed["usual"]]
        if typed["own_fa"]:
            kind = typed["own_kind"] or QuestionKind.SCALE
            questions.append(Question(kind, typed["own_fa"], typed["own_en"]))
        return questions


class AnswersForm(forms.Form):
    """A field for each question of a survey; only what is asked in words may stay empty."""

    def __init__(
        self, data: QueryDict | None = None, *, questions: Iterable[SurveyQuestion]
    ) -> None:
        super().__init__(data)
        self.questions = list(questions)
        for q in self.questions:
            if q.kind == QuestionKind.TEXT:
                field: forms.Field = PersianTextField(
                    label=str(q), lines=True, required=False, max_length=MOST_WORDS
                )
            else:
                options = [
                    (value, in_locale(value) if q.kind == QuestionKind.SCALE else words)
                    for value, words in q.options
                ]
                field = forms.TypedChoiceField(
                    label=str(q), choices=options, coerce=int, widget=forms.RadioSelect
                )
            self.fields[f"q{q.pk}"] = field

    @property
    def answers(self) -> dict[int, int | str]:
        """Return the answers by the key of their question."""
        return {q.pk: self.cleaned_data[f"q{q.pk}"] for q in self.questions}
