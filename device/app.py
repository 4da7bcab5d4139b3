"""One unit, wired: the owner's loop, and an ordered start and stop. The only place that sees every room."""

import math
import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from device.clock import Clock, boot_id
from device.decisions import Decision, Send, Show
from device.hardware import gpio
from device.hardware.board import Board
from device.hardware.desk import Desk, Loudness
from device.hardware.simulated import SimulatedBoard
from device.heart import Heart, Identity
from device.inputs import (
    AlarmKey,
    BacklogFull,
    Button,
    Connection,
    Edge,
    Input,
    Now,
    PartState,
    ReceiptArrived,
    Recovered,
    Stopping,
    Tick,
)
from device.intake import Intake
from device.lock import FolderLock
from device.microphone.ear import Ear
from device.outbox import Kept, Outbox
from device.settings import UnitSettings
from device.timer import Limits
from device.uplink import News, Uplink
from device.vitals import decibel, heartbeat, microphone_state, part_state, self_test
from wire.codec import Refused, decode
from wire.limits import HEARTBEAT_S
from wire.link import LinkSettings
from wire.messages import Event
from wire.messages.events import Assist, Panic, Withdrawn
from wire.topics import Channel, unit_topic

_log = structlog.get_logger()

TICK_S = 0.1
"""The heart is told at least this often that time has passed, in seconds."""

LOOK_S = 1.0
"""How often parts are asked how they are, in seconds."""

OPEN_WAIT_S = 1.0
"""How long the start waits for the disk, in seconds; after it the unit serves from memory."""

BUTTON_ALARMS = (Panic.TYPE, Assist.TYPE, Withdrawn.TYPE)


