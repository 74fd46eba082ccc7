"""Migrates as the owner of the tables, then gives the portal's role its rights on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.core.management.commands import migrate
from django.db import connections
from django.dispatch import Signal

from config.database import as_owner, grant


class Command(migrate.Command):
    def execute(self, *args: Any, **options: Any) -> Any:
        """As the owner from the first system check on: the portal's role may not be there yet."""
        with as_owner(options["database"]):
            return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        with history_without_transitions():
            super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            grant(connections[options["database"]])


@contextmanager
def history_without_transitions() -> Iterator[None]:
    """Past forms of models have no moves: without this, each of their state fields looks for some in every later one.

    Migrating prepares some fifteen thousand of them, and django-fsm would take half of the time.
    """
    prepared = django_fsm.class_prepared
    django_fsm.class_prepared = Signal()
    try:
        yield
    finally:
        django_fsm.class_prepared = prepared
