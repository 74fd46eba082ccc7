"""Migrates as the owner of the tables, then gives the portal's role its rights on them."""

from typing import Any

from django.core.management.commands import migrate

from config.database import as_owner, grant


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(options["database"]) as connection:
            super().handle(*args, **options)
            if not (options["plan"] or options["check_unapplied"]):
                grant(connection)
