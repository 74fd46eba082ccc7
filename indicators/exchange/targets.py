"""What holds of a set's measures for single agencies, as lines of a sheet: own targets, and what
applies to whom.
"""

from collections.abc import Mapping
from types import SimpleNamespace

import tablib
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency
from cycles.spreadsheets.dry_run import Check, LineResource
from indicators.exchange.columns import APPLICABILITY, CELLS, TARGETS
from indicators.models import IndicatorSet, Measure, MeasureTarget
from indicators.sets.targets import AgencyTarget, agencies_with_own_targets

FIGURES = ("target", "floor", "base")


class TargetLine(SimpleNamespace):
    """One agency's row of one measure, an attribute a column; `pk` is that of its row, None while
    it is new.

    `own` is all that holds for the agency, so that a sheet of targets leaves alone whether the
    measure applies.
    """

    pk: int | None

    def __str__(self) -> str:
        return f"{self.measure_code} · {self.agency_code}"


class OwnLines(LineResource):
    """Rows known by measure and agency together; those that are not in the
    file stay as they are.
    """

    cells = CELLS

    class Meta:
        import_id_fields = ("measure_code", "agency_code")

    def __init__(self, indicator_set: IndicatorSet) -> None:
        super().__init__()
        self.set = indicator_set

    def own_rows(self) -> QuerySet[MeasureTarget]:
        tiers = (
            "measure__indicator__axis__position",
            "measure__indicator__position",
            "measure__position",
        )
        of_set = MeasureTarget.objects.filter(measure__in=Measure.objects.of(self.set))
        return of_set.select_related("measure", "participation__agency").order_by(
            *tiers, "participation__sort_key", "pk"
        )

    def lines(self, agencies: QuerySet[Agency]) -> list[TargetLine]:
        """List what holds for these agencies."""
        return [_line(row) for row in self.own_rows().filter(participation__agency__in=agencies)]

    def before_import(self, dataset: tablib.Dataset, **kwargs: object) -> None:
        self.existing = {
            (line.measure_code, line.agency_code): line for line in map(_line, self.own_rows())
        }
        self.measures = {m.code: m for m in Measure.objects.of(self.set)}
        self.agencies = {p.agency.code: p for p in agencies_with_own_targets(self.set).values()}

    def get_instance(self, instance_loader: object, row: Mapping[str, str]) -> TargetLine | None:
        return self.existing.get((row["measure_code"], row["agency_code"]))

    def init_instance(self, row: object = None) -> TargetLine:
        figures = dict.fromkeys(FIGURES)
        return TargetLine(
            pk=None, measure_code="", agency_code="", applies=True, reason="", **figures
        )

    def skip_row(
        self,
        instance: TargetLine,
        original: TargetLine,
        row: Mapping[str, str],
        import_validation_errors: dict[str, object] | None = None,
    ) -> bool:
        """Skip what is unchanged, but no row that is new, even where it says no more than that the
        measure is asked.
        """
        unchanged: bool = super().skip_row(instance, original, row, import_validation_errors)
        return unchanged and instance.pk is not None

    def validate_instance(
        self,
        instance: TargetLine,
        import_validation_errors: dict[str, object] | None = None,
        validate_unique: bool = True,
    ) -> None:
        errors = dict(import_validation_errors or {})
        measure = self.measures.get(instance.measure_code)
        if measure is None:
            errors.setdefault(
                "measure_code",
                _("No measure of this set has the code “%(code)s”.") % _code(instance.measure_code),
            )
        if instance.agency_code not in self.agencies:
            sentence = _("The set is not asked of an agency with the code “%(code)s”.") % _code(
                instance.agency_code
            )
            errors.setdefault("agency_code", sentence)
        self.judge(instance, measure, errors)
        if errors:
            raise ValidationError(errors)

    def judge(self, line: TargetLine, measure: Measure | None, errors: dict[str, object]) -> None:
        """Add what is wrong with what the line says of an agency and a
        measure that may be known.
        """

    def own_targets(self, found: Check) -> list[AgencyTarget]:
        """Make the rows that say something new targets as `import_targets` takes them."""
        return [self._own_of(row["object"]) for row in (*found.new, *found.changed)]

    def _own_of(self, line: TargetLine) -> AgencyTarget:
        figures = {name: getattr(line, name) for name in (*FIGURES, "applies", "reason")}
        return AgencyTarget(
            measure=self.measures[line.measure_code].pk,
            agency=self.agencies[line.agency_code].agency_id,
            **figures,
        )


def _code(text: str) -> dict[str, str]:
    return {"code": text[:40]}


def _line(row: MeasureTarget) -> TargetLine:
    own = {name: getattr(row, name) for name in (*FIGURES, "applies", "reason")}
    return TargetLine(
        pk=row.pk, measure_code=row.measure.code, agency_code=row.participation.agency.code, **own
    )


class TargetLines(OwnLines):
    """The own targets of agencies to which the measures apply."""

    form = TARGETS

    def lines(self, agencies: QuerySet[Agency]) -> list[TargetLine]:
        return [line for line in super().lines(agencies) if line.applies]

    def judge(self, line: TargetLine, measure: Measure | None, errors: dict[str, object]) -> None:
        if not line.applies:
            errors.setdefault(
                "measure_code",
                _("This measure does not apply to this agency; a target changes nothing."),
            )
        values = {name: getattr(line, name) for name in FIGURES if name not in errors}
        others = {field.name for field in MeasureTarget._meta.get_fields()} - set(values)
        try:
            MeasureTarget(**values).clean_fields(exclude=others)
        except ValidationError as error:
            errors |= error.error_dict
        if measure is None or errors:
            return
        own = {name: value for name, value in values.items() if value is not None}
        if sentences := measure.wrong_params(measure.scoring_params | own):
            errors["target"] = " ".join(map(str, sentences))


class ApplicabilityLines(OwnLines):
    """Which measures are asked of which agency, and why not."""

    form = APPLICABILITY

    def judge(self, line: TargetLine, measure: Measure | None, errors: dict[str, object]) -> None:
        if "applies" in errors:
            return
        if not line.applies and not line.reason.strip():
            errors.setdefault("reason", _("Say why it does not apply."))
        if line.applies and line.reason:
            errors.setdefault(
                "reason", _("A measure that applies needs no reason; leave this empty.")
            )
        if len(line.reason) > 300:
            errors.setdefault("reason", _("At most 300 characters."))
