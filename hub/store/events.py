"""Events as they came, and what is stored of each unit's streams."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import Connection, bindparam, func, literal, literal_column, or_, select, tuple_, update

from hub.alerts import happened_at
from hub.sessions import SESSION_TYPES, Told
from hub.store.schema import event, stream
from hub.store.statements import Statement, few, insert_new, upsert
from hub.streams import Stream
from wire.messages import Event
from wire.messages.events import EVENT_TYPES, EventData

Key = tuple[str, str]
"""Unit and epoch: one stream."""

RECEIPTS_REPEATED = 8
"""Streams of a unit whose receipts are repeated to it: the last ones that grew. A unit that still holds
events of an older epoch sends them again, and gets that receipt as the answer to the duplicate."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that passed the codec."""

    unit: str
    event: Event
    content: EventData | None
    """None: of a type that this version does not know. It is stored all the same."""
    payload: str
    """As it came."""
    received: datetime
    began: datetime | None = None
    """When the unit's boot began by the hub's clock, if that is known."""

    @property
    def happened(self) -> datetime:
        """As well as can be known."""
        return happened_at(self.event, self.received, self.began)

    @property
    def key(self) -> Key:
        """The stream that it belongs to."""
        return (self.unit, self.event.epoch)


_ADD = insert_new(event, ("site", "unit", "epoch", "sequence"), ("id", "unit", "epoch", "sequence"))


def add(tx: Connection, site: str, batch: Sequence[Arrived]) -> dict[tuple[str, str, int], int]:
    """Store events; returns ``(unit, epoch, sequence)`` to row for those that were not there yet."""
    rows = _ADD.run(tx, [_values(site, arrived) for arrived in batch])
    return {(row.unit, row.epoch, row.sequence): row.id for row in rows}


def _values(site: str, arrived: Arrived) -> dict[str, Any]:
    said = arrived.event
    return {
        "site": site,
        "unit": arrived.unit,
        "epoch": said.epoch,
        "sequence": said.sequence,
        "type": said.type,
        "time": said.time,
        "received_at": arrived.received,
        "late_s": (arrived.received - arrived.happened).total_seconds(),
        "clock": said.clock,
        "boot": said.boot,
        "uptime": said.uptime,
        "payload": arrived.payload,
    }


_GO_ON = Statement(
    lambda _dialect: (
        update(stream)
        .where(
            stream.c.site == bindparam("at_site"),
            stream.c.unit == bindparam("of_unit"),
            stream.c.epoch == bindparam("in_epoch"),
            stream.c.through == bindparam("so_far"),
            stream.c.beyond == literal("[]"),
        )
        .values(through=bindparam("until"), updated_at=bindparam("at"))
        .returning(stream.c.unit, stream.c.epoch, stream.c.through)
    ),
    [stream.c.unit, stream.c.epoch, stream.c.through],
)
_SITE_STREAMS = select(stream.c.unit, stream.c.epoch, stream.c.through, stream.c.beyond).where(
    stream.c.site == bindparam("at_site")
)
_STREAM = Statement(
    lambda _dialect: _SITE_STREAMS.where(
        stream.c.unit == bindparam("of_unit"), stream.c.epoch == bindparam("in_epoch")
    ),
    list(_SITE_STREAMS.selected_columns),
)
_KEEP = upsert(stream, ("site", "unit", "epoch"), ("through", "beyond", "updated_at"))


def follow(tx: Connection, site: str, came: Iterable[tuple[Key, int]], now: datetime) -> dict[Key, Stream]:
    """Note sequences that came, of new events and of known ones; returns the streams as they are now."""
    sequences: dict[Key, list[int]] = {}
    for key, sequence in came:
        sequences.setdefault(key, []).append(sequence)
    found = _gone_on(tx, site, sequences, now)
    rest = {key: numbers for key, numbers in sequences.items() if key not in found}
    if rest:
        others = streams(tx, site, rest)
        for key, numbers in rest.items():
            for number in numbers:
                others[key] = others[key].add(number)
        keep_streams(tx, site, others, now)
        found |= others
    return found


