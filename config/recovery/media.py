"""Stored files: which rows name them, what lies in the storage, and whether the two agree."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models

from cycles.ui import files as ui_files
from submissions.models import Document


@dataclass(frozen=True)
class NamedFile:
    """A file that a row names, with the digest that the row keeps of it."""

    name: str
    sha256: str
    row: str


def named_files() -> Iterator[NamedFile]:
    """List the files that rows name, as the database stands."""
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.FileField):
                yield from _named_by(model, column)


def _named_by(model: type[models.Model], column: models.FileField) -> Iterator[NamedFile]:
    digest = "sha256" if column.name == "file" else f"{column.name}_sha256"
    manager = model._meta.default_manager
    assert manager is not None
    for row in manager.exclude(**{column.name: ""}).order_by("pk").iterator():
        name = getattr(row, column.name).name
        yield NamedFile(name, getattr(row, digest, ""), f"{model._meta.label} {row.pk}")


def stored_names(folder: str = "") -> Iterator[str]:
    """List the names of all stored files, uploads under way apart."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        yield f"{folder}{name}"
    for inner in sorted(folders):
        if Path(settings.MEDIA_ROOT, folder, inner) != Path(settings.UPLOAD_DIR):
            yield from stored_names(f"{folder}{inner}/")


def digest_of(name: str) -> str:
    """Compute the SHA-256 of a stored file."""
    with default_storage.open(name, "rb") as file:
        return ui_files.sha256(file)


@dataclass
class Check:
    """What the check of the stored files found."""

    files: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    nobodys: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Tell whether every file that a row names is there as the row says; files of nobody do no
        harm.
        """
        return not self.missing and not self.changed


def check_files() -> Check:
    """Hold every stored file against the row that names it."""
    found, there = Check(), set(stored_names())
    known = set(_pictures())
    for file in named_files():
        found.files += 1
        known.add(file.name)
        if file.name not in there:
            found.missing.append(f"{file.name} ({file.row})")
        elif file.sha256 and digest_of(file.name) != file.sha256:
            found.changed.append(f"{file.name} ({file.row})")
    found.nobodys = sorted(there - known)
    return found


def _pictures() -> Iterator[str]:
    """List the pictures of documents' pages, which are made of the documents and named by no
    row.
    """
    for document in Document.objects.exclude(pages=0).iterator():
        for number in range(1, document.pages + 1):
            yield document.picture(number)
