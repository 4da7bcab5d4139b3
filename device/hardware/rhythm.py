"""The rhythms of all lights of a unit, by one thread that sleeps while every light is steady."""

import threading
import time
from typing import Any, Protocol

from wire.lights import OFF, Light, Pattern, lit_at

FADE_STEP_S = 0.04
"""Brightness of a fading light changes this often, in seconds: 25 steps a second look smooth."""


class Lamp(Protocol):
    """A gpiozero LED or PWMLED."""

    value: float
    """Brightness, 0 to 1; an LED knows only 0 and 1."""


class Both:
    """Two lamps of one order: they cannot say different things."""

    def __init__(self, *lamps: Any) -> None:
        self._lamps = lamps

    @property
    def value(self) -> float:
        """Of the one that is darker."""
        return min(float(lamp.value) for lamp in self._lamps)

    @value.setter
    def value(self, value: float) -> None:
        for lamp in self._lamps:
            lamp.value = value

    def close(self) -> None:
        """Free both pins."""
        for lamp in self._lamps:
            lamp.close()


class Rhythm:
    """Drives lamps from ``wire.lights``. ``show`` is safe from any thread and returns at once."""

    def __init__(self, lamps: dict[Light, Lamp]) -> None:
        self._lamps = lamps
        self._shown: dict[Light, tuple[Pattern, float]] = dict.fromkeys(lamps, (OFF, 0.0))
        self._values: dict[Light, float] = dict.fromkeys(lamps, 0.0)
        self._changed = threading.Condition()
        self._stopping = False
        self._again = False
        self.fault: str | None = None
        """Why a lamp could not be set, last time; None when it could."""
        self.turns = 0
        """How often the thread has gone round."""
        self._thread = threading.Thread(target=self._run, name="lights", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def show(self, light: Light, pattern: Pattern) -> None:
        """Begin ``pattern`` at its start."""
        with self._changed:
            self._shown[light] = (pattern, time.monotonic())
            self._again = True
            self._changed.notify()

    def nudge(self) -> None:
        """Make the thread go round once more."""
        with self._changed:
            self._again = True
            self._changed.notify()

    def stop(self, timeout_s: float) -> None:
        """All dark. Raises ``TimeoutError`` when the thread does not end in ``timeout_s``."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if not self._thread.ident:
            return  # never started: all is dark
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the thread of the lights did not end within {timeout_s} s")

    def _run(self) -> None:
        while not self._stopping:
            self.turns += 1
            with self._changed:
                shown, self._again = dict(self._shown), False
            now = time.monotonic()
            # Outside the lock: a pin that hangs must not hold those who show something.
            waits = [self._drive(light, *shown[light], now) for light in self._lamps]
            with self._changed:
                if not (self._again or self._stopping):
                    self._changed.wait(min((wait for wait in waits if wait is not None), default=None))
        for light in self._lamps:
            self._set(light, 0.0)

    def _drive(self, light: Light, pattern: Pattern, began: float, now: float) -> float | None:
        """Set one lamp; seconds until it must be set again, None for never."""
        elapsed_ms = (now - began) * 1000.0
        self._set(light, lit_at(pattern, elapsed_ms))
        return FADE_STEP_S if pattern.fades else until_next(pattern, elapsed_ms)

    def _set(self, light: Light, value: float) -> None:
        if self._values[light] == value:
            return
        try:
            self._lamps[light].value = value
        except Exception as error:  # noqa: BLE001 - gpiozero and lgpio share no root; the others must go on
            self.fault = f"{light.value}: {type(error).__name__}: {error}"[:200]
        else:
            self._values[light] = value
            self.fault = None


def until_next(pattern: Pattern, elapsed_ms: float) -> float | None:
    """Seconds from ``elapsed_ms`` to the next switch of a pattern that does not fade; None when steady."""
    if len(pattern.rhythm_ms) < 2:
        return None
    phase = elapsed_ms % sum(pattern.rhythm_ms)
    edge = 0
    for span in pattern.rhythm_ms:
        edge += span
        if phase < edge:
            break
    # A hair beyond the switch, or rounding would find the old side of it and wake twice.
    return (edge - phase) / 1000.0 + 0.0005
