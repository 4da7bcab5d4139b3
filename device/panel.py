"""What hands do on the panel, from the edges of its contacts. Times are monotonic seconds."""

from dataclasses import dataclass
from enum import StrEnum

from device.inputs import Button

CHATTER_S = 0.05
"""Edges within this after any edge of the same contact are chatter, in seconds."""

WITHDRAW_HOLD_S = 3.0
"""Holding the panic button this long says "withdrawn by staff", in seconds."""

WITHDRAW_WITHIN_S = 10.0
"""The hold must begin within this of the first press of its series, in seconds."""

STUCK_S = 30.0
"""A panic button pressed this long is a fault of the part, in seconds."""

EXTEND_HOLD_S = 1.5
"""Holding the session button this long extends the meeting, in seconds."""

GATHER_S = 1.0
"""Alarms of one button are sent at most this often, in seconds. What comes faster is gathered."""


@dataclass(frozen=True, slots=True)
class Change:
    """A contact changed, as a person would say it: chatter is gone."""

    pressed: bool
    at: float


class Contact:
    """Debouncing on the leading edge: the first edge counts at once, since waiting for the contact to settle
    would cost every press 50 ms. What the chatter ends in is taken over when it has been quiet, so neither a
    tap shorter than the chatter nor a press right after a release is lost.
    """

    def __init__(self) -> None:
        self.pressed = False
        """As counted."""
        self.since = float("-inf")
        """When the present counted state began."""
        self._raw = False
        self._last_edge = float("-inf")

    def edge(self, pressed: bool, at: float) -> list[Change]:
        """Take one edge; gives the changes that count, in order."""
        changes = self.settle(at)
        chatter = at - self._last_edge < CHATTER_S
        self._raw, self._last_edge = pressed, at
        if chatter:
            return changes
        if pressed and self.pressed:
            # The release between two presses was not seen; a press must never be lost with it.
            changes.append(self._become(False, at))
        if pressed != self.pressed:
            changes.append(self._become(pressed, at))
        return changes

    def settle(self, at: float) -> list[Change]:
        """Take over what the chatter ended in, once it has been quiet."""
        if self._raw != self.pressed and at - self._last_edge >= CHATTER_S:
            return [self._become(self._raw, self._last_edge)]
        return []

    def _become(self, pressed: bool, at: float) -> Change:
        self.pressed, self.since = pressed, at
        return Change(pressed, at)


class Act(StrEnum):
    """What a person did."""

    PANIC = "panic"
    WITHDRAW = "withdraw"
    """The panic button was held: "withdrawn by staff, please check"."""
    PANIC_STUCK = "panic-stuck"
    PANIC_FREED = "panic-freed"
    ASSIST = "assist"
    SESSION_DOWN = "session-down"
    SESSION_TAP = "session-tap"
    """Released before it was a hold."""
    SESSION_HOLD = "session-hold"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Gesture:
    act: Act
    at: float


class Panel:
    """The buttons of one unit."""

    def __init__(self) -> None:
        self._contacts = {button: Contact() for button in Button}
        self._series_began = float("-inf")
        self._withdrawn = False
        self._stuck = False
        self._session_held = False

    def edge(self, button: Button, pressed: bool, at: float) -> list[Gesture]:
        """Take one edge of one contact."""
        done = self.tick(at)
        for change in self._contacts[button].edge(pressed, at):
            done += self._changed(button, change)
        return done

    def tick(self, at: float) -> list[Gesture]:
        """What has come about by waiting: contacts that settled, buttons held long enough."""
        done: list[Gesture] = []
        for button, contact in self._contacts.items():
            for change in contact.settle(at):
                done += self._changed(button, change)
        return done + self._panic_held(at) + self._session_held_long(at)

    def _changed(self, button: Button, change: Change) -> list[Gesture]:
        at = change.at
        match button, change.pressed:
            case Button.PANIC, True:
                if at - self._series_began > WITHDRAW_WITHIN_S:
                    self._series_began, self._withdrawn = at, False
                return [Gesture(Act.PANIC, at)]
            case Button.PANIC, False if self._stuck:
                self._stuck = False
                return [Gesture(Act.PANIC_FREED, at)]
            case ((Button.ASSIST | Button.RECORD), True):
                return [Gesture(Act(button.value), at)]
            case Button.SESSION, True:
                self._session_held = False
                return [Gesture(Act.SESSION_DOWN, at)]
            case Button.SESSION, False if not self._session_held:
                return [Gesture(Act.SESSION_TAP, at)]
        return []

    def _panic_held(self, at: float) -> list[Gesture]:
        panic = self._contacts[Button.PANIC]
        held_s = at - panic.since if panic.pressed else 0.0
        done = []
        if held_s >= WITHDRAW_HOLD_S and not self._withdrawn:
            self._withdrawn = True
            done.append(Gesture(Act.WITHDRAW, panic.since + WITHDRAW_HOLD_S))
        if held_s >= STUCK_S and not self._stuck:
            self._stuck = True
            done.append(Gesture(Act.PANIC_STUCK, panic.since + STUCK_S))
        return done

    def _session_held_long(self, at: float) -> list[Gesture]:
        session = self._contacts[Button.SESSION]
        if session.pressed and not self._session_held and at - session.since >= EXTEND_HOLD_S:
            self._session_held = True
            return [Gesture(Act.SESSION_HOLD, session.since + EXTEND_HOLD_S)]
        return []


class Gathering:
    """Presses of one button on their way to events: the first at once, then at most one event a second, which
    stands for all presses since. None is lost: whoever mashes is counted, without a flood of messages.
    """

    def __init__(self) -> None:
        self.first_at: float | None = None
        """When the first press that still waits was made; None when none waits."""
        self._presses = 0
        self._sent_at = float("-inf")

    def press(self, at: float) -> None:
        """Count one press."""
        self._presses += 1
        if self.first_at is None:
            self.first_at = at

    def take(self, at: float, *, at_once: bool = False) -> tuple[int, float] | None:
        """Presses to send now, with the time of the first; None when there is none or it must wait."""
        if self.first_at is None or (at - self._sent_at < GATHER_S and not at_once):
            return None
        taken = self._presses, self.first_at
        self._presses, self.first_at, self._sent_at = 0, None, at
        return taken
