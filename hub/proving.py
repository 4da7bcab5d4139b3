"""Follows which buttons work, behind the alarms: what each press proves is written down, but seldom."""

import asyncio
from functools import partial

from hub.store import proofs
from hub.store.database import Store
from hub.store.statements import Values

KEPT_EVERY_S = 60.0
"""A button's first proof is kept at once; those that follow within so many seconds together, at their end."""
STRETCHES = 4
"""Looked at one after the other at most, before what they say is kept."""
REST_S = 0.01
"""Between two of them: in a house under fire they are about presses that more will follow."""


class Proving:
    """Everything happens on the event loop. What a kill leaves unwritten is learnt again from the events."""

    def __init__(self, store: Store, site: str) -> None:
        self._store = store
        self._site = site
        self._through: int | None = None
        self._newest: dict[tuple[str, str], Values] = {}
        """Unit and button to what is not kept yet. Bounded by the buttons that there are."""
        self._recent: set[tuple[str, str]] = set()
        """Kept when all were, or since."""
        self._all_kept = float("-inf")

    async def follow(self, moment: float) -> bool:
        """Once, at ``moment`` (monotonic seconds). True: what is kept may have changed. Raises
        ``StoreError``."""
        learnt = await self._learn()
        for _ in range(STRETCHES - 1):
            if not learnt.more:
                break
            await asyncio.sleep(REST_S)
            learnt = await self._learn()
        everything = moment - self._all_kept >= KEPT_EVERY_S
        due = [key for key in self._newest if everything or key not in self._recent]
        for start in range(0, len(due), proofs.KEPT_AT_ONCE):
            some = due[start : start + proofs.KEPT_AT_ONCE]
            await self._store.write(partial(proofs.keep, pressed=[self._newest[key] for key in some]))
            for key in some:
                del self._newest[key]
                self._recent.add(key)
        if everything:
            self._recent = set(due)
            self._all_kept = moment
        if learnt.through > learnt.kept and not self._newest:
            await self._store.write(partial(proofs.followed, through=learnt.through))
        return everything or bool(due)

    async def _learn(self) -> proofs.Learnt:
        learnt = await self._store.read(lambda tx: proofs.learn(tx, self._site, self._through))
        self._through = learnt.through
        self._newest |= {(row["unit"], row["button"]): row for row in learnt.pressed}
        return learnt
