"""What happens to recordings by itself: deletion when their time has come, a look whether what is kept is
still whole, and the roots of the days."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from hub.clock import Clock
from hub.evidence.ledger import Deed
from hub.evidence.recording import Recording
from hub.evidence.retention import Fate, Kept, fate
from hub.evidence.roots import wait_s
from hub.notices import Notice
from hub.recordings.sealing import Broken
from hub.recordings.shelf import ShelfError
from hub.recordings.stamping import Authority, NotStamped, Stamp
from hub.recordings.vault import Vault
from hub.recordings.workers import Workers
from hub.store import notices, recordings, recordings_ledger, recordings_links
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.recordings_ledger import Day
from wire.evidence.ledger import stated
from wire.evidence.signed import read_signed

_log = structlog.get_logger()

LOOK_S = 30.0
CHECKED_AT_ONCE = 4
"""Segments that are opened at a look to see whether they are whole: a day of sound takes 18 hours."""
RETENTION_EVERY_S = 600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say."""

    site: str
    days: Mapping[Kept, int]
    authority: Authority | None
    mail: Sequence[str]
    root_notice: Callable[[Day, str, datetime], Notice]
    """A day's root for one address."""


class Keeper:
    """On the event loop; what takes time is done by ``workers``."""

    def __init__(
        self,
        rules: Rules,
        store: Store,
        vault: Vault,
        *,
        workers: Workers,
        clock: Clock,
        altered: Callable[[str, int], Awaitable[None]],
        forget: Callable[[str], None],
        tell_refused: Callable[[], Awaitable[None]],
    ) -> None:
        self._rules = rules
        self._site = rules.site
        self._store = store
        self._vault = vault
        self._workers = workers
        self._clock = clock
        self._tell_altered = altered
        self._forget = forget
        self._tell_refused = tell_refused
        self._ended = ""
        self._at = ("", 0)
        self._stamp_after = 0.0
        self._retained_at: float | None = None
        self.altered: dict[str, int] = {}
        """Unit to how many of its segments are known to be altered."""
        self.stamp_trouble = ""
        self.deletion_trouble = ""

    async def look(self) -> None:
        """Once. Raises ``StoreError``."""
        now = self._clock.now()
        if self._retained_at is None or now.monotonic - self._retained_at >= RETENTION_EVERY_S:
            await self.delete_what_is_due()
            self._retained_at = now.monotonic
        await self._tell_refused()
        await self.empty()
        await self.check_some()
        self.altered = await self._store.read(lambda tx: recordings.altered_by_unit(tx, self._site))
        await self.end_days()
        if self._rules.authority is not None and now.monotonic >= self._stamp_after:
            await self._stamp(self._rules.authority)

    async def keep_looking(self) -> None:
        """``look`` for ever."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                _log.warning("recordings_not_looked_after", why=str(error))
            await asyncio.sleep(LOOK_S)

    async def delete_what_is_due(self) -> int:
        """Everything whose time has come; gives how many. Raises ``StoreError``."""
        now, after, count = self._clock.now().wall, "", 0
        while True:
            looked, due = await self._store.read(partial(self._due, after=after, now=now))
            for name in due:
                count += await self._store.write(partial(self._delete, name=name, now=now))
                self._forget(name)
            if not looked:
                return count
            after = looked

    def _due(self, tx: Connection, after: str, now: datetime) -> tuple[str, list[str]]:
        """Of the next few behind ``after``: the last name, and whose time has come."""
        before = now - timedelta(days=min(self._rules.days.values()))
        found = recordings.old(tx, self._site, before, after)
        due = [one.id for one in found if self._is_due(tx, one, now)]
        return (found[-1].id if found else ""), due

    def _is_due(self, tx: Connection, one: Recording, now: datetime) -> bool:
        until = self._fate(tx, one, now).until
        return until is not None and until <= now

    def _fate(self, tx: Connection, one: Recording, now: datetime) -> Fate:
        return fate(one, recordings_links.spans_of(tx, self._site, one, now), self._rules.days)

    def _delete(self, tx: Connection, name: str, now: datetime) -> bool:
        """Judged and destroyed in one transaction: a hold that comes at the same time is before it or too
        late, never in between."""
        one = recordings.find(tx, self._site, name)
        if one is None or one.deleted is not None:
            return False
        if not self._is_due(tx, one, now):
            return False
        kept = self._fate(tx, one, now).kept
        recordings.destroy(tx, self._site, one, now)
        deed = Deed("deleted", name, f"retention-{kept}", _tombstone(one))
        recordings_ledger.write(tx, self._site, deed, now)
        return True

    async def empty(self) -> None:
        """The keys are gone; then the traces that the database left of them, and the sealed bytes. Raises
        ``StoreError``."""
        names = await self._store.read(lambda tx: recordings.to_empty(tx, self._site))
        if not names:
            return
        if not await self._store.forget_traces("recording_key"):
            return
        now, trouble = self._clock.now().wall, ""
        for name in names:
            try:
                await self._workers.run(self._vault.shelf.remove, name)
            except ShelfError as error:
                trouble = str(error)
                continue
            await self._store.write(partial(recordings.emptied, name=name, now=now))
        self.deletion_trouble = trouble

    async def check_some(self, most: int = CHECKED_AT_ONCE) -> None:
        """Open the next few segments of all that are kept, in turn. Raises ``StoreError``."""
        name, index = self._at
        for _ in range(most):
            found = await self._store.read(
                partial(recordings.next_segment, site=self._site, name=name, index=index)
            )
            if found is None:
                self._at = ("", 0)
                return
            segment, wrapped = found
            try:
                await self._workers.run(
                    self._vault.take_out, segment.recording, wrapped, read_signed(segment.line)
                )
            except Broken:
                await self._tell_altered(segment.recording, segment.index)
            except ShelfError as error:
                _log.warning("recording_not_read", why=str(error))
                return
            name, index = self._at = (segment.recording, segment.index + 1)

    async def end_days(self) -> None:
        """The roots of the days that are over. Raises ``StoreError``."""
        now = self._clock.now().wall
        today = now.date().isoformat()
        if today == self._ended:
            return

        def work(tx: Connection) -> None:
            told = [
                self._rules.root_notice(day, address, now)
                for day in recordings_ledger.end_day(tx, self._site, today)
                for address in self._rules.mail
            ]
            notices.add(tx, self._site, told, now)

        await self._store.write(work)
        self._ended = today

    async def _stamp(self, authority: Authority) -> None:
        days = await self._store.read(lambda tx: recordings_ledger.unstamped(tx, self._site))
        self.stamp_trouble = "" if not days else self.stamp_trouble
        for day in days:
            said = stated(self._site, day.day, day.seq, day.hash)
            try:
                stamp = await self._workers.run(authority.stamp, said)
            except NotStamped as error:
                problem = self.stamp_trouble = str(error)
                self._stamp_after = self._clock.now().monotonic + wait_s(day.tries)
                failed = partial(recordings_ledger.not_stamped, site=self._site, day=day, problem=problem)
                await self._store.write(failed)
                return
            await self._store.write(partial(self._stamped, day=day, stamp=stamp))
            self.stamp_trouble = ""

    def _stamped(self, tx: Connection, day: Day, stamp: Stamp) -> None:
        if recordings_ledger.stamp(tx, self._site, day, stamp.response, stamp.at):
            deed = Deed("stamped", day.day, "", {"seq": day.seq, "root": day.hash})
            recordings_ledger.write(tx, self._site, deed, self._clock.now().wall)


def _tombstone(one: Recording) -> dict[str, object]:
    """What the ledger keeps of a recording that is gone: enough to tell that its manifest was this one."""
    return {"unit": one.unit, "segments": one.segments, "manifest": one.head.previous}
