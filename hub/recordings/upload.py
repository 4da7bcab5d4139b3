"""A segment as it comes over the network, read no further than it deserves."""

from collections.abc import AsyncIterator

from hub.evidence.intake import TooLarge
from wire.evidence.faults import BadLine
from wire.evidence.line import LINE_BYTES_MAX, SEGMENT_BYTES_MAX


class Upload:
    """First ``line``, then ``sealed``; ``skip`` reads the rest of a refused one past, so that the unit can
    read the answer."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    async def line(self) -> bytes:
        """The signed line. Raises ``BadLine``."""
        while (end := self._rest.find(b"\n", 0, LINE_BYTES_MAX + 1)) < 0:
            if len(self._rest) > LINE_BYTES_MAX:
                raise BadLine(f"a line is at most {LINE_BYTES_MAX} bytes")
            chunk = await anext(self._chunks, None)
            if chunk is None:
                raise BadLine("a body is the signed line, a line's end, and the sealed bytes")
            self._rest += chunk
        line, self._rest = self._rest[:end], self._rest[end + 1 :]
        return line

    async def sealed(self, most: int = SEGMENT_BYTES_MAX) -> bytes:
        """What follows the line. Raises ``TooLarge``."""
        parts, size = [self._rest], len(self._rest)
        self._rest = b""
        while size <= most and (chunk := await anext(self._chunks, None)) is not None:
            parts.append(chunk)
            size += len(chunk)
        if size > most:
            raise TooLarge(f"at most {most} sealed bytes were stated")
        return b"".join(parts)

    async def skip(self) -> None:
        """To the end."""
        self._rest = b""
        async for _ in self._chunks:
            pass
