"""The heart of a unit: takes what happened and a clock reading, gives what is to be done. It does no I/O."""

from collections.abc import Callable
from typing import Any

from device.alarms import OwnAlarms
from device.clock_word import ClockWord
from device.commands import Commands
from device.configuration import Configuration, NoKey, Trust
from device.decisions import Decision, HearWith, Report, Show
from device.faults import Faults
from device.finding import tell_finding
from device.hearing.figures import SensitivityName
from device.hearing.findings import Heard
from device.hearing.leq import Exposure
from device.inputs import (
    AlarmKey,
    AreaAlarmArrived,
    BacklogFull,
    CommandArrived,
    ConfigArrived,
    Connection,
    Edge,
    Input,
    LampArrived,
    Now,
    PartState,
    ReceiptArrived,
    RecorderTold,
    Recovered,
    Started,
    Stopping,
    Tick,
)
from device.lights import Known, alarm_light, link_light
from device.panel import Act, Gathering, Gesture, Panel
from device.recording import Policy, Recording
from device.sessions import Sessions
from device.telling import Identity, Telling
from device.timer import Limits
from wire.lights import IDENTIFY, NEIGHBOUR, OFF, Light, Pattern
from wire.messages import Lamp
from wire.messages.events import Assist, Booted, EventData, Panic, Withdrawn

NO_KEY = NoKey()


