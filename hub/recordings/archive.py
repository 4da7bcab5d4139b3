"""What people do with recordings. Whoever has no right to one learns nothing of it: it is as if it were not
there. Everything that is done is in the ledger, in the same transaction."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from hub.clock import Clock
from hub.evidence import rights
from hub.evidence.ledger import Deed
from hub.evidence.linking import Span, belongs
from hub.evidence.recording import Hold, Recording, Segment
from hub.evidence.retention import Fate, Kept, fate
from hub.people import Person, SignIn
from hub.recordings.hearers import AreaOf, units_for
from hub.recordings.listening import Track, of_sound
from hub.recordings.refusals import AlreadySo, NotAllowed, NotGranted
from hub.recordings.sealing import Broken
from hub.recordings.vault import Vault
from hub.recordings.workers import Workers
from hub.store import recordings, recordings_ledger, recordings_links
from hub.store.database import Store
from hub.store.recordings import NoSuchRecording
from hub.store.recordings_links import Disclosure, Mark
from wire.evidence.ledger import Act
from wire.evidence.signed import read_signed


@dataclass(frozen=True, slots=True)
class Known:
    """A recording with what belongs to it."""

    recording: Recording
    incidents: list[Span]
    fate: Fate
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to hear one recording for a while, in one sign-in."""

    token: str
    expires: datetime


