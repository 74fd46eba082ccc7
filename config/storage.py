"""Where files are kept: static ones named by their content, private ones whole or not at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class WholeFileStorage(FileSystemStorage):
    """A folder on this disk in which no half of a file stays when there is
    no room for the other.
    """

    def _save(self, name: str, content: File) -> str:
        was_there = self.exists(name)
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # not in django-stubs
        except OSError:
            if not was_there:
                with suppress(OSError):
                    os.unlink(self.path(name))
            raise


def _without_source_maps(
    patterns: Iterable[tuple[str, Iterable[str | tuple[str, str]]]],
) -> Iterator[tuple[str, tuple]]:
    for glob, rules in patterns:
        kept = [
            rule
            for rule in rules
            if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])
        ]
        yield glob, tuple(kept)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """... without looking for source maps, which packages name and we do not serve."""

    patterns = tuple(_without_source_maps(CompressedManifestStaticFilesStorage.patterns))
