"""One browser that watches the live board: what it has not taken yet, bounded."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping

from hub.store.journal import Row

PENDING_MAX = 2000
"""Objects that a slow browser may be behind with; beyond, it is told to load everything anew."""

RESET = b"event: reset\ndata: {}\n\n"

Framed = tuple[Row, bytes, str | None]
"""A journal row, its bytes for a stream, and the area that it is about; None: of no area."""


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

    def foretell(self, rows: Iterable[Framed]) -> None:
        """Add what is about to be committed, ascending and without ids, if the browser wants it."""
        if self.ahead and not self._closed:
            for row, frame, area in rows:
                if row.seq > self._seen and self.concerns(area):
                    self._put(row, frame)
                self._foretold = row.seq
            self._wake.set()

    def tell(self, rows: Iterable[Framed]) -> None:
        """Add what was committed, ascending. Of what the browser has been told before, only the id follows,
        with the next that there is to say."""
        news = False
        for row, frame, area in rows:
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
        newer = self._pending
        older = {
            key: frame for key, (_, frame, area) in missed.items() if key not in newer and self.concerns(area)
        }
        self._pending = older | newer
        self._wake.set()

    def reset(self) -> None:
        """Let the browser load everything anew."""
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
            chunk = self._take()
            if chunk:
                yield chunk
            else:
                self._wake.clear()
                await self._wake.wait()

    def _take(self) -> bytes:
        head = RESET if self._reset else b""
        # How loud it is comes last: an alarm waits for nothing.
        chunk = b"".join((head, *self._pending.values(), self._quarantined, self._alive, self._loud()))
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


def frame_of(row: Row) -> bytes:
    """One journal row as a server-sent event."""
    return f"id: {row.seq}\nevent: {row.kind}\ndata: {row.payload}\n\n".encode()


def without_id(frame: bytes) -> bytes:
    """The same event for a browser that shall not know its number yet."""
    return frame[frame.index(b"\n") + 1 :]
