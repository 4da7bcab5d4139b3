"""Follows which buttons work, behind the alarms: what each press proves is written down, but seldom."""

import asyncio
from functools import partial

from hub.store import proofs
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.store.settle import Changes
from hub.store.statements import Values

KEPT_EVERY_S = 60.0
"""A button's first proof is kept at once; those that follow within so many seconds together, at their end."""
STRETCHES = 4
"""Looked at one after the other at most, before what they say is kept."""
REST_S = 0.01
"""Between two of them: in a house under fire they are about presses that more will follow."""


class Proving:
    """Everything happens on the event loop. What a kill leaves unwritten is learnt again from the events.

    What this hub stores it is told of; events are read only at the start, for what came before. ``shared``:
    another hub stores as well, so they are read all the time.
    """

    def __init__(self, store: Store, site: str, *, shared: bool = False) -> None:
        self._store = store
        self._site = site
        self._shared = shared
        self._through: int | None = None
        """What is said of events up to this number is known here."""
        self._told_through = 0
        self._followed = 0
        self._reads = True
        self._newest: dict[tuple[str, str], Values] = {}
        """Unit and button to what is not kept yet. Bounded by the buttons that there are."""
        self._recent: set[tuple[str, str]] = set()
        """Kept when all were, or since."""
        self._all_kept = float("-inf")

    def committed(self, changes: Changes) -> None:
        """Events of this hub, in the order of the commits."""
        self._told_through = max(self._told_through, changes.last_event)
        for (unit, button), at in changes.pressed.items():
            self._newer({"site": self._site, "unit": unit, "button": button, "since": at, "at": at})

    async def follow(self, moment: float) -> bool:
        """Once, at ``moment`` (monotonic seconds). True: what is kept may have changed. Raises
        ``StoreError``."""
        if self._reads:
            self._reads = await self._learnt_more() or self._shared
        elif self._through is not None:
            self._through = max(self._through, self._told_through)
        through = self._through or 0
        everything = moment - self._all_kept >= KEPT_EVERY_S
        due = [key for key in self._newest if everything or key not in self._recent]
        for start in range(0, len(due), proofs.KEPT_AT_ONCE):
            await self._keep(due[start : start + proofs.KEPT_AT_ONCE])
        if everything:
            self._recent = set(due)
            self._all_kept = moment
            if through > self._followed:
                await self._store.write(partial(proofs.followed, through=through))
                self._followed = through
        return everything or bool(due)

    async def _keep(self, some: list[tuple[str, str]]) -> None:
        rows = {key: self._newest.pop(key) for key in some}
        try:
            await self._store.write(partial(proofs.keep, pressed=list(rows.values())))
        except StoreError:
            for row in rows.values():
                self._newer(row)
            raise
        self._recent.update(some)

    def _newer(self, row: Values) -> None:
        key = (row["unit"], row["button"])
        known = self._newest.get(key)
        if known is None or known["at"] < row["at"]:
            self._newest[key] = row

    async def _learnt_more(self) -> bool:
        """Read on; True: there is still more."""
        for stretch in range(STRETCHES):
            if stretch:
                await asyncio.sleep(REST_S)
            learnt = await self._store.read(lambda tx: proofs.learn(tx, self._site, self._through))
            self._through = learnt.through
            for row in learnt.pressed:
                self._newer(row)
            if not learnt.more:
                return False
        return True
