"""What happens inside one transaction: events and people's acts, with all that follows from them.

Everything that decides is read inside the transaction and written in it. So a failed one leaves nothing
behind, in the database or in memory, and can simply be tried again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hub import incidents as heart
from hub.alarms import Covered, later
from hub.alerts import BUTTONS, PRESSES, Alert, alert_of
from hub.drills import Press, is_practice, running_at
from hub.incidents import UNRESOLVED, Act, Action, Already, Entry, Incident, State
from hub.sessions import SESSION_TYPES
from hub.store import agreements, drills, events, incidents, orders, retiming, sessions, timelines
from hub.store.events import Arrived
from hub.store.remembered import Remembered
from hub.store.settle import Changes, Settling, Work
from wire.messages.events import Booted, ClockSet, CommandAnswered


class Transaction(Settling):
    """One transaction's work, at one moment."""

    def record(self, batch: Sequence[Arrived], remembered: Remembered | None = None) -> Changes:
        """Store events that arrived, each once, and let incidents and sessions follow.

        Nothing else may follow in a transaction with ``remembered``.
        """
        self._remembered = remembered or Remembered()
        self._remembered.begin(self._tx)
        batch = self._timed(batch)
        rows = events.add(self._tx, self._site, batch)
        changes = Changes(
            stored=len(rows),
            units={arrived.unit for arrived in batch},
            last_event=max(rows.values(), default=0),
        )
        # Duplicates count for the receipt too: the unit sends again what it has no receipt for.
        came = [(arrived.key, arrived.event.sequence) for arrived in batch]
        changes.streams = events.follow(self._tx, self._site, came, self._now)
        fresh: list[tuple[Arrived, int]] = []
        for arrived in batch:
            row = rows.pop((arrived.unit, arrived.event.epoch, arrived.event.sequence), None)
            if row is not None:
                fresh.append((arrived, row))
        opened = self._gather(fresh, changes)
        self._follow_sessions([arrived for arrived, _ in fresh], changes)
        self._link({*opened, *changes.sessions}, changes)
        for arrived, _ in fresh:
            self._follow(arrived, changes)
        self._remembered.keep(self._tx, changes.incidents)
        return changes

    def retime(self, unit: str, boot: str, began: datetime) -> Changes:
        """A boot of a unit is known to have begun earlier than was thought."""
        changes = Changes()
        self._retime(unit, boot, began, changes)
        return changes

    def act(self, number: int, act: Act) -> Changes:
        """What a person did. Raises ``NoSuchIncident``, ``Already`` or ``BadAct``."""
        found = incidents.get(self._tx, self._site, number)
        incident, entry = heart.act(found, act, self._now, self._house.arrive_within_s(found))
        if act.action is Action.REOPEN and incident.state is State.OPEN:
            other = incidents.unresolved_of(self._tx, self._site, [incident.unit]).get(incident.unit)
            if other is not None:  # a counter has one open incident: this one goes on there
                raise Already(other)
        return self._settled(Work(incident, found, [(entry, None)], act.note))

    def wake(self, *numbers: int) -> Changes:
        """Do what has become due at incidents, where it is still due."""
        found = [incidents.get(self._tx, self._site, number) for number in numbers]
        changes = Changes()
        if works := [Work(incident, incident) for incident in found if self.due(incident)]:
            self.settle(works, {}, changes)
        return changes

    def merge(self, part: int, whole: int, who: str, actor: str) -> Changes:
        """Raises ``NoSuchIncident`` or ``CannotJoin``."""
        one, other = (incidents.get(self._tx, self._site, number) for number in (part, whole))
        merged, here, there = heart.merge(one, other, who, actor, self._now)
        changes = Changes()
        self.settle([Work(merged, one, [(here, None)]), Work(other, other, [(there, None)])], {}, changes)
        return changes

    def split(self, number: int, taken: Collection[int], who: str, actor: str) -> Changes:
        """Raises ``NoSuchIncident`` or ``CannotJoin``."""
        found = incidents.get(self._tx, self._site, number)
        lines = timelines.alert_lines(self._tx, number)
        stays, apart = heart.split(found, lines, taken)
        apart = replace(apart, id=incidents.add(self._tx, self._site, apart))
        timelines.move_lines(self._tx, taken, apart.id)
        went = Entry("split", self._now, who, actor, {"into": apart.id, "alerts": len(set(taken))})
        came = Entry("split", self._now, who, actor, {"from": number})
        changes = Changes()
        self.settle([Work(stays, found, [(went, None)]), Work(apart, apart, [(came, None)])], {}, changes)
        return changes

    def _settled(self, work: Work) -> Changes:
        changes = Changes()
        self.settle([work], {}, changes)
        return changes

    def _gather(self, fresh: Iterable[tuple[Arrived, int]], changes: Changes) -> set[str]:
        """Let incidents gather the alerts among new events; units at which one was opened."""
        alerts = [
            (alert, arrived, row) for arrived, row in fresh if (alert := self._alert_of(arrived)) is not None
        ]
        if not alerts:
            return set()
        changes.pressed = {
            (alert.unit, alert.kind): arrived.received
            for alert, arrived, _ in alerts
            if alert.kind in PRESSES
        }
        units = {alert.unit for alert, _, _ in alerts}
        unresolved = self._remembered.unresolved_of(self._tx, self._site, units)
        current = {unit: Work(incident, incident) for unit, incident in unresolved.items()}
        over: dict[int, Work] = {}
        touched: dict[int, Work] = {}
        covered: dict[str, Covered] = {}
        for alert, arrived, row in alerts:
            work = current.get(alert.unit)
            if work is None and alert.withdraws is not None:
                work = self._dealt_with(alert, over)
            gathered = self._gathered(work, alert)
            if gathered is None:
                continue
            incident, entry = gathered
            if work is None:
                work = current[alert.unit] = Work(incident, None)
            work.incident = incident
            work.lines.append((entry, row))
            touched.pop(id(work), None)  # the last that changed comes last
            touched[id(work)] = work
            if alert.kind in BUTTONS:
                covered[alert.unit] = later(covered.get(alert.unit), Covered.of(arrived.event))
        opened = {work.incident.unit for work in touched.values() if work.before is None}
        self.settle(list(touched.values()), covered, changes)
        return opened

    def _link(self, units: Collection[str], changes: Changes) -> None:
        """Incidents and meetings of units are new: those that belong together and to a case do so now."""
        linked = agreements.link(self._tx, self._site, units, self._now)
        belong = [incidents.get(self._tx, self._site, number) for number in linked]
        changes.incidents += belong
        changes.rows += self._journal(belong)

    def _dealt_with(self, alert: Alert, over: dict[int, Work]) -> Work | None:
        """The incident of a press that is withdrawn after a person has resolved it."""
        if alert.withdraws is None:
            return None
        resolved = incidents.of_event(self._tx, self._site, alert.unit, *alert.withdraws)
        return None if resolved is None else over.setdefault(resolved.id, Work(resolved, resolved))

    def _gathered(self, work: Work | None, alert: Alert) -> tuple[Incident, Entry] | None:
        if work is not None and work.incident.state not in UNRESOLVED:
            return heart.withdraw(work.incident, alert)
        return heart.gather(work.incident if work is not None else None, alert, self._now)

    def _alert_of(self, arrived: Arrived) -> Alert | None:
        alert = alert_of(arrived.unit, arrived.event, arrived.content, arrived.received, arrived.began)
        return self._in_drill(alert, arrived) if alert is not None and alert.marked else alert

    def _in_drill(self, alert: Alert, arrived: Arrived) -> Alert:
        """The unit says that a drill is on; whether the press is one of it is decided here."""
        known = drills.current(self._tx, self._site, self._now)
        drill = running_at(known, alert.unit, alert.happened, self._house.area_of)
        if drill is None or drill.started is None:
            return alert
        before = drills.pressed_before(self._tx, drill.id, alert.unit, alert.kind)
        if not is_practice(alert.marked, alert.presses, drill, before):
            return alert
        after_s = max(0.0, (alert.happened - drill.started).total_seconds())
        took_s = max(0.0, (arrived.received - alert.happened).total_seconds())
        press = Press(drill.id, alert.unit, alert.kind, alert.happened, after_s, took_s)
        drills.prove(self._tx, press)
        return replace(alert, practice=True)

    def _follow(self, arrived: Arrived, changes: Changes) -> None:
        """What follows from single events: the answer to an order, a clock that was set."""
        said = arrived.event
        match arrived.content:
            case CommandAnswered() as answer:
                orders.answer(self._tx, self._site, arrived.unit, answer, arrived.happened)
            case ClockSet():
                began = said.time - timedelta(seconds=said.uptime)
                self._retime(arrived.unit, said.boot, began, changes)

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
        if retimed.incidents or retimed.epochs:
            self._link([unit], changes)

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
