"""Recordings and their segments in the database."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from hub.evidence.linking import NEAR
from hub.evidence.recording import Hold, Recording, Segment
from hub.store.recordings_schema import play, recording, recording_key, segment
from wire.evidence.chain import Head

SHOWN_MAX = 500


class NoSuchRecording(Exception):
    """There is none of that name."""


def find(tx: Connection, site: str, name: str) -> Recording | None:
    """A recording, deleted ones too; None: there is none of that name."""
    row = tx.execute(select(recording).where(recording.c.site == site, recording.c.id == name)).one_or_none()
    return _recording(row) if row is not None else None


def get(tx: Connection, site: str, name: str) -> Recording:
    """One that is there to be heard. Raises ``NoSuchRecording``."""
    found = find(tx, site, name)
    if found is None or found.deleted is not None or found.segments == 0:
        raise NoSuchRecording("there is no such recording")
    return found


def key(tx: Connection, name: str) -> bytes | None:
    """Its wrapped key; None: it was destroyed, or never made."""
    return tx.execute(
        select(recording_key.c.wrapped).where(recording_key.c.recording == name)
    ).scalar_one_or_none()


def digest_at(tx: Connection, name: str, index: int) -> str | None:
    """Digest of the signed line that is kept in this place."""
    mine = (segment.c.recording == name) & (segment.c.position == index)
    return tx.execute(select(segment.c.digest).where(mine)).scalar_one_or_none()


def begin(tx: Connection, site: str, new: Recording, wrapped: bytes) -> bytes:
    """Note a recording and its key before anything of it is kept; gives the key that holds. Nothing of it can
    be seen before its first segment is there."""
    if find(tx, site, new.id) is None:
        tx.execute(insert(recording).values({"site": site, "id": new.id, **_values(new)}))
        tx.execute(insert(recording_key).values(recording=new.id, wrapped=wrapped))
        return wrapped
    return key(tx, new.id) or b""


def add(tx: Connection, site: str, grown: Recording, new: Segment) -> None:
    """A segment is kept, and the recording has grown by it."""
    tx.execute(
        insert(segment).values(
            recording=new.recording,
            position=new.index,
            media=new.media,
            first_sample=new.first_sample,
            samples=new.samples,
            bytes=new.size,
            line=new.line.decode(),
            digest=new.digest,
            started=new.started,
            waveform=new.waveform,
        )
    )
    change(tx, site, grown)


def change(tx: Connection, site: str, changed: Recording) -> None:
    """Store what became of it."""
    mine = (recording.c.site == site) & (recording.c.id == changed.id)
    tx.execute(update(recording).where(mine).values(_values(changed)))


def segments(
    tx: Connection, name: str, media: str | None = None, *, since: int = 0, limit: int | None = None
) -> list[Segment]:
    """In order; the signed lines are with them."""
    found = select(segment).where(segment.c.recording == name, segment.c.position >= since)
    if media is not None:
        found = found.where(segment.c.media == media)
    rows = tx.execute(found.order_by(segment.c.position).limit(limit))
    return [_segment(row) for row in rows]


def next_segment(tx: Connection, site: str, name: str, index: int) -> tuple[Segment, bytes] | None:
    """The next one that is kept and was not found altered, from this place on in the order of names, with the
    wrapped key; None: that was the last."""
    row = tx.execute(
        select(segment, recording_key.c.wrapped)
        .join(recording, recording.c.id == segment.c.recording)
        .join(recording_key, recording_key.c.recording == segment.c.recording)
        .where(
            recording.c.site == site,
            segment.c.altered.is_(None),
            or_(
                segment.c.recording > name,
                and_(segment.c.recording == name, segment.c.position >= index),
            ),
        )
        .order_by(segment.c.recording, segment.c.position)
        .limit(1)
    ).one_or_none()
    return (_segment(row), row.wrapped) if row is not None else None


def mark_altered(tx: Connection, site: str, name: str, index: int, now: datetime) -> bool:
    """A segment cannot be opened any more; False: that was known."""
    mine = (segment.c.recording == name) & (segment.c.position == index) & segment.c.altered.is_(None)
    if tx.execute(update(segment).where(mine).values(altered=now)).rowcount != 1:
        return False
    of_site = (recording.c.site == site) & (recording.c.id == name)
    tx.execute(update(recording).where(of_site).values(altered=recording.c.altered + 1))
    return True


def altered_by_unit(tx: Connection, site: str) -> dict[str, int]:
    """Unit to how many of its segments were found altered, of recordings that are kept."""
    wanted = (recording.c.site == site) & (recording.c.altered > 0) & recording.c.deleted.is_(None)
    found: dict[str, int] = {}
    for unit, altered in tx.execute(select(recording.c.unit, recording.c.altered).where(wanted)):
        found[unit] = found.get(unit, 0) + altered
    return found


def shown(
    tx: Connection,
    site: str,
    *,
    units: Collection[str] | None = None,
    before: datetime | None = None,
    skip: int = 0,
    limit: int = 100,
) -> list[Recording]:
    """Those of these units (None: of all) that can be heard, newest first."""
    wanted = _to_be_heard(site, units)
    if before is not None:
        wanted &= recording.c.started < before
    newest = select(recording).where(wanted).order_by(recording.c.started.desc(), recording.c.id)
    return [_recording(row) for row in tx.execute(newest.offset(skip).limit(limit))]


def count(tx: Connection, site: str, units: Collection[str] | None) -> int:
    """How many of these units can be heard."""
    return tx.execute(
        select(func.count()).select_from(recording).where(_to_be_heard(site, units))
    ).scalar_one()


def units_of(tx: Connection, site: str) -> list[str]:
    """Units of which there ever was a recording."""
    return list(tx.execute(select(recording.c.unit).where(recording.c.site == site).distinct()).scalars())


def _to_be_heard(site: str, units: Collection[str] | None) -> ColumnElement[bool]:
    wanted = (recording.c.site == site) & recording.c.deleted.is_(None) & (recording.c.segments > 0)
    return wanted if units is None else wanted & recording.c.unit.in_(list(units))


def during(tx: Connection, site: str, unit: str, since: datetime, until: datetime) -> list[Recording]:
    """Of a unit, those that may have gone on in that time; oldest first."""
    wanted = (
        (recording.c.site == site)
        & (recording.c.unit == unit)
        & recording.c.deleted.is_(None)
        & (recording.c.segments > 0)
        & (recording.c.ended >= since - NEAR)
        & (recording.c.started <= until + NEAR)
    )
    return [
        _recording(row) for row in tx.execute(select(recording).where(wanted).order_by(recording.c.started))
    ]


def old(
    tx: Connection, site: str, ended_before: datetime, after: str = "", limit: int = 200
) -> list[Recording]:
    """What may have to be deleted, by name: everything that ended before, beginning behind ``after``."""
    wanted = (
        (recording.c.site == site)
        & recording.c.deleted.is_(None)
        & (recording.c.ended < ended_before)
        & (recording.c.id > after)
    )
    rows = tx.execute(select(recording).where(wanted).order_by(recording.c.id).limit(limit))
    return [_recording(row) for row in rows]


def destroy(tx: Connection, site: str, gone: Recording, now: datetime) -> Recording:
    """Its key is overwritten, then everything else about its content goes. The row stays, for the ledger."""
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete=ON")  # what is freed is overwritten, too
    mine = recording_key.c.recording == gone.id
    wrapped = key(tx, gone.id)
    if wrapped is not None:
        tx.execute(update(recording_key).where(mine).values(wrapped=bytes(len(wrapped))))
    tx.execute(delete(recording_key).where(mine))
    tx.execute(delete(segment).where(segment.c.recording == gone.id))
    tx.execute(delete(play).where(play.c.recording == gone.id))
    deleted = replace(gone, deleted=now)
    change(tx, site, deleted)
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete=FAST")
    return deleted


def to_empty(tx: Connection, site: str) -> list[str]:
    """Deleted ones whose sealed bytes may still be there."""
    wanted = (recording.c.site == site) & recording.c.deleted.is_not(None) & recording.c.emptied.is_(None)
    return list(tx.execute(select(recording.c.id).where(wanted).limit(SHOWN_MAX)).scalars())


def emptied(tx: Connection, name: str, now: datetime) -> None:
    """Nothing of it is kept any more."""
    tx.execute(update(recording).where(recording.c.id == name).values(emptied=now))


def grant(tx: Connection, hashed: str, name: str, sign_in: str, expires: datetime) -> None:
    """Somebody may hear it for a while; what has expired is forgotten by the way."""
    tx.execute(delete(play).where(play.c.expires < expires - timedelta(days=2)))
    tx.execute(insert(play).values(grant_hash=hashed, recording=name, sign_in=sign_in, expires=expires))


def granted(tx: Connection, hashed: str, name: str, sign_in: str, now: datetime) -> bool:
    """Whether this sign-in may hear this recording now."""
    mine = (play.c.grant_hash == hashed) & (play.c.recording == name) & (play.c.sign_in == sign_in)
    return tx.execute(select(play.c.expires).where(mine, play.c.expires > now)).first() is not None


def _values(of: Recording) -> dict[str, Any]:
    hold = of.hold
    return {
        "unit": of.unit,
        "why": of.why,
        "clock": of.clock,
        "started": of.started,
        "ended": of.ended,
        "segments": of.head.next,
        "samples": of.head.samples,
        "missing": of.missing,
        "bytes": of.size,
        "head": of.head.previous,
        "end": of.head.end,
        "closed": of.closed,
        "altered": of.altered,
        "held_by": hold.by if hold else None,
        "held_at": hold.at if hold else None,
        "held_why": hold.why if hold else None,
        "deleted": of.deleted,
    }


def _recording(row: Any) -> Recording:
    # Before the first line the head has no reason yet: the next line gives it.
    why = row.why if row.segments else None
    head = Head(row.site, row.unit, row.id, row.segments, row.head, row.samples, why, row.end)
    return Recording(
        id=row.id,
        unit=row.unit,
        why=row.why,
        clock=row.clock,
        started=row.started,
        ended=row.ended,
        head=head,
        missing=row.missing,
        size=row.bytes,
        altered=row.altered,
        closed=row.closed,
        hold=Hold(row.held_by, row.held_at, row.held_why) if row.held_by is not None else None,
        deleted=row.deleted,
    )


def _segment(row: Any) -> Segment:
    return Segment(
        recording=row.recording,
        index=row.position,
        media=row.media,
        first_sample=row.first_sample,
        samples=row.samples,
        size=row.bytes,
        line=row.line.encode(),
        digest=row.digest,
        started=row.started,
        waveform=row.waveform,
        altered=row.altered,
    )
