"""What is typed on the festival's pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.persian import in_locale, latin_digits, parse_decimal
from cycles.ui.fields import MomentField
from cycles.ui.forms import ActForm
from cycles.workflow import Move
from festival.models import Edition
from submissions.models import Answer


class ScheduleForm(ActForm):
    """The instant of publication, signed."""

    publish_at = MomentField(
        label=_("Moment of publication"),
        help_text=_(
            "The time of Tehran. From this moment on everybody sees the results, and not before."
        ),
    )

    field_order = ("publish_at", "note", "password")


class ReviseForm(ActForm):
    """Lines whose points were wrong, each on a row of its own, with the points that are right;
    signed.
    """

    rows = forms.CharField(
        label=_("Lines and their right points"),
        help_text=_(
            "One line a row: the agency's code, the measure's code, the points; parted by "
            "commas or spaces."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr", "class": "code"}),
    )

    field_order = ("rows", "note", "password")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        edition: Edition,
        move: Move,
        user: User,
        shows: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, move=move, user=user, shows=shows)
        self.edition = edition
        self.fields["note"].required = True
        self.fields["note"].label = _(
            "What was wrong, and what is right; published with the edition"
        )

    @property
    def action_kwargs(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["note"], "right": self.cleaned_data["lines"]}

    def clean(self) -> dict[str, object]:
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if rows := cleaned.get("rows"):
            cleaned["lines"] = self._right_points(str(rows))
        return cleaned

    def _right_points(self, text: str) -> dict[int, Decimal]:
        """Read the right points by line; a wrong row is named by its number."""
        found: dict[int, Decimal] = {}
        for number, row in enumerate(text.splitlines(), 1):
            parts = row.replace("،", " ").replace(",", " ").split()
            if not parts:
                continue
            why: str | Promise
            why, line, points = self._right_points_of_row(parts)
            if not why and line in found:
                why = _("this line stands here twice")
            if why:
                self.add_error(
                    "rows",
                    _("Row %(number)s: %(why)s.") % {"number": in_locale(number), "why": why},
                )
            else:
                found[line] = points
        return found

    def _right_points_of_row(self, parts: list[str]) -> tuple[str | Promise, int, Decimal]:
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
            said = _("there is no line %(measure)s of %(agency)s") % {
                "measure": measure[:40],
                "agency": agency[:40],
            }
            return said, 0, Decimal(0)
        return "", lines[0], points
