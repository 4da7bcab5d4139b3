"""INSERT … ON CONFLICT: both databases have it in the same words, but SQLAlchemy in packages of its own.

Statements are built once: building one costs as much as running it, and a press runs several.
"""

from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
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
