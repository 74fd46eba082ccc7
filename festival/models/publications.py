"""The files of an edition's open data."""

from datetime import datetime
from typing import Self

from django.db import models

from festival.models.editions import Edition


def data_path(file: "DataFile", filename: str) -> str:
    return f"publications/{file.edition.cycle.year}/{file.edition.number}/{file.name}"


class DataFileQuerySet(models.QuerySet["DataFile"]):
    def published(self, at: datetime) -> Self:
        return self.filter(edition__in=Edition.objects.published(at).values("pk"))

    def for_list(self) -> Self:
        return self.select_related("edition__cycle").order_by("pk")


class DataFile(models.Model):
    """One published file of an edition, frozen with it; its digest stands in the manifest."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="data_files")
    name = models.CharField(max_length=60)
    file = models.FileField(upload_to=data_path, max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes")
    rows = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of a table, without its heading"
    )

    objects = DataFileQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("edition", "name"), name="a_file_of_an_edition_has_its_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
