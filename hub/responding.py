"""What people do with incidents: one press, one transaction, and everybody learns of it."""

from collections.abc import Callable
from typing import Any

from hub.clock import Clock
from hub.incidents import Action
from hub.people import Person
from hub.store.database import Store
from hub.store.record import Changes, House, Transaction
from hub.views import incident_view


class Responding:
    """Carries out a person's action on an incident."""

    def __init__(self, store: Store, house: House, clock: Clock, announce: Callable[[Changes], None]) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._announce = announce

    async def act(self, number: int, action: Action, person: Person) -> dict[str, Any]:
        """The incident afterwards, as pages read it.

        Raises ``hub.store.incidents.NoSuchIncident``, ``hub.incidents.Already`` or ``StoreError``.
        """
        now = self._clock.now().wall
        changes = await self._store.write(
            lambda tx: Transaction(tx, self._house, now).act(number, action, person.name), self._announce
        )
        return incident_view(changes.incidents[0], self._house.ladder)
