"""Files on their way, a piece at a time."""

from datetime import datetime
from pathlib import Path
from typing import Self

import uuid_utils.compat
from django.conf import settings
from django.db import models
from django.urls import reverse

from agencies.models import User
from submissions.models.answers import Answer
from submissions.models.evidence import Document, Evidence


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        """Show an upload to its starter alone; whether the line still is, the guard asks before
        each piece.
        """
        return self.filter(by=user)

    def for_piece(self) -> Self:
        """Read uploads with all that decides whether they may go on."""
        return self.select_related("answer__submission__agency", "answer__submission__cycle")

    def for_finish(self) -> Self:
        """Read uploads with all that becomes evidence of them."""
        return self.for_piece().select_related("answer__measure", "replaces__document")


class Upload(models.Model):
    """A file on its way in, piece by piece; how far it has come is the size of its partial file."""

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="+")
    replaces = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    length = models.PositiveBigIntegerField(help_text="Bytes")
    begun_at = models.DateTimeField()
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = UploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("submissions:upload", args=[self.uuid])

    @property
    def path(self) -> Path:
        """The partial file, in a directory that all web processes share."""
        return Path(settings.UPLOAD_DIR, self.uuid.hex)
