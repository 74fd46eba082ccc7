"""Results as files: the ranking and the scored lines, one row each."""

from collections.abc import Iterable
from decimal import Decimal

import tablib
from django.db.models import QuerySet
from import_export import fields, resources

from festival.models import Edition, Standing
from indicators.scoring.methods import SHOWN_PLACES, half_up
from indicators.scoring.statutory_tree import band
from submissions.models import Score


def rounded_points(value: Decimal | None) -> Decimal | None:
    """Round points to 2 places, as pages show them; nothing where there are none."""
    return None if value is None else half_up(value, SHOWN_PLACES)


class RankingResource(resources.ModelResource):
    """Standings: `group,place,code,name_en,name_fa,general,specific,total,percent,band`."""

    group = fields.Field()
    code = fields.Field(attribute="participation__agency__code")
    name_en = fields.Field(attribute="participation__name_en")
    name_fa = fields.Field(attribute="participation__name_fa")
    general = fields.Field()
    specific = fields.Field()
    total = fields.Field()
    percent = fields.Field()
    band = fields.Field()

    class Meta:
        model = Standing
        fields = export_order = (
            "group",
            "place",
            "code",
            "name_en",
            "name_fa",
            "general",
            "specific",
            "total",
            "percent",
            "band",
        )

    def dehydrate_group(self, standing: Standing) -> str:
        return standing.group.code

    def dehydrate_place(self, standing: Standing) -> int:
        return standing.place

    def dehydrate_general(self, standing: Standing) -> Decimal | None:
        return rounded_points(standing.general)

    def dehydrate_specific(self, standing: Standing) -> Decimal | None:
        return rounded_points(standing.specific)

    def dehydrate_total(self, standing: Standing) -> Decimal | None:
        return rounded_points(standing.total)

    def dehydrate_percent(self, standing: Standing) -> Decimal:
        return standing.percent

    def dehydrate_band(self, standing: Standing) -> str:
        return band(standing.percent).name


class LineResource(resources.ModelResource):
    """Final scores, a row a line: `code,kind,axis,indicator,measure,value,points,ceiling,state`."""

    code = fields.Field(attribute="answer__submission__agency__code")
    kind = fields.Field(attribute="answer__measure__indicator__axis__set__kind")
    axis = fields.Field(attribute="answer__measure__indicator__axis__code")
    indicator = fields.Field(attribute="answer__measure__indicator__code")
    measure = fields.Field(attribute="answer__measure__code")
    value = fields.Field()
    points = fields.Field()
    ceiling = fields.Field()

    class Meta:
        model = Score
        fields = export_order = (
            "code", "kind", "axis", "indicator", "measure", "value", "points", "ceiling", "state",
        )  # fmt: skip

    def dehydrate_value(self, score: Score) -> Decimal | None:
        value = score.answer.value
        return None if value is None else value.normalize()

    def dehydrate_points(self, score: Score) -> Decimal | None:
        return score.points

    def dehydrate_ceiling(self, score: Score) -> Decimal:
        return score.answer.measure.points.normalize()


def ranking(edition: Edition, standings: QuerySet[Standing] | None = None) -> tablib.Dataset:
    """Write the ranking of an edition, or these of its standings, as a data set."""
    rows = Standing.objects.filter(edition=edition).for_list() if standings is None else standings
    return RankingResource().export(rows)


def final_lines(edition: Edition) -> tablib.Dataset:
    """Write every line of an edition's cycle as a data set."""
    rows: QuerySet[Score] | Iterable[Score] = (
        Score.objects.filter(answer__submission__cycle=edition.cycle, is_current=True)
        .exclude(basis=Score.Basis.SELF)
        .select_related("answer__submission__agency", "answer__measure__indicator__axis__set")
        .order_by(
            "answer__submission__agency__code",
            "answer__measure__indicator__axis__set__kind",
            "answer__measure__indicator__axis__position",
            "answer__measure__indicator__position",
            "answer__measure__code",
        )
    )
    return LineResource().export(rows)
