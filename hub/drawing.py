"""What administrators do with floor plans: stored, noted in the journal, shown on every page at once."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from hub.clock import Clock
from hub.live import Board
from hub.people import Person
from hub.pictures import look
from hub.plans import Plan, Spot, gone
from hub.store import journal, plans
from hub.store.database import Store
from hub.store.journal import Row
from hub.store.plans import Drawing


class Drawings:
    """Everything happens on the event loop."""

    def __init__(self, store: Store, site: str, board: Board, clock: Clock) -> None:
        self._store = store
        self._site = site
        self._board = board
        self._clock = clock

    async def load(self) -> None:
        """What the last run knew. Raises ``StoreError``."""
        known = await self._store.read(lambda tx: plans.all_plans(tx, self._site))
        self._board.plans = {area: plan.view() for area, plan in known.items()}

    async def plan(self, area: str) -> Plan | None:
        """The plan of an area. Raises ``StoreError``."""
        return (await self._store.read(lambda tx: plans.all_plans(tx, self._site))).get(area)

    async def drawing(self, area: str) -> Drawing | None:
        """Its picture. Raises ``StoreError``."""
        return await self._store.read(lambda tx: plans.drawing(tx, self._site, area))

    async def draw(self, area: str, data: bytes, person: Person) -> None:
        """A new drawing. Raises ``BadPicture`` or ``StoreError``."""
        picture, now = look(data), self._clock.now().wall

        def work(tx: Connection) -> Plan:
            return plans.draw(tx, self._site, area, data, picture, by=person.name, now=now)

        await self._tell(work, area)

    async def place(self, area: str, spots: Mapping[str, Spot]) -> bool:
        """Where counters stand; False: the area has no drawing. Raises ``StoreError``."""
        return await self._tell(lambda tx: plans.place(tx, self._site, area, spots), area)

    async def remove(self, area: str) -> None:
        """No drawing any more. Raises ``StoreError``."""

        def work(tx: Connection) -> None:
            plans.remove(tx, self._site, area)

        await self._tell(work, area)

    async def _tell(self, work: Callable[[Connection], Plan | None], area: str) -> bool:
        now = self._clock.now().wall

        def noted(tx: Connection) -> tuple[Plan | None, list[Row]]:
            plan = work(tx)
            shown = plan.view() if plan is not None else gone(area)
            return plan, journal.note(tx, [("plan", area, shown)], now)

        plan, _ = await self._store.write(noted, lambda done: self._board.publish(done[1]))
        return plan is not None
