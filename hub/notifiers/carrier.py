"""Carries notices from the database to the lanes, and what became of them back.

Everything here happens on the event loop. Notices wait in the database, so memory is bounded whatever waits:
a lane holds ``QUEUE_MAX``. What becomes due leaves at once, since the store tells of each COMMIT that added
some; once a second it is looked for anyway, for those that another hub added and has not sent.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.clock import Clock
from hub.notifiers.lane import Lane, LaneHealth, Outcome
from hub.store import notices, standing
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.notices import Claimed

_log = structlog.get_logger()

POLL_S = 1.0
LEASE_S = 20.0
"""A hub that dies leaves what it has claimed for so long. More than one send takes, with time to spare."""
RETRY_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Wait before the next attempt, by how many there have been; the last for all that follow."""
TRY_FOR = timedelta(hours=24)
"""After this a notice is given up. A newer one of its subject has replaced it long before."""
PRUNE_EVERY_S = 60.0
STOP_WITHIN_S = 1.5


class Carrier:
    """``run`` it as a task, ``close`` it before the store."""

    def __init__(self, store: Store, site: str, clock: Clock, lanes: Iterable[Lane], holder: str) -> None:
        """``holder`` names this hub, the same after a restart: what an earlier run had claimed is taken back
        at once."""
        self._store = store
        self._site = site
        self._clock = clock
        self._holder = holder
        self._lanes = {(lane.channel, lane.name): lane for lane in lanes}
        self._more: set[Lane] = set()
        """Lanes that may have something waiting in the database."""
        self._outcomes: list[Outcome] = []
        self._look = True
        self._news = asyncio.Event()
        self._closing = False
        self._ended = asyncio.Event()
        self._ended.set()
        self._away = ""
        self._prune_at = 0.0

    def wake(self) -> None:
        """Notices were added."""
        self._look = True
        self._news.set()

    def knows(self, channel: str, name: str) -> bool:
        """Whether there is a lane for an address of a channel."""
        return (channel, notices.lane_of(channel, name)) in self._lanes

    @property
    def healths(self) -> list[LaneHealth]:
        """How each lane fares, by this hub's own experience."""
        return [lane.health for lane in self._lanes.values()]

    async def run(self) -> None:
        """Carry until closed."""
        loop = asyncio.get_running_loop()
        self._ended.clear()
        self._store.on_commit(notices.ADDED, self.wake)

        def done(outcome: Outcome) -> None:
            if not loop.is_closed():  # a lane that did not end in time: its lease will be over
                loop.call_soon_threadsafe(self._finished, outcome)

        try:
            await self._take_back()
            for lane in self._lanes.values():
                lane.start(done)
            while not self._closing:
                await self._round()
                await self._rest()
        finally:
            self._ended.set()

    async def close(self) -> None:
        """Stop the lanes and write down what became of what they had. Within ``STOP_WITHIN_S`` and a little;
        a lane that does not end is logged as an error and left behind."""
        self._closing = True
        self._news.set()
        await self._ended.wait()
        for lane in self._lanes.values():
            lane.ask_to_stop()
        loop = asyncio.get_running_loop()
        until = loop.time() + STOP_WITHIN_S
        for lane in self._lanes.values():
            if not await loop.run_in_executor(None, lane.join, max(0.0, until - loop.time())):
                _log.error("notifier_does_not_end", lane=lane.channel, name=lane.name)
        await asyncio.sleep(0)  # what the threads said last
        await self._exchange(look=False)

    def _finished(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        self._news.set()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL_S):
                await self._news.wait()
        except TimeoutError:
            self._look = True
        self._news.clear()

    async def _take_back(self) -> None:
        now = self._clock.now().wall
        try:
            await self._store.write(lambda tx: notices.release(tx, self._site, now, self._holder))
        except StoreError as error:
            _log.warning("notices_not_taken_back", why=str(error))  # their leases will be over soon

    async def _round(self) -> None:
        look, self._look = self._look, False
        if not await self._exchange(look=look):
            self._look = True
        now = self._clock.now().monotonic
        # Only while nothing waits: a notice that is due must not stand behind the forgetting of old ones.
        if now >= self._prune_at and not self._news.is_set():
            self._prune_at = now + (0.0 if await self._pruned() else PRUNE_EVERY_S)

    async def _exchange(self, *, look: bool) -> bool:
        """Settle what lanes have done and give them more. False: the store did not do it, nothing is lost."""
        now = self._clock.now().wall
        outcomes = list(self._outcomes)
        try:
            unknown: list[notices.LaneKey] = []
            if look:
                found = await self._store.read(lambda tx: notices.waiting(tx, self._site, now))
                self._more.update(self._lanes[lane] for lane in found if lane in self._lanes)
                unknown = [lane for lane in found if lane not in self._lanes]
            wanted = [] if self._closing else [lane for lane in self._more if self._room(lane, outcomes) > 0]
            if outcomes or wanted or unknown:
                await self._store.write(
                    lambda tx: self._settle_and_claim(tx, now, outcomes, wanted, unknown),
                    lambda claimed: self._given(outcomes, claimed),
                )
        except StoreError as error:
            if str(error) != self._away:
                _log.warning("notices_wait_for_the_store", why=str(error))
            self._away = str(error)
            return False
        self._away = ""
        return True

    def _room(self, lane: Lane, settling: list[Outcome]) -> int:
        return lane.room + sum(outcome.lane is lane for outcome in settling)

    def _settle_and_claim(
        self,
        tx: Connection,
        now: datetime,
        outcomes: list[Outcome],
        wanted: list[Lane],
        unknown: list[notices.LaneKey],
    ) -> list[tuple[Lane, list[Claimed], bool]]:
        """In one transaction, on the store's thread. Gives for each lane what was claimed, and whether there
        may be more."""
        self._settle(tx, now, outcomes)
        for key in unknown:
            if notices.abandon(tx, self._site, key, "no notifier of that name is set up"):
                _log.error("notices_without_notifier", channel=key[0])
        if wanted:
            notices.release(tx, self._site, now)
        given = []
        for lane in wanted:
            room = self._room(lane, outcomes)
            claimed = notices.claim(
                tx,
                self._site,
                now,
                self._holder,
                lease_s=LEASE_S,
                channel=lane.channel,
                limit=room,
                lane=lane.name,
            )
            # Of notices that had to wait the newest of each subject says everything.
            kept = [one for one in claimed if not notices.replaced(tx, self._site, one)]
            given.append((lane, kept, len(claimed) == room))
        return given

    def _settle(self, tx: Connection, now: datetime, outcomes: list[Outcome]) -> None:
        notices.sent(tx, [one.claimed.number for one in outcomes if one.result == "told"], now)
        for one in outcomes:
            number = one.claimed.number
            if one.result == "unsent":
                notices.failed(tx, number, self._holder, "", now, tried=False)
            elif one.result == "gave_up":
                notices.failed(tx, number, self._holder, one.why)
            elif one.result == "retry":
                wait = RETRY_S[min(one.claimed.attempts, len(RETRY_S) - 1)]
                wait = wait if one.after_s is None else one.after_s
                again = now + timedelta(seconds=wait)
                late = again - one.claimed.added > TRY_FOR
                notices.failed(tx, number, self._holder, one.why, None if late else again)

    def _given(self, outcomes: list[Outcome], given: list[tuple[Lane, list[Claimed], bool]]) -> None:
        """After COMMIT, on the loop."""
        del self._outcomes[: len(outcomes)]
        for outcome in outcomes:
            outcome.lane.inflight -= 1
        for lane, claimed, more in given:
            lane.inflight += len(claimed)
            for one in claimed:
                lane.take(one)
            if not more:
                self._more.discard(lane)

    async def _pruned(self) -> bool:
        now = self._clock.now().wall
        try:
            old = await self._store.read(lambda tx: standing.old(tx, now))
            if old:
                await self._store.write(lambda tx: standing.forget(tx, old))
            return len(old) == standing.PRUNED_AT_ONCE
        except StoreError as error:
            _log.warning("notices_not_pruned", why=str(error))
            return False
