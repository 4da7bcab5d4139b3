"""Exports: what is written down, and the ZIP that is sent while it is made."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from hub.clock import Clock
from hub.evidence import rights
from hub.evidence.ledger import Deed
from hub.evidence.recording import Recording, Segment
from hub.house import House
from hub.people import Person
from hub.recordings.archive import Archive
from hub.recordings.refusals import NotAllowed
from hub.recordings.sealing import Broken
from hub.recordings.vault import Vault
from hub.recordings.workers import Workers
from hub.store import incidents, recordings, recordings_ledger, recordings_links
from hub.store.database import Store
from hub.store.incidents import NoSuchIncident
from hub.store.recordings_ledger import Day
from hub.store.recordings_links import Disclosure
from hub.web.dates import Dates
from hub.web.export.packing import Packer
from hub.web.export.report import Asked, Contents, report_tree
from hub.web.export.told import IncidentSource, ToldIncident, place_text
from hub.web.export.typeset import ready, typeset
from hub.web.rights import may_see
from wire.evidence import package as parts
from wire.evidence.canonical import canonical, digest
from wire.evidence.keys import public_text
from wire.evidence.ledger import LedgerLine
from wire.evidence.line import timestamp
from wire.evidence.package import Index, LedgerSpan, PackedDay, PackedRecording
from wire.evidence.signed import read_signed

README_TEXT = Path(__file__).with_name("readme.txt")
SEGMENTS_AT_ONCE = 100
LINES_AT_ONCE = 500
INCIDENT_DIGEST = "incident_sha256"


class Gone(Exception):
    """A recording was deleted while it was packed: the ZIP ends without its list, so nobody takes it for
    whole."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What an export holds, fixed in one transaction with what the ledger says of it."""

    incident: int
    told: ToldIncident
    body: bytes
    """``incident.json``."""
    recordings: Sequence[tuple[Recording, bytes]]
    """With the wrapped key of each."""
    line: LedgerLine
    first: int
    """Of the ledger's extract."""
    days: Sequence[Day]
    asked: Asked
    made: datetime


@dataclass
class Sending:
    """An export on its way: a name, and chunks."""

    name: str
    chunks: AsyncIterator[bytes] = field(repr=False)


