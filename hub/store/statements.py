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
            return ready.run(tx, rows)
        result = tx.execute(ready.statement, rows)
        return result.all() if self._columns else ()


class _Ready:
    def __init__(self, statement: Any, columns: Sequence[ColumnElement[Any]], dialect: Dialect) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._in_order = compiled.positional
        types = {name: parameter.type for parameter, name in compiled.bind_names.items()}
        self._names = names = list(compiled.positiontup or types)
        self._values = itemgetter(*names) if len(names) > 1 else lambda given: (given[names[0]],)
        self._constants = {name: value for name, value in compiled.params.items() if value is not None}
        kinds = [types[name].dialect_impl(dialect) for name in names]
        self._to_database = [
            (place, process)
            for place, kind in enumerate(kinds)
            if (process := kind.bind_processor(dialect)) is not None
        ]
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        self._dialect = dialect
        self._from_database: list[tuple[int, Callable[[Any], Any]]] | None = None
        self._row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]

    def run(self, tx: Connection, rows: Sequence[Values]) -> Sequence[Any]:
        found: list[Any] = []
        cursor = tx.connection.cursor()
        try:
            if not self._types:
                cursor.executemany(self._sql, [self._parameters(values) for values in rows])
                return found
            for values in rows:
                cursor.execute(self._sql, self._parameters(values))
                found += self._read(cursor)
        finally:
            cursor.close()
        return found

    def _parameters(self, values: Values) -> Any:
        told = list(self._values({**self._constants, **values} if self._constants else values))
        for place, process in self._to_database:
            if told[place] is not None:  # nothing is NULL in every column of ours
                told[place] = process(told[place])
        return told if self._in_order else dict(zip(self._names, told, strict=True))

    def _read(self, cursor: Any) -> Sequence[Any]:
        rows: Sequence[Any] = cursor.fetchall()
        if not rows:
            return rows
        if self._from_database is None:  # how a value comes depends on what the driver says of its column
            self._from_database = [
                (place, process)
                for place, (kind, told) in enumerate(zip(self._types, cursor.description, strict=True))
                if (process := kind.result_processor(self._dialect, told[1])) is not None
            ]
        return [self._row._make(self._told(row)) for row in rows]

    def _told(self, row: Sequence[Any]) -> Sequence[Any]:
        if not self._from_database:
            return row
        told = list(row)
        for place, process in self._from_database:
            if told[place] is not None:
                told[place] = process(told[place])
        return told


def insert_into(table: Table, returning: Sequence[str] = ()) -> Statement:
    """INSERT, giving back columns in the order of the rows."""
    columns = [table.c[name] for name in returning]

    def build(_dialect: str) -> Any:
        statement = insert(table).values(every_column(table))
        return statement.returning(*columns, sort_by_parameter_order=True) if columns else statement

    return Statement(build, columns)


def insert_new(table: Table, key: Sequence[str], returning: Sequence[str]) -> Statement:
    """INSERT of rows whose ``key`` is not there yet, giving back columns of those that were inserted."""
    columns = [table.c[name] for name in returning]

    def build(dialect: str) -> Any:
        statement = insert_for(dialect, table).values(every_column(table))
        return statement.on_conflict_do_nothing(index_elements=key).returning(*columns)

    return Statement(build, columns)


def upsert(table: Table, key: Sequence[str], changing: Sequence[str]) -> Statement:
    """INSERT, or change the columns named ``changing`` of a row whose ``key`` is there already."""

    def build(dialect: str) -> Any:
        statement = insert_for(dialect, table).values(every_column(table))
        changed = {name: statement.excluded[name] for name in changing}
        return statement.on_conflict_do_update(index_elements=key, set_=changed)

    return Statement(build)


def insert_for(dialect: str, table: Table) -> Any:
    """INSERT … ON CONFLICT: both databases have it in the same words, but SQLAlchemy in two packages."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def every_column(table: Table) -> dict[str, Any]:
    """A parameter for each column that the database does not number by itself."""
    numbered = table.autoincrement_column
    return {c.name: bindparam(c.name, type_=c.type) for c in table.c if c is not numbered}
