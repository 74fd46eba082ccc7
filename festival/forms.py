"""What is typed on the festival's pages."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province
from agencies.persian import latin_digits, localised, normalise, parse_decimal
from cycles.models import Group
from cycles.ui.fields import MomentField, NumberField, PersianTextField
from cycles.ui.forms import ActForm
from cycles.years.forms import PercentField
from festival.lateness import DUTIES, Asked, Timeliness
from festival.models import Edition
from festival.what_if import Part
from festival.workflow import Addressee
from submissions.models import Answer


class ScheduleForm(ActForm):
    """The instant of publication, signed."""

    publish_at = MomentField(
        label=_("Moment of publication"),
        help_text=_("The time of Tehran. From this moment on everybody sees the results, and not before."),
    )

    field_order = ("publish_at", "note", "password")


class ApproveForm(ActForm):
    """A report is approved; where one of the year was delivered, that this one is delivered in its place."""

    redelivers = forms.BooleanField(label=_("This version takes the place of the delivered one and is delivered anew"))

    field_order = ("redelivers", "note", "password")

    def __init__(self, *args: Any, delivery: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["redelivers"].help_text = delivery
        if not delivery:
            del self.fields["redelivers"]

    @property
    def said(self) -> dict[str, Any]:
        return {"note": self.cleaned_data["note"], "redelivers": "redelivers" in self.fields}


class DeliverForm(ActForm):
    """To whom the report was delivered and by which letter, signed."""

    addressee = forms.ChoiceField(label=_("Delivered to"), choices=Addressee.choices, widget=forms.RadioSelect)
    letter_number = PersianTextField(label=_("Number of the letter"), max_length=60)

    field_order = ("addressee", "letter_number", "note", "password")


class ReviseForm(ActForm):
    """Lines whose points were wrong, each on a row of its own, with the points that are right; signed."""

    rows = forms.CharField(
        label=_("Lines and their right points"),
        help_text=_("One line a row: the agency's code, the measure's code, the points; parted by commas or spaces."),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr", "class": "code"}),
    )

    field_order = ("rows", "note", "password")

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.fields["note"].required = True
        self.fields["note"].label = _("What was wrong, and what is right; published with the edition")

    @property
    def said(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["note"], "right": self.cleaned_data["lines"]}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if rows := cleaned.get("rows"):
            cleaned["lines"] = self._read(rows)
        return cleaned

    def _read(self, text: str) -> dict[int, Decimal]:
        """The right points by line; what is wrong with a row is said with its number."""
        found: dict[int, Decimal] = {}
        for number, row in enumerate(text.splitlines(), 1):
            parts = row.replace("،", " ").replace(",", " ").split()
            if not parts:
                continue
            why, line, points = self._line(parts)
            if not why and line in found:
                why = _("this line stands here twice")
            if why:
                self.add_error("rows", _("Row %(number)s: %(why)s.") % {"number": localised(number), "why": why})
            else:
                found[line] = points
        return found

    def _line(self, parts: list[str]) -> tuple[str, int, Decimal]:
        if len(parts) != 3:
            return _("agency, measure and points are wanted"), 0, Decimal(0)
        agency, measure, typed = parts
        try:
            points = parse_decimal(typed)
        except ValueError:
            return _("“%(typed)s” is no number") % {"typed": typed[:40]}, 0, Decimal(0)
        lines = Answer.objects.filter(
            submission__cycle=self.edition.cycle_id,
            submission__agency__code__iexact=agency,
            measure__code__iexact=latin_digits(measure),
        ).values_list("pk", flat=True)[:2]
        if len(lines) != 1:
            said = _("there is no line %(measure)s of %(agency)s") % {"measure": measure[:40], "agency": agency[:40]}
            return said, 0, Decimal(0)
        return "", lines[0], points


class WhatIfForm(forms.Form):
    """A group, and how much more or less its parts are to weigh; what cannot be read is as it is."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), empty_label=None)
    weights = PercentField(label=_("Band of places under so many percent more or less on each weight"), initial=10)

    def __init__(self, *args: Any, groups: QuerySet[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups

    def weigh(self, parts: Iterable[Part]) -> dict[str, Decimal]:
        """Add a field for each part, and answer with the factors typed."""
        for part in parts:
            name = f"of-{part.key}"
            label = _("Weight of %(part)s, times") % {"part": part.title}
            self.fields[name] = NumberField(label=label, min_value=0, max_value=10, required=False)
            self.fields[name].widget.attrs["placeholder"] = localised(1)
        self.full_clean()
        typed = {part.key: self.cleaned_data.get(f"of-{part.key}") for part in parts}
        return {key: factor for key, factor in typed.items() if factor is not None}


class DutyForm(forms.Form):
    """How the list of duties is narrowed; what is not known narrows nothing."""

    duty = forms.ChoiceField(label=_("Duty"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *Timeliness.choices], required=False)
    province = forms.ModelChoiceField(
        label=_("Province"), queryset=Province.objects.none(), required=False, empty_label=_("All")
    )
    agency = PersianTextField(label=_("Agency, by name or code"), required=False)

    def __init__(
        self, *args: Any, years: Iterable[tuple[int, str]], provinces: QuerySet[Province], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["duty"].choices = [("", _("All")), *((code, duty.title) for code, duty in DUTIES.items())]
        self.fields["year"].choices = [("", _("All")), *years]
        self.fields["province"].queryset = provinces

    def asked(self, reach: Q | None, cycles: dict[int, int]) -> Asked:
        """What is asked about, within the reader's reach; `cycles` are the keys of the years."""
        self.is_valid()
        given = self.cleaned_data
        agencies = reach
        if province := given.get("province"):
            agencies = (agencies or Q()) & Q(agency__province=province)
        if text := given.get("agency"):
            agencies = (agencies or Q()) & Q(agency__in=Agency.objects.matching(text).values("pk"))
        year = given.get("year")
        return Asked(
            cycles=[cycles[int(year)]] if year else None,
            duty=given.get("duty") or "",
            timeliness=given.get("state") or "",
            agencies=agencies,
        )


class TextForm(forms.Form):
    """A chapter's text of the report in one language; what equals the draft is kept as none of one's own."""

    text = PersianTextField(label=_("Text"), lines=True, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, language: str, draft: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.fields["text"].help_text = _(
            "An empty line begins a paragraph. Set figures by their names in braces; an empty text is the draft again."
        )
        self.fields["text"].widget.attrs |= {"rows": 10, "lang": language, "dir": "rtl" if language == "fa" else "ltr"}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        return "" if text == normalise(self.draft, lines=True) else text
