"""A board of buttons and lights over any gpiozero pin factory."""

import time
from collections.abc import Callable
from typing import Any, Protocol

import structlog
from gpiozero import LED, PWMLED, Buzzer, DigitalInputDevice

from device.hardware.rhythm import Both, Lamp, Rhythm
from device.hardware.wiring import USUAL, Wiring
from device.inputs import Button
from wire.lights import Light, Pattern

_log = structlog.get_logger()

BEEP_S = 0.1
"""Length of one sound of the buzzer and of the pause after it, in seconds."""

LATE_MOST_S = 60.0
"""An edge is told at most so long after it happened, in seconds: a program that stands still for longer is
ended by the service manager. A time further off than this is of another clock than ours."""

BUSY_WAITS_S = (0.001, 0.01, 0.1)
"""Waits before a pin that is busy is freed again, in seconds."""

_PULL_UP = {"up": True, "down": False, "none": None}

OnEdge = Callable[[Button, bool, float], None]
"""Takes a button, whether its contact closed, and when it did, in monotonic seconds."""


class EdgeLoop(Protocol):
    """The thread that brings edges: what a watchdog wants to know of it."""

    @property
    def turns(self) -> int:
        """How often it has gone round."""

    @property
    def ended(self) -> bool:
        """Whether it has ended: then no edge will ever come."""

    def nudge(self) -> None:
        """Make it go round soon, although it may have nothing to do."""


class HardwareUnavailable(RuntimeError):
    """The configured hardware cannot be used; the message says what was tried."""


class Board:
    """Pins are BCM numbers; ``wiring`` says what high and low mean.

    ``on_edge`` gets every edge of a contact, chatter included, on the factory's thread, with the time at
    which the factory has seen it: with lgpio, that is when the kernel was interrupted.
    """

    edges: EdgeLoop | None = None
    """The thread that brings edges, where one of its own does."""

    def __init__(
        self, factory: Any, buttons: dict[Button, int], lights: dict[Light, int], wiring: Wiring = USUAL
    ) -> None:
        self._factory = factory
        self._buttons: dict[Button, Any] = {}
        self._lamps: dict[Light, Lamp] = {}
        self._pressed_is_high: dict[Button, bool] = {}
        self._tellers: list[Any] = []
        for button, pin in buttons.items():
            pull, high = wiring.pull(button), wiring.pressed_is_high(button)
            self._buttons[button] = DigitalInputDevice(
                pin,
                pull_up=_PULL_UP[pull],
                active_state=high if pull == "none" else None,
                pin_factory=factory,
            )
            self._pressed_is_high[button] = high
        for light, pin in lights.items():
            # Only the alarm light has a pattern that fades, and PWM costs a thread or a channel for each.
            device = PWMLED if light is Light.ALARM else LED
            self._lamps[light] = device(pin, active_high=wiring.lit_is_high(light), pin_factory=factory)
        if wiring.sign is not None:
            sign = LED(wiring.sign, active_high=wiring.sign_active_high, pin_factory=factory)
            self._lamps[Light.REC] = Both(self._lamps[Light.REC], sign)
        self._buzzer: Any = None
        if wiring.buzzer is not None:
            self._buzzer = Buzzer(wiring.buzzer, active_high=wiring.buzzer_active_high, pin_factory=factory)
        self._deaf = False
        self._rhythm = Rhythm(self._lamps)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """The buttons that are fitted."""
        return tuple(self._buttons)

    @property
    def down(self) -> list[Button]:
        """The buttons that are pressed at this moment."""
        return [
            button
            for button, device in self._buttons.items()
            if bool(device.pin.state) is self._pressed_is_high[button]
        ]

    @property
    def lights(self) -> tuple[Light, ...]:
        """The lights that are fitted."""
        return tuple(self._lamps)

    @property
    def fault(self) -> str | None:
        """What is wrong with the lights; None when they obey."""
        return self._rhythm.fault

    @property
    def deaf(self) -> str | None:
        """Why no edge can come any more; None while edges can."""
        if self.edges is not None and self.edges.ended:
            return "the thread that tells of edges has ended"
        return None

    def start(self, on_edge: OnEdge) -> None:
        """Begin to listen. A button found pressed counts as pressed now: better one alarm too many than a
        press lost in the seconds of a start.
        """
        self._rhythm.start()
        # gpiozero itself only remembers them weakly.
        self._tellers = [self._teller(on_edge, button) for button in self._buttons]
        for device, teller in zip(self._buttons.values(), self._tellers, strict=True):
            device.pin.when_changed = teller
        for button in self.down:
            on_edge(button, True, time.monotonic())

    def show(self, light: Light, pattern: Pattern) -> None:
        """Show ``pattern`` from now on; a light that is not fitted is none of this board's."""
        if light in self._lamps:
            self._rhythm.show(light, pattern)

    @property
    def turns(self) -> int:
        """How often the lights' thread has gone round; ``nudge`` makes it go round once more."""
        return self._rhythm.turns

    def nudge(self) -> None:
        """Wake the lights' thread although nothing may have changed."""
        self._rhythm.nudge()

    def beep(self, times: int) -> None:
        """Sound the buzzer, where one is fitted; returns at once."""
        if self._buzzer is not None:
            self._buzzer.beep(BEEP_S, BEEP_S, n=times, background=True)

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
                _silence(device.pin)
            for device in (*self._buttons.values(), *self._lamps.values(), self._buzzer):
                if device is not None:
                    device.close()
            self._factory.close()

    def _teller(self, on_edge: OnEdge, button: Button) -> Any:
        def tell(ticks: float, state: float) -> None:
            if self._deaf:
                return
            pressed = bool(state) is self._pressed_is_high[button]
            try:
                on_edge(button, pressed, edge_time(ticks, time.monotonic()))
            except Exception:  # noqa: BLE001 - it would end lgpio's one thread, and every button with it
                _log.exception("edge_not_taken", button=button.value, pressed=pressed)

        return tell


def _silence(pin: Any) -> None:
    """gpiozero leaves a closed pin's callback with lgpio, whose one thread an edge then ends: so it is taken
    away before. lgpio frees a line by closing what a thread of its own may just be waiting on; for as long as
    that waits, half a millisecond, the kernel calls the line busy.
    """
    for wait_s in BUSY_WAITS_S:
        try:
            pin.when_changed = None
        except Exception as error:  # noqa: BLE001 - lgpio's errors have no root of their own
            _log.info("pin_not_yet_free", pin=str(pin), error=str(error))
            time.sleep(wait_s)
        else:
            return
    pin.when_changed = None


def edge_time(ticks: float, now: float) -> float:
    """When an edge happened, in monotonic seconds. ``ticks`` is what the factory says.

    The kernel's times are of the same clock as ours (since Linux 5.7; before, they were of the wall clock,
    which is far from any time of ours). What cannot be one of our times counts as happening now.
    """
    return ticks if 0.0 <= now - ticks <= LATE_MOST_S else now
