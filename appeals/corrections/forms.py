"""What is typed when like cases are corrected: what is right instead, why, and the signature."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import parse_decimal
from appeals.corrections.effects import Rule
from appeals.models import Error
from cycles.ui.fields import PersianTextField
from cycles.ui.forms import LetterField, PasswordField, check_signature
from indicators.models import Measure
from indicators.scoring.parameter_forms import ParameterFields, initial_parameters
from indicators.scoring.parameters import number_field


class CorrectionFields(forms.Form):
    """Why, and by which letter; the password only when it is signed."""

    reason = PersianTextField(
        label=_("What was wrong and what is right"),
        lines=True,
        max_length=10000,
        help_text=_("The agencies will read it."),
    )
    letter = LetterField()
    password = PasswordField(required=False)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        measure: Measure,
        user: User,
        signing: bool,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.measure, self.user, self.signing = measure, user, signing

    def clean_password(self) -> str:
        return check_signature(self.user, self.cleaned_data["password"]) if self.signing else ""

    @property
    def rule(self) -> Rule:
        """The rule that was typed."""
        raise NotImplementedError


class FormulaForm(CorrectionFields, ParameterFields):
    """The method with all its parameters as they should have been."""

    direction = forms.CharField(widget=forms.HiddenInput)

    field_order = ("method", "base", "floor", "target")

    @property
    def rule(self) -> Rule:
        typed = self.cleaned_data
        own = {
            name: typed[name] for name in ("base", "floor", "target") if typed.get(name) is not None
        }
        return Rule(typed["method"], own | typed["params"], {})


class TargetForm(CorrectionFields):
    """The target as it should have been; all else of the method stays."""

    target = number_field(_("The right target"), _("The value that earns all points."))

    field_order = ("target",)

    def clean_target(self) -> Decimal:
        target: Decimal | None = self.cleaned_data["target"]
        if target is None:
            raise forms.ValidationError(_("Give the right target."))
        return target

    @property
    def rule(self) -> Rule:
        return Rule(
            self.measure.method,
            self.measure.scoring_params | {"target": self.cleaned_data["target"]},
            {},
        )


class FiguresForm(CorrectionFields):
    """A steward's figures as they should have been, an agency a line, as they are pasted from a
    spreadsheet.
    """

    figures = PersianTextField(
        label=_("The right figures"),
        lines=True,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "ltr"}),
        help_text=_(
            "One agency a line: its code and its percent. Agencies that are not named keep theirs."
        ),
    )

    field_order = ("figures",)

    def __init__(
        self,
        data: Mapping[str, object] | None,
        *,
        measure: Measure,
        user: User,
        signing: bool,
        lines: dict[str, int],
    ) -> None:
        super().__init__(data, measure=measure, user=user, signing=signing)
        self.lines = lines
        """The lines of the measure, by their agency's code in small letters."""

    def clean_figures(self) -> dict[int, Decimal]:
        found: dict[int, Decimal] = {}
        for place, text in enumerate(self.cleaned_data["figures"].splitlines(), 1):
            if text.strip():
                line, percent = self._figure(place, text.strip())
                if line in found:
                    raise forms.ValidationError(
                        _("Line %(place)s: this agency stands twice.") % {"place": place}
                    )
                found[line] = percent
        return found

    def _figure(self, place: int, text: str) -> tuple[int, Decimal]:
        code, _gap, percent = re.sub(r"[\s;:]+", " ", text).partition(" ")
        where = {"place": place, "code": code}
        if code.casefold() not in self.lines:
            raise forms.ValidationError(
                _("Line %(place)s: no agency with this measure has the code %(code)s.") % where
            )
        try:
            value = parse_decimal(percent)
        except ValueError:
            value = None
        if value is None or not 0 <= value <= 100:
            raise forms.ValidationError(
                _("Line %(place)s: give a percent between 0 and 100 for %(code)s.") % where
            )
        return self.lines[code.casefold()], value

    @property
    def rule(self) -> Rule:
        return Rule(self.measure.method, {}, self.cleaned_data["figures"])


def correction_form(
    error: str,
    measure: Measure,
    lines: dict[str, int],
    data: Mapping[str, object] | None,
    *,
    user: User,
    signing: bool,
) -> CorrectionFields:
    """Make the form by which this kind of error is corrected, filled with the rule as it stands."""
    if error == Error.STEWARD:
        return FiguresForm(data, measure=measure, user=user, signing=signing, lines=lines)
    if error == Error.TARGET:
        target: dict[str, object] = {"target": measure.target}
        return TargetForm(data, measure=measure, user=user, signing=signing, initial=target)
    own: dict[str, object] = {
        name: getattr(measure, name) for name in ("base", "floor", "target", "direction", "method")
    }
    stored = own | initial_parameters(measure.params)
    return FormulaForm(data, measure=measure, user=user, signing=signing, initial=stored)
