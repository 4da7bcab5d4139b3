"""Rows of the journal on their way to browsers: what leaves together is put together once for all of them."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from hub.store.journal import Row

Framed = tuple[Row, bytes, str | None]
"""A journal row, its bytes for a stream, and the area that it is about; None: of no area."""


class Telling:
    """Rows of one transaction, ascending; at least one."""

    def __init__(self, rows: Iterable[Framed]) -> None:
        self.rows = tuple(rows)
        self.first = self.rows[0][0].seq
        self.last = self.rows[-1][0].seq
        self.id = b"id: %d\n\n" % self.last
        """The number alone, for a browser that knows the rest."""

    @cached_property
    def whole(self) -> bytes:
        """All of it for a stream, each object once."""
        return b"".join(self._newest.values())

    @cached_property
    def early(self) -> bytes:
        """The same without ids: it is about to be committed."""
        return b"".join(without_id(frame) for frame in self._newest.values())

    @cached_property
    def _newest(self) -> Mapping[tuple[str, str], bytes]:
        newest: dict[tuple[str, str], bytes] = {}
        for row, frame, _ in self.rows:
            newest.pop((row.kind, row.key), None)  # behind all others: ids ascend
            newest[(row.kind, row.key)] = frame
        return newest


def frame_of(row: Row) -> bytes:
    """One journal row as a server-sent event."""
    return f"id: {row.seq}\nevent: {row.kind}\ndata: {row.payload}\n\n".encode()


def without_id(frame: bytes) -> bytes:
    """The same event for a browser that shall not know its number yet."""
    return frame[frame.index(b"\n") + 1 :]
