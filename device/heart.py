"""The heart of a unit: takes what happened and a clock reading, gives what is to be done. It does no I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from device.alarms import OwnAlarms
from device.decisions import Decision, Send, Show
from device.hearing.findings import Heard
from device.inputs import (
    AlarmKey,
    AreaAlarmArrived,
    BacklogFull,
    Connection,
    Edge,
    Input,
    LampArrived,
    Now,
    PartState,
    ReceiptArrived,
    Recovered,
    Started,
    Stopping,
    Tick,
)
from device.lights import Known, alarm_light, link_light
from device.panel import Act, Gathering, Gesture, Panel
from device.timer import Limits, Meeting, timer_lights
from wire.lights import Light, Pattern
from wire.messages import Event, Lamp
from wire.messages.events import (
    Assist,
    Bang,
    Booted,
    EventData,
    FaultCleared,
    FaultRaised,
    Panic,
    Shout,
    Withdrawn,
)
from wire.topics import source_of

BACKLOG = "backlog"
"""The part whose fault says that so much waits for the hub that only alarms are accepted."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this unit is in this run of its program."""

    site: str
    unit: str
    epoch: str
    boot: str


class Heart:
    """One unit. Not thread-safe: one thread owns it."""

    def __init__(self, identity: Identity, limits: Limits) -> None:
        self._identity = identity
        self._source = source_of(identity.site, identity.unit)
        self._sequence = 0
        self._panel = Panel()
        self._panics = Gathering()
        self._assists = Gathering()
        self._own = OwnAlarms(identity.epoch)
        self._last_panic: int | None = None
        self._meeting = Meeting(limits)
        self._lamp: Lamp | None = None
        self._neighbours: frozenset[str] = frozenset()
        self._connected = False
        self._faults: dict[str, str] = {}
        self._full = False
        self._shown: dict[Light, Pattern] = {}
        self._handlers: dict[type[Any], Callable[[Any, Now], list[Decision]]] = {
            AreaAlarmArrived: self._area,
            BacklogFull: self._backlog,
            Connection: self._connection,
            Edge: self._edge,
            Heard: self._heard,
            LampArrived: self._lamp_arrived,
            PartState: self._part,
            ReceiptArrived: self._receipt,
            Recovered: self._recovered,
            Started: self._started,
            Stopping: self._stopping,
            Tick: self._tick,
        }

    @property
    def faults(self) -> list[str]:
        """Parts with an open fault."""
        return sorted(self._faults)

    def handle(self, happened: Input, now: Now) -> list[Decision]:
        """Decide. Events come before lights, in the order in which they are to be published."""
        decided = self._handlers[type(happened)](happened, now)
        return decided + self._lights(now)

    # What people do.

    def _edge(self, edge: Edge, now: Now) -> list[Decision]:
        gestures = self._panel.edge(edge.button, edge.pressed, edge.at.monotonic)
        return self._gestures(gestures, now) + self._gathered(now)

    def _tick(self, _tick: Tick, now: Now) -> list[Decision]:
        return self._gestures(self._panel.tick(now.monotonic), now) + self._gathered(now)

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
            case Act.ASSIST:
                self._assists.press(at.monotonic)
            case Act.WITHDRAW:
                return self._gathered(now, at_once=True) + self._withdraw(at)
            case Act.PANIC_STUCK:
                return self._part(PartState("panic", "the button has been down for 30 s"), at)
            case Act.PANIC_FREED:
                return self._part(PartState("panic", None), at)
            case Act.SESSION_DOWN | Act.SESSION_TAP | Act.SESSION_HOLD:
                said = self._meeting.act(act, at.monotonic)
                return self._say(said, at) if said else []
        # Sent here, not after all gestures: events keep the order in which people did things.
        return self._gathered(now)

    def _gathered(self, now: Now, *, at_once: bool = False) -> list[Decision]:
        decided: list[Decision] = []
        if taken := self._panics.take(now.monotonic, at_once=at_once):
            presses, first_at = taken
            decided += self._alarm(Panic(presses=presses), now.back_to(first_at))
            self._last_panic = self._sequence
        if taken := self._assists.take(now.monotonic, at_once=at_once):
            decided += self._alarm(Assist(), now.back_to(taken[1]))
        return decided

    def _withdraw(self, at: Now) -> list[Decision]:
        if self._last_panic is None:
            raise AssertionError("a hold begins with a press, and the press has been sent")
        said = Withdrawn(panic_epoch=self._identity.epoch, panic_sequence=self._last_panic)
        return self._alarm(said, at, asks=False)

    # What the unit notices.

    def _started(self, started: Started, now: Now) -> list[Decision]:
        return self._say(
            Booted(
                version=started.version,
                hardware=started.hardware,
                passed=list(started.passed),
                failed=list(started.failed),
            ),
            now,
        )

    def _heard(self, heard: Heard, now: Now) -> list[Decision]:
        shared: dict[str, Any] = {
            "finding": heard.finding,
            "level_dba": heard.level_dba,
            "background_dba": heard.background_dba,
            "duration_s": heard.duration_s,
            "score": heard.score,
            "calibrated": heard.calibrated,
            "model": heard.model,
        }
        if heard.kind == "bang":
            return self._say(Bang(**shared), now)
        # An update is worth less than a place in a backlog that overflows; start and end are not.
        shout = Shout(**shared, phase=heard.phase, voice_share=heard.voice_share)
        return [] if self._full and heard.phase == "update" else self._event(shout, now)

    def _part(self, part: PartState, now: Now) -> list[Decision]:
        if part.fault is not None and part.part not in self._faults:
            self._faults[part.part] = part.fault
            return self._say(FaultRaised(part=part.part, detail=part.fault), now)
        if part.fault is None and part.part in self._faults:
            del self._faults[part.part]
            return self._say(FaultCleared(part=part.part), now)
        return []

    def _backlog(self, backlog: BacklogFull, now: Now) -> list[Decision]:
        # The fault itself is still accepted, so it is said before the door closes and after it opens.
        self._full = False
        fault = "too much waits for the hub: only alarms are accepted" if backlog.full else None
        decided = self._part(PartState(BACKLOG, fault), now)
        self._full = backlog.full
        return decided

    # What the hub says.

    def _recovered(self, recovered: Recovered, now: Now) -> list[Decision]:
        made = ((key, now.monotonic - age_s) for key, age_s in recovered.alarms)
        self._own.recover(recovered.epochs, made)
        return []

    def _connection(self, connection: Connection, _now: Now) -> list[Decision]:
        self._connected = connection.connected
        return []

    def _receipt(self, arrived: ReceiptArrived, _now: Now) -> list[Decision]:
        self._own.stored(arrived.receipt)
        return []

    def _lamp_arrived(self, arrived: LampArrived, _now: Now) -> list[Decision]:
        self._lamp = arrived.lamp
        return []

    def _area(self, arrived: AreaAlarmArrived, _now: Now) -> list[Decision]:
        self._neighbours = frozenset(arrived.alarm.units) - {self._identity.unit}
        return []

    # What goes out.

    def _alarm(self, data: EventData, at: Now, *, asks: bool = True) -> list[Decision]:
        decided = self._event(data, at)
        self._own.sent(AlarmKey(self._identity.epoch, self._sequence), at.monotonic, asks=asks)
        return decided

    def _say(self, data: EventData, at: Now) -> list[Decision]:
        """An ordinary event. One that is not accepted gets no sequence: it must not look lost on the way."""
        return [] if self._full else self._event(data, at)

    def _event(self, data: EventData, at: Now) -> list[Decision]:
        event = Event.of(
            data,
            source=self._source,
            time=at.wall,
            epoch=self._identity.epoch,
            sequence=self._sequence + 1,
            boot=self._identity.boot,
            uptime=at.monotonic,
            clock="synced" if at.synced else "unsynced",
        )
        self._sequence += 1
        return [Send(event)]

    def _lights(self, now: Now) -> list[Decision]:
        lamp = self._lamp
        wanted = {
            Light.ALARM: alarm_light(
                Known(
                    unstored_s=self._unstored_s(now),
                    answered=self._own.answered_by(lamp.covers if lamp else None),
                    lamp=lamp.state if lamp else "off",
                    neighbour=bool(self._neighbours),
                )
            ),
            Light.LINK: link_light(self._connected, bool(self._faults)),
            **timer_lights(self._meeting.session, now.monotonic),
        }
        changed = {light: pattern for light, pattern in wanted.items() if self._shown.get(light) != pattern}
        self._shown.update(changed)
        return [Show(light, pattern) for light, pattern in changed.items()]

    def _unstored_s(self, now: Now) -> float | None:
        """Age of the oldest alarm that the hub has not stored, gathered presses included."""
        oldest = (self._own.oldest, self._panics.first_at, self._assists.first_at)
        known = [at for at in oldest if at is not None]
        return now.monotonic - min(known) if known else None
