"""The hub's transactions on a real database, and a carrier that fails and dies, for random histories."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from hub.escalation.plan import deadline
from hub.escalation.roster import Absence
from hub.house import House
from hub.incidents import UNRESOLVED, Act, Incident, State
from hub.store import incidents, notices
from hub.store.record import Transaction
from hub.store.settle import Changes
from tests.support.calling import NOON, PEOPLE_LADDER, ROSTER
from tests.support.histories import Killed, Told
from tests.support.hub_store import Database, arrived
from tests.support.messages import EVENT_EXAMPLES, SITE
from wire.messages.events import Assist, EventData, Panic, Shout

SIGNS: dict[str, EventData] = {
    "panic": Panic(),
    "assist": Assist(),
    "shout": next(e for e in EVENT_EXAMPLES if isinstance(e, Shout) and e.phase == "start"),
}
LEASE_S = 20.0


def moment(at: float) -> datetime:
    return NOON + timedelta(seconds=at)


class StoreHub:
    """One counter of a database that may have many."""

    def __init__(self, database: Database, unit: str, seed: int) -> None:
        self._database = database
        self._unit = unit
        self._chance = random.Random(seed)
        self._house = House(SITE, (PEOPLE_LADDER,), ROSTER)
        self._sequence = 0
        self._seen = 0
        self._incident: Incident | None = None
        self.sent: dict[str, int] = {}
        """How often each notice was told."""

    def press(self, kind: str, at: float, happened: float, *, kill: bool) -> list[Told]:
        # What a killed hub had not stored the unit sends again, under the same number.
        event = arrived(
            self._sequence + 1,
            SIGNS[kind],
            unit=self._unit,
            received=moment(at),
            time=moment(happened),
        )
        told = self._commit(at, lambda work: work.record([event]), kill=kill)
        self._sequence += 1
        assert self._commit(at, lambda work: work.record([event]), kill=False) == [], "told of a duplicate"
        return told

    def act(self, act: Act, at: float, *, kill: bool) -> list[Told]:
        incident = self._incident
        assert incident is not None
        return self._commit(at, lambda work: work.act(incident.id, act), kill=kill)

    def wake(self, at: float, *, kill: bool) -> list[Told]:
        incident, due = self._incident, self.due()
        if incident is None or due is None or due > at:
            return []
        return self._commit(at, lambda work: work.wake(incident.id), kill=kill)

    def due(self) -> float | None:
        due = deadline(self._incident) if self._incident is not None else None
        return None if due is None else (due - NOON).total_seconds()

    def state(self) -> State | None:
        return self._incident.state if self._incident is not None else None

    def absent(self, absences: Sequence[Absence]) -> None:
        self._house.roster = replace(ROSTER, absences=tuple(absences))

    def _commit(self, at: float, step: Callable[[Transaction], Changes], *, kill: bool) -> list[Told]:
        def work(tx: Connection) -> None:
            changes = step(Transaction(tx, self._house, moment(at)))
            if kill and (changes.incidents or changes.stored):
                raise Killed

        self._database.do(work)
        # Everything is read back: a hub that starts anew knows no more than this.
        found = self._database.do(lambda tx: incidents.unresolved_of(tx, SITE, [self._unit]))
        self._incident = found.get(self._unit)
        assert self._incident is None or self._incident.state in UNRESOLVED
        self._carry(at)
        return self._news(at)

    def _news(self, at: float) -> list[Told]:
        query = f"select number, payload, id from notices where number > {self._seen} order by number"
        calls: dict[str, tuple[str, list[str]]] = {}
        for number, payload, number_id in self._database.rows(query):
            self._seen = number
            notice = json.loads(payload)
            if notice["unit"] == self._unit:
                call = calls.setdefault(number_id.rsplit(".", 1)[0], (notice["reason"], []))
                call[1].append(notice["target"]["address"].partition("@")[0])
        return [Told(at, reason, tuple(people)) for reason, people in calls.values()]

    def _carry(self, at: float) -> None:
        """The carrier takes some: it sends, fails, or dies before it can say that it has sent."""
        for _ in range(self._chance.randrange(3)):
            self.carry_one(at, self._chance.choice(("sent", "failed", "died before", "died after")))

    def carry_one(self, at: float, fate: str) -> bool:
        """False: nothing waits."""
        now = moment(at)

        def claim(tx: Connection) -> list[notices.Claimed]:
            notices.release(tx, SITE, now)
            return notices.claim(tx, SITE, now, "hub-1", lease_s=LEASE_S, channel="mail", limit=1)

        claimed = self._database.do(claim)
        if not claimed:
            return False
        one = claimed[0]
        if fate == "died before" or self._database.do(lambda tx: notices.replaced(tx, SITE, one)):
            return True
        if fate == "failed":
            again = now + timedelta(seconds=5)
            self._database.do(lambda tx: notices.failed(tx, one.number, "hub-1", "server away", again))
            return True
        self.sent[one.notice.id] = self.sent.get(one.notice.id, 0) + 1
        if fate == "sent":
            self._database.do(lambda tx: notices.sent(tx, [one.number], now))
        return True


def drain(hub: StoreHub, at: float) -> None:
    """Everything that waits is carried, once the carrier is well."""
    while hub.carry_one(at, "sent"):
        pass


def left_over(database: Database) -> list[tuple[object, ...]]:
    """Notices that were neither told nor replaced by a newer one of the same subject to the same target."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("select id, state from notices where state not in ('sent', 'replaced')")
        )
        return [tuple(row) for row in rows]
