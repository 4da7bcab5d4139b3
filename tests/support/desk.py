"""A hand at a simulated desk: presses its buttons and watches its lights, over the desk's socket."""

import json
import socket
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.brokers import wait_until


class Desk:
    """One client of a unit's desk socket. ``lights`` is what the desk shows now, by name."""

    def __init__(self, path: Path) -> None:
        self.lights: dict[str, str] = {}
        self.seen: list[tuple[str, str]] = []
        """Every change of a light, in order."""
        self.said: list[dict[str, Any]] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def gone(self) -> bool:
        """Whether the unit has left the connection."""
        return not self._reader.is_alive()

    def press(self, button: str, *, let_go: bool = True) -> None:
        """Push a button and, as a finger does, let go at once."""
        self._say({"do": "press", "button": button, "at": time.monotonic()})
        if let_go:
            self.release(button)

    def release(self, button: str) -> None:
        """Let go of a button."""
        self._say({"do": "release", "button": button, "at": time.monotonic()})

    def shows(self, light: str, pattern: str, within_s: float = 15.0) -> None:
        """Wait until ``light`` shows ``pattern``; fail when it never does."""
        wait_until(
            lambda: self.lights.get(light) == pattern,
            f"the {light} light shows {pattern} (it shows {self.lights.get(light)})",
            within_s,
        )

    def close(self) -> None:
        """Leave the desk."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the unit left first
        finally:
            self._socket.close()
            self._reader.join(5)

    def _say(self, line: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(line).encode() + b"\n")

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as lines:
                for raw in lines:
                    line = json.loads(raw)
                    self.said.append(line)
                    if line["say"] == "light":
                        self.lights[line["light"]] = line["pattern"]
                        self.seen.append((line["light"], line["pattern"]))
        except OSError:
            return  # the unit or the test closed the socket
