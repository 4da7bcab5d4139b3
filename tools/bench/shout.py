"""From the beginning of a shout to the live page: sound card, hearing, broker, hub, browser; nothing replaced
but the air and the card, for which a FIFO stands that PortAudio reads as it reads a card.
"""

import importlib.util
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
from tools.sounds.fifo import FifoMicrophone
from tools.sounds.voice import SHOUT, say

UNIT = "voice"
LEVEL_DBA = 84.0
SYLLABLES = ("aeoa", "ooaea", "iaeo", "oaea")
APART_S = 6.0
"""From one to the next: each is over, and its end has been told, before the next begins."""

SETTLES_S = 3.0
"""The room is heard for so long before the first."""


def available() -> bool:
    """Whether PyAudio is installed."""
    return importlib.util.find_spec("pyaudio") is not None


class Shouts:
    """A ``madomori-unit`` of the bench's hub with a microphone."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        counter = next(counter for counter in ours.counters if counter.unit == UNIT)
        self._folder = tempfile.TemporaryDirectory(prefix="madomori-bench-")
        folder = Path(self._folder.name)
        self._desk = folder / "desk.sock"
        self._microphone = FifoMicrophone(folder)
        settings = ours.place.unit(counter, self._desk, "pyaudio")
        command = python_command("device", "run", "--config", str(settings))
        alsa = f"ALSA_CONFIG_PATH={self._microphone.config}"
        self._child = Child(UNIT, ["env", alsa, *command], ours.place.folder / f"{UNIT}.log", ROOT)

    def __enter__(self) -> Self:
        self._microphone.__enter__()
        start_unit(self._child, self._desk)
        time.sleep(SETTLES_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.ask_to_stop()
        self._child.wait(5.0)
        self._microphone.__exit__(kind, error, trace)
        self._folder.cleanup()

    def measure(self, chromium: Chromium, shouts: int) -> Round:
        """Shout, wait, shout again; match what the page showed by order."""
        unit, browser = self._child.pid, named("chromium")
        assert unit is not None  # noqa: S101 it runs
        stored_before, _ = self._stored()
        page = chromium.open(self._ours.url)
        cpu = self._ours.cpu_s() | {"unit": cpu_seconds(unit), "browser": cpu_seconds(browser)}
        began = [self._shout(number) for number in range(shouts)]
        after = self._ours.cpu_s() | {"unit": cpu_seconds(unit), "browser": cpu_seconds(browser)}
        shown = sorted(page.close().values())
        stored, duplicated = self._stored()
        delays = []
        for at in began:
            first = next((moment for moment in shown if at <= moment < at + 1000.0 * APART_S), None)
            if first is not None:
                delays.append(first - at)
        return Round(
            delays_ms=delays,
            missing=len(began) - len(delays),
            sent=len(began),
            stored=stored - stored_before,
            duplicated=duplicated,
            resent=0,
            unconfirmed=0,
            cpu_s={name: after[name] - cpu[name] for name in cpu},
            peak_mb=self._ours.peak_mb() | {"unit": peak_mb(unit), "browser": peak_mb(browser)},
        )

    def _shout(self, number: int) -> float:
        """Wall-clock milliseconds at which it begins."""
        sound = say(SYLLABLES[number % len(SYLLABLES)], SHOUT, seed=number)
        wall_less_monotonic = time.time() - time.monotonic()
        began_s = self._microphone.play(sound, LEVEL_DBA)
        time.sleep(max(0.0, began_s + APART_S - time.monotonic()))
        return 1000.0 * (began_s + wall_less_monotonic)

    def _stored(self) -> tuple[int, int]:
        return self._ours.stored_of(UNIT, "shout", '%"phase":"start"%')
