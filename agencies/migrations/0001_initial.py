"""People, agencies with their provinces, and who holds which role where."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Province",
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
                ("code", models.CharField(max_length=8, unique=True)),
                ("capital_fa", models.CharField(max_length=100)),
                ("capital_en", models.CharField(max_length=100)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                ("name_fa", models.CharField(blank=True, max_length=150)),
                ("name_en", models.CharField(blank=True, max_length=150)),
                (
                    "national_id",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="By which the government's identity provider names the person; see agencies.national_ids",
                        max_length=10,
                        null=True,
                        unique=True,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fa", "Persian"), ("en", "English")], default="fa", max_length=2
                    ),
                ),
                ("mobile", models.CharField(blank=True, max_length=16)),
                (
                    "mails_news",
                    models.BooleanField(
                        default=True, help_text="What was done, where it is no official notice"
                    ),
                ),
                (
                    "mails_reminders",
                    models.BooleanField(default=True, help_text="Deadlines that come near"),
                ),
                (
                    "texts_reminders",
                    models.BooleanField(
                        default=False, help_text="The last reminders of a deadline"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("username"),
                        name="one_user_name_whatever_its_case",
                    ),
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="one_address_whatever_its_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("national_id__regex", "^[0-9]{10}$")),
                        name="a_national_id_has_ten_digits",
                    ),
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Agency",
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
                ("code", models.CharField(max_length=30, unique=True)),
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
                ("is_authority", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="agencies.agency",
                    ),
                ),
                (
                    "succeeded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.agency",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="agencies.province",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("level", "provincial_unit"), ("province__isnull", False)),
                            models.Q(
                                models.Q(("level", "provincial_unit"), _negated=True),
                                ("province__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_provincial_unit_has_a_province",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Clearance",
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
                            ("interests", "All interests declared"),
                            ("training", "Reference lines marked"),
                        ],
                        max_length=10,
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("since", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "kind", "year"), name="one_clearance_a_kind_and_year"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Interest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.TextField()),
                ("declared_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="agencies.agency"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "agency"), name="one_interest_an_agency"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                        help_text="None: every working group",
                        max_length=20,
                    ),
                ),
                ("is_chair", models.BooleanField(default=False)),
                (
                    "is_outsider",
                    models.BooleanField(default=False, help_text="Not employed by the authority"),
                ),
                ("valid_from", models.DateTimeField()),
                ("valid_until", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.agency",
                    ),
                ),
                (
                    "delegated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.province",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("agency__isnull", False),
                                ("province__isnull", True),
                                (
                                    "role__in",
                                    [
                                        "agency_administrator",
                                        "deputy",
                                        "head",
                                        "headquarters",
                                        "staff",
                                    ],
                                ),
                            ),
                            models.Q(
                                ("agency__isnull", False),
                                ("constituency", "agency"),
                                ("role", "member"),
                            ),
                            models.Q(
                                ("agency__isnull", True),
                                (
                                    "role__in",
                                    [
                                        "administrator",
                                        "assessor",
                                        "auditor",
                                        "member",
                                        "reviewer",
                                        "steward",
                                    ],
                                ),
                                models.Q(("constituency", "agency"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_agency_role_names_an_agency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role", "member"), ("constituency", ""), _connector="XOR"
                        ),
                        name="only_members_have_a_constituency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role", "member"), ("sector", ""), _connector="OR"),
                        name="only_members_have_a_sector",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="a_membership_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("delegated_by__isnull", False),
                                ("role", "deputy"),
                                ("valid_until__isnull", False),
                                models.Q(("delegated_by", models.F("user")), _negated=True),
                            ),
                            models.Q(
                                models.Q(("role", "deputy"), _negated=True),
                                ("delegated_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="a_deputy_has_a_head_and_an_end",
                    ),
                ],
            },
        ),
    ]
