"""A unit's heart with everything around it made by hand: clocks, fingers, a disk, a link and an honest hub.

The disk and the hub's store are plain dictionaries; what is not yet written is lost in a power cut. What the
unit does with it is judged by ``unit_truths``.
"""

import math
from datetime import timedelta

from device.backlog import Backlog, Entry
from device.configuration import Everybody
from device.decisions import Note, Report, Restart, Send, Show, StartRecording, StopRecording
from device.inputs import (
    AlarmKey,
    Button,
    CommandArrived,
    ConfigArrived,
    Connection,
    Edge,
    Input,
    Now,
    ReceiptArrived,
    Recovered,
    Started,
    Stopping,
    Tick,
)
from device.notes import CommandsNote, ConfigNote
from device.recovery import read_notes
from tests.support.unit_around import Disk, Hub
from tests.support.unit_heart import NOON, Bench
from tests.support.unit_meetings import Key
from tests.support.unit_recorder import POLICY
from tests.support.unit_truths import Truth
from wire.codec import decode, encode
from wire.lights import Light, Pattern
from wire.messages import Command, Config, Event, Receipt
from wire.messages.commands import Desired
from wire.messages.events import Assist, Panic, Withdrawn
from wire.topics import Channel, unit_topic

TOPIC = unit_topic("testville", "c1", Channel.EVENT)
BUTTON_ALARMS = (Panic.TYPE, Assist.TYPE, Withdrawn.TYPE)
QUIET_S = 0.06
"""Longer than chatter, in seconds."""


def event_of(payload: bytes) -> Event:
    event = decode(TOPIC, payload)[1]
    assert isinstance(event, Event)
    return event


