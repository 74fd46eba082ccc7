"""Years with their windows, jobs and notices; the official record, its seals and the triggers that keep both."""

import cycles.models
import django.contrib.postgres.constraints
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

TRANSACTION_NUMBERS = """
-- By these numbers seals of form 1 say which rows they cover; rows written since have none.
ALTER TABLE cycles_entry ADD COLUMN xid xid8;
"""

# Without any condition and for everybody, the owner of the tables included.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the official record is never changed (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON cycles_entry FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON cycles_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON cycles_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON cycles_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_change BEFORE UPDATE OR DELETE ON cycles_extension FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON cycles_extension FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

FIXED_WINDOWS = """
CREATE FUNCTION refuse_moving_a_window() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM cycles_cycle WHERE id = OLD.cycle_id AND state <> 'planned') THEN
        RAISE EXCEPTION 'a window of an open cycle is never changed (% on %)', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER no_move BEFORE UPDATE OR DELETE ON cycles_window
    FOR EACH ROW EXECUTE FUNCTION refuse_moving_a_window();
"""

QUEUE_OF_SEALS = """
CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cycles_unsealed (entry_id) SELECT id FROM written;
    RETURN NULL;
END $$;
CREATE TRIGGER awaits_seal AFTER INSERT ON cycles_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION await_seal();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CacheReserve",
            fields=[
                ("cache_key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Cycle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        help_text="The assessed Jalali year", unique=True
                    ),
                ),
                (
                    "preset",
                    models.CharField(
                        choices=[
                            ("statutory_jalali", "Statutory year, Jalali months"),
                            ("statutory_gregorian", "Statutory year, Gregorian months"),
                            (
                                "compressed_jalali",
                                "Everything after the assessed year, Jalali months",
                            ),
                            (
                                "compressed_gregorian",
                                "Everything in one Gregorian year, February to September",
                            ),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("planned", "Planned"),
                            ("open", "Open"),
                            ("final", "Final"),
                            ("published", "Published"),
                        ],
                        default="planned",
                        max_length=50,
                        protected=True,
                    ),
                ),
                (
                    "spares_holidays",
                    models.BooleanField(
                        default=True,
                        help_text="A deadline on a Friday or a listed holiday moves to the next working day",
                    ),
                ),
                (
                    "spreads_points",
                    models.BooleanField(
                        default=True,
                        help_text="Points that do not apply are spread within their axis; else they leave the ceiling",
                    ),
                ),
                (
                    "asks_analysis",
                    models.CharField(
                        choices=[
                            ("none", "Of no line"),
                            ("specific", "Of specific measures"),
                            ("every", "Of every line"),
                        ],
                        default="specific",
                        help_text="Lines whose strengths, weaknesses and action for improvement are asked for",
                        max_length=8,
                    ),
                ),
                (
                    "keeps_signature",
                    models.BooleanField(
                        default=True,
                        help_text="What its head withdrew and did not sign again stands as last signed; else it lapses",
                    ),
                ),
                (
                    "second_percent",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Of a hundred lines, those drawn to be marked by a second assessor",
                    ),
                ),
                (
                    "second_heaviest",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Heaviest lines of each self-assessment that a second assessor marks besides",
                    ),
                ),
                (
                    "agreement_percent",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Two marks further apart than this percent of the ceiling are reconciled",
                    ),
                ),
                (
                    "reason_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="A mark further from the method's than this percent of the ceiling needs a reason",
                    ),
                ),
                (
                    "calibration_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Percent of the ceiling by which an assessor may differ from the agreed marks of reference lines, in the mean, before lines are shown; 0: no training is asked for",
                    ),
                ),
                (
                    "verification_percent",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="Of a hundred signed lines with a value, those drawn to be verified at the source",
                    ),
                ),
                (
                    "admits_new_evidence",
                    models.BooleanField(
                        default=True,
                        help_text="Evidence that an appeal shows for the first time may count",
                    ),
                ),
                (
                    "appeal_may_lower",
                    models.BooleanField(
                        default=False, help_text="A score may fall through an appeal"
                    ),
                ),
                (
                    "tie_rule",
                    models.CharField(
                        choices=[
                            (
                                "shared",
                                "Equal percents share a place, and the next is skipped: 1, 1, 3",
                            ),
                            (
                                "specific",
                                "Equal percents are parted by specific indicators, then growth; else they share a place",
                            ),
                        ],
                        default="shared",
                        help_text="What becomes of equal percents in a ranking",
                        max_length=8,
                    ),
                ),
                (
                    "minimum_to_win",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Whoever has less than this percent is no winner, though first of its group",
                    ),
                ),
                (
                    "draw_seed",
                    models.CharField(
                        blank=True,
                        help_text="By which lines are drawn for a second assessor, and to be verified",
                        max_length=32,
                    ),
                ),
                ("appeal_days", models.PositiveSmallIntegerField(default=14)),
                ("review_days", models.PositiveSmallIntegerField(default=14)),
                ("clarification_days", models.PositiveSmallIntegerField(default=3)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("finalised_at", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workflow", models.CharField(max_length=60)),
                ("act", models.CharField(max_length=40)),
                ("model", models.CharField(max_length=60)),
                ("object_pk", models.BigIntegerField()),
                ("object_label", models.CharField(max_length=300)),
                ("cycle_id", models.BigIntegerField(null=True)),
                ("agency_code", models.CharField(blank=True, max_length=30)),
                ("source", models.CharField(blank=True, max_length=20)),
                ("target", models.CharField(blank=True, max_length=20)),
                ("params", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                ("actor_role", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("request_id", models.CharField(blank=True, max_length=36)),
                ("statutory_at", models.DateTimeField(null=True)),
                ("days_late", models.PositiveIntegerField(default=0)),
                ("body", models.TextField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["model", "object_pk"], name="entry_by_object"),
                    models.Index(fields=["at"], name="entry_by_moment"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fault",
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
                            ("broken", "The official record does not hold"),
                            ("unsealed", "Rows of the official record stay unsealed"),
                            ("clock", "The portal's clock is not right"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "apart",
                                "the clock of %(host)s is %(seconds)s seconds away from the database's",
                            ),
                            ("set", "the clock of %(host)s was set by %(seconds)s seconds"),
                            (
                                "behind",
                                "the record holds rows that are %(seconds)s seconds ahead of the clock",
                            ),
                        ],
                        max_length=10,
                    ),
                ),
                ("host", models.CharField(blank=True, max_length=255)),
                ("seconds", models.BigIntegerField(blank=True, null=True)),
                ("found_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("mended_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_entry", models.BigIntegerField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("mended_at", None)),
                        fields=("kind",),
                        name="a_fault_stands_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Group",
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
                ("code", models.CharField(max_length=40)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
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
                        fields=("cycle", "code"), name="one_group_a_code_and_cycle"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("proposal", "Indicator proposal"),
                            ("monitoring", "Monitoring"),
                            ("self_assessment", "Self-assessment"),
                            ("appeal", "Appeal"),
                        ],
                        max_length=16,
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField(default=0)),
                ("closes_at", models.DateTimeField()),
                ("decree_number", models.CharField(max_length=60)),
                ("decreed_on", models.DateField()),
                ("reason", models.TextField()),
                ("file", models.FileField(max_length=200, upload_to="decrees/")),
                ("file_name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
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
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agency__isnull", True), ("group__isnull", True), _connector="OR"
                        ),
                        name="an_extension_is_for_an_agency_or_a_group",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
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
                ("day", models.DateField(unique=True)),
                (
                    "is_listed",
                    models.BooleanField(
                        default=True, help_text="Struck from the list, never deleted"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("subject", models.BigIntegerField()),
                ("title_fa", models.CharField(max_length=300)),
                ("title_en", models.CharField(max_length=300)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("waiting", "Waiting for its turn"),
                            ("running", "Under way"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Stopped"),
                        ],
                        default="waiting",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("step", models.CharField(blank=True, max_length=40)),
                ("percent", models.PositiveSmallIntegerField(default=0)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "killed",
                                "The process that worked on it was ended from outside, mostly for want of memory.",
                            ),
                            ("memory", "There was not enough memory."),
                            ("disk", "There was no room left to write its files."),
                            ("database", "The database did not answer."),
                            (
                                "scanner",
                                "The virus scanner does not answer; it is asked again by itself.",
                            ),
                            ("time", "It took longer than a job may take."),
                            (
                                "error",
                                "An error came up in the portal itself; operators find it in the log.",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("error", models.CharField(blank=True, help_text="For operators", max_length=300)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
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
                        condition=models.Q(("state__in", ("waiting", "running"))),
                        fields=("kind", "subject"),
                        name="one_unfinished_job_a_subject",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__lte", 100)),
                        name="a_job_is_done_at_100_percent",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["kind", "subject"], name="jobs_of_a_subject"),
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["kind", "state", "asked_at"],
                        name="jobs_not_done",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nomination",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("staff", "Agency staff"),
                            ("head", "Head of the agency"),
                            ("deputy", "Deputy of the head, by delegation"),
                            ("headquarters", "Headquarters checker"),
                            ("agency_administrator", "Agency administrator"),
                            ("administrator", "Administrator"),
                            ("member", "Working-group member"),
                            ("assessor", "Assessor"),
                            ("steward", "Steward of a measure"),
                            ("reviewer", "Appeal reviewer"),
                            ("auditor", "Auditor"),
                        ],
                        max_length=24,
                    ),
                ),
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
                        max_length=12,
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
                ("is_chair", models.BooleanField(default=False)),
                ("is_outsider", models.BooleanField(default=False)),
                ("valid_from", models.DateTimeField(blank=True, null=True)),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "is_invitation",
                    models.BooleanField(
                        default=False, help_text="The person is sent a link when it is confirmed"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
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
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
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
                        condition=models.Q(("state", "proposed")),
                        fields=("user", "role", "constituency", "sector"),
                        name="one_open_nomination_a_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("proposed_by")), _negated=True),
                        name="nobody_nominates_themselves",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="a_decided_nomination_says_by_whom",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="a_second_administrator_confirms",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterChange",
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
                            ("renamed", "Renamed"),
                            ("dissolved", "Dissolved"),
                            ("merged", "Merged into another"),
                            ("split", "Split"),
                            ("restored", "Established again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("effective_on", models.DateField(help_text="The first day on which it holds")),
                (
                    "legal_basis",
                    models.CharField(help_text="The act or decree, by its title", max_length=300),
                ),
                (
                    "letter",
                    models.CharField(
                        help_text="The number of the act, or of the letter that makes it known",
                        max_length=60,
                    ),
                ),
                ("dated_on", models.DateField(help_text="The date of the act or letter")),
                ("name_fa", models.CharField(help_text="The name until then", max_length=200)),
                ("name_en", models.CharField(blank=True, max_length=200)),
                (
                    "new_name_fa",
                    models.CharField(
                        blank=True,
                        help_text="The name from then on, where it changes",
                        max_length=200,
                    ),
                ),
                ("new_name_en", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("recorded", "Recorded, its day is to come"),
                            ("in_force", "In force"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="recorded",
                        max_length=50,
                        protected=True,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("in_force_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                ("successors", models.ManyToManyField(related_name="+", to="agencies.agency")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "recorded")),
                        fields=("agency",),
                        name="one_waiting_change_an_agency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "renamed"), ("new_name_fa", ""), _connector="XOR"
                        ),
                        name="a_renaming_has_a_new_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Participation",
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
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("ministry", "Ministry"),
                            ("presidential_org", "Organization under the President"),
                            ("affiliated_org", "Affiliated organization"),
                            ("state_company", "State company"),
                            ("public_nongov", "Public non-governmental body"),
                            ("university", "University"),
                            ("judiciary_org", "Judiciary body"),
                            ("provincial_unit", "Provincial unit"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "sector",
                    models.CharField(
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
                        related_name="participations",
                        to="cycles.cycle",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(related_name="participations", to="cycles.group"),
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
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cycles.registerchange",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "agency"), name="an_agency_takes_part_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("form", models.PositiveSmallIntegerField(default=2)),
                ("ids", cycles.models.SpansField(default=list)),
                ("from_xid", models.BigIntegerField(blank=True, null=True)),
                ("upto_xid", models.BigIntegerField(blank=True, null=True, unique=True)),
                ("count", models.PositiveIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("ids", "&&")], name="a_row_is_sealed_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ordered_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("rows", models.BigIntegerField(default=0)),
                ("seals", models.BigIntegerField(default=0)),
                ("waiting", models.BigIntegerField(default=0)),
                ("broken", models.CharField(blank=True, max_length=300)),
                (
                    "ordered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Window",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("proposal", "Indicator proposal"),
                            ("approval", "Indicator approval"),
                            ("monitoring", "Monitoring"),
                            ("self_assessment", "Self-assessment"),
                            ("scoring", "Scoring"),
                            ("clarification", "Clarification of a line"),
                            ("appeal", "Appeal"),
                            ("appeal_review", "Appeal review"),
                            ("final", "Final results"),
                            ("festival", "Festival"),
                        ],
                        max_length=16,
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField(default=0)),
                ("line", models.BigIntegerField(blank=True, null=True)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "binding",
                    models.CharField(
                        choices=[
                            ("hard", "Refuses after the deadline"),
                            ("duty", "Accepts late and counts the days"),
                        ],
                        max_length=4,
                    ),
                ),
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
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="windows",
                        to="cycles.cycle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "phase", "agency", "quarter", "line"),
                        name="one_window_a_phase",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="a_window_closes_after_it_opens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quarter__lte", 4)), name="a_year_has_four_quarters"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("inbox", "In the portal"),
                            ("mail", "E-mail"),
                            ("sms", "Text message"),
                        ],
                        max_length=5,
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("params", models.JSONField(default=dict)),
                ("is_official", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("message_id", models.CharField(blank=True, max_length=200)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="cycles.entry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "channel", "key"), name="nobody_is_told_twice"
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("channel", "inbox")),
                        fields=["recipient", "made_at"],
                        name="inbox",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("told_at", None), models.Q(("channel", "inbox"), _negated=True)
                        ),
                        fields=["channel", "message_id"],
                        name="outbox",
                    ),
                    models.Index(fields=["key"], name="delivery_by_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unsealed",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="cycles.entry",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TRANSACTION_NUMBERS),
        migrations.RunSQL(APPEND_ONLY),
        migrations.RunSQL(FIXED_WINDOWS),
        migrations.RunSQL(QUEUE_OF_SEALS),
    ]
