"""What statistics are made of, read from the database."""

import json
from collections.abc import Mapping
from datetime import datetime, tzinfo

from sqlalchemy import Connection, func, select

from hub.figures import Happened
from hub.store.record_schema import record
from hub.store.schema import incident
from hub.store.supervision_schema import drill, drill_press


def happened(
    tx: Connection, site: str, since: datetime, until: datetime, *, area_of: Mapping[str, str], zone: tzinfo
) -> list[Happened]:
    """Incidents that were opened in between, without those that turned out to be a part of another."""
    rows = tx.execute(
        select(
            incident.c.opened,
            incident.c.unit,
            incident.c.severity,
            incident.c.kinds,
            incident.c.outcome,
            incident.c.acknowledged_at,
            record.c.kinds.label("conduct"),
        )
        .outerjoin(record, record.c.incident_id == incident.c.id)
        .where(
            incident.c.site == site,
            incident.c.opened >= since,
            incident.c.opened < until,
            incident.c.merged_into.is_(None),
        )
    )
    return [
        Happened(
            row.opened.astimezone(zone),
            area_of.get(row.unit, ""),
            row.severity,
            tuple(json.loads(row.kinds)),
            row.outcome,
            None
            if row.acknowledged_at is None
            else max((row.acknowledged_at - row.opened).total_seconds(), 0.0),
            tuple(filter(None, (row.conduct or "").split(","))),
        )
        for row in rows
    ]


def first_opened(tx: Connection, site: str) -> datetime | None:
    """When the first incident was opened; None: there was none yet."""
    opened = func.min(incident.c.opened, type_=incident.c.opened.type)
    return tx.execute(select(opened).where(incident.c.site == site)).scalar()


def tested(tx: Connection, site: str, since: datetime, until: datetime) -> set[tuple[str, str]]:
    """Unit and button of each that was pressed in a drill in between."""
    rows = tx.execute(
        select(drill_press.c.unit, drill_press.c.button)
        .join(drill, drill.c.id == drill_press.c.drill_id)
        .where(drill.c.site == site, drill_press.c.pressed >= since, drill_press.c.pressed < until)
        .distinct()
    )
    return {(row.unit, row.button) for row in rows}
