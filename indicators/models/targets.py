"""What holds of a measure for one agency, which agency answers for which part, and what is asked of
whom.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from agencies.models import Agency, User
from agencies.postgres_arrays import array
from cycles.models import Cycle, Participation
from indicators.models.measures import Measure, MeasureQuerySet
from indicators.models.sets import IndicatorSet, Kind
from indicators.scoring.value_bounds import ValueBounds
from indicators.workflow import SetState


class Bounded:
    """What is asked of one agency by a measure: its `measure`, and the parameters that hold for the
    agency.
    """

    measure: Any

    @property
    def scoring_params(self) -> dict[str, object]:
        raise NotImplementedError

    @property
    def bounds(self) -> ValueBounds:
        """Between which bounds a value lies."""
        found: ValueBounds = self.measure.bounds(self.scoring_params)
        return found

    def why_unfit(self, value: Decimal) -> str:
        """Say why the value cannot be, in a sentence that names the bound; "" when it can."""
        return str(self.measure.why_unfit(value, self.scoring_params))


class MeasureTargetQuerySet(models.QuerySet["MeasureTarget"]):
    def for_list(self) -> Self:
        return self.select_related("measure", "participation__agency").order_by(
            "measure__position", "measure", "participation__sort_key", "pk"
        )


class MeasureTarget(models.Model):
    """What holds of a measure for one agency: its own target, floor or base, or that the measure
    does not apply.

    A unit is asked those measures of its headquarters' set for which it has a row here that
    applies.
    """

    measure = models.ForeignKey(Measure, models.CASCADE, related_name="own_targets")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="+")
    target = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    floor = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    base = models.DecimalField(max_digits=28, decimal_places=8, null=True, blank=True)
    applies = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, blank=True)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = MeasureTargetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("measure", "participation"), name="one_target_a_measure_and_agency"
            ),
            models.CheckConstraint(
                condition=Q(applies=True) | ~Q(reason=""),
                name="a_measure_does_not_apply_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return f"{self.measure} · {self.participation}"

    @property
    def scoring_params(self) -> dict[str, object]:
        """Collect what the row sets in place of the measure's own."""
        own = {"base": self.base, "floor": self.floor, "target": self.target}
        return {key: value for key, value in own.items() if value is not None}


class MeasureShare(models.Model):
    """The part of a shared measure's target for which one agency answers; the parts of a measure
    make 100 percent.

    `lineage` names the measure in the set of the agency that leads; each other agency takes it over
    into its own set.
    """

    set = models.ForeignKey(IndicatorSet, models.CASCADE, related_name="shares")
    lineage = models.UUIDField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    percent = models.DecimalField(max_digits=7, decimal_places=4)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("set", "lineage", "agency"), name="one_part_an_agency"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="a_part_is_of_a_hundred"
            ),
        )

    def __str__(self) -> str:
        return f"{self.agency} · {self.percent}"


def asked_of(
    cycle: Cycle | int, participations: Iterable[Participation]
) -> dict[int, dict[int, int | None]]:
    """Find the communicated measures asked of each participation, by key, with the key of what
    holds for it alone.

    General measures are asked of every agency, thematic ones of the agencies of their group or
    province, specific ones of their agency and of the units to which it has given a target. Four
    queries for any number of agencies.
    """
    participations = list(participations)
    by_whom = _measures_by_whom(cycle, participations)
    keys = [participation.pk for participation in participations]
    groups = _groups_of(keys)
    own = _own_targets(keys)

    asked: dict[int, dict[int, int | None]] = {}
    for participation in participations:
        whoms: list[tuple[str, int | None]] = [
            ("all", None),
            ("agency", participation.agency_id),
            ("province", participation.province_id),
        ]
        whoms += [("group", group) for group in groups.get(participation.pk, ())]

        usual: list[int] = []
        for whom in whoms:
            usual += by_whom.get(whom, ())
        given_down = (
            by_whom.get(("agency", participation.agency.parent_id), [])
            if participation.agency.parent_id
            else []
        )

        # what is asked unless a row says it does not apply, and what is asked only if a row says it
        # does
        rows = own.get(participation.pk, {})
        asked[participation.pk] = _applying(usual, rows, unsaid=True)
        asked[participation.pk] |= _applying(given_down, rows, unsaid=False)
    return asked


