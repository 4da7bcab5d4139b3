"""The simulated board: the same gpiozero devices on mock pins, with hands to press and eyes to see."""

from collections.abc import Callable
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from device.hardware.board import Board
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
        self.patterns: dict[Light, Pattern] = dict.fromkeys(lights, OFF)
        super().__init__(self._mock, buttons, lights, wiring)
        for button in buttons:
            self.release(button)

    def watch(self, watcher: Callable[[Light | Button, Pattern | bool], None]) -> None:
        """``watcher`` gets a light with its pattern or a button with whether it is down; from any thread."""
        self._watchers.append(watcher)

    def press(self, button: Button) -> None:
        """Close the contact."""
        self._drive(button, self._wiring.pressed_is_high(button))

    def release(self, button: Button) -> None:
        """Open the contact."""
        self._drive(button, not self._wiring.pressed_is_high(button))

    def start(self, on_edge: Callable[[Button, bool], None]) -> None:
        def told(button: Button, pressed: bool) -> None:
            on_edge(button, pressed)
            self._tell(button, pressed)

        super().start(told)

    def show(self, light: Light, pattern: Pattern) -> None:
        super().show(light, pattern)
        if light in self.patterns:
            self.patterns[light] = pattern
            self._tell(light, pattern)

    def _drive(self, button: Button, high: bool) -> None:
        pin = self._pins[button]
        if high:
            pin.drive_high()
        else:
            pin.drive_low()

    def _tell(self, part: Light | Button, state: Pattern | bool) -> None:
        for watcher in self._watchers:
            watcher(part, state)
