"""What is typed on self-assessments: answers, files, marks, assignments."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Province, User
from agencies.persian import localised, search_key
from cycles.clashes import ComparedForm
from cycles.models import Group, Participation
from cycles.ui.fields import NumberField, PersianTextField
from indicators.models import Axis, Measure
from indicators.scoring.methods import METHODS
from submissions.actions import SAID
from submissions.evidence import MOST_AT_ONCE
from submissions.fields import DescriptionForm
from submissions.kinds import KINDS, REMEDIES
from submissions.models import Answer, Declaration, Evidence, FactorKind, Level, Submission, Verdict
from submissions.progress import WAITS, Progress, waits_for
from submissions.workflow import SubmissionState

COUNT_LABELS = {
    "due": _("Due to be assessed"),
    "assessed": _("Assessed"),
    "forms": _("Forms used"),
    "reports": _("Reports made"),
}
"""What is declared of each level of Article 81."""


class AnswerForm(forms.Form):
    """What an agency says of one line; `seen` are the tokens of what the writer had before them, by field.

    `clashing` names the fields that a colleague has changed meanwhile.
    """

    value = NumberField(label=_("Actual value"), required=False, max_digits=28, decimal_places=8)
    claims_not_applicable = forms.BooleanField(label=_("This measure does not apply to us"), required=False)
    note = PersianTextField(
        label=_("Explanation"),
        lines=True,
        required=False,
        max_length=5000,
        help_text=_("How the figure was reached; where the measure does not apply, why."),
    )
    strengths = PersianTextField(label=_("Strengths"), lines=True, required=False, max_length=3000)
    weaknesses = PersianTextField(label=_("Weaknesses"), lines=True, required=False, max_length=3000)
    action = PersianTextField(
        label=_("Action"), lines=True, required=False, max_length=3000, help_text=_("What will be done to improve.")
    )
    outlier_reason = PersianTextField(
        label=_("Why the value is unusual"),
        lines=True,
        required=False,
        max_length=3000,
        help_text=_("Asked where the value stands out against last year or the group."),
    )

    def __init__(self, data: Any = None, *, answer: Answer) -> None:
        initial = {name: getattr(answer, name) for name in SAID}
        super().__init__(data, initial=initial)
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

    def clean_value(self) -> Decimal | None:
        value: Decimal | None = self.cleaned_data["value"]
        if value is not None and (why := self.answer.why_unfit(value)):
            raise forms.ValidationError(why)
        return value

    @property
    def _chosen(self) -> dict[str, str]:
        """Of fields that clashed, what the other's text was when the writer chose between both."""
        return {name: token for name in SAID if (token := self.data.get(f"now_{name}"))}

    @property
    def takes_theirs(self) -> bool:
        return self.data.get("keep") == "theirs"

    @property
    def said(self) -> dict[str, Any]:
        """What was typed, of the fields that were on the page."""
        theirs = self._chosen if self.takes_theirs else {}
        return {
            name: self.cleaned_data[name]
            for name in SAID
            if name not in theirs and (name in self.data or name == "claims_not_applicable")
        }

    @property
    def seen(self) -> dict[str, str]:
        known = {name: token for name in SAID if (token := self.data.get(f"seen_{name}"))}
        return known | (self._chosen if self.data.get("keep") == "mine" else {})

    def seen_after(self, answer: Answer) -> dict[str, str]:
        """The tokens of what the page shows once this was answered: of fields that it does not show as they now stand,
        because a colleague changed them or they were not saved, what had been seen before."""
        if not self.is_bound:
            return {name: answer.token(name) for name in SAID}
        typed = {name: Answer.token_of(said) for name, said in self.cleaned_data.items()}
        before = self.seen
        return {
            name: now if typed.get(name) == now else before.get(name, now)
            for name in SAID
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
    text = PersianTextField(label=_("What happened, and how it changed the figure"), lines=True, max_length=3000)
    evidence = forms.ChoiceField(
        label=_("Evidence of it"),
        required=False,
        help_text=_("One of the files of this line; without one the assessor can hardly accept it."),
    )

    def __init__(self, data: Any = None, *, files: Iterable[Evidence]) -> None:
        super().__init__(data)
        self.files = {str(file.pk): file for file in files}
        self.fields["evidence"].choices = [  # type: ignore[attr-defined]
            ("", _("None")),
            *((key, str(file)) for key, file in self.files.items()),
        ]

    def clean_evidence(self) -> Evidence | None:
        return self.files.get(self.cleaned_data["evidence"])


class ShareOutForm(ComparedForm):
    """An axis and the colleague who fills its lines in."""

    axis = forms.ChoiceField(label=_("Axis"))
    assignee = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(
        self, data: Any = None, *, people: QuerySet[User], axes: Iterable[Axis], shows: Mapping[str, Any]
    ) -> None:
        super().__init__(data, shows=shows)
        self.axes = {str(axis.pk): axis for axis in axes}
        self.fields["axis"].choices = [(key, axis.title) for key, axis in self.axes.items()]  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]

    def clean_axis(self) -> Axis:
        return self.axes[self.cleaned_data["axis"]]


