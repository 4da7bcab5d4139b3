"""INSERT … ON CONFLICT: both databases have it in the same words, but SQLAlchemy in packages of its own.

Statements are built once: building one costs as much as running it, and a press runs several.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(tx: Connection, table: Table, key: tuple[str, ...], returning: tuple[str, ...]) -> Any:
    """Insert rows whose ``key`` is not there yet, returning columns of those that were inserted."""
    return _insert_new(tx.dialect.name, table, key, returning)


def upsert(tx: Connection, table: Table, key: tuple[str, ...], changing: tuple[str, ...]) -> Any:
    """Insert rows, or change the named columns of those whose ``key`` is there already."""
    return _upsert(tx.dialect.name, table, key, changing)


def insert_for(dialect: str, table: Table) -> Any:
    """The dialect's own INSERT."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


@cache
def _insert_new(dialect: str, table: Table, key: tuple[str, ...], returning: tuple[str, ...]) -> Any:
    statement = insert_for(dialect, table).on_conflict_do_nothing(index_elements=key)
    return statement.returning(*(table.c[name] for name in returning))


@cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...], changing: tuple[str, ...]) -> Any:
    statement = insert_for(dialect, table)
    changed = {name: statement.excluded[name] for name in changing}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


class OneOrMany:
    """A query for the rows of some keys at a site. One key, as a single press needs, is asked for without a
    list: SQLAlchemy puts a list's parameters together anew every time."""

    def __init__(self, found: Select[Any], column: ColumnElement[str]) -> None:
        """``found`` has the parameter ``at_site``."""
        self._one = found.where(column == bindparam("key"))
        self._many = found.where(column.in_(bindparam("keys", expanding=True)))

    def rows(self, tx: Connection, site: str, keys: Collection[str]) -> Iterable[Any]:
        """The rows."""
        if len(keys) == 1:
            (key,) = keys
            return tx.execute(self._one, {"at_site": site, "key": key})
        return tx.execute(self._many, {"at_site": site, "keys": sorted(keys)})
