"""What happened around recordings: incidents of the same counter, findings, and who was given something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select

from hub.evidence.linking import NEAR, Span, belongs
from hub.evidence.recording import Recording
from hub.incidents import Action, State
from hub.store.recordings_schema import disclosure
from hub.store.schema import entry, event, incident
from wire.messages.events import EVENT_TYPES, Assist, Bang, Panic, Shout

MARKED = {
    name: kind
    for kind, of in (("panic", Panic), ("assist", Assist), ("shout", Shout), ("bang", Bang))
    for name, known in EVENT_TYPES.items()
    if known is of
}
"""Types of events that a recording's page marks."""
MARKS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that the unit told of while it recorded."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something was given to somebody outside."""

    recording: str
    given: datetime
    recipient: str
    what: str
    basis: str
    """On which law or decision."""
    by: str
    recorded: datetime
    id: int = 0


def span_of(tx: Connection, site: str, number: int) -> Span | None:
    """When an incident went on; None: there is none of that number."""
    row = tx.execute(select(incident).where(incident.c.site == site, incident.c.id == number)).one_or_none()
    return _span(tx, row, number) if row is not None else None


def spans_of(tx: Connection, site: str, one: Recording, now: datetime) -> list[Span]:
    """The incidents that a recording belongs to, by number. Of one that was merged it is the whole."""
    until = one.ended + NEAR
    rows = tx.execute(
        select(incident).where(
            incident.c.site == site,
            incident.c.unit == one.unit,
            incident.c.opened <= until,
            # Long over before the recording began; what was resolved later is looked at below.
            or_(incident.c.last >= one.started - timedelta(days=2), incident.c.state.in_(_UNRESOLVED)),
        )
    ).all()
    found: dict[int, Span] = {}
    for row in rows:
        span = _span(tx, row, row.id)
        if belongs(one, span, now):
            whole = span_of(tx, site, row.merged_into) if row.merged_into is not None else None
            kept = whole or span
            found[kept.incident] = kept
    return [found[number] for number in sorted(found)]


_UNRESOLVED = [state.value for state in State if state not in (State.RESOLVED, State.CLOSED)]


def parts_of(tx: Connection, site: str, number: int) -> list[Span]:
    """An incident and what was merged into it; empty: there is none of that number."""
    rows = tx.execute(
        select(incident)
        .where(incident.c.site == site, or_(incident.c.id == number, incident.c.merged_into == number))
        .order_by(incident.c.id)
    ).all()
    return [_span(tx, row, row.id) for row in rows]


def marks(tx: Connection, site: str, one: Recording) -> list[Mark]:
    """What the unit found and which buttons were pressed while it recorded, in order."""
    # A time that came late is reckoned as the incidents' are: when it arrived, less how late it was.
    wanted = (
        (event.c.site == site)
        & (event.c.unit == one.unit)
        & event.c.type.in_(MARKED)
        & (event.c.received_at >= one.started)
        & (event.c.received_at <= one.ended + timedelta(days=7))
    )
    rows = tx.execute(
        select(event.c.type, event.c.received_at, event.c.late_s).where(wanted).limit(20 * MARKS_MAX)
    )
    found = [Mark(row.received_at - timedelta(seconds=row.late_s), MARKED[row.type]) for row in rows]
    return sorted((mark for mark in found if one.started <= mark.at <= one.ended), key=lambda mark: mark.at)[
        :MARKS_MAX
    ]


def disclose(tx: Connection, site: str, new: Disclosure) -> int:
    """Enter it; gives its number."""
    values = {
        "site": site,
        "recording": new.recording,
        "given": new.given,
        "recipient": new.recipient,
        "what": new.what,
        "basis": new.basis,
        "by": new.by,
        "recorded": new.recorded,
    }
    return int(tx.execute(insert(disclosure).values(values).returning(disclosure.c.id)).scalar_one())


def disclosures(
    tx: Connection, site: str, recordings: Iterable[str] | None = None, limit: int = 500
) -> list[Disclosure]:
    """Newest first."""
    found = select(disclosure).where(disclosure.c.site == site)
    if recordings is not None:
        found = found.where(disclosure.c.recording.in_(list(recordings)))
    rows = tx.execute(found.order_by(disclosure.c.id.desc()).limit(limit))
    return [_disclosure(row) for row in rows]


def _span(tx: Connection, row: Any, number: int) -> Span:
    """Over when somebody stood it down, the last time; also before it was opened again."""
    over = None
    if row.state not in _UNRESOLVED:
        over = tx.execute(
            select(func.max(entry.c.at)).where(
                entry.c.incident_id == row.id, entry.c.what == Action.RESOLVE.value
            )
        ).scalar_one_or_none()
        over = max(over, row.last) if over is not None else row.last
    closed = row.state == State.CLOSED.value
    return Span(number, row.unit, row.opened, over, row.outcome, closed, row.severity)


def _disclosure(row: Any) -> Disclosure:
    return Disclosure(
        row.recording, row.given, row.recipient, row.what, row.basis, row.by, row.recorded, row.id
    )
