"""What is typed on self-assessments: answers, files, marks, assignments."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.text import localised, search_key
from cycles.forms import NumberField, PersianTextField
from indicators.methods import METHODS
from indicators.models import Axis, Measure
from submissions.evidence import MOST_AT_ONCE
from submissions.kinds import KINDS
from submissions.workflow import SubmissionState


class AnswerForm(forms.Form):
    """A value, or that the measure does not apply, and a note."""

    value = NumberField(label=_("Actual value"), required=False, min_value=0, max_digits=28, decimal_places=8)
    claims_not_applicable = forms.BooleanField(label=_("This measure does not apply to us"), required=False)
    note = PersianTextField(
        label=_("Explanation"),
        lines=True,
        required=False,
        max_length=5000,
        help_text=_("How the figure was reached; where the measure does not apply, why."),
    )

    def __init__(self, *args: Any, measure: Measure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if choices := METHODS[measure.method].choices(measure.params):
            self.fields["value"] = forms.TypedChoiceField(
                label=self.fields["value"].label,
                required=False,
                choices=[("", _("Not answered")), *choices],
                coerce=Decimal,
                empty_value=None,
            )
            if (held := self.initial.get("value")) is not None:
                self.initial["value"] = f"{held.normalize():f}"


class UploadForm(forms.Form):
    """One file of evidence that comes in one piece; and what the page says of larger ones, which come in many."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{ending}" for ending in KINDS)}),
    )
    types = list(KINDS)
    most = settings.MAX_UPLOAD_BYTES
    most_megabytes = most // 2**20

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "%(types)s; at most %(limit)s MB, in a browser without scripts %(plain)s MB."
        ) % {
            "types": ", ".join(KINDS),
            "limit": localised(settings.MAX_UPLOAD_BYTES // 2**20),
            "plain": localised(MOST_AT_ONCE // 2**20),
        }


class ReferenceForm(forms.Form):
    """Where in a file the figure stands."""

    reference = PersianTextField(label=_("Page or sheet"), required=False, max_length=200)


class ClarificationForm(forms.Form):
    """A question to the agency about one line."""

    question = PersianTextField(label=_("Question to the agency"), lines=True, max_length=2000)


class ReplyForm(forms.Form):
    """The agency's reply to the question about a line."""

    reply = PersianTextField(label=_("Reply to the assessor"), lines=True, max_length=5000)


class MarkForm(forms.Form):
    """Points or "not applicable" for one line, with a reason."""

    points = NumberField(label=_("Points"), required=False, min_value=0, max_digits=16, decimal_places=10)
    is_not_applicable = forms.BooleanField(label=_("Not applicable"), required=False)
    reason = PersianTextField(
        label=_("Reason"),
        lines=True,
        required=False,
        max_length=5000,
        help_text=_("Needed where the points differ from the method's; the agency will read it."),
    )


class AssignForm(forms.Form):
    """An axis of a self-assessment and the assessor on whose desk it goes."""

    axis = forms.ModelChoiceField(label=_("Axis"), queryset=Axis.objects.none())
    assessor = forms.ModelChoiceField(label=_("Assessor"), queryset=User.objects.none())

    def __init__(self, *args: Any, axes: Any, assessors: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = User.objects.filter(pk__in=[a.pk for a in assessors]).order_by("name_fa", "username", "pk")
        self.fields["axis"].queryset = axes  # type: ignore[attr-defined]
        self.fields["assessor"].queryset = fit  # type: ignore[attr-defined]


class BoardForm(forms.Form):
    """How the progress board is narrowed."""

    q = PersianTextField(label=_("Agency"), required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("All")), ("none", _("Not begun")), *SubmissionState.choices], required=False
    )

    def narrow(self, rows: list[Any]) -> list[Any]:
        """The rows whose agency's name and state were asked for; all where nothing was, or nothing known."""
        asked = self.cleaned_data if self.is_valid() else {}
        name, state = search_key(asked.get("q") or ""), asked.get("state") or ""
        wanted = "" if state == "none" else state
        return [row for row in rows if name in row.participation.search_key and (not state or row.state == wanted)]
