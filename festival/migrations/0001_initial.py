"""Editions with standings and open data, reports, awards, indices and what follows from results."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
import festival.models
import uuid
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cycles", "0001_initial"),
        ("submissions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name_fa", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("about", models.TextField(blank=True)),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), size=None
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="AwardCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_fa", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("sort_key", models.CharField(editable=False, max_length=250)),
                ("search_key", models.CharField(editable=False, max_length=500)),
                ("code", models.SlugField(max_length=40)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("total", "All indicators"),
                            ("general", "General indicators"),
                            ("specific", "Specific indicators"),
                            ("thematic", "Thematic indicators"),
                            ("growth", "Growth on last year"),
                            ("committee", "Chosen by the committee"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "offered",
                    models.CharField(
                        choices=[
                            ("national", "At the national ceremony"),
                            ("provincial", "At the provincial ceremonies"),
                            ("both", "At every ceremony"),
                            ("none", "Not this year"),
                        ],
                        default="both",
                        max_length=10,
                    ),
                ),
                ("per_group", models.BooleanField(default=False)),
                ("most_winners", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("most_commended", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "is_composed",
                    models.BooleanField(
                        default=False, help_text="Not found in the festival's own practice"
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "code"), name="one_award_category_a_code_and_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("most_winners__isnull", True), ("most_winners__gt", 0), _connector="OR"
                        ),
                        name="a_category_has_a_winner",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ceremony",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name_fa", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("sort_key", models.CharField(editable=False, max_length=250)),
                ("search_key", models.CharField(editable=False, max_length=500)),
                ("held_on", models.DateField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                (
                    "chair",
                    models.CharField(
                        blank=True,
                        help_text="Who hands over the awards and signs for them",
                        max_length=200,
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
                        fields=("cycle", "province"),
                        name="one_ceremony_a_province_and_year",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsequenceRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "on",
                    models.CharField(
                        choices=[
                            ("excellent", "Excellent"),
                            ("good", "Good"),
                            ("average", "Average"),
                            ("weak", "Weak"),
                            ("not_filed", "No self-assessment filed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("repeated", models.BooleanField(default=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("appreciation", "Letter of appreciation"),
                            ("warning", "Letter of warning"),
                            ("plan", "Compulsory improvement plan"),
                            ("superior", "Report to the superior authority"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words_fa", models.CharField(max_length=300)),
                ("words_en", models.CharField(blank=True, max_length=300)),
                ("days", models.PositiveSmallIntegerField(default=30)),
                ("settled_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "settled_by",
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
                        condition=models.Q(("struck_at", None)),
                        fields=("cycle", "on", "repeated", "kind"),
                        name="a_consequence_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="What the edition before it had wrong"),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("prepared", "Prepared"),
                            ("ranked", "Ranked"),
                            ("scheduled", "Publication set"),
                            ("published", "Published"),
                        ],
                        default="prepared",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("ranked_at", models.DateTimeField(blank=True, null=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("publish_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.scorerun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "number"), name="editions_of_a_year_are_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("reason", "")),
                            models.Q(("number__gt", 1), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_further_edition_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DataFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("file", models.FileField(max_length=200, upload_to=festival.models.data_path)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes")),
                (
                    "rows",
                    models.PositiveIntegerField(
                        blank=True, help_text="Of a table, without its heading", null=True
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="data_files",
                        to="festival.edition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "name"), name="a_file_of_an_edition_has_its_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Consequence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("due", "Due"), ("done", "Done"), ("waived", "Waived")],
                        default="due",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("letter_number", models.CharField(blank=True, max_length=60)),
                ("letter_on", models.DateField(blank=True, null=True)),
                ("file", models.FileField(blank=True, max_length=200, upload_to="consequences/")),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True, help_text="Why it was waived")),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
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
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consequences",
                        to="festival.consequencerule",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consequences",
                        to="festival.edition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rule", "agency"), name="a_rule_meets_an_agency_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                models.Q(("letter_number", ""), _negated=True),
                                ("letter_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="what_is_done_has_its_letter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "waived"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_is_waived_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImprovementPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Draft"),
                            ("signed", "Signed"),
                            ("returned", "Returned"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("is_compulsory", models.BooleanField(default=False)),
                ("due_on", models.DateField()),
                ("begun_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("days_late", models.PositiveIntegerField(default=0)),
                ("remarks", models.TextField(blank=True, help_text="Why it was returned")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_improvement_plan_is_signed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("signed", "closed")), _negated=True),
                            ("signed_at__isnull", False),
                            _connector="OR",
                        ),
                        name="what_is_followed_up_is_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImprovementItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("lineage", models.UUIDField(blank=True, db_index=True, null=True)),
                (
                    "grounds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("lost", "Points lost"),
                                ("factor", "An influence from outside was not accepted"),
                                ("verification", "Not supported at the source"),
                                ("appeal", "The appeal was dismissed"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "lost",
                    models.DecimalField(blank=True, decimal_places=10, max_digits=16, null=True),
                ),
                ("finding", models.TextField()),
                ("action", models.TextField(blank=True)),
                (
                    "owner",
                    models.CharField(
                        blank=True,
                        help_text="The post or person that answers for it",
                        max_length=200,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "target",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("struck_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.answer",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="festival.improvementplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("struck_at", None)),
                        fields=("plan", "answer"),
                        name="one_improvement_item_a_line",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finding", ""), _negated=True),
                        name="an_improvement_answers_a_finding",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", None), ("lineage", None)),
                            models.Q(("answer__isnull", False), ("lineage__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_improvement_of_a_line_knows_its_lineage",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Index",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name_fa", models.CharField(max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                ("publisher", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=200)),
                (
                    "direction",
                    models.CharField(
                        choices=[("higher", "More is better"), ("lower", "Less is better")],
                        default="higher",
                        max_length=6,
                    ),
                ),
                ("scale_fa", models.CharField(blank=True, max_length=100)),
                ("scale_en", models.CharField(blank=True, max_length=100)),
                (
                    "vision_score",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("vision_rank", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("vision_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("plan", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "agencies",
                    models.ManyToManyField(blank=True, related_name="+", to="agencies.agency"),
                ),
                (
                    "vision_region",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="festival.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[A-Z][A-Z0-9-]*$")),
                        name="an_index_has_a_code_in_capital_letters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("vision_rank", None), ("vision_score", None), ("vision_year", None)
                            ),
                            models.Q(
                                ("vision_year__isnull", False),
                                models.Q(
                                    ("vision_score__isnull", False),
                                    ("vision_rank__gte", 1),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="a_vision_target_has_its_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=40)),
                ("year", models.PositiveSmallIntegerField()),
                ("published_on", models.DateField(blank=True, null=True)),
                ("country_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("source", models.CharField(max_length=400)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("is_current", models.BooleanField(default=True)),
                ("entered_at", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "index",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="festival.index",
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revision",
                        to="festival.indexedition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("index", "year"),
                        name="one_current_edition_an_index_and_year",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes", None)),
                        fields=("index", "year"),
                        name="one_first_edition_an_index_and_year",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("done", models.TextField()),
                ("asked", models.TextField(blank=True)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[("draft", "Draft"), ("sent", "Sent")],
                        default="draft",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "index",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="festival.index",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "written_by",
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
                        condition=models.Q(("state", "draft")),
                        fields=("index", "agency", "year"),
                        name="one_draft_an_index_agency_and_year",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("country", models.CharField(max_length=3)),
                (
                    "score",
                    models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True),
                ),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("published", "Published"),
                            ("not_covered", "Not covered this year"),
                        ],
                        default="published",
                        max_length=11,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values_held",
                        to="festival.indexedition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "country"), name="one_value_an_edition_and_country"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "published"),
                                models.Q(
                                    ("score__isnull", False),
                                    ("rank__isnull", False),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(("rank", None), ("score", None), ("state", "not_covered")),
                            _connector="OR",
                        ),
                        name="who_is_not_covered_has_neither_score_nor_rank",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rank", None), ("rank__gte", 1), _connector="OR"),
                        name="ranks_count_from_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{3}$")),
                        name="a_country_by_its_three_letters",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasureComment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lineage", models.UUIDField(db_index=True)),
                ("code", models.CharField(max_length=20)),
                ("text", models.TextField()),
                ("author", models.CharField(blank=True, max_length=120)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("made_at", models.DateTimeField()),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("published", "Published"),
                            ("rejected", "Not published"),
                        ],
                        default="waiting",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.TextField(blank=True, help_text="Why it is not published")),
                (
                    "about",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="festival.edition",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_comment_says_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Minutes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("held_at", models.DateTimeField()),
                ("members", models.TextField(help_text="Who was present, a line each")),
                ("text", models.TextField()),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=festival.models.minutes_path
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "ceremony",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="minutes",
                        to="festival.ceremony",
                    ),
                ),
                (
                    "made_by",
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
                        fields=("ceremony", "number"), name="minutes_of_a_ceremony_are_numbered"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Progress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("none", "No action taken"),
                            ("under_way", "Action taken, not completed"),
                            ("completed", "Completed"),
                            ("cancelled", "Cancelled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("is_current", models.BooleanField(default=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress",
                        to="festival.improvementitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("item",),
                        name="one_current_progress_an_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "cancelled"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="what_is_cancelled_has_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "index",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="festival.index",
                    ),
                ),
                (
                    "written_by",
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
                        fields=("index", "year", "number"),
                        name="versions_are_numbered_an_index_and_year",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("approved_by", None)),
                            models.Q(
                                ("approved_at__isnull", False), ("approved_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="an_approval_has_its_approver",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True),
                ),
                (
                    "language",
                    models.CharField(choices=[("fa", "Persian"), ("en", "English")], max_length=2),
                ),
                ("number", models.PositiveSmallIntegerField(default=1)),
                ("asked_at", models.DateTimeField()),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=festival.models.report_path
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "archive",
                    models.FileField(
                        blank=True,
                        help_text="PDF/A-3 with the data",
                        max_length=200,
                        upload_to=festival.models.archive_path,
                    ),
                ),
                ("archive_sha256", models.CharField(blank=True, max_length=64)),
                ("facts", models.JSONField(blank=True, default=dict)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("first_approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_at",
                    models.DateTimeField(
                        blank=True, help_text="by the second of the two", null=True
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="festival.edition",
                    ),
                ),
                (
                    "first_approved_by",
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
                        condition=models.Q(
                            ("first_approved_at__isnull", True),
                            ("finished_at__isnull", False),
                            _connector="OR",
                        ),
                        name="only_a_finished_report_is_approved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_at__isnull", True),
                            models.Q(
                                ("first_approved_at__isnull", False),
                                models.Q(
                                    ("approved_by", models.F("first_approved_by")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="two_people_approve_a_report",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "language",
                    models.CharField(choices=[("fa", "Persian"), ("en", "English")], max_length=2),
                ),
                (
                    "chapter",
                    models.CharField(
                        choices=[
                            ("lead", "The opening paragraph"),
                            ("attention", "What needs attention"),
                            ("method", "Method and calendar actually kept"),
                            ("coverage", "Coverage"),
                            ("levels", "The three levels of Article 81"),
                            ("groups", "Results by group"),
                            ("axes", "Results by axis of the general indicators"),
                            ("growth", "Growth on last year"),
                            ("appeals", "Appeals"),
                            ("soundness", "Reliability of the scores"),
                            ("behind", "Specific indicators behind target"),
                            ("execution", "Execution of the Act by chapter"),
                            ("provinces", "Provinces"),
                            ("validity", "Validity against satisfaction and outside outcomes"),
                            ("closing", "Closing the year"),
                            ("indices", "Position in international indices"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.TextField(blank=True)),
                ("written_at", models.DateTimeField()),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "written_by",
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
                        fields=("cycle", "language", "chapter", "number"),
                        name="texts_of_a_chapter_are_numbered",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("submitted", models.BooleanField()),
                ("general", models.DecimalField(decimal_places=10, max_digits=16)),
                ("specific", models.DecimalField(decimal_places=10, max_digits=16)),
                ("thematic", models.DecimalField(decimal_places=10, default=0, max_digits=16)),
                ("total", models.DecimalField(decimal_places=10, max_digits=16)),
                ("ceiling", models.DecimalField(decimal_places=10, max_digits=16)),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                (
                    "growth",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Percentage points on last year",
                        max_digits=5,
                        null=True,
                    ),
                ),
                (
                    "general_percent",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "specific_percent",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                (
                    "thematic_percent",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True),
                ),
                ("band", models.CharField(max_length=12)),
                ("place", models.PositiveIntegerField()),
                ("general_place", models.PositiveIntegerField(blank=True, null=True)),
                ("specific_place", models.PositiveIntegerField(blank=True, null=True)),
                ("thematic_place", models.PositiveIntegerField(blank=True, null=True)),
                ("growth_place", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="festival.edition",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.group",
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
                    "submission",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("edition", "group", "participation"), name="one_place_a_group"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="a_percent_lies_in_0_to_100",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, unique=True),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("decided", "Decided"),
                            ("withdrawn", "Taken back"),
                            ("revoked", "Revoked"),
                        ],
                        default="proposed",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "rank",
                    models.CharField(
                        choices=[("winner", "Chosen"), ("commended", "Commended")], max_length=10
                    ),
                ),
                (
                    "title_fa",
                    models.CharField(
                        blank=True, help_text="A special title, where one is given", max_length=200
                    ),
                ),
                ("title_en", models.CharField(blank=True, max_length=200)),
                ("reason", models.TextField()),
                ("reason_en", models.TextField(blank=True)),
                ("number", models.PositiveIntegerField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_reason", models.TextField(blank=True)),
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
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.participation",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="festival.awardcategory",
                    ),
                ),
                (
                    "ceremony",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="festival.ceremony",
                    ),
                ),
                (
                    "minutes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="festival.minutes",
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="festival.standing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("proposed", "decided"))),
                        fields=("ceremony", "category", "group", "participation"),
                        name="one_live_award_a_category_and_agency",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        fields=("ceremony", "number"), name="awards_of_a_ceremony_are_numbered"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_award_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("decided", "revoked")), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("minutes__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_decided_award_names_its_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_reason", "")),
                            models.Q(
                                ("ended_at__isnull", False),
                                models.Q(("ended_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_award_ends_with_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                (
                    "cycle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="a_survey_closes_after_it_opens",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("scale", "From 1 to 5"),
                            ("choice", "One of several"),
                            ("text", "In words"),
                        ],
                        max_length=6,
                    ),
                ),
                ("text_fa", models.CharField(max_length=300)),
                ("text_en", models.CharField(blank=True, max_length=300)),
                ("choices", models.JSONField(blank=True, default=list)),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="festival.survey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "position"), name="questions_of_a_survey_have_an_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "choice"), ("choices", []), _connector="XOR"),
                        name="a_choice_has_its_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("text", models.TextField(blank=True)),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="festival.surveyquestion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), ("value__isnull", False)),
                            models.Q(("value", None), models.Q(("text", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_answer_is_a_value_or_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "survey",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="festival.survey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("survey", "agency"), name="an_agency_answers_once"
                    )
                ],
            },
        ),
    ]
