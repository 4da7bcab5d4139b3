"""A whole unit as a process with a simulated desk, and a hub side made by hand."""

import base64
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.support.brokers import wait_until
from tests.support.desk import Desk
from tools.demo.broker import Broker
from wire.codec import decode, encode
from wire.link import Delivery, Link, LinkSettings
from wire.messages import AreaAlarm, Command, Event, Health, Lamp, Message, Receipt
from wire.topics import Channel, UnitTopic, area_topic, hub_subscriptions, unit_topic

SITE = "testville"
UNIT = "c1"
AREA = "hall"
WITHIN_S = 15.0
RETAINED = (Channel.LAMP, Channel.CONFIG)
RECORDER_PINS = "record = 23\nrec_light = 21"
ROOT = Path(__file__).resolve().parents[2]


class UnitDesk(Desk):
    """A desk with a microphone."""

    def play(self, pcm16: bytes, level_dba: float) -> None:
        """Play into the microphone."""
        sound = base64.b64encode(pcm16).decode()
        self._say({"do": "sound", "pcm16": sound, "level_dba": level_dba})


class HandHub:
    """Reads what units say and answers only when told to, or ``diligent``: a receipt for every event."""

    def __init__(
        self, broker: Broker, *, diligent: bool = False, protocol: Literal["5", "3.1.1"] = "5"
    ) -> None:
        self.events: list[Event] = []
        self.arrived_at: dict[tuple[str, int], float] = {}
        self.messages: list[tuple[Channel, Message]] = []
        self._copies: Counter[str] = Counter()
        self.diligent = diligent
        settings = LinkSettings(
            "127.0.0.1", broker.port, "hand-hub", "hub", broker.password_of("hub"), protocol
        )
        self._link = Link(
            settings,
            subscriptions=hub_subscriptions(SITE),
            on_delivery=self._arrived,
            on_connection=lambda _connected, _why: None,
        )

    def __enter__(self) -> Self:
        self._link.start()
        wait_until(lambda: self._link.connected, "the hand-made hub connects")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._link.stop()

    def keys(self, epoch: str | None = None) -> set[int]:
        """Sequences that arrived, of one epoch or of all."""
        return {event.sequence for event in list(self.events) if epoch in (None, event.epoch)}

    def of_type(self, name: str) -> list[Event]:
        """Events of a type, each once, in order of arrival; ``name`` without prefix: "panic"."""
        return [event for event in list(self.events) if event.type == f"io.madomori.{name}.v1"]

    def copies(self, event: Event) -> int:
        """How often an event has arrived."""
        return self._copies[event.id]

    def microphones(self) -> list[str]:
        """What heartbeats have said of the microphone."""
        return [beat.microphone for beat in self.said(Channel.HEALTH) if isinstance(beat, Health)]

    def faults(self) -> list[list[str]]:
        """What heartbeats have named as faulty."""
        return [beat.faults for beat in self.said(Channel.HEALTH) if isinstance(beat, Health)]

    def said(self, channel: Channel) -> list[Message]:
        """All that came on a channel."""
        return [message for where, message in list(self.messages) if where is channel]

    def receipt(self, event: Event, *, through: int | None = None) -> None:
        """Say that everything through ``event`` is stored."""
        stored = Receipt(epoch=event.epoch, through=through if through is not None else event.sequence)
        self.say(Channel.RECEIPT, stored)

    def receipt_beyond(self, event: Event) -> None:
        """Say that only this event of its epoch is stored."""
        beyond = [(event.sequence, event.sequence)]
        self.say(Channel.RECEIPT, Receipt(epoch=event.epoch, through=0, beyond=beyond))

    def lamp(self, state: str, event: Event | None = None) -> None:
        """Retained: what the alarm light must say."""
        covers = {"epoch": event.epoch, "sequence": event.sequence} if event else None
        lamp = Lamp.model_validate({"state": state, "covers": covers, "time": datetime.now(UTC)})
        self.say(Channel.LAMP, lamp)

    def area_alarm(self, units: list[str]) -> None:
        """Retained: who in the area needs help."""
        self._link.publish(
            area_topic(SITE, AREA), encode(AreaAlarm(units=units, time=datetime.now(UTC))), retain=True
        )

    def command(self, name: str, number: int, *, expires_s: float = 60.0, **arguments: object) -> None:
        """Ask the unit to do something; ``number`` tells commands apart."""
        expires = datetime.now(UTC) + timedelta(seconds=expires_s)
        asked = {"id": f"{number:016x}", "name": name, "expires": expires, "arguments": arguments}
        self.say(Channel.COMMAND, Command.model_validate(asked))

    def answers(self) -> list[tuple[str, bool]]:
        """What has become of commands: name and whether it was done."""
        return [(event.data["name"], event.data["done"]) for event in self.of_type("command-answered")]

    def say(self, channel: Channel, message: Message) -> None:
        """Publish to the unit; a lamp and a configuration are retained."""
        self.say_bytes(channel, encode(message))

    def say_bytes(self, channel: Channel, payload: bytes) -> None:
        """Publish anything to the unit."""
        topic = unit_topic(SITE, UNIT, channel)
        wait_until(lambda: self._link.publish(topic, payload, retain=channel in RETAINED), "a publish")

    def _arrived(self, delivery: Delivery) -> None:
        at = time.monotonic()
        where, message = decode(delivery.topic, delivery.payload)
        assert isinstance(where, UnitTopic)
        delivery.acknowledge()
        self.messages.append((where.channel, message))
        if isinstance(message, Event):
            self._copies[message.id] += 1
            key = (message.epoch, message.sequence)
            if key not in self.arrived_at:
                self.arrived_at[key] = at
                self.events.append(message)
            if self.diligent:
                self._answer(message.epoch)

    def _answer(self, epoch: str) -> None:
        stored = sorted(self.keys(epoch))
        through = next((n for n, s in enumerate(stored) if s != n + 1), len(stored))
        beyond: list[tuple[int, int]] = []
        for sequence in stored[through:]:
            if beyond and beyond[-1][1] == sequence - 1:
                beyond[-1] = (beyond[-1][0], sequence)
            else:
                beyond.append((sequence, sequence))
        receipt = Receipt(epoch=epoch, through=through, beyond=beyond[:64])
        self._link.publish(unit_topic(SITE, UNIT, Channel.RECEIPT), encode(receipt))


