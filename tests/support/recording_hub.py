"""The hub's parts for recordings over a database and a folder, without a web server; time is injected."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hub.clock import Now
from hub.notifier_settings import MailSettings
from hub.people import Person, Role, SignIn
from hub.recording_settings import RecordingSettings
from hub.recordings.archive import Archive
from hub.recordings.intake import Answer, Intake
from hub.recordings.keeper import Keeper
from hub.recordings.keys import make_keys
from hub.recordings.listening import Listening, Track
from hub.recordings.parts import Recordings
from hub.recordings.upload import Upload
from hub.settings import Area, Counter, Settings
from hub.store.database import Store
from tests.support.messages import MOMENT, SITE
from tests.support.recordings import RecordingUnit, Sent

T = TypeVar("T")

YAMADA = Person(1, "yamada", "山田 花子", Role.SUPERVISOR)
KANSA = Person(2, "kansa", "監査 次郎", Role.AUDITOR)
SUZUKI = Person(3, "suzuki", "鈴木", Role.STAFF)
ADMIN = Person(4, "admin", "管理 太郎", Role.ADMIN)


class SetClock:
    """Stands until it is moved."""

    def __init__(self, wall: datetime = MOMENT) -> None:
        self._now = Now(wall, 1000.0)

    def now(self) -> Now:
        return self._now

    def move(self, **by: float) -> None:
        step = timedelta(**by)
        self._now = Now(self._now.wall + step, self._now.monotonic + step.total_seconds())


@dataclass
class RecordingHub:
    """Everything of one site."""

    settings: Settings
    store: Store
    clock: SetClock
    parts: Recordings

    @property
    def intake(self) -> Intake:
        assert self.parts.intake is not None
        return self.parts.intake

    @property
    def archive(self) -> Archive:
        assert self.parts.archive is not None
        return self.parts.archive

    @property
    def listening(self) -> Listening:
        assert self.parts.listening is not None
        return self.parts.listening

    @property
    def keeper(self) -> Keeper:
        assert self.parts._keeper is not None
        return self.parts._keeper

    @property
    def folder(self) -> Path:
        return self.settings.state_dir / "recordings"

    async def send(self, sent: Sent, body: bytes | None = None) -> Answer:
        """As the web server hands it on, in small chunks."""
        line = sent.signed.line
        return await self.intake.take(
            line.recording, line.index, Upload(_chunks(sent.body if body is None else body))
        )

    async def send_all(self, *sent: Sent) -> None:
        for one in sent:
            assert (await self.send(one)).status == 200

    async def opened(self, track: Track) -> list[bytes]:
        """Every segment as it was recorded."""
        return [await self.archive.open_one(track, each) for each in track.segments]

    async def read(self, work: Callable[[Any], T]) -> T:
        return await self.store.read(work)

    def signed_in(self, person: Person = YAMADA) -> SignIn:
        return SignIn(f"token-of-{person.login}", person, self.clock.now().wall + timedelta(hours=12))


async def _chunks(body: bytes, size: int = 5000) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


def recording_settings(folder: Path, **changes: Any) -> RecordingSettings:
    values: dict[str, Any] = {
        "identity_file": folder / "keys" / "identity.txt",
        "master_key_file": folder / "keys" / "master.key",
    }
    return RecordingSettings(**(values | changes))


@asynccontextmanager
async def recording_hub(
    folder: Path, url: str | None, units: list[RecordingUnit], clock: SetClock | None = None, **changes: Any
) -> AsyncIterator[RecordingHub]:
    """Its units seal to the hub's key from now on."""
    wanted = recording_settings(folder, **changes)
    keys, _ = make_keys(wanted)
    for unit in units:
        unit.recipient = keys.recipient
    settings = Settings(
        site=SITE,
        state_dir=folder / "hub",
        database=url,
        recordings=wanted,
        mail=MailSettings(host="127.0.0.1", port=25, security="none", sender="hub@city.example"),
        areas=[Area(id="desk", name="市民課", name_en="Citizens")],
        counters=[
            Counter(
                unit=name,
                area="desk",
                number="1番",
                number_en="No. 1",
                name="住民票",
                name_en="Records",
                recording_key=public,
            )
            for name, public in {unit.unit: unit.public for unit in units}.items()
        ],
    )
    store, set_clock = Store(settings.database_url), clock or SetClock()
    await store.open()
    parts = Recordings(settings, wanted, store, set_clock)
    try:
        yield RecordingHub(settings, store, set_clock, parts)
    finally:
        parts.close()
        store.close()


def run(work: Callable[[], Awaitable[None]]) -> None:
    """A test that waits."""

    async def all_of_it() -> None:
        await work()

    asyncio.run(all_of_it())
