"""Floor plans in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select

from hub.pictures import Picture
from hub.plans import Plan, Spot
from hub.store.plan_schema import plan, spot


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a browser draws."""

    media: str
    data: bytes


def all_plans(tx: Connection, site: str) -> dict[str, Plan]:
    """By area, without the drawings themselves."""
    places: dict[str, dict[str, Spot]] = {}
    for row in tx.execute(select(spot).where(spot.c.site == site).order_by(spot.c.unit)):
        places.setdefault(row.area, {})[row.unit] = (row.x, row.y)
    columns = (plan.c.area, plan.c.digest, plan.c.width, plan.c.height)
    rows = tx.execute(select(*columns).where(plan.c.site == site).order_by(plan.c.area))
    return {r.area: Plan(r.area, r.digest, r.width, r.height, places.get(r.area, {})) for r in rows}


def drawing(tx: Connection, site: str, area: str) -> Drawing | None:
    """The bytes of an area's drawing."""
    mine = (plan.c.site == site) & (plan.c.area == area)
    row = tx.execute(select(plan.c.media, plan.c.drawing).where(mine)).one_or_none()
    return None if row is None else Drawing(row.media, bytes(row.drawing))


def draw(
    tx: Connection, site: str, area: str, data: bytes, picture: Picture, *, by: str, now: datetime
) -> Plan:
    """A new drawing in the place of the old one. Counters stay where they were on it."""
    remove(tx, site, area)
    digest = sha256(data).hexdigest()
    values = {
        "site": site,
        "area": area,
        "media": picture.media,
        "width": picture.width,
        "height": picture.height,
        "digest": digest,
        "drawing": data,
        "by": by,
        "at": now,
    }
    tx.execute(insert(plan).values(values))
    return all_plans(tx, site)[area]


def remove(tx: Connection, site: str, area: str) -> bool:
    """Take the drawing away; False when there was none. Places are kept for the next one."""
    return tx.execute(delete(plan).where(plan.c.site == site, plan.c.area == area)).rowcount == 1


def place(tx: Connection, site: str, area: str, spots: Mapping[str, Spot]) -> Plan | None:
    """These counters stand there, and no others; None when the area has no drawing."""
    tx.execute(delete(spot).where(spot.c.site == site, spot.c.area == area))
    tx.execute(delete(spot).where(spot.c.site == site, spot.c.unit.in_(list(spots))))
    if spots:
        rows = [{"site": site, "unit": unit, "area": area, "x": x, "y": y} for unit, (x, y) in spots.items()]
        tx.execute(insert(spot), rows)
    return all_plans(tx, site).get(area)
