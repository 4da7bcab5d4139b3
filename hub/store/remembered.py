"""The unresolved incidents and the lamps that the last transaction left, for as long as nobody else can have
written.

Whoever stores press after press would read each counter's again and again, as just written. What is
remembered holds only for the transaction that follows at once on the same connection, and only while SQLite
says that no other connection has committed. So it is what reading would give.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from hub.alarms import Lamp
from hub.incidents import UNRESOLVED, Incident
from hub.store import incidents, lamps
from hub.store.turns import turn_of


class Remembered:
    """For one connection, and its thread only."""

    def __init__(self) -> None:
        self._known: dict[str, Incident] = {}
        """Bounded by the counters that have an unresolved incident."""
        self._lamps: dict[str, Lamp] = {}
        self._turn = -1
        self._version = -1

    def begin(self, tx: Connection) -> None:
        """A transaction begins: forget what may not hold any more."""
        if not self._holds(tx):
            self._known.clear()
            self._lamps.clear()

    def unresolved_of(self, tx: Connection, site: str, units: Collection[str]) -> dict[str, Incident]:
        """As ``incidents.unresolved_of``, after ``begin``."""
        if unknown := [unit for unit in units if unit not in self._known]:
            self._known |= incidents.unresolved_of(tx, site, unknown)
        return {unit: self._known[unit] for unit in units if unit in self._known}

    def lamps_of(self, tx: Connection, site: str, units: Collection[str]) -> dict[str, Lamp]:
        """As ``lamps.lamps``, after ``begin``."""
        if unknown := [unit for unit in units if unit not in self._lamps]:
            self._lamps |= lamps.lamps(tx, site, unknown)
        return {unit: self._lamps[unit] for unit in units if unit in self._lamps}

    def keep_lamps(self, changed: Iterable[Lamp]) -> None:
        """The transaction has changed these."""
        self._lamps.update((lamp.unit, lamp) for lamp in changed)

    def keep(self, tx: Connection, changed: Iterable[Incident]) -> None:
        """The transaction ends here and has changed these, the last state of each last."""
        for incident in changed:
            if incident.state in UNRESOLVED:
                self._known[incident.unit] = incident
            elif (known := self._known.get(incident.unit)) is not None and known.id == incident.id:
                del self._known[incident.unit]
        self._turn = turn_of(tx)

    def _holds(self, tx: Connection) -> bool:
        if tx.dialect.name != "sqlite":
            return False  # another hub may have written
        version, self._version = self._version, _version(tx)
        return turn_of(tx) == self._turn + 1 > 1 and version == self._version


def _version(tx: Connection) -> int:
    """Changes when another connection has committed (``PRAGMA data_version``)."""
    cursor = tx.connection.cursor()
    try:
        return int(cursor.execute("PRAGMA data_version").fetchone()[0])
    finally:
        cursor.close()
