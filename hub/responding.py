"""What people do with incidents: one press, one transaction, and everybody learns of it."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.clock import Clock
from hub.house import House
from hub.incidents import Act
from hub.people import Person
from hub.store.database import Store
from hub.store.record import Transaction
from hub.store.settle import Changes
from hub.views import incident_view


class Responding:
    """Carries out a person's action on an incident."""

    def __init__(self, store: Store, house: House, clock: Clock, announce: Callable[[Changes], None]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._announce = announce

    async def act(self, number: int, act: Act) -> dict[str, Any]:
        """The incident afterwards, as pages read it.

        Raises ``NoSuchIncident``, ``Already``, ``BadAct`` or ``StoreError``.
        """
        return (await self._do(lambda tx, now: Transaction(tx, self._house, now).act(number, act)))[0]

    async def merge(self, part: int, whole: int, person: Person) -> list[dict[str, Any]]:
        """Both incidents afterwards. Raises ``NoSuchIncident``, ``CannotJoin`` or ``StoreError``."""
        actor = f"person:{person.login}"
        return await self._do(
            lambda tx, now: Transaction(tx, self._house, now).merge(part, whole, person.name, actor)
        )

    async def split(self, number: int, taken: Collection[int], person: Person) -> list[dict[str, Any]]:
        """What stays and the new incident. Raises ``NoSuchIncident``, ``CannotJoin`` or ``StoreError``."""
        actor = f"person:{person.login}"
        return await self._do(
            lambda tx, now: Transaction(tx, self._house, now).split(number, taken, person.name, actor)
        )

    async def _do(self, work: Callable[[Connection, datetime], Changes]) -> list[dict[str, Any]]:
        now = self._clock.now().wall
        changes = await self._store.write(lambda tx: work(tx, now), self._announce)
        return [incident_view(one, self._house.ladder_of(one)) for one in changes.incidents]
