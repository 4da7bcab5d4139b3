"""What must be true of a unit, by a model that knows nothing of its code: fingers, meetings, the hub's words.

The model keeps the plain lists of what was pressed, made, receipted and said, and judges what is shown.
"""

from collections.abc import Iterable
from typing import Literal

import pytest

from device.faults import BACKLOG
from device.inputs import Button, Now
from tests.support.unit_asked import Asked
from tests.support.unit_meetings import Kept, Key, Timer
from tests.support.unit_recorder import POLICY, Recorder
from wire.lights import (
    COMING,
    IDENTIFY,
    NEIGHBOUR,
    OFF,
    STORED,
    UNANSWERED,
    WAITING,
    Light,
    Pattern,
)
from wire.limits import DELIVERY_WARNING_S
from wire.messages import Event, Lamp, Receipt
from wire.messages.events import (
    Assist,
    Booted,
    ClockSet,
    CommandAnswered,
    FaultCleared,
    FaultRaised,
    Panic,
    RecordingEnded,
    RecordingStarted,
    SessionAgreed,
    SessionStarted,
    SessionStopped,
    SessionUnknown,
    Withdrawn,
)

LampState = Literal["off", "stored", "coming", "unanswered"]

GATHER_S = 1.0
"""A press waits at most this long behind the one before it."""
SAYS: dict[str, Pattern] = {"stored": STORED, "coming": COMING, "unanswered": UNANSWERED}


