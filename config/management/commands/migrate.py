"""Migrates as the owner of the tables, then gives the portal's role its rights on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.dispatch import Signal

from config.database import as_owner, grant

LAST_REVISION = "eb754b5"
"""The last revision of the portal that had the steps which made one migration an app."""

LAST_STEPS = {
    ("agencies", "0006_national_ids"),
    ("appeals", "0007_ended_with_the_agency"),
    ("cycles", "0018_register_changes"),
    ("festival", "0011_search_keys"),
    ("indicators", "0005_bounds_and_exact_quantiles"),
    ("submissions", "0017_ended_with_the_agency"),
}


class Command(migrate.Command):
    def execute(self, *args: object, **options: Any) -> str | None:
        """Migrate as the owner from the first system check on: the portal's role may not be there
        yet.
        """
        with as_owner(options["database"]):
            return super().execute(*args, **options)

    def handle(self, *args: object, **options: Any) -> None:
        refuse_half_the_steps(connections[options["database"]])
        with history_without_transitions():
            super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            grant(connections[options["database"]])


def refuse_half_the_steps(connection: BaseDatabaseWrapper) -> None:
    """Refuse a database that stands between the first and the last of the steps which made one
    migration an app.

    Every app's first step has the name of its migration now, so Django would take such a database
    for migrated. One that has them all is: its tables are those that the migrations make, and the
    steps stay noted, by which the release before goes on working with it.
    """
    loader = MigrationLoader(connection)
    apps = {app for app, _step in LAST_STEPS}
    former_steps = {key for key in loader.applied_migrations if key[0] in apps} - set(
        loader.disk_migrations
    )
    missing = LAST_STEPS - set(loader.applied_migrations)
    if former_steps and missing:
        raise CommandError(
            f"This database lacks {', '.join('.'.join(key) for key in sorted(missing))}. "
            f"Migrate it with revision {LAST_REVISION} of the portal first. Nothing was changed."
        )


@contextmanager
def history_without_transitions() -> Iterator[None]:
    """Keep django-fsm from past forms of models, which have no moves: each of their state fields
    would look for some in every later one.

    Migrating prepares some six thousand of them, and django-fsm would take a third of the time.
    """
    library: Any = django_fsm
    prepared = library.class_prepared
    library.class_prepared = Signal()
    try:
        yield
    finally:
        library.class_prepared = prepared
