"""What was signed, letter for letter, and the declaration that goes with it."""

from datetime import datetime
from typing import Self

import uuid_utils.compat
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from submissions.models.line_notes import Verdict
from submissions.models.self_assessments import Submission


class VersionQuerySet(models.QuerySet["Version"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(submission__in=Submission.objects.visible_to(user, at).values("pk"))

    def signed(self) -> Self:
        """Find versions that a head signed, the last first."""
        return self.filter(kind=Version.Kind.SIGNED).order_by("-number")

    def for_list(self) -> Self:
        return self.select_related("made_by").defer("content").order_by("-number")

    def for_receipt(self) -> Self:
        """Load whose it is and who signed it, without the content that was signed."""
        named = ("submission__agency", "submission__cycle", "made_by")
        return self.select_related(*named).defer("content")


class Version(models.Model):
    """A self-assessment as it stood: when its head signed it, or when an earlier version took its
    place.

    `content` is the canonical text whose SHA-256 the head signs and anybody can take again; `uuid`
    names the receipt.
    """

    class Kind(models.TextChoices):
        SIGNED = "signed", _("Signed")
        SET_ASIDE = "set_aside", _("Set aside unsigned")

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_as = models.CharField(
        max_length=24, blank=True, help_text="The role in which it was signed"
    )
    made_at = models.DateTimeField()

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("submission", "number"), name="versions_are_numbered"),
            models.CheckConstraint(
                condition=~Q(kind="signed") | Q(made_by__isnull=False),
                name="a_signed_version_has_a_signer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.submission} · {self.number}"


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(submission__in=Submission.objects.visible_to(user, at).values("pk"))


class Declaration(models.Model):
    """What the head declares of the agency's own assessments under Article 81, beside the
    self-assessment.
    """

    submission = models.OneToOneField(Submission, models.PROTECT, related_name="declaration")
    statement = models.TextField(blank=True)
    updated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict, default=Verdict.WAITING)
    verdict_reason = models.TextField(blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.submission)


class Level(models.TextChoices):
    """The three levels at which Article 81 has an agency assess itself."""

    ORGANIZATION = "organization", _("The organization and its units")
    MANAGERS = "managers", _("Managers")
    STAFF = "staff", _("Staff")


class DeclaredLevel(models.Model):
    """How far one level was assessed: how many were due and were assessed, forms used, reports
    made.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="levels")
    level = models.CharField(max_length=14, choices=Level)
    due = models.PositiveIntegerField()
    assessed = models.PositiveIntegerField()
    forms = models.PositiveIntegerField()
    reports = models.PositiveIntegerField()

    COUNTS = {
        "due": _("Due to be assessed"),
        "assessed": _("Assessed"),
        "forms": _("Forms used"),
        "reports": _("Reports made"),
    }

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("declaration", "level"), name="a_level_is_declared_once"
            ),
            models.CheckConstraint(
                condition=Q(assessed__lte=F("due")), name="no_more_assessed_than_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.assessed}/{self.due}"