class Exporting:
    """On the event loop. Methods may raise ``StoreError``."""

    def __init__(
        self,
        site: str,
        store: Store,
        vault: Vault,
        archive: Archive,
        *,
        workers: Workers,
        clock: Clock,
        key: Ed25519PrivateKey,
        units: Callable[[], Mapping[str, str]],
        house: House,
        organisation: str,
        dates: Dates,
        source: IncidentSource,
    ) -> None:
        """``units``: recording keys as they are now, base64. ``dates`` in Japanese."""
        self._site = site
        self._store = store
        self._vault = vault
        self._archive = archive
        self._workers = workers
        self._clock = clock
        self._key = key
        self._units = units
        self._house = house
        self._organisation = organisation
        self._dates = dates
        self._source = source
        self._ready = False

    @property
    def hub_key(self) -> str:
        """Public half of what signs, base64."""
        return public_text(self._key)

    async def may(self, person: Person, number: int) -> bool:
        """Whether there is such an incident in the areas that this person answers for."""

        def work(tx: Connection) -> bool:
            one = incidents.get(tx, self._site, number, lock=False)
            return may_see(person, self._house.area_of.get(one.unit))

        try:
            return await self._store.read(work)
        except NoSuchIncident:
            return False

    async def begin(self, person: Person, number: int, asked: Asked) -> Sending:
        """Write down who takes what, and begin to send it. Raises ``NoSuchIncident``, ``NotAllowed``, or
        ``NotTypeset``, then before anything is written down unless it is the report itself that fails."""
        if not self._ready:
            await self._workers.run(ready)
            self._ready = True
        packed = await self._store.write(lambda tx: self._pack(tx, person, number, asked))
        contents = Contents(
            self._organisation,
            number,
            packed.told,
            [(one, place_text(self._house.place(one.unit))) for one, _ in packed.recordings],
            packed.line,
            packed.days,
            self.hub_key,
            self._keys_of(packed),
            asked,
            packed.made,
        )
        report = await self._workers.run(lambda: typeset(report_tree(contents, self._dates), packed.made))
        name = f"madomori-{self._site}-{number}-{self._dates.here(packed.made):%Y%m%d-%H%M%S}.zip"
        return Sending(name, self._chunks(packed, report))

    def _pack(self, tx: Connection, person: Person, number: int, asked: Asked) -> Packed:
        now = self._clock.now().wall
        told = self._source(tx, number)
        if not may_see(person, self._house.area_of.get(told.unit)):
            raise NoSuchIncident(f"there is no incident {number}")
        known = self._archive.in_incident(tx, person, number) or []
        if asked.recipient and person.role not in rights.DISCLOSERS:
            raise NotAllowed("this role may not disclose")
        found = [(one, recordings.key(tx, one.id) or b"") for one in known]
        body = canonical(self._tree(number, told, known))
        detail: dict[str, Any] = {"incident": number, "basis": asked.basis}
        if asked.recipient:
            detail["recipient"] = asked.recipient
        for one in known:
            recordings_ledger.write(
                tx, self._site, Deed("exported", one.id, asked.reason, detail, person), now
            )
            if asked.recipient:
                given = Disclosure(
                    one.id, now, asked.recipient, "証拠一式（録音・報告書）", asked.basis, person.name, now
                )
                recordings_links.disclose(tx, self._site, given)
                gave = {"recipient": given.recipient, "what": given.what}
                deed = Deed("disclosed", one.id, asked.basis, gave, person)
                recordings_ledger.write(tx, self._site, deed, now)
        whole = detail | {INCIDENT_DIGEST: digest(body), "recordings": len(known)}
        deed = Deed("exported", subject_of(number), asked.reason, whole, person)
        line = recordings_ledger.write(tx, self._site, deed, now)
        first = recordings_ledger.first_about(tx, self._site, self._subjects(number, known)) or line.seq
        days = recordings_ledger.days_between(tx, self._site, first, line.seq)
        return Packed(number, told, body, found, line, first, days, asked, now)

    def _tree(self, number: int, told: ToldIncident, known: Sequence[Recording]) -> dict[str, Any]:
        return {
            "v": 1,
            "site": self._site,
            "number": number,
            "facts": [list(pair) for pair in told.facts],
            "record": [list(pair) for pair in told.record],
            "recordings": [one.id for one in known],
            **told.tree,
        }

    def _keys_of(self, packed: Packed) -> dict[str, str]:
        units = {one.unit for one, _ in packed.recordings}
        return {unit: key for unit, key in self._units().items() if unit in units}

    @staticmethod
    def _subjects(number: int, known: Sequence[Recording]) -> list[str]:
        return [subject_of(number), *(one.id for one in known)]

    async def _chunks(self, packed: Packed, report: bytes) -> AsyncIterator[bytes]:
        pack, run = Packer(self._dates.here(packed.made)), self._workers.run
        yield await run(self._readme, pack, packed)
        yield await run(pack.put, parts.REPORT, report)
        yield await run(pack.put, parts.INCIDENT, packed.body)
        listed = []
        for one, wrapped in packed.recordings:
            absent: list[int] = []
            async for chunk in self._recording(pack, one, wrapped, absent):
                yield chunk
            ended = one.end is not None
            listed.append(PackedRecording(one.id, one.unit, one.segments, ended, tuple(absent)))
        async for chunk in self._ledger(pack, packed):
            yield chunk
        for day in packed.days:
            if day.stamp is not None:
                yield await run(pack.put, parts.stamp_name(day.day), day.stamp)
        yield await run(self._close, pack, packed, listed)

    def _close(self, pack: Packer, packed: Packed, listed: Sequence[PackedRecording]) -> bytes:
        """The list, its signature and the ZIP's directory; of a long day that takes a while, too."""
        index = Index(
            self._site,
            packed.incident,
            timestamp(packed.made),
            self.hub_key,
            self._keys_of(packed),
            pack.files,
            tuple(listed),
            LedgerSpan(packed.first, packed.line.seq, packed.line.hash),
            tuple(PackedDay(day.day, day.seq, day.hash, day.stamp is not None) for day in packed.days),
        ).canonical()
        signed = parts.sign_index(index, self._key)
        return pack.put(parts.INDEX, index) + pack.put(parts.SIGNATURE, signed) + pack.close()

    def _readme(self, pack: Packer, packed: Packed) -> bytes:
        told = README_TEXT.read_text(encoding="utf-8").format(
            organisation=self._organisation, incident=packed.incident, made=self._dates.moment(packed.made)
        )
        return pack.put(parts.README, told.replace("\n", "\r\n").encode("utf-8-sig"))

    async def _recording(
        self, pack: Packer, one: Recording, wrapped: bytes, absent: list[int]
    ) -> AsyncIterator[bytes]:
        manifest, index = bytearray(), 0
        while index < one.segments:
            most = min(SEGMENTS_AT_ONCE, one.segments - index)
            found = await self._segments(one.id, index, most)
            if len(found) != most:
                raise Gone(f"{one.id} is no longer whole")
            for segment in found:
                manifest += segment.line + b"\n"
                if segment.media == "none":
                    continue
                try:
                    yield await self._workers.run(self._segment, pack, wrapped, segment)
                except Broken:
                    absent.append(segment.index)
                    await self._archive.altered(one.id, segment.index)
            index += most
        yield await self._workers.run(pack.put, parts.manifest_name(one.id), bytes(manifest))

    async def _segments(self, name: str, since: int, limit: int) -> list[Segment]:
        return await self._store.read(lambda tx: recordings.segments(tx, name, since=since, limit=limit))

    def _segment(self, pack: Packer, wrapped: bytes, segment: Segment) -> bytes:
        body = self._vault.take_out(segment.recording, wrapped, read_signed(segment.line))
        return pack.put(parts.segment_name(segment.recording, segment.index, segment.media), body)

    async def _ledger(self, pack: Packer, packed: Packed) -> AsyncIterator[bytes]:
        subjects = set(self._subjects(packed.incident, [one for one, _ in packed.recordings]))
        pack.begin(parts.LEDGER)
        for first in range(packed.first, packed.line.seq + 1, LINES_AT_ONCE):
            through = min(first + LINES_AT_ONCE - 1, packed.line.seq)
            lines = await self._lines(first, through)
            yield await self._workers.run(_append, pack, lines, subjects)
        yield await self._workers.run(pack.end)

    async def _lines(self, first: int, through: int) -> list[tuple[LedgerLine, str]]:
        return await self._store.read(lambda tx: recordings_ledger.between(tx, self._site, first, through))


def subject_of(number: int) -> str:
    """What the ledger calls an incident."""
    return f"incident/{number}"


def _append(pack: Packer, lines: Sequence[tuple[LedgerLine, str]], open_: Collection[str]) -> bytes:
    return pack.append(b"".join(_exported(one, kept, open_=one.subject in open_) for one, kept in lines))


def _exported(line: LedgerLine, kept: str, *, open_: bool) -> bytes:
    told = line.canonical() if open_ else line.veiled.canonical()
    if kept != line.hash:
        # It was altered in the database: it goes out with the hash that is kept, and the verifier names it.
        told = told.replace(line.hash.encode(), kept.encode())
    return told + b"\n"
