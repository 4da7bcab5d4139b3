"""One unit, wired: the owner's loop, and an ordered start and stop. The only place that sees every room."""

import secrets
import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from device.clock import Clock, boot_id
from device.configuration import Everybody, NoKey
from device.ending import in_order, stops
from device.hands import Hands
from device.hardware.desk import Loudness
from device.hardware.fitting import fit
from device.heart import Heart
from device.inputs import (
    BacklogFull,
    Button,
    Connection,
    Edge,
    Input,
    Now,
    PartState,
    ReceiptArrived,
    RecorderTold,
    Recovered,
    Stopping,
    Tick,
)
from device.intake import Intake
from device.lock import FolderLock
from device.machine import Machine
from device.microphone.fitting import ear_of
from device.notice import loudspeaker_of
from device.outbox import Outbox
from device.outbox_file import Kept
from device.recorder.fitting import recordings_of
from device.recovery import read_kept
from device.rounds import EDGES_WITHIN_S, STANDSTILL_S, Round, Rounds
from device.settings import UnitSettings
from device.telling import Identity
from device.timer import Limits
from device.uplink import News, Uplink
from device.vitals import Vitals, decibel, part_state, sound_level
from device.watchdog import Loop, ServiceManager, Watchdog
from wire.limits import HEARTBEAT_S, LEVEL_HZ_MAX

_log = structlog.get_logger()

TICK_S = 0.1
"""The heart is told at least this often that time has passed, in seconds."""

LOOK_S = 1.0
"""How often parts are asked how they are and the service manager is told that the unit lives, in seconds."""

OPEN_WAIT_S = 1.0
"""How long the start waits for the disk, in seconds; after it the unit serves from memory."""


