"""Statements that are composed once and asked ever again with other values.

Django composes the text of a query anew each time, which for the questions that every request and
every act ask takes several times as long as PostgreSQL takes to answer them.
"""

from collections.abc import Callable
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast

from django.db import connections, models
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

ModelT = TypeVar("ModelT", bound=models.Model)


class Slot:
    """The place of a value in a statement, which is given with each execution."""

    def __init__(self, name: str) -> None:
        self.name = name


def slot(name: str) -> RawSQL:
    """Stand in a filter for a value of this name."""
    return RawSQL("%s", [Slot(name)])


def keys_slot(name: str) -> RawSQL:
    """Stand behind `__in` for a list of keys of this name."""
    return RawSQL("SELECT unnest(%s::bigint[])", [Slot(name)], models.BigIntegerField())


class Composed(SQLCompiler):
    """A compiler whose text stands already; only its values differ."""

    text: str
    places: tuple[object, ...]
    converters: dict[int, Any]
    values: dict[str, object]

    def as_sql(self, *args: object, **kwargs: object) -> tuple[str, tuple[Any, ...]]:
        values = [
            self.values[place.name] if isinstance(place, Slot) else place for place in self.places
        ]
        return self.text, tuple(values)

    def get_converters(self, expressions: object) -> dict[int, Any]:
        return self.converters


class Statement(Generic[ModelT]):
    """A query whose `build` names the places of its values by slots.

    `fetch(name=value, ...)` answers with its rows as model instances, related ones included, just
    as the queryset would.
    """

    def __init__(self, build: Callable[[], models.QuerySet[ModelT]]) -> None:
        self.build = build
        self.composed: tuple[str, Composed] | None = None

    def fetch(self, **values: object) -> list[ModelT]:
        db, composed = self._compose()
        compiler = copy(composed)
        compiler.connection = connections[db]  # each thread has its own
        compiler.values = values
        # as much of a queryset as its iterable reads
        asked = SimpleNamespace(
            db=db,
            query=SimpleNamespace(get_compiler=lambda **_options: compiler),
            _known_related_objects={},
        )
        return list(ModelIterable(cast("models.QuerySet[ModelT]", asked)))

    def _compose(self) -> tuple[str, Composed]:
        if self.composed is None:
            rows = self.build()
            compiler = rows.query.get_compiler(using=rows.db)
            text, places = compiler.as_sql()
            composed = Composed(compiler.query, compiler.connection, rows.db)
            composed.__dict__.update(compiler.__dict__)
            composed.text, composed.places = text, tuple(places)
            columns = [column for column, _sql, _alias in compiler.select]
            composed.converters = compiler.get_converters(columns[: compiler.col_count])
            self.composed = rows.db, composed
        return self.composed