@dataclass
class UnitProcess:
    """``madomori-unit run`` in a folder of its own, with everything fitted."""

    broker: Broker
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="unit-")))
    protocol: str = "5"
    microphone: str = "none"
    trust: str = "none"
    recorder: str = ""
    """Lines of the table [recorder]; empty: there is none."""
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    desks: list[Desk] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "password").write_text(self.broker.password_of(UNIT))
        self.write_config()

    def write_config(self) -> None:
        """Write the settings file from the fields."""
        self.config.write_text(f"""
site = "{SITE}"
unit = "{UNIT}"
area = "{AREA}"
state_dir = "state"
hardware = "simulated"
[broker]
host = "127.0.0.1"
port = {self.broker.port}
password_file = "password"
protocol = "{self.protocol}"
[panel]
panic = 17
assist = 27
session = 22
alarm_light = 5
green_light = 6
amber_light = 13
red_light = 19
link_light = 26
{RECORDER_PINS if self.recorder else ""}
[microphone]
source = "{self.microphone}"
calibrated = true
{self.recorder and "[recorder]" + chr(10) + self.recorder}
[config]
trust = "{self.trust}"
[simulated]
desk_socket = "desk.sock"
""")

    @property
    def config(self) -> Path:
        return self.folder / "unit.toml"

    @property
    def log(self) -> Path:
        return self.folder / "unit.log"

    def start(self) -> UnitDesk:
        """Start, wait until it is ready, and sit down at its desk."""
        before = self.log.read_bytes().count(b"unit_ready") if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=os.environ | self.environment,
            )
        wait_until(lambda: self.log.read_bytes().count(b"unit_ready") > before, f"ready; see {self.log}")
        desk = UnitDesk(self.folder / "desk.sock")
        self.desks.append(desk)
        wait_until(lambda: "link" in desk.lights, "the desk greets")
        return desk

    def kill(self) -> None:
        """As a power cut does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self) -> tuple[int, float]:
        """Ask it to end: exit code and seconds it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(WITHIN_S), time.monotonic() - began

    def run_second(self) -> tuple[int, str]:
        """Start another process with the same settings: its exit code and what it said."""
        done = subprocess.run(
            self._command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def made(self) -> int:
        """Events that the present epoch has made, by the log."""
        return self.log.read_bytes().rpartition(b"outbox_opened")[2].count(b"event_made")

    def pending_on_disk(self) -> int:
        """Events in the outbox's file."""
        with closing(sqlite3.connect(self.folder / "state" / "outbox.sqlite")) as outbox:
            count: int = outbox.execute("SELECT COUNT(*) FROM event").fetchone()[0]
            return count

    @property
    def _command(self) -> list[str]:
        return [sys.executable, "-m", "device", "run", "--config", str(self.config)]

    def clean(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for desk in self.desks:
            desk.close()
        shutil.rmtree(self.folder)
