"""The versions of the house in the database: none is changed, the highest rules."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from hub.store.house_schema import house_version


@dataclass(frozen=True, slots=True)
class Version:
    """A whole house, as tables of JSON."""

    number: int
    tables: Mapping[str, Any]
    by: str
    at: datetime


def newest(tx: Connection, site: str) -> Version | None:
    """The house that rules; None before the first start."""
    row = tx.execute(
        select(house_version)
        .where(house_version.c.site == site)
        .order_by(house_version.c.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Version(row.version, json.loads(row.settings), row.by, row.at)


def newest_number(tx: Connection, site: str) -> int:
    """Which version rules; 0: none."""
    found = select(func.max(house_version.c.version)).where(house_version.c.site == site)
    return tx.execute(found).scalar() or 0


def add(tx: Connection, site: str, version: Version) -> None:
    """Let another house rule. Raises ``IntegrityError`` when the number exists."""
    tx.execute(
        insert(house_version).values(
            site=site,
            version=version.number,
            settings=json.dumps(dict(version.tables), ensure_ascii=False),
            by=version.by,
            at=version.at,
        )
    )