def _gone_on(
    tx: Connection, site: str, sequences: Mapping[Key, list[int]], now: datetime
) -> dict[Key, Stream]:
    """Those that simply go on where they ended, without a hole: nearly all, and one statement each."""
    rows = [
        {
            "at_site": site,
            "of_unit": key[0],
            "in_epoch": key[1],
            "so_far": numbers[0] - 1,
            "until": numbers[-1],
            "at": now,
        }
        for key, numbers in sequences.items()
        if numbers == list(range(numbers[0], numbers[-1] + 1))
    ]
    if not few(tx, rows):
        return {}
    return {(row.unit, row.epoch): Stream(row.through) for row in _GO_ON.run(tx, rows)}


def streams(tx: Connection, site: str, keys: Iterable[Key]) -> dict[Key, Stream]:
    """What is stored of each stream; empty for one that is new."""
    found = {key: Stream() for key in keys}
    if few(tx, found):
        wanted = [{"at_site": site, "of_unit": unit, "in_epoch": epoch} for unit, epoch in found]
        rows: Iterable[Any] = _STREAM.run(tx, wanted)
    else:
        among = tuple_(stream.c.unit, stream.c.epoch).in_(list(found))
        rows = tx.execute(_SITE_STREAMS.where(among), {"at_site": site})
    for row in rows:
        found[(row.unit, row.epoch)] = _stream(row)
    return found


def keep_streams(tx: Connection, site: str, changed: Mapping[Key, Stream], now: datetime) -> None:
    """Store how far streams have come."""
    rows = [
        {
            "site": site,
            "unit": unit,
            "epoch": epoch,
            "through": kept.through,
            "beyond": to_json(kept.beyond).decode(),
            "updated_at": now,
        }
        for (unit, epoch), kept in changed.items()
    ]
    _KEEP.run(tx, rows)


def last_streams(tx: Connection, site: str, units: Sequence[str] | None = None) -> dict[Key, Stream]:
    """The streams of each unit (or of some) whose receipts are worth repeating."""
    rank = func.row_number().over(partition_by=stream.c.unit, order_by=stream.c.updated_at.desc())
    ranked = select(stream, rank.label("rank")).where(stream.c.site == site)
    if units is not None:
        ranked = ranked.where(stream.c.unit.in_(units))
    found = ranked.subquery()
    rows = tx.execute(select(found).where(found.c.rank <= RECEIPTS_REPEATED))
    return {(row.unit, row.epoch): _stream(row) for row in rows}


def open_gaps(tx: Connection, site: str, since: datetime) -> dict[Key, Stream]:
    """Streams that have a hole and grew after ``since``."""
    holes = (stream.c.beyond != "[]") & (stream.c.updated_at > since)
    rows = tx.execute(select(stream).where(stream.c.site == site, holes))
    return {(row.unit, row.epoch): _stream(row) for row in rows}


def last_heard(tx: Connection, site: str) -> dict[str, datetime]:
    """Unit to the moment when the hub last stored something of it."""
    rows = tx.execute(
        select(stream.c.unit, func.max(stream.c.updated_at, type_=stream.c.updated_at.type).label("at"))
        .where(stream.c.site == site)
        .group_by(stream.c.unit)
    )
    return {row.unit: row.at for row in rows}


_TOLD_OF_MEETINGS = (event.c.payload, event.c.received_at, event.c.late_s)
_OF_MEETINGS = Statement(
    lambda _dialect: select(*_TOLD_OF_MEETINGS).where(
        event.c.site == bindparam("at_site"),
        event.c.unit == bindparam("of_unit"),
        event.c.epoch == bindparam("in_epoch"),
        or_(*(event.c.type == literal_column(f"'{name}'") for name in sorted(SESSION_TYPES))),
    ),
    _TOLD_OF_MEETINGS,
)


def session_events(tx: Connection, site: str, unit: str, epoch: str) -> list[Told]:
    """Everything a unit told of meetings in one epoch."""
    told = []
    for row in _OF_MEETINGS.run(tx, [{"at_site": site, "of_unit": unit, "in_epoch": epoch}]):
        said = Event.model_validate_json(row.payload)
        content = EVENT_TYPES[said.type].model_validate(said.data)
        happened = row.received_at - timedelta(seconds=row.late_s)
        told.append((said.sequence, said.uptime, happened, content))
    return told


def _stream(row: Any) -> Stream:
    return Stream(row.through, tuple((first, last) for first, last in from_json(row.beyond)))