class Truth:
    """Of one run of the program. ``epochs``: this run's and, as far as the unit knows them, earlier ones."""

    def __init__(self, epoch: str, boot: str, run: int = 0) -> None:
        self.epochs = [epoch]
        self.timer = Timer(boot)
        self.recorder = Recorder(run)
        self.asked = Asked(self.timer, self.recorder, lambda: "microphone" not in self._parts)
        self.connected = False
        self.full = False
        self._parts: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._lost_meeting: Kept | None = None
        self._now: Now | None = None
        self._unset_off_s: float | None = None
        self._set_by_s: float | None = None
        self._sequence = 0
        self._waiting: dict[Button, list[float]] = {Button.PANIC: [], Button.ASSIST: []}
        self._sent_at: dict[Button, float] = {}
        self._made: dict[Key, float] = {}
        self._calls: list[Key] = []
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
        if button is Button.PANIC and POLICY.panic_s is not None:
            self.recorder.kept_until = at + POLICY.panic_s

    def released(self, button: Button, at: float) -> None:
        if button is Button.SESSION:
            self.timer.release(at)

    def recovered(
        self, epochs: Iterable[str], alarms: Iterable[tuple[Key, float]], meeting: Kept | None
    ) -> None:
        """The outbox was read: epochs, oldest first, unstored alarms with when they were made, a meeting."""
        lost = self.timer.recovers(meeting)
        self._lost_meeting = None if self.full else lost
        self.epochs = [*epochs, *self.epochs]
        for key, at in alarms:
            self._made[key] = at
            self._calls.append(key)

    def made(self, event: Event, now: float) -> None:
        """The unit made an event: everything that must hold of it does."""
        self._sequence += 1
        assert (event.epoch, event.sequence) == (self.epochs[-1], self._sequence), "no hole"
        assert event.uptime <= now
        said, key = event.content(), (event.epoch, event.sequence)
        if not isinstance(said, FaultRaised | FaultCleared):  # they may be told late, as the clock was then
            assert self._now is not None
            assert event.clock == ("synced" if self._now.synced else "unsynced")
        match said:
            case Panic(presses=presses, drill=drill):
                assert drill is self._practice(Button.PANIC, now)
                self._taken(Button.PANIC, presses, event.uptime, now)
                self._alarm(key, event.uptime, asks=True)
            case Assist(drill=drill):
                assert drill is self._practice(Button.ASSIST, now)
                self._taken(Button.ASSIST, len(self._waiting[Button.ASSIST]), event.uptime, now)
                self._alarm(key, event.uptime, asks=True)
            case Withdrawn(panic_epoch=epoch, panic_sequence=sequence):
                assert (epoch, sequence) in self._calls, "what is withdrawn was sent before"
                self._alarm(key, event.uptime, asks=False)
            case FaultRaised(part=part, detail=detail):
                assert self._told.get(part) != detail, "told once"
                self._told[part] = detail
            case FaultCleared(part=part):
                del self._told[part]
            case Booted(session=session):
                assert session == self.timer.going_on(now), "what it does not name is over"
            case ClockSet(by_s=by_s):
                assert by_s == pytest.approx(self._set_by_s, abs=0.001)
                self._set_by_s = None
            case CommandAnswered() | RecordingStarted() | RecordingEnded():
                self._answered_or_recorded(said)
            case SessionStarted() | SessionAgreed():
                self._met(said, key)
            case SessionUnknown(epoch=epoch, sequence=sequence):
                assert self._lost_meeting is not None
                assert self._lost_meeting.meeting.started == ((epoch, sequence) if epoch else None)
                self._lost_meeting = None
            case SessionStopped(lasted_s=lasted_s):
                assert self.timer.lasted[-1:] == [lasted_s], "by the monotonic clock, whatever the wall says"

    def _met(self, said: SessionStarted | SessionAgreed, key: Key) -> None:
        meeting = self.timer.meeting
        assert meeting is not None
        if isinstance(said, SessionStarted):
            assert said.recorded, "as the policy says"
            self.timer.told(key)
        else:
            assert (said.limit_s, said.warn_s) == (meeting.limit_s, meeting.warn_s)
        if said.command is not None:
            assert said.case == meeting.case

    def _answered_or_recorded(self, said: CommandAnswered | RecordingStarted | RecordingEnded) -> None:
        if isinstance(said, CommandAnswered):
            self.asked.made(said)
        else:
            self.recorder.made(said)

    def before(self, now: Now, wall_off_s: float) -> None:
        """The unit is about to be handed an input at ``now``, with its wall clock ``wall_off_s`` off."""
        self._now = now
        if not now.synced:
            self._unset_off_s = wall_off_s
        elif self._unset_off_s is not None and not self.full:
            self._set_by_s, self._unset_off_s = wall_off_s - self._unset_off_s, None

    def after(self, now: float) -> None:
        """It has done all that follows from it."""
        assert self._set_by_s is None, "that the clock has been set is said at once"
        self.asked.handled()
        if self.alarm_light(now) is not OFF:
            self.asked.identify_until = float("-inf")

    def part_told(self, part: str, fault: str | None) -> None:
        """A part says how it is. While only alarms are accepted no event tells it, the heartbeat does."""
        if fault is None:
            self._parts.pop(part, None)
        else:
            self._parts.setdefault(part, fault)

    def only_alarms(self, full: bool) -> None:
        """Whether so much waits that only alarms are accepted."""
        self.full = self.recorder.full = full

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
    def calls(self) -> list[Key]:
        """Alarms that ask for help, in order."""
        return self._calls

    def judge(self, shown: dict[Light, Pattern], now: float) -> None:
        """``shown`` after a tick at ``now``."""
        identifies = now < self.asked.identify_until
        assert shown[Light.ALARM] is (IDENTIFY if identifies else self.alarm_light(now))
        if identifies:
            assert shown[Light.LINK] is IDENTIFY
        else:
            assert (shown[Light.LINK] is OFF) is not self.connected, "lit exactly while help can be called"
        assert self._lost_meeting is None, "of a meeting that is lost somebody is told"
        self.timer.passes(now)
        self.recorder.judge(shown[Light.REC], now, meeting=self.timer.meeting is not None)
        self._judge_faults()
        timer = {light: shown[light] for light in (Light.GREEN, Light.AMBER, Light.RED)}
        assert timer == (dict.fromkeys(timer, IDENTIFY) if identifies else self.timer.lights(now))
        for button, waiting in self._waiting.items():
            assert not waiting or now - self._sent_at[button] < GATHER_S, "a press waits a second at most"

    def _judge_faults(self) -> None:
        """Events have told how each part is, as soon as there is room. The panic button has its own tests."""
        if not self.full:
            told = {part: detail for part, detail in self._told.items() if part != "panic"}
            assert told == self._parts
        else:
            assert BACKLOG in self._told

    def _practice(self, button: Button, now: float) -> bool:
        """One press outside the drill makes all of them serious."""
        return all(self.asked.drill(at) for at in [*self._waiting[button], now])

    def alarm_light(self, now: float) -> Pattern:
        """What the alarm light must show, unless the unit shows where it is."""
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
        if not self._calls:
            return True
        covers = self._lamp.covers if self._lamp else None
        if covers is None or covers.epoch not in self.epochs:
            return False
        last = max(self._place(key) for key in self._calls)
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
            self._calls.append(key)
