"""Whatever happens to the hub while it takes in a recording: each segment is stored, or asked for again."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.recordings.shelf import Folder, ShelfError, ShelfFull
from hub.store import recordings
from hub.store.database import Store
from hub.store.errors import StoreUnavailable
from tests.support import proofs
from tests.support.recording_hub import YAMADA, RecordingHub, recording_hub
from tests.support.recording_office import RecordingOffice, ago, recording_office
from tests.support.recordings import RecordingUnit, Sent


class Killed(Exception):
    """The power is gone at this step."""


class Steps:
    """Counts what the hub does to the disk, and dies at one of it: before it, or just after."""

    def __init__(self, dies_at: int, *, after: bool) -> None:
        self.count = 0
        self._dies_at = dies_at
        self._after = after

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            self.count += 1
            dies = self.count == self._dies_at
            if dies and not self._after:
                raise Killed
            result = work(*given, **named)
            if dies:
                raise Killed
            return result

        return step

    def around_waiting(self, work: Callable[..., Any]) -> Callable[..., Any]:
        async def step(*given: Any, **named: Any) -> Any:
            self.count += 1
            dies = self.count == self._dies_at
            if dies and not self._after:
                raise Killed
            result = await work(*given, **named)
            if dies:
                raise Killed
            return result

        return step


async def send_until_it_dies(hub: RecordingHub, sent: list[Sent]) -> None:
    for one in sent:
        assert (await hub.send(one)).status == 200


async def whole(hub: RecordingHub, name: str) -> list[bytes]:
    grant = await hub.archive.play(hub.signed_in(), name, "確認")
    track = await hub.archive.track(hub.signed_in(), name, grant.token)
    return await hub.opened(track)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_step_it_is_stored_or_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    async def story(folder: Path, dies_at: int) -> bool:
        """Whether there was such a step."""
        unit = RecordingUnit("age1nobody")
        steps = Steps(dies_at, after=after)
        async with recording_hub(folder, None, [unit]) as hub:
            sent = [unit.record(0.2), unit.record(0.2), unit.record(0.2, end="staff")]
            with monkeypatch.context() as patched:
                patched.setattr(Folder, "put", steps.around(Folder.put))
                for name in ("begin", "add"):  # within the transaction, and its COMMIT
                    patched.setattr(recordings, name, steps.around(getattr(recordings, name)))
                patched.setattr(Store, "write", steps.around_waiting(Store.write))
                died = False
                try:
                    await send_until_it_dies(hub, sent)
                except Killed:
                    died = True
        async with recording_hub(folder, None, [unit]) as again:
            await again.send_all(*sent)
            assert await whole(again, unit.recording) == [one.plain for one in sent]
            known = await again.archive.known(YAMADA, unit.recording)
            assert (known.recording.segments, known.recording.end) == (3, "staff")
        return died

    for dies_at in range(1, 30):
        if not asyncio.run(story(tmp_path / str(dies_at), dies_at)):
            assert dies_at > 11, (
                "a key, three segments and three rows, and a COMMIT for each but the segments"
            )
            return
    raise AssertionError("it never got through")


def test_a_full_disk_is_answered_as_such_and_afterwards_nothing_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        unit = RecordingUnit("age1nobody")
        async with recording_hub(tmp_path, None, [unit]) as hub:
            sent = [unit.record(0.2), unit.record(0.2)]
            await hub.send_all(sent[0])

            def fails(error: ShelfError) -> Callable[..., None]:
                def put(*_: object) -> None:
                    raise error

                return put

            for error, status in ((ShelfFull("no room"), 507), (ShelfError("gone"), 503)):
                with monkeypatch.context() as patched:
                    patched.setattr(Folder, "put", fails(error))
                    assert (await hub.send(sent[1])).status == status
                    (trouble,) = hub.parts.troubles(0.0)
                    assert trouble[:2] == ("hub", "recording-store")
            await hub.send_all(sent[1])
            assert list(hub.parts.troubles(0.0)) == []
            assert await whole(hub, unit.recording) == [one.plain for one in sent]

    asyncio.run(story())


def test_with_the_database_away_nothing_is_said_to_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        unit = RecordingUnit("age1nobody")
        async with recording_hub(tmp_path, None, [unit]) as hub:
            sent = unit.record(0.2)

            async def away(*_: object) -> None:
                raise StoreUnavailable("database is locked")

            with monkeypatch.context() as patched:
                patched.setattr(Store, "write", away)
                with pytest.raises(StoreUnavailable):
                    await hub.send(sent)
            await hub.send_all(sent)
            assert await whole(hub, unit.recording) == [sent.plain]

    asyncio.run(story())


def test_a_slow_disk_keeps_the_loop_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An alarm that comes while segments are being kept waits for none of them."""

    async def story() -> None:
        unit = RecordingUnit("age1nobody")
        async with recording_hub(tmp_path, None, [unit]) as hub:
            sent = unit.record(10)
            put, release = Folder.put, threading.Event()

            def slow(shelf: Folder, name: str, data: bytes) -> None:
                assert release.wait(20)
                put(shelf, name, data)

            monkeypatch.setattr(Folder, "put", slow)
            sending = asyncio.create_task(hub.send(sent))
            turns = 0
            for _ in range(200):
                await asyncio.sleep(0)
                turns += 1
                await hub.store.read(lambda _: None)
            assert (turns, sending.done()) == (200, False)
            release.set()
            assert (await sending).status == 200

    asyncio.run(story())


@pytest.fixture
def office(tmp_path: Path) -> Any:
    with recording_office(tmp_path) as running:
        yield running


def test_sigkill_in_mid_recording_loses_nothing(office: RecordingOffice) -> None:
    """A real process and a unit that insists, as units do."""
    unit = office.unit(ago(600, datetime.now(UTC)))
    kills, count = proofs.size(1, 40), proofs.size(12, 400)
    sent = [unit.record(0.3, 300 + n, "staff" if n == count - 1 else None) for n in range(count)]
    chance, done = random.Random(5), threading.Event()

    def insist() -> None:
        for one in sent:
            while True:
                try:
                    if office.put(one).status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.02)
        done.set()

    sender = threading.Thread(target=insist, name="unit")
    sender.start()
    for _ in range(kills):
        done.wait(chance.uniform(0.1, 0.6))
        office.hub.kill()
        office.hub.start()
    sender.join(120)
    assert done.is_set()
    client = office.person("supervisor")
    known = client.get(f"/api/v1/recordings/{unit.recording}").json()
    assert (known["segments"], known["end"]) == (count, "staff")
    token = client.post(f"/api/v1/recordings/{unit.recording}/plays", json={"reason": "確認"}).json()
    heard = client.get(f"/api/v1/recordings/{unit.recording}/audio.wav", params={"grant": token["grant"]})
    assert heard.content[44:] == bytes(unit.sound)
