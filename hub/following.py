"""Two hubs on one database: each learns what the other has stored, from the journal, in its order.

The numbers that a page sees must ascend, so here pages are told of everything by this way only: of what this
hub has stored itself at once, of what the other one has stored at most ``FOLLOW_S`` later.
"""

import asyncio
import contextlib

import structlog

from hub.announce import Announcer
from hub.live import Board
from hub.store import incidents, journal, plans, sessions
from hub.store.database import Store
from hub.store.errors import StoreError

_log = structlog.get_logger()

FOLLOW_S = 0.1


class Following:
    """Everything happens on the event loop."""

    def __init__(self, store: Store, site: str, board: Board, announcer: Announcer) -> None:
        self._store = store
        self._site = site
        self._board = board
        self._announcer = announcer
        self._news = asyncio.Event()
        board.tell_by(self._news.set)

    async def follow(self) -> None:
        """Once: everything after what pages were told last. Raises ``StoreError``."""
        told = self._board.seq
        rows = await self._store.read(lambda tx: journal.since(tx, told))
        kinds = {"incident", "counter"} if rows is None else {row.kind for row in rows}
        if "incident" in kinds:
            standing = await self._store.read(lambda tx: incidents.unresolved(tx, self._site))
            self._board.replace_incidents(standing)
            # The hub that stored it may have died before it could tell the units.
            await self._announcer.lamps_again()
        if "counter" in kinds:
            self._board.sessions = await self._store.read(lambda tx: sessions.running(tx, self._site))
        if rows is None:
            known = await self._store.read(lambda tx: plans.all_plans(tx, self._site))
            self._board.plans = {area: plan.view() for area, plan in known.items()}
            self._board.begin_anew(await self._store.read(journal.last_seq))
        else:
            self._board.tell(rows)

    async def keep_following(self) -> None:
        """``follow`` for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), FOLLOW_S)
            self._news.clear()
            try:
                await self.follow()
            except StoreError as error:
                _log.warning("other_hub_not_followed", why=str(error))
                await asyncio.sleep(FOLLOW_S)
