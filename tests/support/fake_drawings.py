"""Floor plans without a database, for the pages of an administrator."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hub.people import Person
from hub.pictures import look
from hub.plans import Plan, Spot, gone
from hub.store.plans import Drawing


class FakeDrawings:
    """``told`` hears of each plan as pages read it."""

    def __init__(self, told: Callable[[dict[str, Any]], None]) -> None:
        self._told = told
        self._plans: dict[str, Plan] = {}
        self._pictures: dict[str, Drawing] = {}

    def put(self, area: str, data: bytes, spots: Mapping[str, Spot]) -> None:
        """An area has a drawing, with counters on it."""
        picture = look(data)
        self._plans[area] = Plan(
            area, f"{hash(data) & 0xFFFFFFFF:064x}", picture.width, picture.height, spots
        )
        self._pictures[area] = Drawing(picture.media, data)
        self._told(self._plans[area].view())

    async def plan(self, area: str) -> Plan | None:
        return self._plans.get(area)

    async def drawing(self, area: str) -> Drawing | None:
        return self._pictures.get(area)

    async def draw(self, area: str, data: bytes, _person: Person) -> None:
        known = self._plans.get(area)
        self.put(area, data, known.spots if known is not None else {})

    async def place(self, area: str, spots: Mapping[str, Spot]) -> bool:
        known = self._plans.get(area)
        if known is not None:
            self._plans[area] = replace(known, spots=spots)
            self._told(self._plans[area].view())
        return known is not None

    async def remove(self, area: str) -> None:
        self._plans.pop(area, None)
        self._told(gone(area))
