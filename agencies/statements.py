"""Statements that are composed once, planned once, and asked ever again with other values.

Django composes the text of a query anew each time, and PostgreSQL plans it anew, which for the
questions that every request and every act ask takes several times as long as answering them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from itertools import count
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import F, Func, RawSQL
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler
from psycopg2.extensions import AsIs

ModelT = TypeVar("ModelT", bound=models.Model)


class Slot:
    """The place of a value in a statement, which is given with each execution."""

    def __init__(self, name: str) -> None:
        self.name = name


def slot(name: str) -> Any:
    """Stand in a filter for a value of this name."""
    return RawSQL("%s", [Slot(name)])


def keys_slot(name: str) -> RawSQL:
    """Stand behind `__in` for a list of keys of this name."""
    return RawSQL("SELECT unnest(%s::bigint[])", [Slot(name)], models.BigIntegerField())


NUMBERS = count(1)
KNOWN: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()
"""The names of the statements that each session of the database has planned."""


AS_TEXT = ContextVar("as_text", default=False)


@contextmanager
def as_text() -> Iterator[None]:
    """Have statements executed as they are written, for whoever notes what is asked."""
    before = AS_TEXT.set(True)
    try:
        yield
    finally:
        AS_TEXT.reset(before)


BOUNDS = ("SAVEPOINT", "RELEASE", "SET TRANSACTION")
"""How statements begin that mark the bounds of transactions and ask nothing."""


@contextmanager
def note_statements() -> Iterator[list[str]]:
    """Note what is asked of the database meanwhile, each statement with its values written out."""
    connection = connections[DEFAULT_DB_ALIAS]
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        executed = connection.ops.last_executed_query(context["cursor"], sql, params)
        if not executed.startswith(BOUNDS):
            asked.append(executed)
        return result

    with as_text(), connection.execute_wrapper(note):
        yield asked


class Planned:
    """A text that each session of the database plans when it first asks it; of its places, slots
    take another value each time and all else is part of it.
    """

    def __init__(self, text: str, places: Sequence[object]) -> None:
        self.text, self.places = text, places
        self.name = f"statement_{next(NUMBERS)}"
        self.slots = list(dict.fromkeys(p.name for p in places if isinstance(p, Slot)))
        table = text.partition(" FROM ")[2].split(" ", 1)[0].strip("()")
        given = f" ({', '.join(['%s'] * len(self.slots))})" if self.slots else ""
        self.call = f"EXECUTE {self.name}{given} /* FROM {table.replace('%', '')} */"

    def ask(
        self, connection: BaseDatabaseWrapper, values: Mapping[str, object]
    ) -> tuple[str, tuple[Any, ...]]:
        """Answer with what a cursor of this connection executes for these values."""
        if AS_TEXT.get():
            whole = [values[p.name] if isinstance(p, Slot) else p for p in self.places]
            return self.text, tuple(whole)
        connection.ensure_connection()
        session = connection.connection
        known = KNOWN.setdefault(session, set())
        if self.name not in known:
            numbers = {slot: AsIs(f"${number}") for number, slot in enumerate(self.slots, 1)}
            places = [numbers[p.name] if isinstance(p, Slot) else p for p in self.places]
            with session.cursor() as cursor:
                cursor.execute(f"PREPARE {self.name} AS {self.text}", places)
            known.add(self.name)
        return self.call, tuple(values[slot] for slot in self.slots)


def is_among(field: str, name: str) -> Func:
    """Filter by a field whose value is one of a list of keys of this name.

    Unlike `__in` with `keys_slot` it is no join, which of many PostgreSQL would make the last.
    """
    keys = RawSQL("%s::bigint[]", [Slot(name)])
    return Func(
        F(field),
        keys,
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=models.BooleanField(),
    )


class Composed(SQLCompiler):
    """A compiler whose text stands already; only its values differ."""

    planned: Planned
    converters: dict[int, Any]
    values: dict[str, object]

    def as_sql(self, *args: object, **kwargs: object) -> tuple[str, tuple[Any, ...]]:
        return self.planned.ask(self.connection, self.values)

    def get_converters(self, expressions: object) -> dict[int, Any]:
        return self.converters


class Statement(Generic[ModelT]):
    """A query whose `build` names the places of its values by slots.

    `fetch(name=value, ...)` answers with its rows as model instances, related ones included, just
    as the queryset would; `fetch_tuples` is for one of `values_list`.
    """

    def __init__(self, build: Callable[[], models.QuerySet[ModelT]]) -> None:
        self.build = build
        self.composed: tuple[str, Composed] | None = None

    def fetch(self, **values: object) -> list[ModelT]:
        db, compiler = self._compiler(values)
        # as much of a queryset as its iterable reads
        asked = SimpleNamespace(
            db=db,
            query=SimpleNamespace(get_compiler=lambda **_options: compiler),
            _known_related_objects={},
        )
        return list(ModelIterable(cast("models.QuerySet[ModelT]", asked)))

    def fetch_tuples(self, **values: object) -> list[tuple[Any, ...]]:
        """Answer with the rows of a `values_list`."""
        _db, compiler = self._compiler(values)
        return [tuple(row) for row in compiler.results_iter()]

    def _compiler(self, values: dict[str, object]) -> tuple[str, Composed]:
        db, composed = self._compose()
        compiler = copy(composed)
        compiler.connection = connections[db]  # each thread has its own
        compiler.values = values
        return db, compiler

    def _compose(self) -> tuple[str, Composed]:
        if self.composed is None:
            rows = self.build()
            compiler = rows.query.get_compiler(using=rows.db)
            text, places = compiler.as_sql()
            composed = Composed(compiler.query, compiler.connection, rows.db)
            composed.__dict__.update(compiler.__dict__)
            composed.planned = Planned(text, places)
            columns = [column for column, _sql, _alias in compiler.select]
            composed.converters = compiler.get_converters(columns[: compiler.col_count])
            self.composed = rows.db, composed
        return self.composed


class Questions:
    """Statements of which one question finds out first which have an answer at all."""

    def __init__(self, *statements: Statement[Any]) -> None:
        self.statements = statements
        self.planned: Planned | None = None

    def ask(self, **values: object) -> "Answers":
        """Find out which statements have rows for these values; one query."""
        connection = connections[DEFAULT_DB_ALIAS]
        if self.planned is None:
            self.planned = self._compose()
        with connection.cursor() as cursor:
            cursor.execute(*self.planned.ask(connection, values))
            found = cursor.fetchone()
        answered = {each for each, has_rows in zip(self.statements, found, strict=True) if has_rows}
        return Answers(answered, values)

    def _compose(self) -> Planned:
        texts: list[str] = []
        places: list[object] = []
        for statement in self.statements:
            query = statement.build().query.exists()
            text, own = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
            texts.append(f"EXISTS ({text})")
            places += own
        return Planned(f"SELECT {', '.join(texts)}", places)


class Answers:
    """The rows of several statements for the same values, read where there are any."""

    def __init__(self, answered: set[Statement[Any]], values: Mapping[str, object]) -> None:
        self.answered, self.values = answered, values

    def rows(self, statement: Statement[ModelT]) -> list[ModelT]:
        return statement.fetch(**self.values) if statement in self.answered else []