class World:
    def __init__(self) -> None:
        self.disk, self.hub = Disk(), Hub()
        self.lost: set[Key] = set()
        """Events that a power cut took before they were on the disk or at the hub."""
        self.made: dict[Key, Event] = {}
        self.pressed = self.pressed_in_vain = 0
        """Presses of the panic button; those of them that a power cut took."""
        self._elapsed = 0.0
        self._wall_off_s = 0.0
        self.synced = True
        self.uptime = 1000.0
        self._boots = self._runs = 0
        self._down: set[Button] = set()
        self._edge_at = dict.fromkeys(Button, -math.inf)
        self.start(reboot=True, disk_opens=True)

    # Time.

    def now(self) -> Now:
        wall = NOON + timedelta(seconds=self._elapsed + self._wall_off_s)
        return Now(self.uptime, wall, self.synced)

    def sets_clock(self, by_s: float) -> None:
        """Somebody or something sets the wall clock."""
        self._wall_off_s += by_s

    def passes(self, seconds: float, *, tick_s: float = math.inf) -> None:
        """Let time pass, with a tick at least every ``tick_s`` and one at the end."""
        until = self.uptime + seconds
        while until - self.uptime > tick_s:
            self._later(tick_s)
            self.tell(Tick())
        self._later(until - self.uptime)
        self.tell(Tick())

    def _later(self, seconds: float) -> None:
        self.uptime += seconds
        self._elapsed += seconds

    # The unit.

    def tell(self, happened: Input) -> None:
        """Hand one input to the heart and carry out what it decides."""
        now = self.now()
        self.truth.before(now, self._wall_off_s)
        for decision in self.heart.handle(happened, now):
            match decision:
                case Send(event):
                    self.truth.made(event, self.uptime)
                    entry = Entry(event.epoch, event.sequence, event.is_alarm, encode(event))
                    self.made[entry.key] = event
                    self.unwritten[entry.key] = entry
                    self.backlog.add(entry)
                case Show(light, pattern):
                    self.shown[light] = pattern
                case Note(name, note):
                    self.unnoted[name] = note.model_dump_json().encode() if note else None
                case Report(reported):
                    self.truth.asked.reported(reported)
                case StartRecording() | StopRecording():
                    self.truth.recorder.ordered(decision, self.uptime)
                case Restart():
                    self.restart_asked = True
        self.truth.after(self.uptime)

    def start(self, *, reboot: bool, disk_opens: bool) -> None:
        """The program starts; ``reboot``: after the whole computer."""
        self._runs += 1
        if reboot:
            self._boots += 1
            self.uptime = 20.0
            self._edge_at = dict.fromkeys(Button, -math.inf)
        self.epoch, self.boot = f"{self._runs:016x}", f"{self._boots:032x}"
        self.heart = Bench(
            epoch=self.epoch, boot=self.boot, trust=Everybody(), microphone=True, recording=POLICY
        ).heart
        self.truth = Truth(self.epoch, self.boot, self._runs)
        self.backlog = Backlog()
        self.shown: dict[Light, Pattern] = {}
        self.unwritten: dict[Key, Entry] = {}
        self.unnoted: dict[str, bytes | None] = {}
        self.restart_asked = False
        self._gone: set[Key] = set()
        self.opened = False
        self._connections = 0
        if disk_opens:
            self.disk_opens()
        self.tell(Started("1", "simulated", (), ()))
        for button in sorted(self._down):
            # The board tells a button that it finds pressed: better one alarm too many.
            self._changed(button, True, self.uptime)
            self._edge_at[button] = self.uptime
            self.tell(Edge(button, True, self.now()))
        self.passes(QUIET_S)

    def stops(self) -> None:
        """In order: nothing may be lost."""
        self.tell(Stopping())
        assert self.truth.waiting == 0
        self.disk_opens()
        self.disk_writes()

    def power_cut(self) -> None:
        """Whatever is neither on the disk nor at the hub is gone."""
        gone = self.unwritten.keys() - self.hub.stored.keys()
        self.lost |= gone
        self.pressed_in_vain += self.truth.waiting + sum(presses_of(self.made[key]) for key in gone)

    # The disk.

    def disk_opens(self) -> None:
        """The outbox can be read; it may take its time."""
        if self.opened:
            return
        self.opened = True
        alarms: list[tuple[AlarmKey, float]] = []
        for entry in self.disk.entries.values():
            event = event_of(entry.payload)
            if event.type in BUTTON_ALARMS:
                age_s = self.uptime - event.uptime if event.boot == self.boot else math.inf
                alarms.append((AlarmKey(*entry.key), age_s))
        fresh = [Entry(e.epoch, e.sequence, e.alarm, e.payload) for e in self.disk.entries.values()]
        self.backlog.recover(fresh)
        epochs = tuple(self.disk.epochs)
        made = [((k.epoch, k.sequence), self.uptime - age) for k, age in alarms]
        self.truth.recovered(epochs, made, self.disk.meeting)
        notes = read_notes({name: said for name, said in self.disk.notes.items() if said})
        commands, config = notes.commands or CommandsNote(ids=[]), notes.config
        desired = (config.version, config.settings.model_dump(exclude_none=True)) if config else (0, {})
        self.truth.asked.recovers(commands.ids, desired)
        self.tell(Recovered(epochs, tuple(alarms), notes))

    def disk_writes(self) -> None:
        """One transaction with all that waits for it."""
        if not self.opened:
            return
        self._judge_notes()
        if not (self.unwritten or self._gone or self.unnoted):
            return
        if self.epoch not in self.disk.epochs:
            self.disk.epochs.append(self.epoch)
        self.disk.entries |= self.unwritten
        for key in self._gone:
            self.disk.entries.pop(key, None)
        self.disk.notes |= self.unnoted
        self.disk.meeting = self.truth.timer.kept
        self.unwritten, self._gone, self.unnoted = {}, set(), {}

    def _judge_notes(self) -> None:
        """What is noted, or about to be, is what must be known after a restart."""
        notes = read_notes({n: said for n, said in (self.disk.notes | self.unnoted).items() if said})
        kept, noted = self.truth.timer.kept, notes.session
        assert (noted is None) is (kept is None)
        if noted is not None and kept is not None:
            meeting = kept.meeting
            assert (noted.boot, noted.unknown) == (kept.boot, kept.unknown)
            assert (noted.began, noted.limit_s, noted.warn_s) == (
                meeting.began,
                meeting.limit_s,
                meeting.warn_s,
            )
            assert ((noted.epoch, noted.sequence) if noted.epoch else None) == meeting.started
            assert (noted.case, noted.recorded) == (meeting.case, meeting.recorded)
        version, settings = self.truth.asked.config
        config = notes.config or ConfigNote.model_construct(version=0, settings=Desired())
        assert (config.version, config.settings.model_dump(exclude_none=True)) == (version, settings)
        assert (notes.commands.ids if notes.commands else []) == self.truth.asked.answered

    # The link and the hub.

    def connects(self, connected: bool) -> None:
        self._connections += connected
        if not connected:
            self.backlog.connection_lost()
        self.truth.connected = connected
        self.tell(Connection(connected, self._connections))

    def delivers(self, lost: list[bool]) -> None:
        """Hand over what is due, as many as ``lost`` says, each lost on its way or not."""
        if not self.truth.connected:
            return
        for entry, is_lost in zip(self.backlog.due(self.uptime), lost, strict=False):
            self.backlog.sent(entry, self.uptime)
            if not is_lost:
                self.hub.store(entry)

    def receipt(self, receipt: Receipt) -> None:
        for entry in self.backlog.receipt(receipt):
            if self.unwritten.pop(entry.key, None) is None:
                self._gone.add(entry.key)
        self.truth.receipt(receipt)
        self.tell(ReceiptArrived(receipt))

    def asks(self, command: Command) -> None:
        """A command arrives; one that asks for a restart gets it."""
        alarm = self.truth.alarm_light(self.uptime)
        self.truth.asked.arrives(command, self.now(), full=self.truth.full, alarm=alarm)
        self.tell(CommandArrived(command))
        if self.restart_asked:
            self.stops()
            self.start(reboot=False, disk_opens=True)

    def desires(self, config: Config) -> None:
        """A desired configuration arrives."""
        self.truth.asked.desires(config)
        self.tell(ConfigArrived(config))

    # Fingers.

    def train(self, button: Button, edges: int, gap_s: float, lag_s: float) -> None:
        """``edges`` of a contact, ``gap_s`` apart, each handled ``lag_s`` after it, and quiet around them.

        The first edge is what the person does; the rest is chatter, and what it ends in is taken over.
        """
        if (early := self._edge_at[button] + QUIET_S - self.uptime) > 0:
            self.passes(early)
        was_down = button in self._down
        self._changed(button, not was_down, self.uptime)
        for edge in range(edges):
            if edge:
                self._later(max(0.0, self._edge_at[button] + gap_s - self.uptime))
            at = self.now()
            self._edge_at[button] = at.monotonic
            self._later(lag_s)
            self.tell(Edge(button, (edge % 2 == 0) is not was_down, at))
        if edges % 2 == 0:
            self._changed(button, was_down, self._edge_at[button])
        self.passes(QUIET_S)

    def _changed(self, button: Button, pressed: bool, at: float) -> None:
        if pressed:
            self._down.add(button)
            self.truth.pressed(button, at)
            self.pressed += button is Button.PANIC
        else:
            self._down.discard(button)
            self.truth.released(button, at)


def presses_of(event: Event) -> int:
    """Presses of the panic button that an event tells."""
    said = event.content()
    return said.presses if isinstance(said, Panic) else 0
