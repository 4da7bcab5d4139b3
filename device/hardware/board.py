"""A board of buttons and lights over any gpiozero pin factory."""

from collections.abc import Callable
from typing import Any

import structlog
from gpiozero import LED, PWMLED, DigitalInputDevice

from device.hardware.rhythm import Lamp, Rhythm
from device.inputs import Button
from wire.lights import Light, Pattern

_log = structlog.get_logger()


class HardwareUnavailable(RuntimeError):
    """The configured hardware cannot be used; the message says what was tried."""


class Board:
    """Buttons are wired from pin to ground (pull-up, pressed is low), lights from pin to ground through
    their driver (lit is high). Pins are BCM numbers.

    ``on_edge`` gets every edge of a contact, chatter included, on the factory's thread.
    """

    def __init__(self, factory: Any, buttons: dict[Button, int], lights: dict[Light, int]) -> None:
        self._factory = factory
        self._buttons: dict[Button, Any] = {}
        self._lamps: dict[Light, Lamp] = {}
        for button, pin in buttons.items():
            self._buttons[button] = DigitalInputDevice(pin, pull_up=True, pin_factory=factory)
        for light, pin in lights.items():
            # Only the alarm light has a pattern that fades, and PWM costs a thread or a channel for each.
            device = PWMLED if light is Light.ALARM else LED
            self._lamps[light] = device(pin, pin_factory=factory)
        self._deaf = False
        self._rhythm = Rhythm(self._lamps)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons that are fitted."""
        return tuple(self._buttons)

    @property
    def lights(self) -> tuple[Light, ...]:
        """The lights that are fitted."""
        return tuple(self._lamps)

    @property
    def fault(self) -> str | None:
        """What is wrong with the lights; None when they obey."""
        return self._rhythm.fault

    def start(self, on_edge: Callable[[Button, bool], None]) -> None:
        """Begin to listen. A button found pressed counts as pressed now: better one alarm too many than a
        press lost in the seconds of a start.
        """
        self._rhythm.start()
        for button, device in self._buttons.items():
            device.when_activated = self._teller(on_edge, button, True)
            device.when_deactivated = self._teller(on_edge, button, False)
            if device.is_active:
                on_edge(button, True)

    def show(self, light: Light, pattern: Pattern) -> None:
        """Show ``pattern`` from now on; a light that is not fitted is none of this board's."""
        if light in self._lamps:
            self._rhythm.show(light, pattern)

    def deafen(self) -> None:
        """Listen no more."""
        self._deaf = True

    def stop(self, timeout_s: float) -> None:
        """All lights dark, all pins free. Raises ``TimeoutError`` when the lights' thread does not end."""
        self.deafen()
        try:
            self._rhythm.stop(timeout_s)
        finally:
            for device in self._buttons.values():
                # gpiozero leaves a closed pin's callback with lgpio, whose one thread an edge then ends.
                device.pin.when_changed = None
            for device in (*self._buttons.values(), *self._lamps.values()):
                device.close()
            self._factory.close()

    def _teller(self, on_edge: Callable[[Button, bool], None], button: Button, pressed: bool) -> Any:
        def tell() -> None:
            if self._deaf:
                return
            try:
                on_edge(button, pressed)
            except Exception:  # noqa: BLE001 - it would end lgpio's one thread, and every button with it
                _log.exception("edge_not_taken", button=button.value, pressed=pressed)

        return tell
