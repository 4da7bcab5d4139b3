"""What happens inside one transaction: events and people's actions, with all that follows from them.

Everything that decides is read inside the transaction and written in it. So a failed one leaves nothing
behind, in the database or in memory, and can simply be tried again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub import incidents as heart
from hub.alarms import Covered, Lamp, lamp_state, later
from hub.alerts import BUTTONS, Alert, alert_of
from hub.escalation import Tier
from hub.incidents import Action, Entry, Incident
from hub.sessions import SESSION_TYPES, Session
from hub.store import events, incidents, journal, lamps, retiming, sessions
from hub.store.events import Arrived, Key
from hub.streams import Stream
from hub.views import incident_view
from wire.messages.events import Booted, ClockSet


@dataclass(slots=True)
class Changes:
    """What a transaction changed, for those who tell it: links, lamps, pages."""

    streams: dict[Key, Stream] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    """In the order of ``rows``."""
    lamps: list[Lamp] = field(default_factory=list)
    rows: list[journal.Row] = field(default_factory=list)
    sessions: dict[str, Session | None] = field(default_factory=dict)
    """Unit to the meeting that is going on there now."""
    units: set[str] = field(default_factory=set)
    """Units of the events."""
    stored: int = 0
    """Events that were not there yet."""


@dataclass(frozen=True, slots=True)
class House:
    """What the decisions depend on besides events."""

    site: str
    ladder: Sequence[Tier]


class Transaction:
    """One transaction's work, at one moment."""

    def __init__(self, tx: Connection, house: House, now: datetime) -> None:
        self._tx = tx
        self._site = house.site
        self._ladder = house.ladder
        self._now = now

    def record(self, batch: Sequence[Arrived]) -> Changes:
        """Store events that arrived, each once, and let incidents and sessions follow."""
        batch = self._timed(batch)
        rows = events.add(self._tx, self._site, batch)
        changes = Changes(stored=len(rows), units={arrived.unit for arrived in batch})
        # Duplicates count for the receipt too: the unit sends again what it has no receipt for.
        streams = events.streams(self._tx, self._site, (arrived.key for arrived in batch))
        for arrived in batch:
            streams[arrived.key] = streams[arrived.key].add(arrived.event.sequence)
        events.keep_streams(self._tx, self._site, streams, self._now)
        changes.streams = streams
        fresh: list[tuple[Arrived, int]] = []
        for arrived in batch:
            row = rows.pop((arrived.unit, arrived.event.epoch, arrived.event.sequence), None)
            if row is not None:
                fresh.append((arrived, row))
        self._gather(fresh, changes)
        self._follow_sessions([arrived for arrived, _ in fresh], changes)
        for arrived, _ in fresh:
            if isinstance(arrived.content, ClockSet):
                said = arrived.event
                began = said.time - timedelta(seconds=said.uptime)
                self._retime(arrived.unit, said.boot, began, changes)
        return changes

    def retime(self, unit: str, boot: str, began: datetime) -> Changes:
        """A boot of a unit is known to have begun earlier than was thought."""
        changes = Changes()
        self._retime(unit, boot, began, changes)
        return changes

    def _timed(self, batch: Sequence[Arrived]) -> Sequence[Arrived]:
        """With the beginning of the boot, for events that need it and where only the database knows it."""
        unknown = {(a.unit, a.event.boot) for a in batch if a.event.clock == "unsynced" and a.began is None}
        if not unknown:
            return batch
        began = {boot: retiming.began(self._tx, self._site, *boot) for boot in unknown}
        return [replace(a, began=a.began or began.get((a.unit, a.event.boot))) for a in batch]

    def _retime(self, unit: str, boot: str, began: datetime, changes: Changes) -> None:
        retimed = retiming.retime(self._tx, self._site, unit, boot, began)
        moved = [incidents.get(self._tx, self._site, number) for number in sorted(retimed.incidents)]
        changes.incidents += moved
        changes.rows += self._journal(moved)
        for epoch in sorted(retimed.epochs):
            sessions.retell(self._tx, self._site, unit, epoch)
            changes.sessions[unit] = sessions.running(self._tx, self._site, unit).get(unit)

    def act(self, number: int, action: Action, who: str) -> Changes:
        """What a person did. Raises ``NoSuchIncident`` or ``heart.Already``."""
        found = incidents.get(self._tx, self._site, number)
        return self._changed(*heart.act(found, action, who, self._now))

    def escalate(self, number: int) -> Changes:
        """Call the next tier, if it is still due."""
        climbed = heart.escalate(incidents.get(self._tx, self._site, number), self._ladder, self._now)
        return Changes() if climbed is None else self._changed(*climbed)

    def _changed(self, incident: Incident, entry: Entry) -> Changes:
        incidents.change(self._tx, [incident])
        incidents.add_entries(self._tx, [(incident.id, entry, None)], self._now)
        current = incidents.unresolved_of(self._tx, self._site, [incident.unit])
        covered = incidents.last_alarm(self._tx, incident.id)
        lamps = self._light([incident.unit], current, {} if covered is None else {incident.unit: covered})
        return Changes(incidents=[incident], rows=self._journal([incident]), lamps=lamps)

    def _gather(self, fresh: Iterable[tuple[Arrived, int]], changes: Changes) -> None:
        """Let incidents gather the alerts among new events."""
        alerts = [
            (alert, arrived, row) for arrived, row in fresh if (alert := _alert_of(arrived)) is not None
        ]
        if not alerts:
            return
        current = incidents.unresolved_of(self._tx, self._site, {alert.unit for alert, _, _ in alerts})
        before = dict(current)
        changed: dict[int, Incident] = {}
        added: dict[int, Incident] = {}
        lines: list[tuple[int, Entry, int | None]] = []
        covered: dict[str, Covered] = {}
        for alert, arrived, row in alerts:
            gathered = self._follow(current.get(alert.unit), alert)
            if gathered is None:
                continue
            incident, entry = gathered
            if incident.id == 0:
                incident = replace(incident, id=incidents.add(self._tx, self._site, incident))
                added[incident.id] = incident
            changed.pop(incident.id, None)
            changed[incident.id] = incident
            if incident.state in heart.UNRESOLVED:
                current[alert.unit] = incident
            lines.append((incident.id, entry, row))
            if alert.kind in BUTTONS:
                covered[alert.unit] = later(covered.get(alert.unit), Covered.of(arrived.event))
        incidents.change(self._tx, [i for i in changed.values() if added.get(i.id) is not i])
        incidents.add_entries(self._tx, lines, self._now)
        changes.incidents = list(changed.values())
        changes.rows = self._journal(changes.incidents)
        # A further press at an alarm that nobody has answered yet: there the receipt alone lights "stored".
        # What the lamp covers is looked up when it has something else to say.
        units = {i.unit for i in changes.incidents}
        joined = {u for u in units if lamp_state(before.get(u)) == lamp_state(current.get(u)) == "stored"}
        changes.lamps = self._light(units - joined, current, covered)

    def _follow(self, current: Incident | None, alert: Alert) -> tuple[Incident, Entry] | None:
        if alert.withdraws is not None and current is None:
            # The press may belong to an incident that a person has resolved already.
            resolved = incidents.of_event(self._tx, self._site, alert.unit, *alert.withdraws)
            if resolved is not None:
                return heart.withdraw(resolved, alert)
        return heart.gather(current, alert, self._ladder, self._now)

    def _journal(self, changed: Iterable[Incident]) -> list[journal.Row]:
        told = [("incident", str(i.id), incident_view(i, self._ladder)) for i in changed]
        return journal.note(self._tx, told, self._now)

    def _light(
        self, units: Collection[str], current: Mapping[str, Incident], covered: Mapping[str, Covered]
    ) -> list[Lamp]:
        """The lamps that must say something else now. ``current`` has the unresolved incidents."""
        if not units:
            return []
        before = lamps.lamps(self._tx, self._site, units)
        changed: list[Lamp] = []
        for unit in sorted(units):
            old = before.get(unit)
            covers = old.covers if old is not None else None
            if unit in covered:
                covers = later(covers, covered[unit])
            if covers is None:
                continue  # attention only: the lamp has nothing to say
            new = Lamp(unit, lamp_state(current.get(unit)), covers)
            if new != old:
                changed.append(new)
        lamps.keep_lamps(self._tx, self._site, changed, self._now)
        return changed

    def _follow_sessions(self, fresh: Sequence[Arrived], changes: Changes) -> None:
        touched = {arrived.key for arrived in fresh if arrived.event.type in SESSION_TYPES}
        restarted = [arrived for arrived in fresh if isinstance(arrived.content, Booted)]
        for unit, epoch in sorted(touched):
            sessions.retell(self._tx, self._site, unit, epoch)
        for arrived in restarted:
            goes_on = arrived.content.session if isinstance(arrived.content, Booted) else None
            kept = (goes_on.epoch, goes_on.sequence) if goes_on is not None else None
            sessions.end_before(
                self._tx, self._site, arrived.unit, arrived.event.epoch, arrived.happened, goes_on=kept
            )
        for unit in {unit for unit, _ in touched} | {arrived.unit for arrived in restarted}:
            changes.sessions[unit] = sessions.running(self._tx, self._site, unit).get(unit)


def _alert_of(arrived: Arrived) -> Alert | None:
    return alert_of(arrived.unit, arrived.event, arrived.content, arrived.received, arrived.began)
