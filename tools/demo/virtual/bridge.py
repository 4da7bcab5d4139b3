"""Between the desks' sockets and the browsers: one connection to each unit, many pages that look.

Everything is bounded: a page holds at most one line for each light, button and meter of each unit, the newest
one; a unit that is not running costs one attempt every ``RETRY_S``.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import structlog
from pydantic import ValidationError

from tools.demo.virtual.lines import LINE_BYTES_MAX, Line, RefusedLine, parse

RETRY_S = 0.5
SEND_S = 5.0
"""A unit that does not read for this long is treated as not running."""
WATCHERS_MAX = 32
BEAT_S = 1.0
"""A page hears something at least this often, in seconds."""

log = structlog.get_logger()


class DeskAway(Exception):
    """The unit is not running."""


class TooManyWatchers(Exception):
    """More pages look than are served."""


class Watcher:
    """One page that looks: what it has not been told yet, the newest of each kind."""

    def __init__(self) -> None:
        self._pending: dict[tuple[str, str], bytes] = {}
        self._wake = asyncio.Event()
        self.closed = False

    def tell(self, unit: str, key: str, event: bytes) -> None:
        """Replace what was pending under the same key; the new one goes to the end."""
        self._pending.pop((unit, key), None)
        self._pending[(unit, key)] = event
        self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._wake.set()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Bytes of server-sent events until closed."""
        while not self.closed:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), BEAT_S)
            self._wake.clear()
            pending, self._pending = self._pending, {}
            yield b"".join(pending.values()) or b"event: alive\ndata: {}\n\n"


class Hall:
    """All desks, and all pages that look at them."""

    def __init__(self, desks: Mapping[str, Path]) -> None:
        self._desks = {unit: _Desk(unit, path, self._changed) for unit, path in desks.items()}
        self._shown: dict[str, bytes] = {}
        self._watchers: set[Watcher] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._running = False

    @property
    def units(self) -> list[str]:
        """Names of the units, in the order they were given."""
        return list(self._desks)

    async def start(self) -> None:
        """Connect to every desk, now and whenever it comes back."""
        self._running = True
        self._tasks = [
            asyncio.create_task(desk.run(), name=f"desk {desk.unit}") for desk in self._desks.values()
        ]

    async def stop(self) -> None:
        """End the streams and the connections; who connects from now on is turned away at once."""
        self._running = False
        for watcher in self._watchers:
            watcher.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def do(self, unit: str, **line: Any) -> None:
        """Send a line to a desk; raises ``KeyError`` for an unknown unit and ``DeskAway``."""
        await self._desks[unit].send(line)

    def show(self, kind: str, data: Mapping[str, Any]) -> None:
        """Tell every page, and those that come later, of something that belongs to no unit. On the loop."""
        self._shown[kind] = f"event: {kind}\ndata: {json.dumps(data)}\n\n".encode()
        self._changed("", kind, self._shown[kind])

    def watch(self) -> Watcher:
        """A watcher that first hears how everything is; give it back with ``leave``."""
        if len(self._watchers) >= WATCHERS_MAX:
            raise TooManyWatchers(f"at most {WATCHERS_MAX} pages at once")
        watcher = Watcher()
        for desk in self._desks.values():
            for key, event in desk.known():
                watcher.tell(desk.unit, key, event)
        for kind, event in self._shown.items():
            watcher.tell("", kind, event)
        self._watchers.add(watcher)
        if not self._running:
            watcher.close()
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """The page has gone."""
        self._watchers.discard(watcher)

    def _changed(self, unit: str, key: str, event: bytes) -> None:
        for watcher in self._watchers:
            watcher.tell(unit, key, event)


class _Desk:
    """The connection to one unit's desk."""

    def __init__(self, unit: str, path: Path, changed: Any) -> None:
        self.unit = unit
        self._path = path
        self._changed = changed
        self._known: dict[str, bytes] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._sending = asyncio.Lock()

    def known(self) -> list[tuple[str, bytes]]:
        """The newest line of each kind, the desk itself first."""
        return list(self._known.items()) or [("desk", _away(self.unit))]

    async def run(self) -> None:
        """Connect, listen, and again when the unit ends."""
        while True:
            try:
                reader, self._writer = await asyncio.open_unix_connection(self._path, limit=LINE_BYTES_MAX)
            except OSError:
                await asyncio.sleep(RETRY_S)
                continue
            try:
                await self._listen(reader)
            except (OSError, ValueError) as error:  # ValueError: a line beyond the limit
                log.warning("desk_lost", unit=self.unit, error=str(error))
            finally:
                self._writer.close()
                self._writer = None
                self._known.clear()
                self._changed(self.unit, "desk", _away(self.unit))
            await asyncio.sleep(RETRY_S)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while raw := await reader.readline():
            try:
                line = parse(raw)
            except ValidationError as error:
                log.warning("desk_line_refused", unit=self.unit, faults=error.error_count())
                continue
            event = _event(self.unit, line)
            if not isinstance(line, RefusedLine):  # a refusal is news, not a state
                self._known[line.key] = event
            self._changed(self.unit, line.key, event)

    async def send(self, line: dict[str, Any]) -> None:
        """Raises ``DeskAway``."""
        async with self._sending:
            if self._writer is None:
                raise DeskAway(self.unit)
            try:
                self._writer.write(json.dumps(line).encode() + b"\n")
                await asyncio.wait_for(self._writer.drain(), SEND_S)
            except (OSError, TimeoutError) as error:
                raise DeskAway(self.unit) from error


def _event(unit: str, line: Line) -> bytes:
    data = {"unit": unit, "running": True} | line.model_dump(exclude={"say"})
    return f"event: {line.say}\ndata: {json.dumps(data)}\n\n".encode()


def _away(unit: str) -> bytes:
    return f"event: desk\ndata: {json.dumps({'unit': unit, 'running': False})}\n\n".encode()
