"""The live board: what is true now, and the browsers that watch it change.

It follows the database: nothing is shown that is not committed. Everything here happens on the event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

from pydantic_core import to_json

from hub.clock import Clock
from hub.fleet import Fleet, Unit
from hub.incidents import UNRESOLVED, Incident
from hub.sessions import Session
from hub.settings import Settings
from hub.store.journal import Row
from hub.store.settle import Changes
from hub.troubles import Trouble, TroubleState
from hub.views import counter_view, incident_view, iso

WATCHERS_MAX = 500
"""Browsers that watch at once."""

PENDING_MAX = 2000
"""Objects that a slow browser may be behind with; beyond, it is told to load everything anew."""

RESET = b"event: reset\ndata: {}\n\n"


class TooManyWatchers(Exception):
    """No more browsers can watch."""


class Watcher:
    """One browser's stream. What it has not taken yet is kept once for each object, in its newest state:
    a browser that cannot keep up learns less often, never wrongly."""

    def __init__(self, sign_in: str) -> None:
        self.sign_in = sign_in
        """Identity of the sign-in that opened it; it ends with it."""
        self._pending: dict[tuple[str, str], bytes] = {}
        self._seen = 0
        self._reset = False
        self._quarantined = b""
        self._alive = b""
        self._closed = False
        self._wake = asyncio.Event()

    def tell(self, rows: Iterable[tuple[Row, bytes]]) -> None:
        """Add what was committed, ascending."""
        for row, frame in rows:
            if row.seq > self._seen:
                key = (row.kind, row.key)
                # Behind all others: the ids that a browser sees must ascend.
                self._pending.pop(key, None)
                self._pending[key] = frame
        if len(self._pending) > PENDING_MAX:
            self.reset()
        self._wake.set()

    def replay(self, rows: Iterable[Row]) -> None:
        """Put what the browser missed before what has come since it connected."""
        missed = {(row.kind, row.key): row for row in rows}
        self._seen = max((row.seq for row in missed.values()), default=0)
        newer = self._pending
        self._pending = {key: frame_of(row) for key, row in missed.items() if key not in newer} | newer
        self._wake.set()

    def reset(self) -> None:
        """Let the browser load everything anew."""
        self._pending.clear()
        self._reset = True
        self._wake.set()

    def tell_quarantined(self, frame: bytes) -> None:
        """The count changed."""
        self._quarantined = frame
        self._wake.set()

    def tell_alive(self, frame: bytes) -> None:
        """The hub lives."""
        self._alive = frame
        self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._wake.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Server-sent events, as many as there are at a time, until closed."""
        while not self._closed:
            chunk = self._take()
            if chunk:
                yield chunk
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> bytes:
        head = RESET if self._reset else b""
        chunk = b"".join((head, *self._pending.values(), self._quarantined, self._alive))
        self._pending.clear()
        self._reset, self._quarantined, self._alive = False, b"", b""
        return chunk


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
        self.seq = 0
        self._quarantined = 0
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
        frames = [(row, frame_of(row)) for row in rows]
        for watcher in self._watchers:
            watcher.tell(frames)

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

    async def snapshot(self) -> dict[str, Any]:
        """The body of ``GET /api/v1/live``; a stream ``since`` its ``seq`` tells all that follows."""
        return {
            "seq": self.seq,
            "now": iso(self._clock.now().wall),
            "counters": [self.counter(unit) for unit in self.fleet],
            "incidents": [incident_view(one, self._ladder_of(one)) for one in self.incidents.values()],
            "quarantined": self._quarantined,
        }

    def watch(self, sign_in: str) -> Watcher:
        """A new watcher; give it back with ``leave``. Raises ``TooManyWatchers``."""
        if len(self._watchers) >= WATCHERS_MAX:
            raise TooManyWatchers(f"at most {WATCHERS_MAX} browsers can watch at once")
        watcher = Watcher(sign_in)
        self._watchers.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """The browser is gone."""
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


def frame_of(row: Row) -> bytes:
    """One journal row as a server-sent event."""
    return f"id: {row.seq}\nevent: {row.kind}\ndata: {row.payload}\n\n".encode()


def _frame(kind: str, data: dict[str, Any]) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), to_json(data))