class UploadForm(forms.Form):
    """One file of evidence that comes in one piece; and what the page says of larger ones, which come in many."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )
    types = list(KINDS)
    most = settings.MAX_UPLOAD_BYTES
    most_megabytes = most // 2**20

    @property
    def remedies(self) -> str:
        """What to do with files of other endings, as the page's script reads it."""
        return json.dumps({ending: str(remedy) for ending, remedy in REMEDIES.items()})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "%(types)s; at most %(limit)s MB, in a browser without scripts %(plain)s MB."
        ) % {
            "types": ", ".join(KINDS),
            "limit": localised(settings.MAX_UPLOAD_BYTES // 2**20),
            "plain": localised(MOST_AT_ONCE // 2**20),
        }


class ReferenceForm(DescriptionForm, ComparedForm):
    """Where in a file the figure stands, and what the file is."""

    reference = PersianTextField(label=_("Page or sheet"), required=False, max_length=200)


class UnitsDocumentForm(UploadForm):
    """One document for a measure of several units."""

    measure = forms.ChoiceField(label=_("Measure"))
    units = forms.MultipleChoiceField(label=_("Units that get it"), widget=forms.CheckboxSelectMultiple)
    field_order = ("measure", "units", "file")

    def __init__(self, *args: Any, rows: Iterable[Any], measures: Iterable[Measure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = {str(m.pk): m for m in measures}
        self.units = {str(row.submission.pk): row.submission for row in rows}
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            (key, m.title) for key, m in self.measures.items()
        ]
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (key, s.agency.name) for key, s in self.units.items()
        ]

    def clean_measure(self) -> Measure:
        return self.measures[self.cleaned_data["measure"]]

    def clean_units(self) -> list[Submission]:
        return [self.units[key] for key in self.cleaned_data["units"]]


class DeclarationForm(ComparedForm):
    """The statement, and four numbers at each of the three levels: `<level>-<count>`."""

    statement = PersianTextField(
        label=_("Statement"),
        lines=True,
        max_length=5000,
        help_text=_("In short: how the agency assesses itself at the three levels, and what came of it."),
    )

    def __init__(self, data: Any = None, *, declaration: Declaration | None) -> None:
        super().__init__(data, initial={"statement": declaration.statement} if declaration else {})
        held = {row.level: row for row in declaration.levels.all()} if declaration else {}
        for level in Level:
            for count, label in COUNT_LABELS.items():
                self.fields[f"{level.value}-{count}"] = NumberField(
                    label=f"{level.label}: {label}",
                    initial=getattr(held.get(level.value), count, None),
                    min_value=0,
                    max_digits=9,
                    decimal_places=0,
                )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for level in Level:
            due, assessed = said.get(f"{level.value}-due"), said.get(f"{level.value}-assessed")
            if due is not None and assessed is not None and assessed > due:
                self.add_error(
                    f"{level.value}-assessed", _("%(due)s at most: so many were due.") % {"due": localised(due)}
                )
        return said

    @property
    def rows(self) -> list[tuple[Level, list[tuple[Any, Any]]]]:
        """The levels, each with its four fields and what heads their columns."""
        return [
            (level, [(label, self[f"{level.value}-{count}"]) for count, label in COUNT_LABELS.items()])
            for level in Level
        ]

    @property
    def said(self) -> dict[str, Any]:
        levels = {
            level.value: {count: int(self.cleaned_data[f"{level.value}-{count}"]) for count in COUNT_LABELS}
            for level in Level
        }
        return {"statement": self.cleaned_data["statement"], "levels": levels}


class ClarificationForm(forms.Form):
    """A question to the agency about one line."""

    question = PersianTextField(label=_("Question to the agency"), lines=True, max_length=2000)


class ReplyForm(forms.Form):
    """The agency's reply to the question about a line."""

    reply = PersianTextField(label=_("Reply to the assessor"), lines=True, max_length=5000)


class VerdictForm(ComparedForm):
    """An assessor's verdict on what an agency claims, with the reason."""

    verdict = forms.ChoiceField(
        label=_("Verdict"), choices=[(v.value, v.label) for v in Verdict if v != Verdict.WAITING]
    )
    reason = PersianTextField(label=_("Reason"), lines=True, max_length=3000)


REASONS = (
    _("The evidence does not show the value."),
    _("The evidence shows another value."),
    _("The evidence covers only part of what is asked for."),
    _("The evidence is of another year."),
    _("The measure has been read differently from its definition."),
    _("The influence from outside is accepted."),
)
"""What assessors most often say of a mark other than the method's."""


class MarkForm(ComparedForm):
    """Points or "not applicable" for one line, with a reason: in one's own words, or one of the usual ones."""

    beside = ("usual",)

    points = NumberField(label=_("Points"), required=False, min_value=0, max_digits=16, decimal_places=10)
    is_not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    reason = PersianTextField(
        label=_("Reason"),
        lines=True,
        required=False,
        max_length=5000,
        help_text=_("Needed where the points differ from the method's; the agency will read it."),
    )
    usual = forms.ChoiceField(
        label=_("A usual reason"),
        required=False,
        choices=[("", "—"), *((str(i), text) for i, text in enumerate(REASONS))],
    )

    def clean(self) -> dict[str, Any]:
        """A usual reason stands before one's own words; it is kept in the language in which it was chosen."""
        data: dict[str, Any] = super().clean() or {}
        if usual := data.pop("usual", ""):
            data["reason"] = "\n".join(filter(None, (str(REASONS[int(usual)]), data.get("reason"))))
        return data


class ReferenceLineForm(forms.Form):
    """A reference line: what an agency says of a measure, what its evidence shows, and the mark agreed for it."""

    measure = forms.ModelChoiceField(label=_("Measure"), queryset=Measure.objects.none())
    value = NumberField(label=_("Value the agency enters"), required=False, max_digits=28, decimal_places=8)
    claims_not_applicable = forms.BooleanField(label=_("The agency says it does not apply"), required=False)
    note = PersianTextField(label=_("The agency's explanation"), lines=True, required=False, max_length=5000)
    shown = PersianTextField(label=_("What the evidence shows"), lines=True, max_length=5000)
    points = NumberField(label=_("Agreed points"), required=False, min_value=0, max_digits=16, decimal_places=10)
    is_not_applicable = forms.BooleanField(label=_("Agreed: not applicable"), required=False)
    reason = PersianTextField(
        label=_("Why this mark was agreed"),
        lines=True,
        max_length=5000,
        help_text=_("Shown to the assessor beside the agreed mark, once the sitting is handed in."),
    )

    def __init__(self, *args: Any, measures: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].queryset = measures  # type: ignore[attr-defined]


class AssignForm(ComparedForm):
    """An axis of a self-assessment and the assessor on whose desk it goes."""

    axis = forms.ModelChoiceField(label=_("Axis"), queryset=Axis.objects.none())
    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())
    is_second = forms.BooleanField(label=_("The second reading of this axis"), required=False)

    def __init__(self, *args: Any, axes: Any, assessors: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = User.objects.filter(pk__in=[a.pk for a in assessors]).order_by("name_fa", "username", "pk")
        self.fields["axis"].queryset = axes  # type: ignore[attr-defined]
        self.fields["assessor"].queryset = fit  # type: ignore[attr-defined]


class WhomForm(forms.Form):
    """To whom scores are communicated: all within reach, one group of the cycle, or one province."""

    whom = forms.ChoiceField(label=_("Whom"), required=False)

    def __init__(self, data: Any, *, participations: QuerySet[Participation]) -> None:
        super().__init__(data)
        groups = Group.objects.filter(participations__in=participations).distinct()
        provinces = Province.objects.filter(pk__in=participations.values("province"))
        self.fields["whom"].choices = [  # type: ignore[attr-defined]
            ("", _("All agencies within my reach")),
            (_("Group"), [(f"group-{g.pk}", g.name) for g in groups.order_by("sort_key", "pk")]),
            (_("Province"), [(f"province-{p.pk}", p.name) for p in provinces.order_by("sort_key", "pk")]),
        ]

    @property
    def choice(self) -> str:
        """What was chosen, as the address says it."""
        return self.cleaned_data["whom"] if self.is_valid() else ""

    def narrow(self, participations: QuerySet[Participation]) -> QuerySet[Participation]:
        """Those chosen; nobody where what was chosen is out of reach."""
        if not self.is_valid():
            return participations.none()
        kind, _dash, key = self.choice.partition("-")
        return participations.filter(**{{"group": "groups", "province": "province"}[kind]: key} if kind else {})


class BoardForm(forms.Form):
    """How the progress board is narrowed."""

    q = PersianTextField(label=_("Agency"), required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), ("none", _("Not begun")), *SubmissionState.choices], required=False
    )
    waits = forms.ChoiceField(label=_("Waits for"), choices=[("", _("All")), *WAITS], required=False)

    def narrow(self, rows: list[Progress]) -> list[Progress]:
        """The rows whose agency's name, state and hindrance were asked for; all where nothing was, or nothing known."""
        asked = self.cleaned_data if self.is_valid() else {}
        name, state, waits = search_key(asked.get("q") or ""), asked.get("state") or "", asked.get("waits") or ""
        wanted = "" if state == "none" else state
        return [
            row
            for row in rows
            if name in row.search_key and (not state or row.state == wanted) and (not waits or waits_for(row, waits))
        ]
