"""What recording costs: CPU for a second of sound from the microphone to the hub's confirmation, and memory.

Everything but the network is real: ring, FLAC, age, signature, fsynced files, uploader. Time is the sound
itself, so that hours pass as fast as they are worked through.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.inputs import Now, RecorderTold
from device.machine import Machine
from device.microphone.source import READ_SAMPLES
from device.recorder.hub_door import Answer
from device.recorder.recorder import Recorder
from device.recorder.sealing import Sealer
from device.recorder.shelf import Shelf
from device.recorder.uploader import IDLE_S, Uploader
from device.recorder.writing import Writer
from device.telling import Identity
from wire.evidence.chain import Head
from wire.evidence.line import RATE_HZ
from wire.evidence.signed import check_sealed, check_signature
from wire.evidence.upload import STORED, read_body

GOAL_PERCENT = 2.0
READ_S = READ_SAMPLES / RATE_HZ
BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Recorded:
    """What became of ``seconds`` of sound on each of ``units``."""

    units: int
    seconds: float
    cpu_percent: float
    """Of one core, for one unit, if it recorded all the time."""
    stored_s: float
    """Sound at the hub, all units."""
    gaps: int
    left: int
    """Segments that the hub has not."""
    early_mb: int
    """Memory when a tenth was done."""
    late_mb: int


class _Hub:
    """Checks everything and keeps nothing but where each recording stands."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key.public_key()
        self.heads: dict[str, Head] = {}
        self.gaps = 0

    def put(self, _path: str, body: bytes, _between: Callable[[], None]) -> Answer:
        signed, sealed = read_body(body)
        line = signed.line
        check_signature(signed, self._key)
        check_sealed(line, sealed)
        head = self.heads.get(line.recording, Head(line.site, line.unit, line.recording))
        self.heads[line.recording] = head.follow(signed)
        self.gaps += len(line.gaps)
        return Answer(STORED, {"stored": True})

    def close(self) -> None:
        """Nothing to close."""


class _Unit:
    """One unit, turned by hand."""

    def __init__(self, folder: Path, name: str, recipient: str) -> None:
        self.monotonic = 100.0
        key = Ed25519PrivateKey.generate()
        identity = Identity("bench", name, "e" * 16, "b" * 32)
        shelf = Shelf(folder, most_bytes=10**9, reserve_bytes=10**6)
        self.hub = _Hub(key)
        self.shelf = shelf
        self.uploader = Uploader(shelf, self.hub, lambda: self.monotonic)
        self.told: RecorderTold | None = None
        self.recorder = Recorder(
            identity,
            shelf,
            Writer(identity, shelf, Sealer(recipient), key, self.now),
            now=self.now,
            pre_roll_s=20.0,
            on_told=self._tell,
            on_segment=lambda: None,
        )

    def now(self) -> Now:
        return Now(self.monotonic, BEGAN + timedelta(seconds=self.monotonic), True)

    def _tell(self, told: RecorderTold) -> None:
        self.told = told

    def hears(self, read: bytes) -> None:
        self.monotonic += READ_S
        self.recorder.sound.heard(read, False)

    def works(self) -> None:
        """What its two threads do about once a second."""
        while self.recorder.turn(0.0):
            pass
        while self.uploader.turn() != IDLE_S:
            pass


def _room(seconds: int) -> list[bytes]:
    """Speech-like noise over a quiet room: as hard for FLAC as what a counter hears."""
    chance = np.random.default_rng(1)
    loud = np.repeat(chance.choice([30.0, 300.0, 2000.0], 2 * seconds), RATE_HZ // 2)
    sound = np.convolve(chance.standard_normal(len(loud)), np.ones(6) / 6, "same") * loud
    pcm = np.clip(sound, -32768, 32767).astype("<i2")
    return [pcm[at : at + READ_SAMPLES].tobytes() for at in range(0, len(pcm), READ_SAMPLES)]


def record(folder: Path, units: int, seconds: float) -> Recorded:
    """Feed ``seconds`` of sound to every unit, as fast as they take it."""
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    every = [_Unit(folder / f"unit-{n}", f"unit-{n}", recipient) for n in range(units)]
    reads, early_mb = _room(30), 0
    for unit in every:
        unit.works()
        unit.recorder.begin(1, "staff", unit.now())
    began = time.process_time()
    total = round(seconds / READ_S)
    for number in range(total):
        for unit in every:
            unit.hears(reads[number % len(reads)])
            if number % 10 == 9:
                unit.works()
        if number == total // 10:
            early_mb = Machine().memory_mb()
    late_mb = Machine().memory_mb()
    for unit in every:
        unit.recorder.finish(1, "staff")
        unit.works()
    cpu_s = time.process_time() - began
    heads = [head for unit in every for head in unit.hub.heads.values()]
    return Recorded(
        units=units,
        seconds=seconds,
        cpu_percent=100.0 * cpu_s / (units * seconds),
        stored_s=sum(head.samples for head in heads if head.end == "staff") / RATE_HZ,
        gaps=sum(unit.hub.gaps for unit in every),
        left=sum(unit.shelf.waiting for unit in every),
        early_mb=early_mb,
        late_mb=late_mb,
    )


def measure(seconds: float) -> Recorded:
    """On a disk of its own folder, for one unit."""
    with tempfile.TemporaryDirectory(prefix="bench-recorder-") as folder:
        return record(Path(folder), 1, seconds)


def print_recorded(recorded: Recorded) -> None:
    """A line, and whether the goal is met."""
    met = "met" if recorded.cpu_percent <= GOAL_PERCENT else "NOT met"
    print(f"\nRecording, {recorded.units} unit(s), {recorded.seconds / 60:.0f} min of sound each")
    print(f"  CPU of one core: {recorded.cpu_percent:.2f} %, goal ≤ {GOAL_PERCENT:g} %: {met}")
    print(f"  memory: {recorded.early_mb} MB at a tenth, {recorded.late_mb} MB at the end", flush=True)