class Heart:
    """One unit. Not thread-safe: one thread owns it.

    ``limits``, ``sensitivity``: of its settings; ``microphone``, ``session_button``: one is fitted;
    ``recording``: a recorder.
    """

    def __init__(
        self,
        identity: Identity,
        limits: Limits,
        *,
        trust: Trust = NO_KEY,
        microphone: bool = False,
        session_button: bool = True,
        sensitivity: SensitivityName = "normal",
        recording: Policy | None = None,
    ) -> None:
        self._identity = identity
        self._telling = Telling(identity)
        self._panel = Panel()
        self._panics = Gathering()
        self._assists = Gathering()
        self._own = OwnAlarms(identity.epoch)
        self._last_panic: int | None = None
        self._sessions = Sessions(self._telling, limits, button=session_button)
        self._configuration = Configuration(limits, trust, sensitivity)
        self._sensitivity = sensitivity
        self._recording = Recording(self._telling, recording)
        self._commands = Commands(self._telling, self._sessions, self._recording)
        self._faults = Faults(self._telling)
        self._microphone = microphone
        self._lamp: Lamp | None = None
        self._neighbours: frozenset[str] = frozenset()
        self._connected = False
        self._clock = ClockWord(self._telling)
        self._shown: dict[Light, Pattern] = {}
        self._handlers: dict[type[Any], Callable[[Any, Now], list[Decision]]] = {
            AreaAlarmArrived: self._area,
            BacklogFull: self._faults.backlog,
            CommandArrived: self._command,
            ConfigArrived: self._config,
            Connection: self._connection,
            Edge: self._edge,
            Exposure: self._exposure,
            Heard: self._heard,
            LampArrived: self._lamp_arrived,
            PartState: self._faults.part,
            ReceiptArrived: self._receipt,
            RecorderTold: self._recording.told,
            Recovered: self._recovered,
            Started: self._started,
            Stopping: self._stopping,
            Tick: self._tick,
        }

    @property
    def faults(self) -> list[str]:
        """Parts with an open fault."""
        return self._faults.names

    @property
    def config(self) -> int:
        """Version of the desired configuration that runs; 0 for none."""
        return self._configuration.version

    def handle(self, happened: Input, now: Now) -> list[Decision]:
        """Decide. Events come before lights, in the order in which they are to be published."""
        self._recording.silent = self._alarm_light(now) not in (OFF, NEIGHBOUR)
        decided = self._handlers[type(happened)](happened, now) + self._clock.look(now)
        return decided + self._lights(now)

    # What people do.

    def _edge(self, edge: Edge, now: Now) -> list[Decision]:
        gestures = self._panel.edge(edge.button, edge.pressed, edge.at.monotonic)
        return self._gestures(gestures, now) + self._gathered(now)

    def _tick(self, _tick: Tick, now: Now) -> list[Decision]:
        gestures = self._panel.tick(now.monotonic)
        return self._gestures(gestures, now) + self._gathered(now) + self._recording.tick(now)

    def _stopping(self, _stopping: Stopping, now: Now) -> list[Decision]:
        return self._gathered(now, at_once=True)

    def _gestures(self, gestures: list[Gesture], now: Now) -> list[Decision]:
        decided: list[Decision] = []
        for gesture in gestures:
            decided += self._gesture(gesture.act, now.back_to(gesture.at), now)
        return decided

    def _gesture(self, act: Act, at: Now, now: Now) -> list[Decision]:
        match act:
            case Act.PANIC:
                self._panics.press(at.monotonic)
                return self._gathered(now) + self._recording.panic(at)
            case Act.ASSIST:
                self._assists.press(at.monotonic)
            case Act.WITHDRAW:
                return self._gathered(now, at_once=True) + self._withdraw(at)
            case Act.PANIC_STUCK | Act.PANIC_FREED:
                stuck = "the button has been down for 30 s" if act is Act.PANIC_STUCK else None
                return self._faults.part(PartState("panic", stuck), at)
            case Act.SESSION_DOWN | Act.SESSION_TAP | Act.SESSION_HOLD:
                return self._session(act, at)
            case Act.RECORD:
                return self._recording.button(at)
        # Sent here, not after all gestures: events keep the order in which people did things.
        return self._gathered(now)

    def _session(self, act: Act, at: Now) -> list[Decision]:
        before = self._sessions.goes_on
        recorded = self._recording.of_sessions or self._recording.goes_on
        decided = self._sessions.act(act, at, recorded=recorded)
        if self._sessions.goes_on is not before:
            recording = self._recording
            decided += recording.session_ended(at) if before else recording.session_began(at)
        return decided

    def _gathered(self, now: Now, *, at_once: bool = False) -> list[Decision]:
        decided: list[Decision] = []
        if taken := self._panics.take(now.monotonic, at_once=at_once):
            presses, first_at = taken
            said = Panic(presses=presses, drill=self._practice(first_at, now))
            decided += self._alarm(said, now.back_to(first_at))
            self._last_panic = self._telling.sequence
        if taken := self._assists.take(now.monotonic, at_once=at_once):
            said_assist = Assist(drill=self._practice(taken[1], now))
            decided += self._alarm(said_assist, now.back_to(taken[1]))
        return decided

    def _practice(self, first_at: float, now: Now) -> bool:
        """One press outside the drill makes the whole series serious."""
        return self._commands.drill(first_at) and self._commands.drill(now.monotonic)

    def _withdraw(self, at: Now) -> list[Decision]:
        if self._last_panic is None:
            raise AssertionError("a hold begins with a press, and the press has been sent")
        said = Withdrawn(panic_epoch=self._identity.epoch, panic_sequence=self._last_panic)
        return self._alarm(said, at, asks=False)

    def _started(self, started: Started, now: Now) -> list[Decision]:
        said = Booted(
            version=started.version,
            hardware=started.hardware,
            passed=list(started.passed),
            failed=list(started.failed),
            session=self._sessions.going_on(now),
        )
        return [*self._telling.say(said, now)]

    def _heard(self, heard: Heard, now: Now) -> list[Decision]:
        return [*tell_finding(heard, self._telling, now)]

    def _exposure(self, exposure: Exposure, _now: Now) -> list[Decision]:
        self._sessions.heard(exposure)
        return []

    # What the hub says, and what the disk still knows.

    def _recovered(self, recovered: Recovered, now: Now) -> list[Decision]:
        made = ((key, now.monotonic - age_s) for key, age_s in recovered.alarms)
        self._own.recover(recovered.epochs, made)
        notes = recovered.notes
        decided = self._commands.recover(notes.commands) + self._configuration.recover(notes.config)
        decided += self._use_configuration() + self._sessions.recover(notes.session, now)
        if not self._sessions.goes_on:
            return decided
        return decided + self._recording.session_began(now, agreed=self._sessions.recorded)

    def _connection(self, connection: Connection, _now: Now) -> list[Decision]:
        self._connected = connection.connected
        return [Report(self._configuration.reported)] if connection.connected else []

    def _receipt(self, arrived: ReceiptArrived, _now: Now) -> list[Decision]:
        self._own.stored(arrived.receipt)
        return []

    def _lamp_arrived(self, arrived: LampArrived, _now: Now) -> list[Decision]:
        self._lamp = arrived.lamp
        return []

    def _area(self, arrived: AreaAlarmArrived, _now: Now) -> list[Decision]:
        self._neighbours = frozenset(arrived.alarm.units) - {self._identity.unit}
        return []

    def _command(self, arrived: CommandArrived, now: Now) -> list[Decision]:
        self._recording.fails = "recorder" in self._faults
        return self._commands.take(
            arrived.command,
            now,
            alarm=self._alarm_light(now) is not OFF,
            hears=self._microphone and "microphone" not in self._faults,
        )

    def _config(self, arrived: ConfigArrived, _now: Now) -> list[Decision]:
        return self._configuration.take(arrived.config) + self._use_configuration()

    def _use_configuration(self) -> list[Decision]:
        self._sessions.use(self._configuration.limits)
        if self._configuration.sensitivity == self._sensitivity:
            return []
        self._sensitivity = self._configuration.sensitivity
        return [HearWith(self._sensitivity)]

    # What goes out.

    def _alarm(self, data: EventData, at: Now, *, asks: bool = True) -> list[Decision]:
        decided: list[Decision] = [self._telling.event(data, at)]
        key = AlarmKey(self._identity.epoch, self._telling.sequence)
        self._own.sent(key, at.monotonic, asks=asks)
        return decided

    def _lights(self, now: Now) -> list[Decision]:
        alarm = self._alarm_light(now)
        wanted = {
            Light.ALARM: alarm,
            Light.REC: self._recording.light,
            Light.LINK: link_light(self._connected, bool(self._faults)),
            **self._sessions.lights(now.monotonic),
        }
        if alarm is not OFF:
            self._commands.show_no_more()
        elif self._commands.showing(now.monotonic):
            # All but this one: it is lit exactly while something is stored.
            wanted = dict.fromkeys(wanted, IDENTIFY) | {Light.REC: wanted[Light.REC]}
        changed = {light: pattern for light, pattern in wanted.items() if self._shown.get(light) != pattern}
        self._shown.update(changed)
        sounds = self._sessions.sound(now.monotonic)
        # No sound at a counter that needs help: it would draw eyes to the panel.
        beeps = sounds if alarm is OFF else []
        return [*(Show(light, pattern) for light, pattern in changed.items()), *beeps]

    def _alarm_light(self, now: Now) -> Pattern:
        lamp = self._lamp
        return alarm_light(
            Known(
                unstored_s=self._unstored_s(now),
                answered=self._own.answered_by(lamp.covers if lamp else None),
                lamp=lamp.state if lamp else "off",
                neighbour=bool(self._neighbours),
            )
        )

    def _unstored_s(self, now: Now) -> float | None:
        """Age of the oldest alarm that the hub has not stored, gathered presses included."""
        oldest = (self._own.oldest, self._panics.first_at, self._assists.first_at)
        known = [at for at in oldest if at is not None]
        return now.monotonic - min(known) if known else None