class Unit:
    """One unit. ``run`` belongs to one thread, the owner of the heart; ``stop`` may come from any."""

    def __init__(self, settings: UnitSettings) -> None:
        self._settings = settings
        self._clock = Clock(settings.hardware)
        self._identity = Identity(settings.site, settings.unit, secrets.token_hex(8), boot_id())
        session = settings.session
        limits = Limits(session.limit_s, session.warn_s, session.grace_s, session.extend_s)
        self._heart = Heart(self._identity, limits)
        self._intake: Intake[News | Kept | PartState] = Intake()
        self._outbox = Outbox(
            Path(settings.state_dir),
            self._identity.epoch,
            on_opened=lambda kept: self._intake.news("kept", kept),
            on_state=lambda fault: self._intake.news("disk", part_state("disk", fault)),
        )
        link = LinkSettings(
            host=settings.broker.host,
            port=settings.broker.port,
            client_id=f"unit-{settings.site}-{settings.unit}",
            username=settings.username,
            password=settings.password(),
            protocol=settings.broker.protocol,
        )
        self._uplink = Uplink(self._identity, settings.area, link, self._intake.news)
        self._ear = Ear(settings.microphone, self._intake.heard)
        self._desk: Desk | None = None
        self._full = False
        self._stopping = threading.Event()
        self._lock = FolderLock(Path(settings.state_dir))
        self._board = self._open_board()

    def _open_board(self) -> Board:
        settings = self._settings
        buttons, lights = settings.panel.buttons(), settings.panel.lights()
        if settings.simulated is None:
            return gpio.open_board(buttons, lights)
        board = SimulatedBoard(buttons, lights)
        desk = Path(settings.simulated.desk_socket)
        self._desk = Desk(desk, settings.unit, board, self._ear.simulated, self._loudness)
        return board

    def stop(self) -> None:
        """Ask ``run`` to end; returns at once."""
        self._stopping.set()

    def run(self) -> bool:
        """Serve until ``stop``. False when a part did not end in its time; its name is in the log."""
        try:
            self._start()
            self._serve()
        finally:
            ended = self._end()
        return ended

    # Start.

    def _start(self) -> None:
        self._outbox.start(OPEN_WAIT_S)
        self._drain()
        self._ear.start()
        now, faults = self._clock.now(), self._heart.faults
        self._handle(self_test(self._settings.hardware, now, self._ear.status(), faults))
        if self._desk is not None:
            self._desk.start()
        self._board.start(self._edge)
        self._uplink.start()
        _log.info("unit_ready", unit=self._identity.unit, epoch=self._identity.epoch)

    def _edge(self, button: Button, pressed: bool) -> None:
        self._intake.edge(Edge(button, pressed, self._clock.now()))

    # The owner's loop.

    def _serve(self) -> None:
        tick_at = look_at = beat_at = self._clock.now().monotonic
        while not self._stopping.is_set():
            happened = self._intake.take(max(0.0, tick_at - self._clock.now().monotonic))
            if happened is not None:
                self._handle(happened)
            now = self._clock.now()
            if now.monotonic >= tick_at:
                tick_at = now.monotonic + TICK_S
                self._handle(Tick())
            if now.monotonic >= look_at:
                look_at = now.monotonic + LOOK_S
                self._look()
            if now.monotonic >= beat_at:
                beat_at = now.monotonic + HEARTBEAT_S
                self._guard(self._beat, "heartbeat")

    def _drain(self) -> None:
        while (happened := self._intake.take(0.0)) is not None:
            self._handle(happened)

    def _handle(self, happened: Input | Kept) -> None:
        self._guard(lambda: self._decide(happened), type(happened).__name__)

    def _decide(self, happened: Input | Kept) -> None:
        now = self._clock.now()
        if isinstance(happened, Kept):
            happened = self._recover(happened, now)
        elif isinstance(happened, Connection):
            self._uplink.connection(happened, now)
        elif isinstance(happened, ReceiptArrived):
            self._outbox.remove(self._uplink.receipt(happened.receipt, now))
        elif isinstance(happened, Tick):
            self._uplink.tick(now)
        self._carry_out(self._heart.handle(happened, now), now)
        if self._uplink.backlog.full != self._full:
            self._full = self._uplink.backlog.full
            self._carry_out(self._heart.handle(BacklogFull(self._full), now), now)

    def _carry_out(self, decisions: Iterable[Decision], now: Now) -> None:
        for decision in decisions:
            match decision:
                case Send(event):
                    self._outbox.put(self._uplink.send(event, now))
                    _log.info("event_made", type=event.type, sequence=event.sequence)
                case Show(light, pattern):
                    self._board.show(light, pattern)

    def _recover(self, kept: Kept, now: Now) -> Recovered:
        """Take over what earlier runs left; what this version cannot read would never be stored: it goes."""
        topic = unit_topic(self._identity.site, self._identity.unit, Channel.EVENT)
        alarms: list[tuple[AlarmKey, float]] = []
        readable, broken = [], []
        for entry in kept.entries:
            try:
                event = decode(topic, entry.payload)[1]
            except Refused as refusal:
                _log.error("outbox_event_unreadable", sequence=entry.sequence, detail=refusal.detail)
                broken.append(entry)
                continue
            readable.append(entry)
            if isinstance(event, Event) and event.type in BUTTON_ALARMS:
                # Across a reboot the age is unknown: it counts as long ago, and the light says so.
                age_s = now.monotonic - event.uptime if event.boot == self._identity.boot else math.inf
                alarms.append((AlarmKey(event.epoch, event.sequence), age_s))
        self._outbox.remove(broken)
        self._uplink.recover(tuple(readable))
        _log.info("outbox_opened", events=len(readable), alarms=len(alarms))
        return Recovered(kept.epochs, tuple(alarms))

    def _guard(self, work: Callable[[], None], what: str) -> None:
        """A fault in one matter must not take the panic button with it: it is told, the unit serves on."""
        try:
            work()
        except Exception:  # noqa: BLE001
            _log.exception("unit_failed", what=what)

    # How the unit is.

    def _look(self) -> None:
        self._handle(part_state("lights", self._board.fault))
        self._handle(microphone_state(self._ear.status()))

    def _beat(self) -> None:
        health = heartbeat(
            self._identity,
            self._clock.now(),
            backlog=self._uplink.backlog,
            ear=self._ear.status(),
            disk_free_mb=self._outbox.free_mb,
            faults=self._heart.faults,
        )
        self._uplink.health(health)

    def _loudness(self) -> Loudness:
        ear = self._ear.status()
        return Loudness(decibel(ear.level_dba), decibel(ear.background_dba), decibel(ear.threshold_dba))

    # Stop, within five seconds in all: no new input, then what is still to be said, then the links and disks.

    def _end(self) -> bool:
        steps: list[tuple[str, Callable[[], None]]] = [("buttons", self._board.deafen)]
        if self._desk is not None:
            desk = self._desk
            steps.append(("desk", lambda: desk.stop(0.4)))
        steps += [
            ("microphone", lambda: self._ear.stop(0.8)),
            ("last words", self._last_words),
            ("uplink", lambda: self._uplink.stop(1.4)),
            ("outbox", lambda: self._outbox.stop(1.0)),
            ("board", lambda: self._board.stop(0.4)),
        ]
        ended = True
        for part, stop in steps:
            try:
                stop()
            except Exception as error:  # noqa: BLE001 - whatever fails to end, the others must still end
                _log.error("part_did_not_stop", part=part, error=str(error))
                ended = False
        self._lock.release()
        _log.info("unit_stopped", in_order=ended)
        return ended

    def _last_words(self) -> None:
        self._drain()
        self._handle(Stopping())
