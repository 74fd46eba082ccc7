"""The head's declaration."""

from collections.abc import Mapping

from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.persian import in_locale
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from submissions.models import Declaration, DeclaredLevel, Level


class DeclarationForm(ComparedForm):
    """The statement, and four numbers at each of the three levels: `<level>-<count>`."""

    statement = PersianTextField(
        label=_("Statement"),
        lines=True,
        max_length=5000,
        help_text=_(
            "In short: how the agency assesses itself at the three levels, and what came of it."
        ),
    )

    def __init__(
        self, data: Mapping[str, object] | None = None, *, declaration: Declaration | None
    ) -> None:
        super().__init__(data, initial={"statement": declaration.statement} if declaration else {})
        held = {row.level: row for row in declaration.levels.all()} if declaration else {}
        for level in Level:
            for count, label in DeclaredLevel.COUNTS.items():
                self.fields[f"{level.value}-{count}"] = NumberField(
                    label=f"{level.label}: {label}",
                    initial=getattr(held.get(level.value), count, None),
                    min_value=0,
                    max_digits=9,
                    decimal_places=0,
                )

    def clean(self) -> dict[str, object]:
        super().clean()
        typed = self.cleaned_data
        for level in Level:
            due = typed.get(f"{level.value}-due")
            assessed = typed.get(f"{level.value}-assessed")
            if due is not None and assessed is not None and assessed > due:
                self.add_error(
                    f"{level.value}-assessed",
                    _("%(due)s at most: so many were due.") % {"due": in_locale(due)},
                )
        return typed

    @property
    def rows(self) -> list[tuple[Level, list[tuple[Promise, BoundField]]]]:
        """List the levels, each with its four fields and what heads their columns."""
        return [(level, self._count_fields(level)) for level in Level]

    def _count_fields(self, level: Level) -> list[tuple[Promise, BoundField]]:
        counts = DeclaredLevel.COUNTS.items()
        return [(label, self[f"{level.value}-{count}"]) for count, label in counts]

    @property
    def levels(self) -> dict[str, dict[str, int]]:
        """The counts that were typed, by level."""
        return {level.value: self._typed_counts(level) for level in Level}

    def _typed_counts(self, level: Level) -> dict[str, int]:
        typed = self.cleaned_data
        return {count: int(typed[f"{level.value}-{count}"]) for count in DeclaredLevel.COUNTS}
