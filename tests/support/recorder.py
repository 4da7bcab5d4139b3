"""A recorder on a bench: its clock and its sound are ours, its disk is a real folder, its hub a list."""

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import soundfile
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.inputs import Now, RecorderTold
from device.recorder.hub_door import Answer, Away
from device.recorder.recorder import Recorder
from device.recorder.sealing import Sealer
from device.recorder.shelf import Shelf
from device.recorder.uploader import IDLE_S, Door, Uploader
from device.recorder.writing import Writer
from device.telling import Identity
from tests.support.evidence import key
from tests.support.unit_heart import NOON
from wire.evidence.chain import Head, check_chain
from wire.evidence.faults import EvidenceRefused, Gap
from wire.evidence.line import RATE_HZ, Line, Why
from wire.evidence.signed import SignedLine, check_plain, check_sealed, check_signature
from wire.evidence.upload import ALTERED, GAP, REFUSED, STORED, read_body

IDENTITY = pyrage.x25519.Identity.generate()
READ = RATE_HZ // 10
GB = 10**9


class Room:
    """Sound of a room: a ramp, so that every sample says where it belongs."""

    def __init__(self) -> None:
        self.at = 0

    def read(self, samples: int = READ) -> bytes:
        """The next tenth of a second."""
        ramp = (np.arange(self.at, self.at + samples) % 30_000).astype("<i2")
        self.at += samples
        return ramp.tobytes()


class RecorderBench:
    """``turn`` is driven by hand: no thread runs unless ``recorder.start`` is called."""

    def __init__(
        self,
        folder: Path,
        *,
        pre_roll_s: float = 20.0,
        most: int = GB,
        boot: str = "b" * 16,
        unit: str = "counter-1",
        recipient: str = str(IDENTITY.to_public()),
        signing: Ed25519PrivateKey | None = None,
        began: datetime = NOON,
        **shelf: Any,
    ) -> None:
        self._began = began
        self.monotonic = 1000.0
        self.told: list[RecorderTold] = []
        self.room = Room()
        self.orders = 0
        self.fresh = True
        given: dict[str, Any] = {"free": lambda _folder: 100 * GB, "reserve_bytes": 1_000_000} | shelf
        self.shelf = Shelf(folder, most_bytes=most, **given)
        self.segments = 0
        identity = Identity("city", unit, "e" * 16, boot)
        self.recorder = Recorder(
            identity,
            self.shelf,
            Writer(identity, self.shelf, Sealer(recipient), signing or key(), self.now),
            now=self.now,
            pre_roll_s=pre_roll_s,
            on_told=self.told.append,
            on_segment=self._segment,
        )

    def _segment(self) -> None:
        self.segments += 1

    def now(self) -> Now:
        return Now(self.monotonic, self._began + timedelta(seconds=self.monotonic - 1000.0), True)

    def hears(self, seconds: float, *, read_s: float = 0.1) -> None:
        """Sound comes in, and the recorder takes it."""
        for _ in range(round(seconds / read_s)):
            self.monotonic += read_s
            self.recorder.sound.heard(self.room.read(round(read_s * RATE_HZ)), self.fresh)
            self.fresh = False
            self.turns()

    def deaf(self, seconds: float) -> None:
        """The microphone gives nothing, and is opened anew afterwards."""
        self.monotonic += seconds
        self.room.at += round(seconds * RATE_HZ)
        self.fresh = True

    def turns(self) -> None:
        while self.recorder.turn(0.0):
            pass

    def begins(self, why: Why = "staff") -> int:
        self.orders += 1
        self.recorder.begin(self.orders, why, self.now())
        self.turns()
        return self.orders

    def ends(self, end: Any = "staff") -> RecorderTold:
        self.recorder.finish(self.orders, end)
        self.turns()
        return self.told[-1]

    @property
    def light(self) -> bool:
        """As the heart would show it."""
        looked = self.recorder.look(self.monotonic)
        return looked is not None and looked.storing


def opened(folder: Path, recording: str) -> list[tuple[Line, bytes]]:
    """All segments of one recording, checked line by line and opened with the hub's identity."""
    segments = []
    lines = []
    for file in sorted((folder / recording).glob("*.segment")):
        signed, sealed = read_body(file.read_bytes())
        check_sealed(signed.line, sealed)
        body = pyrage.decrypt(sealed, [IDENTITY]) if sealed else b""
        check_plain(signed.line, body)
        lines.append(signed)
        segments.append((signed.line, body))
    check_chain(lines, key().public_key())
    return segments


def sound_of(segments: list[tuple[Line, bytes]]) -> np.ndarray[Any, Any]:
    """All sound in order."""
    parts = [
        soundfile.read(io.BytesIO(body), dtype="int16")[0]
        for line, body in segments
        if line.media == "audio/flac"
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype="int16")


class ListHub:
    """A hub that keeps what is put, as the contract says, in memory."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.kept: dict[str, list[tuple[SignedLine, bytes]]] = {}
        self.away = False
        self.answers: list[int] = []
        """Statuses to give instead of looking."""
        self.puts = 0
        self.breaks = 0
        """So many of the next puts arrive, and their answers do not."""

    def put(self, path: str, body: bytes, _between: Any = None) -> Answer:
        self.puts += 1
        if self.away:
            raise Away("nobody there")
        if self.answers:
            return Answer(self.answers.pop(0), {"error": "as the test says"})
        answer = self._take(path, body)
        if self.breaks:
            self.breaks -= 1
            raise Away("cut off")
        return answer

    def close(self) -> None:
        """Nothing to close."""

    def _take(self, path: str, body: bytes) -> Answer:
        signed, sealed = read_body(body)
        line = signed.line
        assert path == f"/api/v1/recordings/{line.recording}/segments/{line.index}"
        try:
            check_signature(signed, key().public_key())
        except EvidenceRefused as refusal:
            return Answer(REFUSED, {"error": refusal.word})
        head = self.heads.get(line.recording, Head(line.site, line.unit, line.recording))
        if line.index < head.next and self.kept[line.recording][line.index] == (signed, sealed):
            return Answer(STORED, {"stored": True})
        try:
            check_sealed(line, sealed)
            self.heads[line.recording] = head.follow(signed)
        except Gap:
            return Answer(GAP, {"error": "gap", "next": head.next})
        except EvidenceRefused as refusal:
            return Answer(ALTERED, {"error": refusal.word})
        self.kept.setdefault(line.recording, []).append((signed, sealed))
        return Answer(STORED, {"stored": True})

    def sound(self, recording: str) -> np.ndarray[Any, Any]:
        """All sound of one recording, opened."""
        return sound_of(
            [(s.line, pyrage.decrypt(b, [IDENTITY]) if b else b"") for s, b in self.kept[recording]]
        )


class Sending:
    """A recorder, a way to the hub and the uploader between them, turned by hand."""

    def __init__(self, bench: RecorderBench, door: Door) -> None:
        self.bench = bench
        self.uploader = Uploader(bench.shelf, door, lambda: bench.monotonic)
        self.due = 0.0

    def hears(self, seconds: float) -> None:
        """Time passes with sound, and the uploader sends when its time has come."""
        for _ in range(round(seconds)):
            self.bench.hears(1, read_s=1.0)
            self.sends()

    def sends(self) -> None:
        while self.bench.monotonic >= self.due:
            wait_s = self.uploader.turn()
            # A new segment wakes it where it is idle.
            self.due = self.bench.monotonic + (1.0 if wait_s == IDLE_S else wait_s)

    def fault(self) -> str | None:
        return self.uploader.fault(self.bench.monotonic)
