"""Presses at a real unit's own button: its process, its pins, its outbox."""

import json
import socket
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.bench.figures import Round
from tools.bench.page import Chromium
from tools.bench.processes import cpu_seconds, named, peak_mb
from tools.bench.sides import ROOT, Ours, start_unit
from tools.demo.child import Child, python_command

APART_S = 1.1
"""The unit gathers presses that come within a second of each other into one event."""
HELD_S = 0.1


class DeskPresses:
    """A ``madomori-unit`` of the bench's hub."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        counter = next(counter for counter in ours.counters if counter.unit == "desk")
        self._sockets = tempfile.TemporaryDirectory(prefix="madomori-bench-")
        self._desk = Path(self._sockets.name) / "desk.sock"
        settings = ours.place.unit(counter, self._desk)
        command = python_command("device", "run", "--config", str(settings))
        self._child = Child("desk", command, ours.place.folder / "desk.log", ROOT)

    def __enter__(self) -> Self:
        start_unit(self._child, self._desk)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._child.ask_to_stop()
        self._child.wait(5.0)
        self._sockets.cleanup()

    def measure(self, chromium: Chromium, presses: int) -> Round:
        """Press, two more times first to warm up, and match what the page showed by order."""
        unit, browser = self._child.pid, named("chromium")
        assert unit is not None  # noqa: S101 it runs
        stored_before, _ = self._ours.stored_of("desk")
        page = chromium.open(self._ours.url)
        cpu = self._ours.cpu_s() | {"unit": cpu_seconds(unit), "browser": cpu_seconds(browser)}
        pressed = [self._press() for _ in range(presses + 2)]
        time.sleep(1.0)
        after = self._ours.cpu_s() | {"unit": cpu_seconds(unit), "browser": cpu_seconds(browser)}
        shown = sorted(at for at in page.close().values() if at >= pressed[0])
        stored, duplicated = self._ours.stored_of("desk")
        delays = []
        for at, following in zip(pressed, [*pressed[1:], float("inf")], strict=True):
            first = next((moment for moment in shown if at <= moment < following), None)
            if first is not None:
                delays.append(first - at)
        return Round(
            delays_ms=delays[2:],
            missing=len(pressed) - len(delays),
            sent=len(pressed),
            stored=stored - stored_before,
            duplicated=duplicated,
            resent=0,
            unconfirmed=0,
            cpu_s={name: after[name] - cpu[name] for name in cpu},
            peak_mb=self._ours.peak_mb() | {"unit": peak_mb(unit), "browser": peak_mb(browser)},
        )

    def _press(self) -> float:
        """Wall-clock milliseconds just before the desk was told."""
        with socket.socket(socket.AF_UNIX) as desk:
            desk.connect(str(self._desk))
            at = time.time() * 1000
            desk.sendall(json.dumps({"do": "press", "button": "panic"}).encode() + b"\n")
            time.sleep(HELD_S)
            desk.sendall(json.dumps({"do": "release", "button": "panic"}).encode() + b"\n")
            time.sleep(APART_S - HELD_S)
        return at