def _applying(
    measures: Iterable[int], rows: Mapping[int, tuple[int, bool]], *, unsaid: bool
) -> dict[int, int | None]:
    """Pick the measures that apply to an agency, each with the key of its own row; `unsaid` holds
    where no row says whether one applies.
    """
    applying: dict[int, int | None] = {}
    for measure in measures:
        key, applies = rows.get(measure, (None, unsaid))
        if applies:
            applying[measure] = key
    return applying


# written out, for each act on a plan asks all three
_MEASURES = """
    SELECT m.id, s.kind, s.agency_id, s.group_id, s.province_id
    FROM indicators_indicatorset s
    JOIN indicators_axis x ON x.set_id = s.id
    JOIN indicators_indicator i ON i.axis_id = x.id
    JOIN indicators_measure m ON m.indicator_id = i.id
    WHERE s.cycle_id = %s AND s.state = %s
      AND (s.agency_id IS NULL OR s.agency_id = ANY(%s::bigint[]))
    ORDER BY m.id
"""
_GROUPS = """
    SELECT participation_id, group_id FROM cycles_participation_groups
    WHERE participation_id = ANY(%s::bigint[])
"""
_OWN = """
    SELECT participation_id, measure_id, id, applies FROM indicators_measuretarget
    WHERE participation_id = ANY(%s::bigint[])
"""


def _measures_by_whom(
    cycle: Cycle | int, participations: Sequence[Participation]
) -> dict[tuple[str, int | None], list[int]]:
    """Find the communicated measures that may be asked of these agencies, by whom they are asked
    of.
    """
    agencies = {p.agency_id for p in participations}
    agencies |= {p.agency.parent_id for p in participations if p.agency.parent_id}
    key = cycle if isinstance(cycle, int) else cycle.pk
    by_whom: dict[tuple[str, int | None], list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MEASURES, [key, SetState.COMMUNICATED.value, array(agencies)])
        for measure, kind, agency, group, province in cursor:
            by_whom.setdefault(_whom(kind, agency, group, province), []).append(measure)
    return by_whom


def _groups_of(participations: Iterable[int]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, [array(participations)])
        for participation, group in cursor:
            groups.setdefault(participation, []).append(group)
    return groups


def _own_targets(participations: Iterable[int]) -> dict[int, dict[int, tuple[int, bool]]]:
    """Find what is set for each agency alone, by measure: the key of the row, and whether the
    measure applies.
    """
    own: dict[int, dict[int, tuple[int, bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OWN, [array(participations)])
        for participation, measure, key, applies in cursor:
            own.setdefault(participation, {})[measure] = (key, applies)
    return own


def _whom(
    kind: str, agency: int | None, group: int | None, province: int | None
) -> tuple[str, int | None]:
    if kind == Kind.GENERAL:
        return "all", None
    if agency is not None:
        return "agency", agency
    return ("group", group) if group is not None else ("province", province)


def asked_of_outer(cycle: Cycle) -> MeasureQuerySet:
    """Find the measures asked of the participation of the outer query, as `asked_of` finds them for
    many at once.
    """
    axis_set = "indicator__axis__set"
    own = MeasureTarget.objects.filter(
        measure=OuterRef("pk"), participation=OuterRef(OuterRef("pk"))
    )
    of_unit = Q(**{f"{axis_set}__agency": OuterRef("agency__parent")}) & Exists(
        own.filter(applies=True)
    )
    of_whom = (
        Q(**{f"{axis_set}__kind": Kind.GENERAL})
        | Q(**{f"{axis_set}__agency": OuterRef("agency")})
        | Q(**{f"{axis_set}__province": OuterRef("province")})
        | Q(
            **{
                f"{axis_set}__group__in": Participation.groups.through.objects.filter(
                    participation=OuterRef(OuterRef("pk"))
                ).values("group")
            }
        )
    ) & ~Exists(own.filter(applies=False))
    asked = Measure.objects.filter(
        **{f"{axis_set}__cycle": cycle, f"{axis_set}__state": SetState.COMMUNICATED}
    )
    return asked.filter(of_whom | of_unit)
