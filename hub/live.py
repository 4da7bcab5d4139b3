"""The live board: what is true now, and the browsers that watch it change.

It follows the database. What is about to be committed is told ahead to the pages that want it: an alarm waits
for no disk. Everything here happens on the event loop.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from hub.clock import Clock
from hub.fleet import Fleet, Unit
from hub.incidents import UNRESOLVED, Incident
from hub.sessions import Session
from hub.settings import Settings
from hub.store.journal import Row
from hub.store.settle import Changes
from hub.telling import Framed, Telling, frame_of
from hub.troubles import Trouble, TroubleState
from hub.views import counter_view, incident_view, iso
from hub.watcher import Watcher

WATCHERS_MAX = 500
"""Browsers that watch at once."""


class TooManyWatchers(Exception):
    """No more browsers can watch."""


class Board:
    """All that the live page shows, and who watches it."""

    def __init__(self, settings: Settings, fleet: Fleet, clock: Clock) -> None:
        self.fleet = fleet
        self.incidents: dict[int, Incident] = {}
        """Unresolved ones, by number."""
        self.sessions: dict[str, Session] = {}
        self.troubles: dict[int, Trouble] = {}
        """Those that are not over, by number."""
        self.desired: dict[str, int] = {}
        """Unit to the version of the configuration that it shall run."""
        self.plans: dict[str, dict[str, Any]] = {}
        """Area to its floor plan, as pages read it."""
        self.seq = 0
        self._quarantined = 0
        self._foretold: Telling | None = None
        """Told ahead, and not known to be committed yet."""
        self._unkept = False
        """Pages show what was foretold and then not committed."""
        self._news: Callable[[], None] | None = None
        self._clock = clock
        self._watchers: set[Watcher] = set()
        self.know(settings)

    def know(self, settings: Settings) -> None:
        """Where counters stand and who is called; every watcher loads everything anew."""
        self._ladder_of = settings.house().ladder_of
        self._counters = {counter.unit: counter for counter in settings.counters}
        for watcher in self._watchers:
            watcher.reset()

    def load(
        self, seq: int, incidents: Iterable[Incident], sessions: Mapping[str, Session], quarantined: int
    ) -> None:
        """Take over what the database knows."""
        self.seq, self._quarantined = seq, quarantined
        self.incidents = {incident.id: incident for incident in incidents}
        self.sessions = dict(sessions)

    def apply(self, changes: Changes) -> None:
        """Follow what was committed, and tell every watcher."""
        for incident in changes.incidents:
            if incident.state in UNRESOLVED:
                self.incidents[incident.id] = incident
            else:
                self.incidents.pop(incident.id, None)
        for unit, session in changes.sessions.items():
            if session is None:
                self.sessions.pop(unit, None)
            else:
                self.sessions[unit] = session
        self.publish(changes.rows)

    def show_troubles(self, changed: Iterable[Trouble]) -> None:
        """Follow what was committed."""
        for trouble in changed:
            if trouble.state is TroubleState.OVER:
                self.troubles.pop(trouble.id, None)
            else:
                self.troubles[trouble.id] = trouble

    def replace_incidents(self, standing: Iterable[Incident]) -> None:
        """What another hub on the same database may have changed."""
        self.incidents = {incident.id: incident for incident in standing}

    def tell_by(self, news: Callable[[], None]) -> None:
        """Another hub stores as well: somebody else tells pages of all rows in their order; ``news`` wakes
        them."""
        self._news = news

    def begin_anew(self, seq: int) -> None:
        """More was missed than can be told: pages load everything again."""
        self.seq = seq
        for watcher in self._watchers:
            watcher.reset()

    def foretell(self, rows: list[Row]) -> None:
        """Rows of the journal are about to be committed, ascending; ``tell`` or ``unsay`` follows.

        Not where another hub stores as well: only what is committed has an order there.
        """
        if self._news is None and rows:
            self._foretold = Telling(self.framed(rows))
            for watcher in self._watchers:
                watcher.foretell(self._foretold)

    def unsay(self) -> None:
        """They were not committed. Pages go on showing them: it is tried again, and an alarm that no disk
        will take is an alarm. With the next commit they load everything anew."""
        if self._foretold is not None:
            self._foretold, self._unkept = None, True
            for watcher in self._watchers:
                watcher.unsay()

    def publish(self, rows: list[Row]) -> None:
        """Rows of the journal were committed, ascending."""
        if self._news is None:
            self.tell(rows)
        elif rows:
            self._news()

    def tell(self, rows: list[Row]) -> None:
        """Tell every watcher of journal rows, ascending. Each row is encoded once."""
        if not rows:
            return
        self.seq = rows[-1].seq
        for row in rows:
            if row.kind == "plan":
                self._show_plan(from_json(row.payload))
        telling = self._foretold
        if telling is None or telling.rows[-1][0] is not rows[-1]:
            telling = Telling(self.framed(rows))
        for watcher in self._watchers:
            if self._unkept:
                watcher.reset()
            else:
                watcher.tell(telling)
        self._foretold, self._unkept = None, False

    def framed(self, rows: Iterable[Row]) -> list[Framed]:
        """Rows for watchers. Whose area a row is of is looked up only while somebody's areas are limited."""
        if all(watcher.areas is None for watcher in self._watchers):
            return [(row, frame_of(row), None) for row in rows]
        return [(row, frame_of(row), self._area_of(row)) for row in rows]

    def area_of(self, unit: str) -> str | None:
        """Where a unit stands; None: nobody has registered it."""
        stands = self._counters.get(unit)
        return stands.area if stands is not None else None

    def _area_of(self, row: Row) -> str | None:
        match row.kind:
            case "counter":
                return self.area_of(row.key)
            case "incident" | "trouble":
                return self.area_of(str(from_json(row.payload)["unit"]))
            case "plan":
                return row.key
        return None

    def _show_plan(self, plan: dict[str, Any]) -> None:
        if plan["drawing"] is None:
            self.plans.pop(plan["area"], None)
        else:
            self.plans[plan["area"]] = plan

    def quarantined(self, count: int) -> None:
        """So many payloads were refused so far."""
        self._quarantined = count
        frame = _frame("quarantined", {"count": count})
        for watcher in self._watchers:
            watcher.tell_quarantined(frame)

    def alive(self) -> None:
        """Tell every watcher that the hub lives."""
        frame = self._alive()
        for watcher in self._watchers:
            watcher.tell_alive(frame)

    def greet(self, watcher: Watcher) -> None:
        """Tell a new watcher at once that the hub lives: it need not wait for the next second."""
        watcher.tell_alive(self._alive())

    def _alive(self) -> bytes:
        return _frame("alive", {"now": iso(self._clock.now().wall), "seq": self.seq})

    def counter(self, unit: Unit) -> dict[str, Any]:
        """One counter as pages read it."""
        stands, session = self._counters.get(unit.name), self.sessions.get(unit.name)
        return counter_view(unit, stands, session, self.desired.get(unit.name))

    async def snapshot(self, areas: Collection[str] | None = None) -> dict[str, Any]:
        """The body of ``GET /api/v1/live``, of these areas (None: all) and of units that nobody registered;
        a stream ``since`` its ``seq`` tells all that follows."""

        def shown(area: str | None) -> bool:
            return areas is None or area is None or area in areas

        incidents = [one for one in self.incidents.values() if shown(self.area_of(one.unit))]
        return {
            "seq": self.seq,
            "now": iso(self._clock.now().wall),
            "counters": [self.counter(unit) for unit in self.fleet if shown(self.area_of(unit.name))],
            "incidents": [incident_view(one, self._ladder_of(one)) for one in incidents],
            "plans": [plan for area, plan in self.plans.items() if shown(area)],
            "quarantined": self._quarantined,
        }

    def watch(
        self, sign_in: str, areas: Collection[str] | None = None, page: str = "", *, ahead: bool = False
    ) -> Watcher:
        """A new watcher; give it back with ``leave``. Raises ``TooManyWatchers``."""
        if len(self._watchers) >= WATCHERS_MAX:
            raise TooManyWatchers(f"at most {WATCHERS_MAX} browsers can watch at once")
        watcher = Watcher(sign_in, areas, page, ahead=ahead)
        self._watchers.add(watcher)
        if areas is not None and self._foretold is not None:  # it may have been framed without its area
            self._foretold = Telling(self.framed(row for row, _, _ in self._foretold.rows))
        return watcher

    def watcher_of(self, sign_in: str, page: str) -> Watcher | None:
        """The stream that a page of a sign-in watches by."""
        mine = (one for one in self._watchers if one.sign_in == sign_in and one.page == page)
        return next(mine, None)

    def leave(self, watcher: Watcher) -> None:
        """The browser is gone."""
        watcher.close()
        self._watchers.discard(watcher)

    def end_sign_in(self, sign_in: str) -> None:
        """Close the streams of a sign-in that ended."""
        for watcher in self._watchers:
            if watcher.sign_in == sign_in:
                watcher.close()

    def close(self) -> None:
        """Close every stream."""
        for watcher in self._watchers:
            watcher.close()


def _frame(kind: str, data: dict[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), to_json(data))
