"""What follows from an incident that has changed: who is told, its timeline, its lamp, the pages."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.alarms import Covered, Lamp, lamp_state, later
from hub.escalation.notices import notices as notices_of
from hub.escalation.plan import Plan, plan
from hub.house import House
from hub.incidents import UNRESOLVED, Entry, Incident
from hub.orders import Order
from hub.sessions import Session
from hub.store import incidents, journal, lamps, notices
from hub.store.events import Key
from hub.store.remembered import Remembered
from hub.streams import Stream
from hub.views import incident_view


@dataclass(slots=True)
class Changes:
    """What a transaction changed, for those who tell it: links, lamps, pages, notifiers."""

    streams: dict[Key, Stream] = field(default_factory=dict)
    incidents: list[Incident] = field(default_factory=list)
    """In the order of ``rows``."""
    lamps: list[Lamp] = field(default_factory=list)
    rows: list[journal.Row] = field(default_factory=list)
    sessions: dict[str, Session | None] = field(default_factory=dict)
    """Unit to the meeting that is going on there now."""
    units: set[str] = field(default_factory=set)
    """Units of the events."""
    pressed: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """Unit and button to when its last press arrived."""
    last_event: int = 0
    """Number of the last event that was not there yet; 0: there was none."""
    stored: int = 0
    """Events that were not there yet."""
    orders: list[Order] = field(default_factory=list)
    """To be sent to their units."""


@dataclass(slots=True)
class Work:
    """An incident that changes in this transaction, with the new lines of its timeline."""

    incident: Incident
    before: Incident | None
    """As it is stored; None: it is new."""
    lines: list[tuple[Entry, int | None]] = field(default_factory=list)
    """With the row of the event that a line tells of."""
    note: str = ""
    """A person's words, for those who are told."""


class Settling:
    """One transaction's work, at one moment."""

    def __init__(self, tx: Connection, house: House, now: datetime) -> None:
        self._tx = tx
        self._house = house.still()  # a change of the settings meanwhile waits for the next transaction
        self._site = house.site
        self._now = now
        self._remembered = Remembered()

    def settle(self, works: Sequence[Work], covered: Mapping[str, Covered], changes: Changes) -> None:
        """Store what became of incidents and all that follows; ``covered`` are new alarm events of units."""
        told = []
        changed: list[tuple[Incident | None, Incident]] = []
        lines: list[tuple[int, Entry, int | None]] = []
        for work in works:
            planned = self._planned(work)
            incident = planned.incident
            if incident.id == 0:
                incident = replace(incident, id=incidents.add(self._tx, self._site, incident))
            else:
                changed.append((work.before, incident))
            work.incident = incident
            lines += [(incident.id, entry, row) for entry, row in work.lines]
            if any(call.recipients for call in planned.calls):
                place, url = self._house.place(incident.unit), self._house.url_of(incident.id)
                stored = Plan(incident, planned.calls)
                told += notices_of(stored, place, self._now, url=url, note=work.note)
        incidents.change(self._tx, changed)
        incidents.add_entries(self._tx, lines, self._now)
        if told:
            notices.add(self._tx, self._site, told, self._now)
        changes.incidents += [work.incident for work in works]
        changes.rows += self._journal([work.incident for work in works])
        changes.lamps += self._light(works, covered)

    def due(self, incident: Incident) -> bool:
        """Whether there is anything to do about it at this moment."""
        planned = self._plan(incident)
        return planned.incident != incident or bool(planned.calls)

    def _plan(self, incident: Incident) -> Plan:
        return plan(self._now, incident, self._house.ladder_of(incident), self._house.roster)

    def _planned(self, work: Work) -> Plan:
        planned = self._plan(work.incident)
        work.lines += [(entry, None) for entry in planned.entries]
        return planned

    def _journal(self, changed: Iterable[Incident]) -> list[journal.Row]:
        told = [("incident", str(i.id), incident_view(i, self._house.ladder_of(i))) for i in changed]
        return journal.note(self._tx, told, self._now)

    def _light(self, works: Sequence[Work], covered: Mapping[str, Covered]) -> list[Lamp]:
        """The lamps that must say something else now.

        A further press at an alarm that nobody has answered yet changes none: there the receipt alone lights
        "stored". What the lamp covers is looked up when it has something else to say.
        """
        touched = [work for work in works if _says_more(work, covered)]
        units = {work.incident.unit for work in touched}
        if not units:
            return []
        current = {work.incident.unit: work.incident for work in works if work.incident.state in UNRESOLVED}
        # Where an incident has ended, another one may stand at the same counter.
        if unsure := units - current.keys():
            current |= incidents.unresolved_of(self._tx, self._site, unsure)
        latest = dict(covered)
        for work in touched:
            unit = work.incident.unit
            if unit not in covered and (last := incidents.last_alarm(self._tx, work.incident.id)) is not None:
                latest[unit] = later(latest.get(unit), last)
        return self._relight(units, current, latest)

    def _relight(
        self, units: Collection[str], current: Mapping[str, Incident], covered: Mapping[str, Covered]
    ) -> list[Lamp]:
        before = self._remembered.lamps_of(self._tx, self._site, units)
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
        self._remembered.keep_lamps(changed)
        return changed


def _says_more(work: Work, covered: Mapping[str, Covered]) -> bool:
    before, after = lamp_state(work.before), lamp_state(work.incident)
    return before != after or (work.incident.unit in covered and after != "stored")
