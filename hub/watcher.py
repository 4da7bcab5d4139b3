"""One browser that watches the live board: what it has not taken yet, bounded."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from hub.store.journal import Row
from hub.telling import Framed, Telling, without_id

PENDING_MAX = 2000
"""Objects that a slow browser may be behind with; beyond, it is told to load everything anew."""

RESET = b"event: reset\ndata: {}\n\n"


class Watcher:
    """One browser's stream. What it has not taken yet is kept once for each object, in its newest state:
    a browser that cannot keep up learns less often, never wrongly."""

    def __init__(
        self, sign_in: str, areas: Collection[str] | None = None, page: str = "", *, ahead: bool = False
    ) -> None:
        self.sign_in = sign_in
        """Identity of the sign-in that opened it; it ends with it."""
        self.areas = areas
        """Areas that the person answers for; None: all."""
        self.page = page
        """What the browser calls the page that watches."""
        self.ahead = ahead
        """Whether it wants to hear what is about to be committed, before it is."""
        self._next: Telling | None = None
        """What is to be said, whole, as long as it is all that there is; else it is in ``_pending``."""
        self._next_early = False
        self._pending: dict[tuple[str, str], bytes] = {}
        self._seen = 0
        self._foretold = 0
        self._id = b""
        self._reset = False
        self._quarantined = b""
        self._alive = b""
        self._levels: dict[str, bytes] = {}
        self._closed = False
        self._wake = asyncio.Event()

    def concerns(self, area: str | None) -> bool:
        """Whether the person may see what happens there; what is of no area concerns everybody."""
        return self.areas is None or area is None or area in self.areas

    def foretell(self, telling: Telling) -> None:
        """Add what is about to be committed, without ids, if the browser wants it."""
        if not self.ahead or self._closed:
            return
        if self._is_all(telling):
            self._next, self._next_early = telling, True
        else:
            self._spill()
            for row, frame, area in telling.rows:
                if row.seq > self._seen and self.concerns(area):
                    self._put(row, without_id(frame))
        self._foretold = telling.last
        self._wake.set()

    def tell(self, telling: Telling) -> None:
        """Add what was committed. Of what the browser has been told before, only the id follows, with the
        next that there is to say."""
        if self._next is telling:  # foretold, and not taken since
            self._next_early = False
        elif not self._is_all(telling):
            self._spill()
            self._add(telling)
        elif telling.last <= self._foretold:
            self._id = telling.id
        else:
            self._next, self._next_early = telling, False
            self._wake.set()

    def _is_all(self, telling: Telling) -> bool:
        """Whether the browser gets every row of it, and nothing else is waiting."""
        waits = self._next is not None or self._pending
        return (
            not waits
            and self.areas is None
            and telling.first > self._seen
            and len(telling.rows) <= PENDING_MAX
        )

    def _spill(self) -> None:
        """More comes: what is to be said is kept once for each object."""
        telling, self._next = self._next, None
        if telling is not None:
            for row, frame, _ in telling.rows:
                self._put(row, without_id(frame) if self._next_early else frame)

    def _add(self, telling: Telling) -> None:
        news = False
        for row, frame, area in telling.rows:
            if row.seq <= self._seen or not self.concerns(area):
                continue
            if row.seq <= self._foretold and (row.kind, row.key) not in self._pending:
                self._id = b"id: %d\n\n" % row.seq
            else:
                self._put(row, frame)
                news = True
        if news:
            self._wake.set()

    def _put(self, row: Row, frame: bytes) -> None:
        key = (row.kind, row.key)
        # Behind all others: the ids that a browser sees must ascend.
        self._pending.pop(key, None)
        self._pending[key] = frame
        if len(self._pending) > PENDING_MAX:
            self.reset()

    def unsay(self) -> None:
        """What was foretold was not committed: the same numbers may come again, for something else."""
        self._foretold = 0

    def replay(self, rows: Iterable[Framed]) -> None:
        """Put what the browser missed before what has come since it connected."""
        missed = {(row.kind, row.key): (row, frame, area) for row, frame, area in rows}
        self._seen = max((row.seq for row, _, _ in missed.values()), default=0)
        self._spill()
        newer = self._pending
        older = {
            key: frame for key, (_, frame, area) in missed.items() if key not in newer and self.concerns(area)
        }
        self._pending = older | newer
        self._wake.set()

    def reset(self) -> None:
        """Let the browser load everything anew."""
        self._next = None
        self._pending.clear()
        self._foretold = 0
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

    def tell_levels(self, levels: Mapping[str, bytes]) -> None:
        """How loud it is: unit to JSON. Only the newest of each counts."""
        self._levels.update(levels)
        self._wake.set()

    @property
    def closed(self) -> bool:
        """Whether the stream has ended."""
        return self._closed

    def close(self) -> None:
        """End the stream."""
        self._closed = True
        self._wake.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Server-sent events, as many as there are at a time, until closed."""
        while not self._closed:
            chunk = self.take()
            if chunk:
                yield chunk
            else:
                self._wake.clear()
                await self._wake.wait()

    def take(self) -> bytes:
        """All that there is to say now; empty when there is nothing."""
        head, telling = RESET if self._reset else b"", b""
        if self._next is not None:
            telling = self._next.early if self._next_early else self._next.whole
            self._next = None
        # How loud it is comes last: an alarm waits for nothing.
        chunk = b"".join(
            (head, telling, *self._pending.values(), self._quarantined, self._alive, self._loud())
        )
        self._pending.clear()
        self._reset, self._quarantined, self._alive = False, b"", b""
        if chunk and self._id:
            chunk, self._id = self._id + chunk, b""
        return chunk

    def _loud(self) -> bytes:
        if not self._levels:
            return b""
        told = b",".join(b'"%s":%s' % (unit.encode(), level) for unit, level in self._levels.items())
        self._levels.clear()
        return b"event: levels\ndata: {%s}\n\n" % told
