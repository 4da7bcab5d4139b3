"""Listening, holding, deleting and the ledger, on SQLite and on PostgreSQL."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import soundfile

from hub.evidence.layout import Part, wav_header, wav_length
from hub.incidents import Act, Action, Outcome
from hub.recordings.listening import opus_of
from hub.recordings.refusals import AlreadySo, NotAllowed, NotGranted
from hub.store import recordings, recordings_ledger
from hub.store.record import Transaction
from hub.store.recordings import NoSuchRecording
from hub.store.recordings_links import Disclosure
from tests.support.hub_store import HOUSE, Database, arrived
from tests.support.messages import MOMENT, SITE
from tests.support.recording_hub import ADMIN, KANSA, SUZUKI, YAMADA, RecordingHub, recording_hub
from tests.support.recordings import RecordingUnit
from wire.evidence.ledger import check_ledger
from wire.messages.events import Panic

Opens = Callable[..., AbstractAsyncContextManager[RecordingHub]]


@pytest.fixture
def unit() -> RecordingUnit:
    return RecordingUnit("age1nobody")


@pytest.fixture
def hub_of(store: Database, tmp_path: Path) -> Opens:
    return lambda *units, **more: recording_hub(tmp_path, store.url, list(units), **more)


async def whole(parts: AsyncIterator[bytes]) -> bytes:
    return b"".join([part async for part in parts])


async def acts(hub: RecordingHub) -> list[str]:
    lines = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 10_000))
    check_ledger(line for line, _ in lines)
    return [line.act for line, _ in lines]


def test_any_part_of_the_sound_is_the_part_of_the_whole(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(1.5, 300), unit.record(1, 500), unit.record(0.7, 700, "staff"))
            sign_in = hub.signed_in()
            grant = await hub.archive.play(sign_in, unit.recording, "聞き取りの確認")
            track = await hub.archive.track(sign_in, unit.recording, grant.token)
            listening, samples = hub.listening, len(unit.sound) // 2
            expected = wav_header(samples) + bytes(unit.sound)
            assert await whole(listening.wav(track, None)) == expected
            length = wav_length(samples)
            for first, last in ((0, 0), (10, 60), (43, 44), (47, 48_001), (48_043, 48_049), (7, length - 1)):
                part = await whole(listening.wav(track, Part(first, last, length)))
                assert part == expected[first : last + 1], (first, last)
            flac = await whole(listening.flac(track))
            data, _ = soundfile.read(io.BytesIO(flac), dtype="int16")
            assert data.tobytes() == bytes(unit.sound)

    asyncio.run(story())


def test_opus_has_the_length_it_promised_and_any_part_of_it_plays(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(10, 400), unit.record(3.3, 400, "staff"))
            sign_in = hub.signed_in()
            grant = await hub.archive.play(sign_in, unit.recording, "聞き取りの確認")
            track = await hub.archive.track(sign_in, unit.recording, grant.token)
            file = opus_of(track.recording)
            made = await whole(hub.listening.opus(track, None))
            assert len(made) == file.length
            part = Part(len(file.header) + 9_000, len(file.header) + 9_999, file.length)
            assert await whole(hub.listening.opus(track, part)) == made[part.first : part.last + 1]
            heard, rate = soundfile.read(io.BytesIO(made), dtype="float32")
            assert abs(len(heard) / rate - 13.3) < 0.001
            # The same tone all along, over the border of pages that were encoded apart.
            for at in (1.0, 9.9, 10.0, 10.1, 13.0):
                near = heard[int(at * rate) : int(at * rate) + rate // 50]
                assert 0.15 < float(abs(near).max()) < 0.45, at

    asyncio.run(story())


def test_a_grant_is_for_one_sign_in_one_recording_and_a_while(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        other = RecordingUnit("age1nobody", unit="c2", key=unit.key)
        async with hub_of(unit, other) as hub:
            await hub.send_all(unit.record(), other.record())
            mine, theirs = hub.signed_in(YAMADA), hub.signed_in(KANSA)
            grant = await hub.archive.play(mine, unit.recording, "確認のため")
            await hub.archive.track(mine, unit.recording, grant.token)
            for sign_in, name, token in (
                (theirs, unit.recording, grant.token),
                (mine, other.recording, grant.token),
                (mine, unit.recording, "guessed"),
            ):
                with pytest.raises(NotGranted):
                    await hub.archive.track(sign_in, name, token)
            hub.clock.move(minutes=11)
            with pytest.raises(NotGranted):
                await hub.archive.track(mine, unit.recording, grant.token)

    asyncio.run(story())


def test_whoever_has_no_right_learns_nothing(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record())
            for person in (SUZUKI, ADMIN):
                assert await hub.archive.listed(person) == []
                for asked in (
                    hub.archive.known(person, unit.recording),
                    hub.archive.shape(person, unit.recording),
                    hub.archive.play(hub.signed_in(person), unit.recording, "見たい"),
                    hub.archive.hold(person, unit.recording, "見たい"),
                    hub.archive.disclosures(person, unit.recording),
                ):
                    with pytest.raises(NoSuchRecording):
                        await asked
            given = Disclosure(unit.recording, MOMENT, "弁護士", "写し", "依頼", "", MOMENT)
            with pytest.raises(NotAllowed):
                await hub.archive.disclose(KANSA, given)
            assert await acts(hub) == ["received"]

    asyncio.run(story())


def test_an_incident_finds_its_recordings_and_they_find_it(
    hub_of: Opens, unit: RecordingUnit, store: Database
) -> None:
    async def story() -> None:
        elsewhere = RecordingUnit("age1nobody", unit="c2", key=unit.key)
        later = RecordingUnit("age1nobody", key=unit.key, started=MOMENT + timedelta(hours=2))
        async with hub_of(unit, elsewhere, later) as hub:
            (incident,) = store.record(arrived(1, Panic())).incidents
            await hub.send_all(unit.record(30, end="staff"), elsewhere.record(30), later.record(30))
            hub.clock.move(minutes=1)
            found = await hub.archive.of_incident(YAMADA, incident.id)
            # An incident that goes on has what is recorded now; the clock stands before the later one.
            assert found is not None
            assert [known.recording.id for known in found] == [unit.recording]
            known = await hub.archive.known(YAMADA, unit.recording)
            assert [span.incident for span in known.incidents] == [incident.id]
            assert [(mark.kind, mark.at) for mark in known.marks] == [("panic", MOMENT)]
            assert known.fate.until is None, "the incident is open"
            assert await hub.archive.of_incident(YAMADA, 999) is None
            assert await hub.archive.of_incident(SUZUKI, incident.id) == []

    asyncio.run(story())


def test_deletion_comes_with_its_time_not_before_and_never_against_a_hold(
    hub_of: Opens, unit: RecordingUnit, store: Database
) -> None:
    async def story() -> None:
        held = RecordingUnit("age1nobody", key=unit.key)
        with_incident = RecordingUnit("age1nobody", unit="c2", key=unit.key)
        async with hub_of(unit, held, with_incident) as hub:
            (incident,) = store.record(arrived(1, Panic(), unit="c2")).incidents
            for each in (unit, held, with_incident):
                await hub.send_all(each.record(end="staff"))
            await hub.archive.hold(YAMADA, held.recording, "係争中")
            with pytest.raises(AlreadySo):
                await hub.archive.hold(KANSA, held.recording, "係争中")
            hub.clock.move(days=29, hours=23)
            assert await hub.keeper.delete_what_is_due() == 0
            hub.clock.move(hours=2)
            assert await hub.keeper.delete_what_is_due() == 1
            with pytest.raises(NoSuchRecording):
                await hub.archive.known(YAMADA, unit.recording)
            unit.head = replace(unit.head, end=None)
            assert (await hub.send(unit.close())).body["error"] == "deleted"
            await hub.keeper.empty()
            assert hub.parts.archive is not None
            assert sorted(p.name for p in hub.folder.iterdir()) == sorted(
                [held.recording, with_incident.recording]
            )
            await hub.archive.release(KANSA, held.recording, "和解")
            assert await hub.keeper.delete_what_is_due() == 1

            def closed_as(outcome: Outcome) -> None:
                now = hub.clock.now().wall
                for act in (
                    Act(Action.ACKNOWLEDGE, "山田", "yamada"),
                    Act(Action.RESOLVE, "山田", "yamada"),
                    Act(Action.CLOSE, "山田", "yamada", outcome=outcome),
                ):
                    store.do(lambda tx: Transaction(tx, HOUSE, now).act(incident.id, act))  # noqa: B023

            closed_as(Outcome.HARASSMENT)
            hub.clock.move(days=1700)
            assert await hub.keeper.delete_what_is_due() == 0
            hub.clock.move(days=125)
            assert await hub.keeper.delete_what_is_due() == 1
            assert (await acts(hub)).count("deleted") == 3

    asyncio.run(story())


def test_a_deleted_recordings_key_is_nowhere_any_more(hub_of: Opens, store: Database, tmp_path: Path) -> None:
    async def story() -> None:
        units = [RecordingUnit("age1nobody", unit=f"c{n}") for n in range(1, 13)]
        for unit in units[1:]:
            unit.key = units[0].key
        async with hub_of(*units) as hub:
            for unit in units:
                await hub.send_all(unit.record(0.2), unit.record(0.2, end="staff"))
            wrapped = {
                unit.recording: await hub.read(lambda tx: recordings.key(tx, unit.recording))  # noqa: B023
                for unit in units
            }
            for unit in units[::2]:
                await hub.archive.hold(YAMADA, unit.recording, "係争中")
            hub.clock.move(days=31)
            await hub.keeper.look()
            left = b"".join(p.read_bytes() for p in (tmp_path / "new folder").glob("hub.sqlite*"))
            for number, unit in enumerate(units):
                key = wrapped[unit.recording]
                assert key is not None
                assert (await hub.read(lambda tx: recordings.key(tx, unit.recording)) is None) == bool(  # noqa: B023
                    number % 2
                )
                if store.url.startswith("sqlite"):
                    assert (key in left) == (number % 2 == 0)
                assert (hub.folder / unit.recording).exists() == (number % 2 == 0)

    asyncio.run(story())


def test_what_is_altered_where_it_lies_is_found_told_and_silent(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(), unit.record(), unit.record(end="staff"))
            second, third = (hub.folder / unit.recording / f"00000{n}" for n in (1, 2))
            kept = bytearray(second.read_bytes())
            kept[500] ^= 1
            second.write_bytes(kept)
            first = (hub.folder / unit.recording / "000000").read_bytes()
            third.write_bytes(first)  # one segment in the place of another
            grant = await hub.archive.play(hub.signed_in(), unit.recording, "確認")
            track = await hub.archive.track(hub.signed_in(), unit.recording, grant.token)
            heard = await whole(hub.listening.wav(track, None))
            assert heard[44 : 44 + 32_000] == bytes(unit.sound[:32_000])
            assert heard[44 + 32_000 :] == bytes(64_000)
            await hub.keeper.look()
            await whole(hub.listening.wav(track, None))
            assert await acts(hub) == ["received", "closed", "played", "altered", "altered"]
            _, _, segments = await hub.archive.shape(YAMADA, unit.recording)
            assert [bool(each.altered) for each in segments] == [False, True, True]
            assert ("c1", "recording-altered", "2") in list(hub.parts.troubles(0.0))

    asyncio.run(story())


def test_the_keeper_finds_what_is_gone_without_anybody_listening(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(*(unit.record(0.2) for _ in range(6)))
            (hub.folder / unit.recording / "000005").unlink()
            await hub.keeper.look()
            assert (await hub.archive.known(YAMADA, unit.recording)).recording.altered == 0
            await hub.keeper.look()
            assert (await hub.archive.known(YAMADA, unit.recording)).recording.altered == 1

    asyncio.run(story())
