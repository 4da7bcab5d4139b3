"""Everything that runs for as long as the hub does: when one part fails, the hub stops and says why."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from hub.clock import Clock
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.tally import can_write

_log = structlog.get_logger()

READY_KEPT_S = 1.0
"""How long an answer of ``/readyz`` about the store is good, in seconds."""


class Running:
    """The tasks of one hub, on its event loop."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.failure: BaseException | None = None
        """Why it stops, unless somebody asked it to."""
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let a part run; its end by an error is that of the hub."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def tell(self, telling: Coroutine[Any, Any, None]) -> None:
        """Let something be told that may be told later as well, while the store is away."""
        self.spawn(_told(telling))

    async def end(self) -> None:
        """Cancel what still runs and wait for it."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("hub_part_failed", exc_info=error)
            self.failure = self.failure or error
            self.stopping.set()


async def _told(telling: Coroutine[Any, Any, None]) -> None:
    try:
        await telling
    except StoreError as error:
        # Units ask again by sending again; a lamp is told again with the next connection or change.
        _log.warning("not_told_again", why=str(error))


class Readiness:
    """Whether the hub can do its work: the broker is there and the store can be written."""

    def __init__(self, store: Store, clock: Clock, well: Callable[[], bool]) -> None:
        """``well``: whether the broker is there and nothing waits for the store."""
        self._store = store
        self._clock = clock
        self._well = well
        self._written_at = -READY_KEPT_S

    async def __call__(self) -> bool:
        """Everybody may ask; nobody may keep the disk busy by it."""
        if not self._well():
            return False
        now = self._clock.now().monotonic
        if now - self._written_at >= READY_KEPT_S:
            try:
                await self._store.write(can_write)
            except StoreError:
                return False
            self._written_at = now
        return True
