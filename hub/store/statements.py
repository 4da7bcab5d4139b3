"""Statements that every press runs, made ready once.

SQLAlchemy writes the SQL for both databases and knows how each keeps a value. Its way of running a statement
takes ten times longer than SQLite takes to carry it out, though, and a press runs nine. So a statement goes
to the driver as it was compiled, for each row; only many rows for a server go the usual way.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence, Sized
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Table, bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite

Values = Mapping[str, Any]

FEW = {"sqlite": 1_000_000, "postgresql": 10}
"""Rows up to which the compiled statement is run for each. SQLite is a call away, so it never pays to write
one statement for many rows; a server is a journey away."""


def few(tx: Connection, rows: Sized) -> bool:
    """Whether to run a compiled statement for each of them."""
    return len(rows) <= FEW[tx.dialect.name]


class Statement:
    """One statement with named parameters, for one row of them or for many.

    Raises SQLAlchemy's errors for many rows and the driver's own for few.
    """

    def __init__(self, build: Callable[[str], Any], columns: Sequence[ColumnElement[Any]] = ()) -> None:
        """``build`` makes it for the database of that name; ``columns`` is what it gives, if anything."""
        self._build = build
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def run(self, tx: Connection, rows: Sequence[Values]) -> Sequence[Any]:
        """Run it for each row of values; gives rows with the columns as attributes."""
        ready = self._ready.get(tx.dialect.name)
        if ready is None:
            ready = _Ready(self._build(tx.dialect.name), self._columns, tx.dialect)
            self._ready[tx.dialect.name] = ready
        if few(tx, rows):
            return [row for values in rows for row in ready.run_one(tx, values)]
        result = tx.execute(ready.statement, rows)
        return result.all() if self._columns else ()


class _Ready:
    def __init__(self, statement: Any, columns: Sequence[ColumnElement[Any]], dialect: Dialect) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._constants = compiled.params
        self._in_order = _in_order(compiled.positiontup) if compiled.positional else None
        self._to_database = [
            (name, process)
            for name, parameter in compiled.binds.items()
            if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        ]
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        self._dialect = dialect
        self._from_database: list[tuple[int, Callable[[Any], Any]]] | None = None
        self._row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]

    def run_one(self, tx: Connection, values: Values) -> Sequence[Any]:
        given = {**self._constants, **values}
        for name, process in self._to_database:
            value = given[name]
            if value is not None:  # nothing is NULL in every column of ours
                given[name] = process(value)
        cursor = tx.connection.cursor()
        try:
            cursor.execute(self._sql, given if self._in_order is None else self._in_order(given))
            return self._read(cursor) if self._types else ()
        finally:
            cursor.close()

    def _read(self, cursor: Any) -> Sequence[Any]:
        if self._from_database is None:  # how a value comes depends on what the driver says of its column
            self._from_database = [
                (place, process)
                for place, (kind, told) in enumerate(zip(self._types, cursor.description, strict=True))
                if (process := kind.result_processor(self._dialect, told[1])) is not None
            ]
        return [self._row(*self._told(row)) for row in cursor.fetchall()]

    def _told(self, row: Sequence[Any]) -> Sequence[Any]:
        told = list(row)
        for place, process in self._from_database or ():
            if told[place] is not None:
                told[place] = process(told[place])
        return told


def _in_order(names: Sequence[str]) -> Callable[[Values], Sequence[Any]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda given: [given[name] for name in names]


def insert_into(table: Table, returning: Sequence[str] = ()) -> Statement:
    """INSERT, giving back columns in the order of the rows."""
    columns = [table.c[name] for name in returning]

    def build(_dialect: str) -> Any:
        statement = insert(table).values(_every_column(table))
        return statement.returning(*columns, sort_by_parameter_order=True) if columns else statement

    return Statement(build, columns)


def insert_new(table: Table, key: Sequence[str], returning: Sequence[str]) -> Statement:
    """INSERT of rows whose ``key`` is not there yet, giving back columns of those that were inserted."""
    columns = [table.c[name] for name in returning]

    def build(dialect: str) -> Any:
        statement = insert_for(dialect, table).values(_every_column(table))
        return statement.on_conflict_do_nothing(index_elements=key).returning(*columns)

    return Statement(build, columns)


def upsert(table: Table, key: Sequence[str], changing: Sequence[str]) -> Statement:
    """INSERT, or change the columns named ``changing`` of a row whose ``key`` is there already."""

    def build(dialect: str) -> Any:
        statement = insert_for(dialect, table).values(_every_column(table))
        changed = {name: statement.excluded[name] for name in changing}
        return statement.on_conflict_do_update(index_elements=key, set_=changed)

    return Statement(build)


def insert_for(dialect: str, table: Table) -> Any:
    """INSERT … ON CONFLICT: both databases have it in the same words, but SQLAlchemy in two packages."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def _every_column(table: Table) -> dict[str, Any]:
    """A parameter for each column that the database does not number by itself."""
    numbered = table.autoincrement_column
    return {c.name: bindparam(c.name, type_=c.type) for c in table.c if c is not numbered}
