"""A real package: recorded, sent, exported by the hub's own parts; and what may be done to it."""

import asyncio
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.recordings.keys import load_export_key
from hub.store import recordings_ledger
from hub.web.export.exporting import Exporting
from hub.web.export.report import Asked
from hub.web.export.wiring import exporting_of
from tests.support.hub_store import arrived, opened
from tests.support.messages import MOMENT, SITE
from tests.support.recording_hub import YAMADA, RecordingHub, recording_hub
from tests.support.recordings import RecordingUnit
from tests.support.stamps import StampAuthority
from wire.evidence import package as parts
from wire.evidence.canonical import canonical, digest
from wire.evidence.ledger import stated
from wire.messages.events import Panic

ASKED = Asked("警察への相談のため", "個人情報保護法第69条第2項第1号", "例署 生活安全課")


@dataclass(frozen=True)
class Made:
    """What came out, and the keys that a test forges with."""

    data: bytes
    hub_key: Ed25519PrivateKey
    unit_key: Ed25519PrivateKey
    tsa: StampAuthority

    @property
    def files(self) -> dict[str, bytes]:
        return files_of(self.data)


class Memory:
    """A container for a check that is done a thousand times."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files
        self.names = sorted(files)
        self.twice: list[str] = []

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        if name not in self._files:
            raise OSError("not there")
        return io.BytesIO(self._files[name])


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def signed_again(files: dict[str, bytes], key: Ed25519PrivateKey, **changes: Any) -> dict[str, bytes]:
    """As somebody would who has this key: every digest is made to fit."""
    index = json.loads(files[parts.INDEX]) | changes
    named = {name: data for name, data in files.items() if name not in (parts.INDEX, parts.SIGNATURE)}
    index["files"] = {name: {"bytes": len(data), "sha256": digest(data)} for name, data in named.items()}
    data = canonical(index)
    return named | {parts.INDEX: data, parts.SIGNATURE: parts.sign_index(data, key)}


def exporting_in(hub: RecordingHub) -> Exporting | None:
    return exporting_of(lambda: hub.settings, hub.settings.house(), hub.parts, hub.store, hub.clock)


async def export(hub: RecordingHub, number: int, asked: Asked = ASKED) -> bytes:
    made = exporting_in(hub)
    assert made is not None
    sending = await made.begin(YAMADA, number, asked)
    return b"".join([chunk async for chunk in sending.chunks])


def make_package(folder: Path, around: Callable[[RecordingHub, int], Any] | None = None) -> Made:
    """Two recordings of one incident, one of another; two days of the ledger, the first one stamped."""
    url = f"sqlite:///{folder / 'hub.db'}"
    tsa = StampAuthority(folder / "tsa")
    first = RecordingUnit("age1nobody", why="panic")
    second = RecordingUnit("age1nobody", key=first.key, started=MOMENT + timedelta(seconds=2))
    other = RecordingUnit("age1nobody", unit="c2")
    with opened(url) as store:
        (incident,) = store.record(arrived(1, Panic())).incidents
    result: list[bytes] = []

    async def story() -> None:
        async with recording_hub(folder, url, [first, second, other]) as hub:
            await hub.send_all(first.record(0.3), second.record(0.2), other.record(0.2, end="staff"))
            hub.clock.move(seconds=20)
            await hub.archive.play(hub.signed_in(), other.recording, "別件の聞き取り")
            await hub.send_all(first.record(0.3), first.photograph(b"\xff\xd8 a still \xff\xd9"))
            await hub.send_all(first.record(0.2), first.close("power"), second.record(0.2, end="staff"))
            await hub.archive.play(hub.signed_in(), first.recording, "聞き取りの確認")
            hub.clock.move(days=1)
            await hub.keeper.end_days()
            (day,) = await hub.read(lambda tx: recordings_ledger.days(tx, SITE))
            response = tsa.stamp(stated(SITE, day.day, day.seq, day.hash))
            now = hub.clock.now().wall
            await hub.store.write(lambda tx: recordings_ledger.stamp(tx, SITE, day, response, now))
            await hub.archive.hold(YAMADA, first.recording, "係争中")
            hub.clock.move(days=1)
            await hub.keeper.end_days()
            await hub.archive.hold(YAMADA, other.recording, "別件も係争中")
            if around is not None:
                await around(hub, incident.id)
            result.append(await export(hub, incident.id))
            result.append(load_export_key(hub.parts.settings).private_bytes_raw())

    asyncio.run(story())
    return Made(result[0], Ed25519PrivateKey.from_private_bytes(result[1]), first.key, tsa)
