"""What must be true of a unit, by a model that knows nothing of its code: fingers, meetings, the hub's words.

The model keeps the plain lists of what was pressed, made, receipted and said, and judges what is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from device.inputs import Button
from tests.support.unit_heart import LIMITS
from wire.lights import (
    BLINK,
    COMING,
    NEIGHBOUR,
    OFF,
    STEADY,
    STORED,
    UNANSWERED,
    WAITING,
    Light,
    Pattern,
)
from wire.limits import DELIVERY_WARNING_S
from wire.messages import Event, Lamp, Receipt
from wire.messages.events import Assist, FaultCleared, FaultRaised, Panic, SessionStopped, Withdrawn

Key = tuple[str, int]
LampState = Literal["off", "stored", "coming", "unanswered"]

GATHER_S = 1.0
"""A press waits at most this long behind the one before it."""
HOLD_S = 1.5
"""Holding the session button this long extends."""
SAYS: dict[str, Pattern] = {"stored": STORED, "coming": COMING, "unanswered": UNANSWERED}


@dataclass
class Timer:
    """A meeting as the person at the session button means it."""

    began: float | None = None
    limit_s: float = 0.0
    lasted: list[float] = field(default_factory=list)
    _down: float | None = None
    _started_it: bool = False
    _held: bool = False

    def press(self, at: float) -> None:
        self._down, self._held, self._started_it = at, False, self.began is None
        if self.began is None:
            self.began, self.limit_s = at, LIMITS.limit_s

    def passes(self, at: float) -> None:
        """Time has come to ``at``."""
        if self._down is not None and not self._held and at - self._down >= HOLD_S:
            self._held = True
            if not self._started_it:
                self.limit_s += LIMITS.extend_s

    def release(self, at: float) -> None:
        self.passes(at)
        self._down = None
        if not self._held and not self._started_it and self.began is not None:
            self.lasted.append(at - self.began)
            self.began = None

    def lights(self, at: float) -> dict[Light, Pattern]:
        """What the three lights must show."""
        lit: tuple[Light, Pattern] | None = None
        if self.began is not None:
            lasted_s = at - self.began
            if lasted_s < self.limit_s - LIMITS.warn_s:
                lit = Light.GREEN, STEADY
            elif lasted_s < self.limit_s:
                lit = Light.AMBER, STEADY
            else:
                lit = Light.RED, STEADY if lasted_s < self.limit_s + LIMITS.grace_s else BLINK
        return {
            light: lit[1] if lit and lit[0] is light else OFF
            for light in (Light.GREEN, Light.AMBER, Light.RED)
        }


class Truth:
    """Of one run of the program. ``epochs``: this run's and, as far as the unit knows them, earlier ones."""

    def __init__(self, epoch: str) -> None:
        self.epochs = [epoch]
        self.timer = Timer()
        self.connected = False
        self._full = False
        self._faulty: set[str] = set()
        self._unsaid: set[str] = set()
        self._sequence = 0
        self._waiting: dict[Button, list[float]] = {Button.PANIC: [], Button.ASSIST: []}
        self._sent_at: dict[Button, float] = {}
        self._made: dict[Key, float] = {}
        self._asked: list[Key] = []
        self._stored: set[Key] = set()
        self._lamp: Lamp | None = None
        self._neighbour = False

    # What happened.

    def pressed(self, button: Button, at: float) -> None:
        """A person pressed, as a person would say it."""
        if button is Button.SESSION:
            self.timer.press(at)
        elif button in self._waiting:
            self._waiting[button].append(at)

    def released(self, button: Button, at: float) -> None:
        if button is Button.SESSION:
            self.timer.release(at)

    def recovered(self, epochs: Iterable[str], alarms: Iterable[tuple[Key, float]]) -> None:
        """The outbox was read: epochs, oldest first, and unstored alarms, with when they were made."""
        self.epochs = [*epochs, *self.epochs]
        for key, at in alarms:
            self._made[key] = at
            self._asked.append(key)

    def made(self, event: Event, now: float) -> None:
        """The unit made an event: everything that must hold of it does."""
        self._sequence += 1
        assert (event.epoch, event.sequence) == (self.epochs[-1], self._sequence), "no hole"
        assert event.uptime <= now
        said, key = event.content(), (event.epoch, event.sequence)
        match said:
            case Panic(presses=presses):
                self._taken(Button.PANIC, presses, event.uptime, now)
                self._alarm(key, event.uptime, asks=True)
            case Assist():
                self._taken(Button.ASSIST, len(self._waiting[Button.ASSIST]), event.uptime, now)
                self._alarm(key, event.uptime, asks=True)
            case Withdrawn(panic_epoch=epoch, panic_sequence=sequence):
                assert (epoch, sequence) in self._asked, "what is withdrawn was sent before"
                self._alarm(key, event.uptime, asks=False)
            case FaultRaised(part=part):
                assert part not in self._faulty or part in self._unsaid
                self._faulty.add(part)
                self._unsaid.discard(part)
            case FaultCleared(part=part):
                assert part in self._faulty or part in self._unsaid
                self._faulty.discard(part)
                self._unsaid.discard(part)
            case SessionStopped(lasted_s=lasted_s):
                assert self.timer.lasted[-1:] == [lasted_s], "by the monotonic clock, whatever the wall says"

    def part_told(self, part: str) -> None:
        """A part says how it is. While only alarms are accepted no event tells it, the heartbeat does."""
        if self._full:
            self._unsaid.add(part)

    def only_alarms(self, full: bool) -> None:
        """Whether so much waits that only alarms are accepted. The panic button may get stuck meanwhile."""
        self._full = full
        if full:
            self._unsaid.add("panic")

    def receipt(self, receipt: Receipt) -> None:
        self._stored |= {key for key in self._made if key[0] == receipt.epoch and receipt.covers(key[1])}

    def lamp(self, lamp: Lamp) -> None:
        self._lamp = lamp

    def area(self, neighbour: bool) -> None:
        self._neighbour = neighbour

    # What must be.

    @property
    def waiting(self) -> int:
        """Presses of the panic button that no event has told yet."""
        return len(self._waiting[Button.PANIC])

    @property
    def asked(self) -> list[Key]:
        return self._asked

    def judge(self, shown: dict[Light, Pattern], now: float) -> None:
        """``shown`` after a tick at ``now``."""
        assert shown[Light.ALARM] is self._alarm_light(now)
        assert (shown[Light.LINK] is OFF) is not self.connected, "lit exactly while help can be called"
        self.timer.passes(now)
        timer = {light: shown[light] for light in (Light.GREEN, Light.AMBER, Light.RED)}
        assert timer == self.timer.lights(now)
        for button, waiting in self._waiting.items():
            assert not waiting or now - self._sent_at[button] < GATHER_S, "a press waits a second at most"

    def _alarm_light(self, now: float) -> Pattern:
        unstored = [at for key, at in self._made.items() if key not in self._stored]
        unstored += [at for waiting in self._waiting.values() for at in waiting]
        if unstored:
            return UNANSWERED if now - min(unstored) >= DELIVERY_WARNING_S else WAITING
        if not self._answered():
            return STORED
        if self._lamp is not None and self._lamp.state != "off":
            return SAYS[self._lamp.state]
        return NEIGHBOUR if self._neighbour else OFF

    def _answered(self) -> bool:
        """Whether the lamp speaks of all our alarms: it may not claim that somebody comes for another one."""
        if not self._asked:
            return True
        covers = self._lamp.covers if self._lamp else None
        if covers is None or covers.epoch not in self.epochs:
            return False
        last = max(self._place(key) for key in self._asked)
        return self._place((covers.epoch, covers.sequence)) >= last

    def _place(self, key: Key) -> tuple[int, int]:
        return self.epochs.index(key[0]), key[1]

    def _taken(self, button: Button, presses: int, first_at: float, now: float) -> None:
        waiting = self._waiting[button]
        assert waiting[:1] == [first_at], "told with the time of its first press"
        assert presses == len(waiting), "all presses that wait, none twice"
        waiting.clear()
        self._sent_at[button] = now

    def _alarm(self, key: Key, at: float, *, asks: bool) -> None:
        self._made[key] = at
        if asks:
            self._asked.append(key)
