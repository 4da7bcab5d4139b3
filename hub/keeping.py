"""What people write about incidents: one act, one transaction, one line in the timeline; pages learn it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection

from hub.clock import Clock
from hub.house import House
from hub.incidents import Entry, Incident, State
from hub.people import Person
from hub.record import approval, guide, report, tasks
from hub.record.approval import Move
from hub.record.tasks import Task
from hub.store import cases, incidents, journal, record_reports, record_tasks, timelines
from hub.store.database import Store
from hub.store.journal import Row
from hub.store.record_reports import Kept
from hub.views import incident_view

T = TypeVar("T")


class Locked(Exception):
    """The record is handed in or approved: it must be returned or opened again first."""


class Conflict(Exception):
    """Somebody else has changed the same fields since the form was read."""

    def __init__(self, theirs: Kept, fields: tuple[str, ...], woven: Mapping[str, str]) -> None:
        super().__init__(f"changed meanwhile: {', '.join(fields)}")
        self.theirs = theirs
        self.fields = fields
        self.woven = woven
        """Everything that does not conflict, of both; of the rest what was sent."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a report."""

    revision: int
    taken: tuple[str, ...] = ()
    """Fields that somebody else had changed meanwhile, and that were taken over."""


class Keeping:
    """Keeps what people write. Everything raises ``NoSuchIncident``, ``Locked`` or ``StoreError``, too."""

    def __init__(
        self, store: Store, house: House, clock: Clock, publish: Callable[[list[Row]], None]
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._publish = publish

    async def write(self, number: int, base: int, given: Mapping[str, str], person: Person) -> Written:
        """A report that was made from revision ``base``. Raises ``BadReport``, ``Locked`` or ``Conflict``."""
        mine = report.clean(given)

        def work(tx: Connection, now: datetime) -> tuple[Written, Entry | None]:
            kept = record_reports.load(tx, number)
            if not kept.approval.open:
                raise Locked(f"the record of incident {number} is {kept.approval.stage}")
            woven = report.weave(record_reports.report_at(tx, number, base), mine, kept.report)
            if woven.conflicts:
                raise Conflict(kept, woven.conflicts, woven.report)
            fields = report.changed(kept.report, woven.report)
            if not fields:
                return Written(kept.revision, woven.taken), None
            written = replace(kept, report=woven.report, revision=kept.revision + 1)
            record_reports.keep(tx, number, written, person, now)
            detail = {"revision": written.revision, "fields": list(fields)}
            return Written(written.revision, woven.taken), _line("record-written", now, person, detail)

        return await self._do(number, work)

    async def approve(self, number: int, do: Move, person: Person, remark: str = "") -> None:
        """Raises ``NotNow``, ``NotYours`` or ``NeedsWords``."""

        def work(tx: Connection, now: datetime) -> tuple[None, Entry]:
            kept = record_reports.load(tx, number)
            moved = approval.move(kept.approval, do, person.login, remark)
            record_reports.keep_approval(tx, number, replace(kept, approval=moved))
            detail: dict[str, object] = {"revision": kept.revision, "stage": moved.stage.value}
            if remark.strip():
                detail["note"] = remark.strip()
            return None, _line(f"record-{do}", now, person, detail)

        await self._do(number, work)

    async def press(self, number: int, step: str, person: Person, note: str = "", way: str = "") -> None:
        """One step of the guided response. Raises ``BadStep``."""

        def work(tx: Connection, now: datetime) -> tuple[None, Entry]:
            detail = guide.press(self._guide(tx, number), step, note.strip(), way)
            return None, _line(guide.PRESSED, now, person, detail)

        await self._do(number, work, going=True)

    async def undo(self, number: int, line: int, person: Person) -> None:
        """A press was a mistake. Raises ``BadStep``."""

        def work(tx: Connection, now: datetime) -> tuple[None, Entry]:
            return None, _line(guide.UNDONE, now, person, guide.undo(self._guide(tx, number), line))

        await self._do(number, work, going=True)

    async def add_task(self, number: int, new: Task, person: Person) -> int:
        """Its number. Raises ``BadTask``."""
        tasks.check(new)

        def work(tx: Connection, now: datetime) -> tuple[int, Entry]:
            added = record_tasks.add(tx, number, replace(new, added_by=person.name), now)
            return added, _line("task-added", now, person, _told(added, new))

        return await self._do(number, work)

    async def change_task(self, number: int, changed: Task, person: Person) -> None:
        """Other words, another owner or date. Raises ``BadTask`` or ``NoSuchTask``."""
        tasks.check(changed)

        def work(tx: Connection, now: datetime) -> tuple[None, Entry | None]:
            known = record_tasks.get(tx, number, changed.id)
            new = replace(changed, added_by=known.added_by, done_by=known.done_by, done_at=known.done_at)
            if new == known:
                return None, None
            record_tasks.change(tx, new)
            detail = _told(new.id, new) | {"before": _told(new.id, known)}
            return None, _line("task-changed", now, person, detail)

        await self._do(number, work)

    async def finish_task(self, number: int, task: int, done: bool, person: Person) -> None:
        """Done, or not done after all. Raises ``NoSuchTask``."""

        def work(tx: Connection, now: datetime) -> tuple[None, Entry | None]:
            known = record_tasks.get(tx, number, task)
            if known.done == done:
                return None, None
            who, at = (person.name, now) if done else (None, None)
            record_tasks.change(tx, replace(known, done_by=who, done_at=at))
            return None, _line("task-done" if done else "task-not-done", now, person, _told(task, known))

        await self._do(number, work)

    async def link(self, number: int, case: int, person: Person, *, belongs: bool = True) -> None:
        """It belongs to a case, or does not. The timeline names the case by its number only: it has readers
        who may not read the case."""

        def work(tx: Connection, now: datetime) -> tuple[None, Entry | None]:
            if belongs:
                fresh = cases.link(tx, case, number, person.name, now)
            else:
                fresh = cases.unlink(tx, case, number)
            what = "case-linked" if belongs else "case-unlinked"
            return None, _line(what, now, person, {"case": case}) if fresh else None

        await self._do(number, work)

    async def _do(
        self,
        number: int,
        work: Callable[[Connection, datetime], tuple[T, Entry | None]],
        *,
        going: bool = False,
    ) -> T:
        """``going``: only while nobody has closed the incident."""
        now = self._clock.now().wall

        def whole(tx: Connection) -> tuple[T, list[Row]]:
            found = incidents.get(tx, self._house.site, number)
            if found.merged_into is not None:
                raise Locked(f"incident {number} is a part of {found.merged_into}")
            if going and found.state is State.CLOSED:
                raise Locked(f"incident {number} is closed")
            result, line = work(tx, now)
            if line is None:
                return result, []
            incidents.add_entries(tx, [(number, line, None)], now)
            return result, self._journal(tx, found, now)

        return (await self._store.write(whole, lambda done: self._publish(done[1])))[0]

    def _guide(self, tx: Connection, number: int) -> guide.Guide:
        lines = timelines.timeline(tx, self._house.site, number)
        return guide.read((line.id, line.entry) for line in lines)

    def _journal(self, tx: Connection, found: Incident, now: datetime) -> list[Row]:
        shown = incident_view(found, self._house.ladder_of(found))
        return journal.note(tx, [("incident", str(found.id), shown)], now)


def _line(what: str, now: datetime, person: Person, detail: Mapping[str, object]) -> Entry:
    return Entry(what, now, person.name, f"person:{person.login}", detail)


def _told(number: int, task: Task) -> dict[str, object]:
    due: date | None = task.due
    told: dict[str, object] = {"task": number, "kind": task.kind, "text": task.text, "owner": task.owner}
    return told | ({"due": due.isoformat()} if due is not None else {})
