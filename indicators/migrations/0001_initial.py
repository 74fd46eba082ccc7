"""Sets of measures with their targets, deliberations and plans; the function of exact quantiles."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django_fsm
import indicators.models
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

# `percentile_cont` turns decimals into doubles: of 4.9, 5.9, 6.9, 7.9, 73.1, 74.1, 75.1, 76.1 it says 40.49999999999999.
# This one interpolates between the same two neighbours, and says 40.5.
EXACT_QUANTILE = """
CREATE FUNCTION exact_quantile(ordered numeric[], share numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT ordered[1 + floor(place)::int]
         + (place - floor(place)) * (ordered[1 + ceil(place)::int] - ordered[1 + floor(place)::int])
    FROM (SELECT (cardinality(ordered) - 1) * share AS place) AS found
$$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cycles", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndicatorSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "General indicators"),
                            ("specific", "Specific indicators"),
                            ("thematic", "Thematic indicators"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("proposed", "Proposed"),
                            ("returned", "Returned for changes"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("communicated", "Communicated"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "years",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="How many years a general set is issued for"
                    ),
                ),
                ("proposed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How often the set has been proposed"
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("communicated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "quarter",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="The quarter in whose window targets are broken down: the first open after communication",
                    ),
                ),
                ("hash", models.CharField(blank=True, max_length=64)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicatorset",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.group",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.province",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "kind", "agency", "group", "province"),
                        name="one_set_a_kind_and_whom",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("agency", None),
                                ("group", None),
                                ("kind", "general"),
                                ("province", None),
                            ),
                            models.Q(
                                ("agency__isnull", False),
                                ("group", None),
                                ("kind", "specific"),
                                ("province", None),
                            ),
                            models.Q(
                                ("agency", None),
                                ("kind", "thematic"),
                                models.Q(
                                    models.Q(("group__isnull", False), ("province", None)),
                                    models.Q(("group", None), ("province__isnull", False)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="a_set_s_kind_says_for_whom_it_is",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("years", 1),
                            models.Q(("kind", "general"), ("years", 2)),
                            _connector="OR",
                        ),
                        name="a_general_set_may_be_for_two_years",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Axis",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "points",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="axes",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("set", "code"), name="one_axis_a_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="Indicator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "points",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                    ),
                ),
                (
                    "axis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="indicators",
                        to="indicators.axis",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("axis", "code"), name="one_indicator_a_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("strategic", "Strategic goal"),
                            ("programme", "Goal of a programme"),
                            ("operational", "Operational goal"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("policy", "General policies"),
                            ("plan", "Development plan law"),
                            ("budget", "Budget law"),
                            ("statute", "The agency's statute"),
                            ("appointment", "Priorities annexed to the head's appointment"),
                            ("international", "International index"),
                            ("benchmark", "Benchmarking"),
                            ("last_year", "Last year's indicators"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("csma", "Civil Service Management Act"),
                            ("plan", "Development plan law"),
                            ("budget", "Budget law"),
                            ("policy", "General policies"),
                            ("statute", "The agency's statute"),
                            ("other", "Another act"),
                        ],
                        max_length=10,
                    ),
                ),
                ("article", models.CharField(blank=True, max_length=60)),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("set", "code"), name="one_goal_a_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("lineage", models.UUIDField(blank=True, null=True)),
                (
                    "constituency",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("authority", "Public Administration and Recruitment Organization"),
                            ("budget", "Plan and Budget Organization"),
                            ("agency", "Representative of the agency"),
                            ("expert", "Outside expert"),
                        ],
                        help_text="None: whoever owns it",
                        max_length=12,
                    ),
                ),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deed",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("changed", "Changed"),
                            ("removed", "Removed"),
                            ("copied", "Copied from an earlier set"),
                            ("imported", "Imported from a file"),
                            ("filled", "Filled from the catalogue"),
                            ("agreed", "Agreed in the working group"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "lineage",
                    models.UUIDField(
                        blank=True, help_text="The measure; none: the set as a whole", null=True
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=20)),
                ("title_fa", models.CharField(blank=True, max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("fields", models.JSONField(default=dict, help_text="{field: [before, after]}")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["set", "lineage"], name="change_by_measure")],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20)),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "points",
                    models.DecimalField(
                        decimal_places=4,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.0001"))],
                    ),
                ),
                ("lineage", models.UUIDField(db_index=True, default=uuid.uuid4)),
                ("definition_fa", models.TextField(blank=True)),
                ("definition_en", models.TextField(blank=True)),
                ("unit_fa", models.CharField(max_length=60)),
                ("unit_en", models.CharField(blank=True, max_length=60)),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "More is better"), ("lower", "Less is better")],
                        default="higher",
                        max_length=6,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("linear", "In proportion to the target"),
                            ("inverse_linear", "In inverse proportion to the target"),
                            ("range", "Between a floor and the target"),
                            ("bands", "Steps"),
                            ("checklist", "Checklist"),
                            ("levels", "Described levels"),
                            ("options", "One of several answers"),
                            ("interpolation", "Between several targets"),
                            ("minmax", "Between the least and the greatest value"),
                            ("points", "Points out of a maximum"),
                            ("survey", "Index of a survey"),
                            ("steward", "Given by the steward"),
                            ("growth", "Growth from a baseline"),
                        ],
                        max_length=20,
                    ),
                ),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "base",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "floor",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "lowest",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "highest",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "is_additive",
                    models.BooleanField(
                        default=False, help_text="Parts of the value add up: units share one target"
                    ),
                ),
                (
                    "evidence_rule",
                    models.CharField(
                        blank=True,
                        choices=[("none", "None needed"), ("required", "At least one document")],
                        max_length=10,
                    ),
                ),
                ("evidence_fa", models.CharField(blank=True, max_length=300)),
                ("evidence_en", models.CharField(blank=True, max_length=300)),
                (
                    "law",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("csma", "Civil Service Management Act"),
                            ("plan", "Development plan law"),
                            ("budget", "Budget law"),
                            ("policy", "General policies"),
                            ("statute", "The agency's statute"),
                            ("other", "Another act"),
                        ],
                        max_length=10,
                    ),
                ),
                ("article", models.CharField(blank=True, max_length=60)),
                ("legal_basis", models.CharField(blank=True, max_length=300)),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("policy", "General policies"),
                            ("plan", "Development plan law"),
                            ("budget", "Budget law"),
                            ("statute", "The agency's statute"),
                            ("appointment", "Priorities annexed to the head's appointment"),
                            ("international", "International index"),
                            ("benchmark", "Benchmarking"),
                            ("last_year", "Last year's indicators"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "result_level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("input", "Input"),
                            ("activity", "Activity"),
                            ("output", "Output"),
                            ("outcome", "Outcome"),
                            ("impact", "Impact"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "dimension",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("quantity", "Quantity"),
                            ("quality", "Quality"),
                            ("efficiency", "Efficiency"),
                            ("effectiveness", "Effectiveness"),
                            ("productivity", "Productivity"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "perspective",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("citizens", "Citizens and clients"),
                            ("finance", "Finance and resources"),
                            ("processes", "Internal processes"),
                            ("learning", "Learning and growth"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "caf_criterion",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "1 Leadership"),
                            (2, "2 Strategy and planning"),
                            (3, "3 People"),
                            (4, "4 Partnerships and resources"),
                            (5, "5 Processes"),
                            (6, "6 Citizen-oriented results"),
                            (7, "7 People results"),
                            (8, "8 Social responsibility results"),
                            (9, "9 Key performance results"),
                        ],
                        null=True,
                    ),
                ),
                ("budget_line", models.CharField(blank=True, max_length=60)),
                ("responsible_unit", models.CharField(blank=True, max_length=200)),
                ("responsible_post", models.CharField(blank=True, max_length=200)),
                ("resources", models.TextField(blank=True)),
                (
                    "trend",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Values of past years: [[year, value as text], ...]",
                    ),
                ),
                (
                    "influence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("full", "In the agency's own hands"),
                            ("shared", "Shared with others"),
                            ("little", "Mostly outside the agency's hands"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "feedback",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("monthly", "Every month or more often"),
                            ("quarterly", "Every quarter"),
                            ("yearly", "Once a year"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ideal",
                    models.TextField(
                        blank=True, help_text="What one would measure if nothing stood in the way"
                    ),
                ),
                (
                    "compromise",
                    models.TextField(
                        blank=True, help_text="Why something else is measured, where it is"
                    ),
                ),
                (
                    "links",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        blank=True,
                        default=list,
                        help_text="Lineages that must be read with it",
                        size=None,
                    ),
                ),
                (
                    "is_pilot",
                    models.BooleanField(
                        default=False,
                        help_text="In its trial year: scored and shown, never counted",
                    ),
                ),
                (
                    "is_composed",
                    models.BooleanField(
                        default=False,
                        help_text="Parameters or points are the project's, not official",
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="measures",
                        to="indicators.goal",
                    ),
                ),
                (
                    "indicator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measures",
                        to="indicators.indicator",
                    ),
                ),
                (
                    "steward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("indicator", "code"), name="one_measure_a_code")
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lineage", models.UUIDField()),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("set", "lineage", "agency"), name="one_part_an_agency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gt", 0), ("percent__lte", 100)),
                        name="a_part_is_of_a_hundred",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "floor",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "base",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("applies", models.BooleanField(default=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("set_at", models.DateTimeField()),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_targets",
                        to="indicators.measure",
                    ),
                ),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.participation",
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("measure", "participation"), name="one_target_a_measure_and_agency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applies", True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_measure_does_not_apply_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Draft"), ("signed", "Signed")],
                        default="draft",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "participation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.participation",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                        name="a_plan_is_laid_in_a_quarter",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField()),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                (
                    "actual",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("explanation", models.TextField(blank=True)),
                (
                    "forecast",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("updated_at", models.DateTimeField(blank=True, null=True)),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.measure",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="indicators.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "measure", "quarter"),
                        name="one_figure_a_measure_and_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                        name="a_figure_is_of_a_quarter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuarterReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField()),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Draft"), ("reported", "Reported")],
                        default="draft",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="indicators.plan",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "quarter"), name="one_report_a_quarter"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)),
                        name="a_report_is_of_a_quarter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("lineage", models.UUIDField()),
                ("code", models.CharField(max_length=20)),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(blank=True, max_length=300)),
                (
                    "proposed",
                    models.JSONField(help_text="{field: value} as the agency proposed it"),
                ),
                (
                    "agreed",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="{field: value} where the group agreed on another",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Not decided"),
                            ("approved", "Approved"),
                            ("returned", "Returned for changes"),
                            ("rejected", "Rejected"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("set", "round", "lineage"), name="one_review_a_measure_and_round"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ("open", "approved")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_review_against_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("lineage", models.UUIDField()),
                (
                    "constituency",
                    models.CharField(
                        choices=[
                            ("authority", "Public Administration and Recruitment Organization"),
                            ("budget", "Plan and Budget Organization"),
                            ("agency", "Representative of the agency"),
                            ("expert", "Outside expert"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "values",
                    models.JSONField(
                        help_text="{field: value}, of points, base, floor, target, titles and definition"
                    ),
                ),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suggestions",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "lineage",
                    models.UUIDField(
                        blank=True, help_text="The measure; none: the whole set", null=True
                    ),
                ),
                (
                    "constituency",
                    models.CharField(
                        choices=[
                            ("authority", "Public Administration and Recruitment Organization"),
                            ("budget", "Plan and Budget Organization"),
                            ("agency", "Representative of the agency"),
                            ("expert", "Outside expert"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_chair", models.BooleanField(default=False)),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("return", "Return with changes"),
                            ("reject", "Reject"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("slack", "Slack"),
                            ("fair", "Fair"),
                            ("unattainable", "Unattainable"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("voted_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="indicators.indicatorset",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("set", "round", "member", "lineage"),
                        name="one_vote_a_member_and_round",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("choice", "approve"),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_vote_against_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkingGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sector",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("infrastructure", "Infrastructure"),
                            ("production", "Production and services"),
                            ("economic", "Economic and financial"),
                            ("health_welfare", "Health and social welfare"),
                            ("culture_science", "Culture, science and education"),
                            ("general_judicial", "General, security and judicial"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "quorum",
                    models.PositiveSmallIntegerField(
                        default=2, validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "concurring",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("authority", "Public Administration and Recruitment Organization"),
                                ("budget", "Plan and Budget Organization"),
                                ("agency", "Representative of the agency"),
                                ("expert", "Outside expert"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=indicators.models.both_finalise,
                        size=None,
                    ),
                ),
                (
                    "majority",
                    models.PositiveSmallIntegerField(
                        default=50, validators=[django.core.validators.MaxValueValidator(99)]
                    ),
                ),
                ("chair_casts", models.BooleanField(default=True)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "sector"), name="one_group_a_sector_and_cycle"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("majority__lte", 99), ("quorum__gte", 1)),
                        name="rules_that_can_be_met",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("held_at", models.DateTimeField(help_text="When it is to be, or was, held")),
                ("place", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("convened", "Convened"),
                            ("held", "Held"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="convened",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("minutes", models.TextField(blank=True)),
                ("minuted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "minuted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meetings",
                        to="indicators.workinggroup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("group", "number"), name="one_meeting_a_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "constituency",
                    models.CharField(
                        choices=[
                            ("authority", "Public Administration and Recruitment Organization"),
                            ("budget", "Plan and Budget Organization"),
                            ("agency", "Representative of the agency"),
                            ("expert", "Outside expert"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance",
                        to="indicators.meeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "member"), name="one_seat_a_member")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("resolution", models.TextField(blank=True)),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.indicatorset",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="indicators.meeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "set"), name="one_item_a_set")
                ],
            },
        ),
        migrations.CreateModel(
            name="GoalRank",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)]
                    ),
                ),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ranks",
                        to="indicators.goal",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("goal", "member"), name="one_rank_a_member_and_goal"
                    )
                ],
            },
        ),
        migrations.RunSQL(EXACT_QUANTILE),
    ]
