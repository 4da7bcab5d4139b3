"""The simulated board: the same gpiozero devices on mock pins, with hands to press and eyes to see."""

import time
from collections.abc import Callable
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from device.hardware.board import Board, OnEdge, edge_time
from device.hardware.wiring import USUAL, Wiring
from device.inputs import Button
from wire.lights import OFF, Light, Pattern


class SimulatedBoard(Board):
    """A board whose buttons can be pressed by program. ``watch`` tells what happens on it."""

    def __init__(self, buttons: dict[Button, int], lights: dict[Light, int], wiring: Wiring = USUAL) -> None:
        self._wiring = wiring
        self._mock: Any = MockFactory(pin_class=MockPWMPin)
        self._pins = {button: self._mock.pin(pin) for button, pin in buttons.items()}
        self._watchers: list[Callable[[Light | Button, Pattern | bool], None]] = []
        self._moved_at: float | None = None
        self.patterns: dict[Light, Pattern] = dict.fromkeys(lights, OFF)
        super().__init__(self._mock, buttons, lights, wiring)
        for button in buttons:
            self.release(button)

    def watch(self, watcher: Callable[[Light | Button, Pattern | bool], None]) -> None:
        """``watcher`` gets a light with its pattern or a button with whether it is down; from any thread."""
        self._watchers.append(watcher)

    def press(self, button: Button, at: float | None = None) -> None:
        """Close the contact. ``at``, monotonic seconds, is when the finger did it; None: now."""
        self._drive(button, self._wiring.pressed_is_high(button), at)

    def release(self, button: Button, at: float | None = None) -> None:
        """Open the contact."""
        self._drive(button, not self._wiring.pressed_is_high(button), at)

    def start(self, on_edge: OnEdge) -> None:
        def told(button: Button, pressed: bool, at: float) -> None:
            if self._moved_at is not None:
                at = edge_time(self._moved_at, time.monotonic())
            on_edge(button, pressed, at)
            self._tell(button, pressed)

        super().start(told)

    def show(self, light: Light, pattern: Pattern) -> None:
        super().show(light, pattern)
        if light in self.patterns:
            self.patterns[light] = pattern
            self._tell(light, pattern)

    def _drive(self, button: Button, high: bool, at: float | None) -> None:
        pin = self._pins[button]
        # A mock pin calls back before it returns, with the time at which it was driven.
        self._moved_at = at
        try:
            if high:
                pin.drive_high()
            else:
                pin.drive_low()
        finally:
            self._moved_at = None

    def _tell(self, part: Light | Button, state: Pattern | bool) -> None:
        for watcher in self._watchers:
            watcher(part, state)