class Unit:
    """One unit. ``run`` belongs to one thread, the owner of the heart; ``stop`` may come from any."""

    def __init__(self, settings: UnitSettings) -> None:
        self._settings = settings
        self._clock = Clock(settings.hardware)
        self._identity = Identity(settings.site, settings.unit, secrets.token_hex(8), boot_id())
        session = settings.session
        self._loudspeaker, notice_s = loudspeaker_of(settings, self._clock.now)
        self._heart = Heart(
            self._identity,
            Limits(session.limit_s, session.warn_s, session.grace_s, session.extend_s),
            trust=Everybody() if settings.config.trust == "none" else NoKey(),
            microphone=settings.microphone.source != "none",
            session_button=settings.panel.session is not None,
            sensitivity=settings.microphone.sensitivity,
            recording=settings.recorder.policy(notice_s) if settings.recorder else None,
        )
        self._intake: Intake[News | Kept | PartState | RecorderTold] = Intake()
        self._outbox = Outbox(
            Path(settings.state_dir),
            self._identity.epoch,
            on_opened=lambda kept: self._intake.news("kept", kept),
            on_state=lambda fault: self._intake.news("disk", part_state("disk", fault)),
        )
        news, command = self._intake.news, self._intake.command
        self._uplink = Uplink(self._identity, settings.area, settings.link(), news, command)
        self._recordings = recordings_of(settings, self._identity, self._clock.now, self._recorder_told)
        self._ear = ear_of(settings, self._intake.heard, self._recordings.heard if self._recordings else None)
        self._full = self._tested = False
        self._stopping = threading.Event()
        self._lock = FolderLock(Path(settings.state_dir))
        self._board, self._desk = fit(settings, self._ear.simulated, self._loudness)
        self._hands = Hands(
            self._outbox,
            self._uplink,
            self._board,
            self._ear,
            recordings=self._recordings,
            loudspeaker=self._loudspeaker,
            stop=self.stop,
        )
        self._vitals = Vitals(
            settings.hardware,
            self._identity,
            clock=self._clock,
            board=self._board,
            ear=self._ear,
            outbox=self._outbox,
            machine=Machine(),
            recordings=self._recordings,
            loudspeaker=self._loudspeaker,
        )
        self._manager = ServiceManager()
        loops: dict[str, Loop] = {"outbox": self._outbox, "link": self._uplink, "lights": self._board}
        fitted: dict[str, Loop | None] = {
            "buttons": self._board.edges,
            "ear": self._ear if self._ear.fitted else None,
        }
        fitted |= self._recordings.loops if self._recordings else {}
        self._watchdog = Watchdog(loops | {name: loop for name, loop in fitted.items() if loop})

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

    @property
    def restart_asked(self) -> bool:
        """Whether it ended because a command asked for a new start."""
        return self._hands.restart_asked

    # Start.

    def _start(self) -> None:
        self._outbox.start(OPEN_WAIT_S)
        if self._recordings is not None:
            self._recordings.start()
        self._ear.start()
        self._vitals.listen()
        self._test()
        if self._desk is not None:
            self._desk.start()
        self._board.start(self._edge)
        self._uplink.start()
        self._manager.tell("READY=1")
        _log.info("unit_ready", unit=self._identity.unit, epoch=self._identity.epoch)

    def _test(self) -> None:
        """Tell of the start once all parts have shown whether they work: the heart must know first what the
        disk holds, since the hub takes a meeting that is not named for ended.
        """
        self._drain()
        started = self._vitals.self_test(self._clock.now(), self._heart.faults)
        if started is not None:
            self._tested = True
            self._handle(started)

    def _edge(self, button: Button, pressed: bool, at: float) -> None:
        self._intake.edge(Edge(button, pressed, self._clock.now().back_to(at)))

    def _recorder_told(self, told: RecorderTold) -> None:
        self._intake.news(("recording", told.order, told.order or told.recording), told)

    # The owner's loop.

    def _serve(self) -> None:
        rounds = Rounds(
            [
                Round(TICK_S, self._tick),
                Round(LOOK_S, lambda: self._guard(self._look, "look")),
                Round(HEARTBEAT_S, lambda: self._guard(self._beat, "heartbeat")),
            ]
        )
        watched = Rounds([Round(1 / LEVEL_HZ_MAX, lambda: self._guard(self._level, "level"))])
        turned = self._clock.now().monotonic
        while not self._stopping.is_set():
            at = self._clock.now().monotonic
            watching = at < self._hands.level_until
            wait_s = min(rounds.wait_s(at), watched.wait_s(at)) if watching else rounds.wait_s(at)
            happened = self._intake.take(wait_s)
            if happened is not None:
                self._handle(happened)
            at = self._clock.now().monotonic
            if at - turned >= STANDSTILL_S:
                self._edges_first(at + EDGES_WITHIN_S)
            turned = at = self._clock.now().monotonic
            rounds.do(at)
            if at < self._hands.level_until:
                watched.do(at)

    def _edges_first(self, until: float) -> None:
        """After a standstill: what hands did meanwhile is known a moment later than that time has passed. A
        button that was let go must not count as held.
        """
        while (left_s := until - self._clock.now().monotonic) > 0 and not self._stopping.is_set():
            happened = self._intake.take(left_s)
            if happened is not None:
                self._handle(happened)

    def _tick(self) -> None:
        self._handle(Tick())
        alarm, recordings = self._uplink.backlog.alarms > 0, self._recordings
        if recordings is not None and (told := recordings.look(alarm=alarm)) is not None:
            self._handle(told)
        if not self._tested:
            self._guard(self._test, "self-test")

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
        self._hands.carry_out(self._heart.handle(happened, now), now)
        if self._uplink.backlog.full != self._full:
            self._full = self._uplink.backlog.full
            self._hands.carry_out(self._heart.handle(BacklogFull(self._full), now), now)

    def _recover(self, kept: Kept, now: Now) -> Recovered:
        recovered, readable, broken = read_kept(kept, self._identity, now)
        self._outbox.remove(broken)
        self._uplink.recover(tuple(readable))
        _log.info("outbox_opened", events=len(readable), alarms=len(recovered.alarms))
        return recovered

    def _guard(self, work: Callable[[], None], what: str) -> None:
        """A fault in one matter must not take the panic button with it: it is told, the unit serves on."""
        try:
            work()
        except Exception:  # noqa: BLE001
            _log.exception("unit_failed", what=what)

    # How the unit is.

    def _look(self) -> None:
        now = self._clock.now()
        for seen in self._vitals.look(now):
            self._handle(seen)
        stuck = self._watchdog.stuck(now.monotonic)
        for name in self._watchdog.names:
            self._handle(part_state(f"loop-{name}", "does not go round" if name in stuck else None))
        if not stuck and self._board.deaf is None:
            self._manager.tell("WATCHDOG=1")

    def _beat(self) -> None:
        now = self._clock.now()
        heart, backlog = self._heart, self._uplink.backlog
        self._uplink.health(self._vitals.heartbeat(now, backlog, heart.faults, heart.config))

    def _level(self) -> None:
        level = sound_level(self._ear.status(), self._clock.now(), self._ear.calibration.calibrated)
        if level is not None:
            self._uplink.level(level)

    def _loudness(self) -> Loudness:
        ear = self._ear.status()
        return Loudness(decibel(ear.level_dba), decibel(ear.background_dba), decibel(ear.threshold_dba))

    # Stop, within five seconds in all: no new input, then what is still to be said, then the links and disks.

    def _end(self) -> bool:
        ended = in_order(
            [
                ("service manager", lambda: self._manager.tell("STOPPING=1")),
                ("buttons", self._board.deafen),
                *stops(("desk", self._desk, 0.4), ("microphone", self._ear, 0.7)),
                *stops(("loudspeaker", self._loudspeaker, 0.2), ("recorder", self._recordings, 1.0)),
                ("last words", self._last_words),
                *stops(
                    ("uplink", self._uplink, 1.2), ("outbox", self._outbox, 1.0), ("board", self._board, 0.4)
                ),
            ]
        )
        self._lock.release()
        _log.info("unit_stopped", in_order=ended)
        return ended

    def _last_words(self) -> None:
        self._drain()
        self._handle(Stopping())
