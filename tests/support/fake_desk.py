"""A unit's desk socket without a unit: notes what clients ask, and says what a test makes it say."""

import asyncio
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.brokers import wait_until

FITTED = {
    "buttons": ["panic", "assist", "session"],
    "lights": ["alarm", "green", "amber", "red", "link"],
    "microphone": True,
}


@dataclass
class FakeDesk:
    """Start it, stop it, ``say`` lines, read what was ``asked``."""

    unit: str
    path: Path
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._clients: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"fake desk {self.unit}")
        self._thread.start()
        self._server: asyncio.Server | None = None

    def start(self) -> "FakeDesk":
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        """As if the unit's program ended."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)

    def end(self) -> None:
        """For good: the thread too."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def say(self, **line: Any) -> None:
        """Send a line to every client."""
        raw = json.dumps(line).encode() + b"\n"

        def send() -> None:
            for client in self._clients:
                client.write(raw)

        self._loop.call_soon_threadsafe(send)

    def wait_for(self, *asked: dict[str, Any]) -> None:
        """Wait until exactly these lines were asked, in this order."""
        wait_until(lambda: self.asked == list(asked), f"asked {list(asked)}; given {self.asked}")

    @property
    def clients(self) -> int:
        return len(self._clients)

    async def _listen(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=4 * 1024 * 1024)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            for client in list(self._clients):
                client.close()
            self._server = None
            self.path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps({"say": "desk", "unit": self.unit} | FITTED).encode() + b"\n")
        for light in FITTED["lights"]:  # type: ignore[attr-defined]
            pattern = "steady" if light == "link" else "off"
            writer.write(json.dumps({"say": "light", "light": light, "pattern": pattern}).encode() + b"\n")
        self._clients.add(writer)
        try:
            while raw := await reader.readline():
                self.asked.append(json.loads(raw))
        except ConnectionError:
            pass  # the client has gone: that is its right
        finally:
            self._clients.discard(writer)
            writer.close()
