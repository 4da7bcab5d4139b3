"""Takes in what units have recorded: checked, sealed, durable and committed before it is answered.

The signature is the only right that counts here. What is refused is answered, counted and told; none of it
is kept.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from hub.clock import Clock
from hub.evidence.intake import UnknownUnit, judge, status_of
from hub.evidence.ledger import Deed
from hub.evidence.recording import Recording, Segment
from hub.evidence.refusals import NOBODY, Refusals
from hub.recordings.sealing import Broken
from hub.recordings.shelf import ShelfError, ShelfFull
from hub.recordings.upload import Upload
from hub.recordings.vault import Vault
from hub.recordings.workers import Workers
from hub.store import recordings, recordings_ledger, retiming
from hub.store.database import Store
from hub.store.errors import StoreError
from wire.evidence.chain import Head
from wire.evidence.faults import EvidenceRefused, Gap, WrongRecording
from wire.evidence.line import RATE_HZ, Line
from wire.evidence.signed import SignedLine, check_signature, read_signed
from wire.evidence.upload import FULL, STORED

_log = structlog.get_logger()

AT_ONCE = 6
"""Segments that are in memory at one time; others wait at their line."""
AWAY = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """To the unit."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)


class Intake:
    """On the event loop; what takes time is done by ``workers``."""

    def __init__(
        self,
        site: str,
        *,
        keys: Mapping[str, Ed25519PublicKey],
        store: Store,
        vault: Vault,
        clock: Clock,
        workers: Workers,
    ) -> None:
        self._site = site
        self._keys = keys
        self._store = store
        self._vault = vault
        self._clock = clock
        self._workers = workers
        self._room = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.refusals = Refusals()
        self.stored = 0
        self.trouble = ""
        """Why nothing could be kept the last time; empty: it could."""

    def know(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        """Unit to the key that it signs with, from now on."""
        self._keys = keys

    async def take(self, recording: str, index: int, upload: Upload) -> Answer:
        """One segment. Answers everything; raises ``StoreError`` where the database is away."""
        unit = NOBODY
        try:
            signed = read_signed(await upload.line())
            line = signed.line
            key = self._keys.get(line.unit) if line.site == self._site else None
            if key is None:
                raise UnknownUnit("no unit of that name has a recording key here", line.index)
            unit = line.unit
            if (line.recording, line.index) != (recording, index):
                raise WrongRecording("the line belongs to another place than the address", line.index)
            others = [other for name, other in self._keys.items() if name != unit]
            await self._workers.run(check_signature, signed, key, others)
            turn = self._turns.setdefault(recording, asyncio.Lock())
            async with turn, self._room:
                return await self._take(signed, await upload.sealed(line.sealed_bytes))
        except EvidenceRefused as error:
            await upload.skip()
            await self._refused(unit, recording, error)
            answer: dict[str, Any] = {"error": error.word, "why": error.detail}
            if isinstance(error, Gap):
                known = await self._store.read(lambda tx: recordings.find(tx, self._site, recording))
                answer = {"error": "gap", "next": known.head.next if known is not None else 0}
            return Answer(status_of(error), answer)

    async def _take(self, signed: SignedLine, sealed: bytes) -> Answer:
        line, name = signed.line, signed.line.recording
        known, stored = await self._store.read(lambda tx: self._standing(tx, line))
        verdict, _ = judge(known, stored, signed)
        if verdict == "new":
            try:
                opened = await self._workers.run(self._vault.open_sealed, signed, sealed)
                wrapped = await self._key_of(line)
                shape = await self._workers.run(self._vault.keep, name, line.index, wrapped, opened)
            except ShelfFull:
                return self._not_kept("there is no room for recordings", FULL, "full")
            except (ShelfError, Broken) as error:
                return self._not_kept(str(error), AWAY, "store")
            await self._store.write(lambda tx: self._commit(tx, signed, shape))
            self.trouble = ""
            self.stored += 1
        return Answer(STORED, {"stored": True})

    async def _key_of(self, line: Line) -> bytes:
        """The recording's wrapped key, made and committed before anything is sealed with it: of two hubs, or
        of two tries around a crash, the one in the database holds."""
        known = await self._store.read(lambda tx: recordings.key(tx, line.recording))
        if known is not None:
            return known
        fresh = self._vault.new_key(line.recording)
        now = self._clock.now().wall

        def begin(tx: Connection) -> bytes:
            started = _true_time(tx, line, now)
            head = Head(line.site, line.unit, line.recording)
            new = Recording(line.recording, line.unit, line.why, line.clock, started, started, head)
            return recordings.begin(tx, self._site, new, fresh)

        return await self._store.write(begin)

    def _standing(self, tx: Connection, line: Line) -> tuple[Recording | None, str | None]:
        found = recordings.find(tx, self._site, line.recording)
        return found, recordings.digest_at(tx, line.recording, line.index)

    def _commit(self, tx: Connection, signed: SignedLine, shape: bytes | None) -> None:
        """Once more in the transaction: another hub may have taken it meanwhile."""
        line, now = signed.line, self._clock.now().wall
        known, stored = self._standing(tx, line)
        verdict, head = judge(known, stored, signed)
        if known is None or verdict == "repeat":
            return
        started = known.started if line.index == 0 else _within(known, line)
        grown = replace(
            known,
            head=head,
            ended=max(known.ended, started + timedelta(seconds=line.samples / RATE_HZ)),
            missing=known.missing + sum(count for _, count in line.gaps),
            size=known.size + line.bytes,
            closed=now if line.end is not None else None,
        )
        segment = Segment(
            recording=line.recording,
            index=line.index,
            media=line.media,
            first_sample=line.first_sample,
            samples=line.samples,
            size=line.bytes,
            line=signed.canonical(),
            digest=signed.digest,
            started=started,
            waveform=shape,
        )
        recordings.add(tx, self._site, grown, segment)
        told = {"unit": line.unit, "manifest": signed.digest}
        if line.index == 0:
            self._tell(tx, Deed("received", line.recording, line.why, told), now)
        if line.end is not None:
            self._tell(tx, Deed("closed", line.recording, line.end, told | {"segments": head.next}), now)

    def _tell(self, tx: Connection, deed: Deed, now: datetime) -> None:
        recordings_ledger.write(tx, self._site, deed, now)

    def _not_kept(self, why: str, status: int, word: str) -> Answer:
        if self.trouble != why:
            _log.error("recording_not_kept", why=why)
        self.trouble = why
        return Answer(status, {"error": word})

    async def _refused(self, unit: str, recording: str, error: EvidenceRefused) -> None:
        now = self._clock.now()
        count = self.refusals.note(unit, error.word, now.monotonic)
        if count:
            await self._tell_refused(unit, error.word, count, recording if unit != NOBODY else "")

    async def tell_left(self) -> None:
        """What was refused since it was told last, where that is long enough ago."""
        for unit, word, count in self.refusals.left(self._clock.now().monotonic):
            await self._tell_refused(unit, word, count)

    async def _tell_refused(self, unit: str, word: str, count: int, recording: str = "") -> None:
        """A line of the ledger; a database that is away does not change the answer."""
        _log.warning("recording_refused", unit=unit, why=word, count=count)
        deed = Deed("refused", recording, word, {"unit": unit, "count": count})
        now = self._clock.now().wall
        try:
            await self._store.write(lambda tx: self._tell(tx, deed, now))
        except StoreError as error:
            _log.warning("refusal_not_told", why=str(error))


def _true_time(tx: Connection, line: Line, now: datetime) -> datetime:
    """When a recording began. A clock that was not set is not believed: what the hub knows of the unit's boot
    tells it, else the time of arrival."""
    if line.clock == "synced":
        return line.started_at
    began = retiming.began(tx, line.site, line.unit, line.boot)
    if began is not None:
        return began + timedelta(seconds=line.uptime)
    return now - timedelta(seconds=line.samples / RATE_HZ)


def _within(known: Recording, line: Line) -> datetime:
    """When a later segment began: sound by counting samples, which no clock can move."""
    if line.media == "audio/flac":
        return known.started + timedelta(seconds=line.first_sample / RATE_HZ)
    return line.started_at if line.clock == "synced" else known.ended
