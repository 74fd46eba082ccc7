"""Compiles our .po files without GNU gettext, which a bare machine lacks."""

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po that are newer than their .mo."
    requires_system_checks = []

    def handle(self, *args: object, **options: object) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                    continue
                catalog = polib.pofile(str(source))
                half = target.with_suffix(".new")
                catalog.save_as_mofile(str(half))
                half.replace(target)  # a reader meets the old file or the new one, never half of it
                self.stdout.write(f"{target}: {len(catalog.translated_entries())} messages")
