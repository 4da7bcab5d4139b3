"""A heart on a bench: its clock is ours, and all that it decides is kept."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from device.configuration import Trust
from device.decisions import Decision, Note, Report, Send, Show, StartRecording, StopRecording
from device.hearing.findings import Heard
from device.heart import NO_KEY, Heart
from device.inputs import (
    AreaAlarmArrived,
    Button,
    CommandArrived,
    ConfigArrived,
    Connection,
    Edge,
    Input,
    LampArrived,
    Now,
    ReceiptArrived,
    Tick,
)
from device.recording import Policy
from device.telling import Identity
from device.timer import Limits
from wire.lights import Light, Pattern
from wire.messages import AreaAlarm, Command, Config, Event, Lamp, Receipt, Reported
from wire.messages.events import EventData
from wire.messages.hub import Covers

EPOCH = "e0e0e0e0e0e0e0e0"
OLD_EPOCH = "0d0d0d0d0d0d0d0d"
BOOT = "b00b00b00b00b00b"
LIMITS = Limits(limit_s=1800.0, warn_s=300.0, grace_s=300.0, extend_s=600.0)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
START = 1000.0


def reading(monotonic: float, *, synced: bool = True) -> Now:
    """A clock that was at noon when the bench began."""
    return Now(monotonic, NOON + timedelta(seconds=monotonic - START), synced)


def heard(kind: Literal["shout", "bang"], phase: Literal["start", "update", "end"] = "start") -> Heard:
    """A finding of the hearing."""
    return Heard(
        kind=kind,
        phase=phase,
        finding="0123456789abcdef",
        level_dba=84.5,
        background_dba=45.0,
        duration_s=0.8,
        score=0.9,
        voice_share=0.7,
        calibrated=True,
        model="test-1",
    )


class Bench:
    """Times are seconds since the bench began."""

    def __init__(
        self,
        *,
        epoch: str = EPOCH,
        boot: str = BOOT,
        trust: Trust = NO_KEY,
        microphone: bool = False,
        recording: Policy | None = None,
        session_button: bool = True,
    ) -> None:
        self.heart = Heart(
            Identity("testville", "c1", epoch, boot),
            LIMITS,
            trust=trust,
            microphone=microphone,
            recording=recording,
            session_button=session_button,
        )
        self.at = 0.0
        self.events: list[Event] = []
        self.lights: dict[Light, Pattern] = {}
        self.decided: list[Decision] = []
        self.notes: dict[str, Any] = {}
        """What is on the disk for the next start."""
        self.reported: list[Reported] = []

    def tell(self, happened: Input, *, synced: bool = True) -> list[Decision]:
        """Hand one input to the heart."""
        decided = self.heart.handle(happened, reading(START + self.at, synced=synced))
        self.decided += decided
        for decision in decided:
            match decision:
                case Send(event):
                    self.events.append(event)
                case Show(light, pattern):
                    self.lights[light] = pattern
                case Note(name, note):
                    self.notes[name] = note
                case Report(reported):
                    self.reported.append(reported)
        return decided

    def until(self, at: float) -> None:
        """Let time pass, with the ticks that come in it."""
        while at - self.at > 0.1:
            self.at += 0.1
            self.tell(Tick())
        self.at = at
        self.tell(Tick())

    def edge(self, button: Button, pressed: bool, at: float) -> None:
        """One edge of a contact."""
        self.until(at)
        self.tell(Edge(button, pressed, reading(START + at)))

    def hold(self, button: Button, at: float, held_s: float) -> None:
        """A clean press."""
        self.edge(button, True, at)
        self.edge(button, False, at + held_s)

    def tap(self, button: Button, at: float) -> None:
        self.hold(button, at, 0.1)

    def connect(self) -> None:
        self.tell(Connection(True, 1))

    def receipt(self, through: int, beyond: Iterable[tuple[int, int]] = (), *, epoch: str = EPOCH) -> None:
        self.tell(ReceiptArrived(Receipt(epoch=epoch, through=through, beyond=list(beyond))))

    def command(
        self, name: str, number: int = 1, *, expires_s: float = 60.0, synced: bool = True, **arguments: Any
    ) -> list[Decision]:
        """Ask something; ``number`` tells commands apart, ``expires_s`` is from now."""
        expires = NOON + timedelta(seconds=self.at + expires_s)
        command = Command.model_validate(
            {"id": f"{number:016x}", "name": name, "expires": expires, "arguments": arguments}
        )
        return self.tell(CommandArrived(command), synced=synced)

    def config(self, version: int, **settings: Any) -> Reported:
        """Desire something; gives what is reported of it."""
        self.tell(ConfigArrived(Config(version=version, settings=settings, signature="")))
        return self.reported[-1]

    def lamp(
        self,
        state: Literal["off", "stored", "coming", "unanswered"],
        covers: int | None = None,
        *,
        epoch: str = EPOCH,
    ) -> None:
        said = Covers(epoch=epoch, sequence=covers) if covers is not None else None
        self.tell(LampArrived(Lamp(state=state, covers=said, time=NOON)))

    def area_alarm(self, *units: str) -> None:
        self.tell(AreaAlarmArrived(AreaAlarm(units=list(units), time=NOON)))

    @property
    def alarm_light(self) -> Pattern:
        return self.lights[Light.ALARM]

    def said(self) -> list[EventData]:
        """The data of all events so far."""
        return [data for event in self.events if (data := event.content()) is not None]


def orders(bench: Bench) -> list[tuple[str, str]]:
    """What the recorder was asked: starts with their why, stops with their end."""
    made = []
    for decision in bench.decided:
        if isinstance(decision, StartRecording):
            made.append(("start", str(decision.why)))
        elif isinstance(decision, StopRecording):
            made.append(("stop", str(decision.end)))
    return made