class Archive:
    """On the event loop. Every method may raise ``StoreError``."""

    def __init__(
        self,
        site: str,
        store: Store,
        vault: Vault,
        *,
        workers: Workers,
        clock: Clock,
        days: Mapping[Kept, int],
        area_of: AreaOf,
    ) -> None:
        self._site = site
        self._store = store
        self._vault = vault
        self._workers = workers
        self._clock = clock
        self._days = days
        self._area_of = area_of

    async def listed(
        self,
        person: Person,
        *,
        unit: str | None = None,
        before: datetime | None = None,
        skip: int = 0,
        limit: int = 100,
    ) -> list[Known]:
        """Newest first, without marks. What the person may not hear is left out before the list is cut."""

        def work(tx: Connection) -> list[Known]:
            units = units_for(tx, self._site, person, self._area_of, unit)
            found = recordings.shown(tx, self._site, units=units, before=before, skip=skip, limit=limit)
            return [self._known(tx, one) for one in found]

        return await self._store.read(work)

    async def count(self, person: Person) -> int:
        """How many this person may hear."""

        def work(tx: Connection) -> int:
            return recordings.count(tx, self._site, units_for(tx, self._site, person, self._area_of))

        return await self._store.read(work)

    async def of_incident(self, person: Person, number: int) -> list[Known] | None:
        """Oldest first; None: there is no such incident."""

        def work(tx: Connection) -> list[Known] | None:
            found = self.in_incident(tx, person, number)
            return None if found is None else [self._known(tx, one) for one in found]

        return await self._store.read(work)

    def in_incident(self, tx: Connection, person: Person, number: int) -> list[Recording] | None:
        """Likewise, within a transaction."""
        now = self._clock.now().wall
        parts = recordings_links.parts_of(tx, self._site, number)
        if not parts:
            return None
        found: dict[str, Recording] = {}
        for span in parts:
            until = max(span.opened, span.over or now)
            for one in recordings.during(tx, self._site, span.unit, span.opened, until):
                if belongs(one, span, now) and self._may(person, one):
                    found[one.id] = one
        return sorted(found.values(), key=lambda one: (one.started, one.id))

    async def known(self, person: Person, name: str) -> Known:
        """Raises ``NoSuchRecording``."""

        def work(tx: Connection) -> Known:
            one = self._get(tx, person, name)
            return replace(self._known(tx, one), marks=recordings_links.marks(tx, self._site, one))

        return await self._store.read(work)

    async def shape(self, person: Person, name: str) -> tuple[Recording, bytes, list[Segment]]:
        """The recording, its waveform in steps of 50 ms, and its segments of sound. Raises
        ``NoSuchRecording``, or ``Broken`` where the waveform was altered."""

        def work(tx: Connection) -> tuple[Recording, bytes | None, list[Segment]]:
            one = self._get(tx, person, name)
            return one, recordings.key(tx, name), of_sound(recordings.segments(tx, name))

        one, wrapped, segments = await self._store.read(work)
        kept = [(each.index, each.waveform) for each in segments if each.waveform is not None]
        if wrapped is None:
            raise Broken("its key is gone")
        return one, await self._workers.run(self._vault.shape_of, name, wrapped, kept), segments

    async def play(self, sign_in: SignIn, name: str, reason: str) -> Grant:
        """A person gives a reason and may hear it. Raises ``NoSuchRecording``."""
        now, token = self._clock.now().wall, secrets.token_urlsafe(32)

        def work(tx: Connection) -> datetime:
            one = self._get(tx, sign_in.person, name)
            expires = min(now + rights.granted_for(one), sign_in.expires_at)
            recordings.grant(tx, _hashed(token), name, sign_in.token_hash, expires)
            self._tell(tx, Deed("played", name, reason, {"unit": one.unit}, sign_in.person), now)
            return expires

        return Grant(token, await self._store.write(work))

    async def track(self, sign_in: SignIn, name: str, grant: str) -> Track:
        """What is needed to play it. Raises ``NoSuchRecording`` or ``NotGranted``."""
        now = self._clock.now().wall

        def work(tx: Connection) -> Track:
            one = self._get(tx, sign_in.person, name)
            wrapped = recordings.key(tx, name)
            if wrapped is None:
                raise NoSuchRecording("there is no such recording")
            if not recordings.granted(tx, _hashed(grant), name, sign_in.token_hash, now):
                raise NotGranted("no reason was given in this sign-in, or it is used up")
            return Track(one, wrapped, recordings.segments(tx, name))

        return await self._store.read(work)

    async def hold(self, person: Person, name: str, reason: str) -> Known:
        """Forbid the deletion. Raises ``NoSuchRecording``, ``NotAllowed`` or ``AlreadySo``."""
        now = self._clock.now().wall

        def work(tx: Connection) -> Known:
            one = self._get(tx, person, name, rights.may_hold)
            if one.hold is not None:
                raise AlreadySo(f"held by {one.hold.by}")
            return self._changed(
                tx, replace(one, hold=Hold(person.name, now, reason)), "held", person, reason
            )

        return await self._store.write(work)

    async def release(self, person: Person, name: str, reason: str) -> Known:
        """Allow it again. Raises ``NoSuchRecording``, ``NotAllowed`` or ``AlreadySo``."""

        def work(tx: Connection) -> Known:
            one = self._get(tx, person, name, rights.may_hold)
            if one.hold is None:
                raise AlreadySo("it is not held")
            return self._changed(tx, replace(one, hold=None), "released", person, reason)

        return await self._store.write(work)

    async def disclose(self, person: Person, given: Disclosure) -> Disclosure:
        """Enter to whom something was given. Raises ``NoSuchRecording`` or ``NotAllowed``."""
        now = self._clock.now().wall
        new = replace(given, by=person.name, recorded=now)

        def work(tx: Connection) -> Disclosure:
            self._get(tx, person, new.recording, rights.may_disclose)
            told = {"recipient": new.recipient, "what": new.what}
            self._tell(tx, Deed("disclosed", new.recording, new.basis, told, person), now)
            return replace(new, id=recordings_links.disclose(tx, self._site, new))

        return await self._store.write(work)

    async def disclosures(self, person: Person, name: str | None = None) -> list[Disclosure]:
        """Newest first. Raises ``NoSuchRecording``."""

        def work(tx: Connection) -> list[Disclosure]:
            if name is not None:
                self._get(tx, person, name)
            found = recordings_links.disclosures(tx, self._site, None if name is None else [name])
            if person.areas is None:
                return found
            return [one for one in found if self._may(person, recordings.get(tx, self._site, one.recording))]

        return await self._store.read(work)

    async def altered(self, name: str, index: int) -> None:
        """A segment could not be opened: it is written down, once, and shown from then on."""
        now = self._clock.now().wall

        def work(tx: Connection) -> None:
            if recordings.mark_altered(tx, self._site, name, index, now):
                self._tell(tx, Deed("altered", name, "", {"segment": index}), now)

        await self._store.write(work)

    async def open_one(self, track: Track, segment: Segment) -> bytes:
        """A segment as it was recorded. Raises ``Broken``, which is then written down, or ``ShelfError``."""
        line = read_signed(segment.line)
        try:
            return await self._workers.run(self._vault.take_out, segment.recording, track.wrapped, line)
        except Broken:
            await self.altered(segment.recording, segment.index)
            raise

    def _get(
        self,
        tx: Connection,
        person: Person,
        name: str,
        may: Callable[[Person, Recording, str | None], bool] = rights.may_listen,
    ) -> Recording:
        one = recordings.get(tx, self._site, name)
        if not self._may(person, one):
            raise NoSuchRecording("there is no such recording")
        if not may(person, one, self._area_of(one.unit)):
            raise NotAllowed("this role may not")
        return one

    def _may(self, person: Person, one: Recording) -> bool:
        return rights.may_listen(person, one, self._area_of(one.unit))

    def _known(self, tx: Connection, one: Recording) -> Known:
        spans = recordings_links.spans_of(tx, self._site, one, self._clock.now().wall)
        return Known(one, spans, fate(one, spans, self._days), [])

    def _changed(self, tx: Connection, one: Recording, act: Act, person: Person, reason: str) -> Known:
        recordings.change(tx, self._site, one)
        deed = Deed(act, one.id, reason, {"unit": one.unit}, person)
        self._tell(tx, deed, self._clock.now().wall)
        return self._known(tx, one)

    def _tell(self, tx: Connection, deed: Deed, now: datetime) -> None:
        recordings_ledger.write(tx, self._site, deed, now)


def _hashed(token: str) -> str:
    # 256 random bits: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
