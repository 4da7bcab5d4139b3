"""What units record is taken in whole or refused with its reason, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.evidence.refusals import TOLD_EVERY_S
from hub.store import recordings, recordings_ledger
from tests.support.hub_store import Database
from tests.support.messages import MOMENT, SITE
from tests.support.recording_hub import YAMADA, RecordingHub, recording_hub
from tests.support.recordings import RecordingUnit, Sent
from wire.evidence.chain import check_chain
from wire.evidence.ledger import check_ledger
from wire.evidence.line import SEGMENT_BYTES_MAX
from wire.evidence.signed import read_signed, sign

NOBODY = "age1nobody"


@pytest.fixture
def unit() -> RecordingUnit:
    return RecordingUnit(NOBODY)


Opens = Callable[..., AbstractAsyncContextManager[RecordingHub]]


@pytest.fixture
def hub_of(store: Database, tmp_path: Path) -> Opens:
    return lambda *units, **more: recording_hub(tmp_path, store.url, list(units), **more)


async def acts(hub: RecordingHub) -> list[tuple[str, str, str]]:
    lines = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 10_000))
    check_ledger(line for line, _ in lines)
    assert all(line.hash == kept for line, kept in lines)
    return [(line.act, line.subject, line.reason) for line, _ in lines]


def test_a_recording_is_kept_whole_and_its_manifest_verifies(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            sent = [unit.record(), unit.record(hz=880), unit.record(0.5, end="staff")]
            for one in sent:
                answer = await hub.send(one)
                assert (answer.status, answer.body) == (200, {"stored": True})
            known = await hub.archive.known(YAMADA, unit.recording)
            assert (known.recording.segments, known.recording.seconds) == (3, 2.5)
            assert (known.recording.started, known.recording.end) == (MOMENT, "staff")
            kept = await hub.read(lambda tx: recordings.segments(tx, unit.recording))
            head = check_chain((read_signed(each.line) for each in kept), unit.key.public_key())
            assert head is not None
            assert head.end == "staff"
            grant = await hub.archive.play(hub.signed_in(), unit.recording, "確認")
            track = await hub.archive.track(hub.signed_in(), unit.recording, grant.token)
            assert await hub.opened(track) == [one.plain for one in sent]
            assert [act for act, _, _ in await acts(hub)] == ["received", "closed", "played"]

    asyncio.run(story())


def test_what_is_sent_again_is_answered_as_stored_and_kept_once(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            first, second = unit.record(), unit.record()
            await hub.send_all(first, first, second, first, second)
            answers = await asyncio.gather(*(hub.send(second) for _ in range(5)))
            assert {answer.status for answer in answers} == {200}
            assert len(await hub.read(lambda tx: recordings.segments(tx, unit.recording))) == 2
            assert [act for act, _, _ in await acts(hub)] == ["received"]

    asyncio.run(story())


def test_many_at_once_in_any_order_get_in_by_the_answers(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            sent = [unit.record(0.2) for _ in range(5)]

            async def insist(one: Sent) -> None:
                while (answer := await hub.send(one)).status != 200:
                    assert answer.status == 409
                    assert 0 <= answer.body["next"] < one.signed.line.index

            async with asyncio.timeout(30):
                await asyncio.gather(*(insist(one) for one in reversed(sent)))
            kept = await hub.read(lambda tx: recordings.segments(tx, unit.recording))
            assert [each.line for each in kept] == [one.signed.canonical() for one in sent]

    asyncio.run(story())


Spoils = Callable[[RecordingUnit, Sent], Sent]


def _other_key(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=sign(sent.signed.line, Ed25519PrivateKey.generate()))


def _unknown_unit(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=sign(replace(sent.signed.line, unit="c9"), unit.key))


def _other_site(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=sign(replace(sent.signed.line, site="elsewhere"), unit.key))


def _line_after_signing(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=replace(sent.signed, line=replace(sent.signed.line, uptime=1.0)))


def _byte(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, sealed=sent.sealed[:-1] + bytes([sent.sealed[-1] ^ 1]))


def _short(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, sealed=sent.sealed[:-1])


def _long(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, sealed=sent.sealed + b"x")


def _huge(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, sealed=bytes(SEGMENT_BYTES_MAX + 1))


def _broken_chain(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=sign(replace(sent.signed.line, previous="5" * 64), unit.key))


def _other_sound(unit: RecordingUnit, sent: Sent) -> Sent:
    return replace(sent, signed=sign(replace(sent.signed.line, samples=15_000), unit.key))


SPOILED: list[tuple[Spoils, int, str]] = [
    (_other_key, 403, "bad-signature"),
    (_unknown_unit, 403, "unknown-unit"),
    (_other_site, 403, "unknown-unit"),
    (_line_after_signing, 403, "bad-signature"),
    (_byte, 422, "altered"),
    (_short, 422, "altered"),
    (_long, 422, "too-large"),
    (_huge, 422, "too-large"),
    (_broken_chain, 422, "broken-chain"),
    (_other_sound, 422, "altered"),
]


@pytest.mark.parametrize(("spoil", "status", "word"), SPOILED, ids=[s.__name__[1:] for s, _, _ in SPOILED])
def test_what_was_altered_is_refused_told_and_not_kept(
    hub_of: Opens, unit: RecordingUnit, spoil: Spoils, status: int, word: str
) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record())
            good = unit.record()
            bad = spoil(unit, good)
            answer = await hub.send(bad)
            assert (answer.status, answer.body["error"]) == (status, word)
            assert [p.name for p in hub.folder.glob("*/*")] == ["000000"]
            assert (await acts(hub))[1:] == [
                ("refused", "" if word == "unknown-unit" else unit.recording, word)
            ]
            troubles = list(hub.parts.troubles(hub.clock.now().monotonic))
            who = "hub" if word == "unknown-unit" else unit.unit
            assert troubles == [(who, "recording-refused", word)]
            hub.clock.move(hours=1)
            assert list(hub.parts.troubles(hub.clock.now().monotonic)) == []
            assert (await hub.send(good)).status == 200

    asyncio.run(story())


def test_gaps_replaced_lines_and_lines_behind_the_end_are_refused(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            first, second, third = unit.record(), unit.record(), unit.record(end="staff")
            for too_early in (second, third):
                answer = await hub.send(too_early)
                assert (answer.status, answer.body) == (409, {"error": "gap", "next": 0})
            await hub.send_all(first)
            assert (await hub.send(third)).body == {"error": "gap", "next": 1}
            other = sign(replace(first.signed.line, uptime=7.0), unit.key)
            answer = await hub.send(replace(first, signed=other))
            assert (answer.status, answer.body["error"]) == (422, "reordered")
            await hub.send_all(second, third)
            unit.head = replace(unit.head, end=None)
            answer = await hub.send(unit.record())
            assert (answer.status, answer.body["error"]) == (422, "after-end")

    asyncio.run(story())


def test_another_unit_cannot_continue_or_replace_a_recording(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        other = RecordingUnit(NOBODY, unit="c2", recording=unit.recording)
        async with hub_of(unit, other) as hub:
            await hub.send_all(unit.record())
            for sent in (other.record(), other.record()):
                answer = await hub.send(sent)
                assert (answer.status, answer.body["error"]) == (403, "wrong-recording")
            as_c1 = replace(unit.record().signed.line)
            answer = await hub.send(Sent(sign(as_c1, other.key), b"", b""))
            assert (answer.status, answer.body["error"]) == (403, "wrong-key")

    asyncio.run(story())


def test_a_segment_sealed_for_another_hub_is_refused(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            unit.recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
            answer = await hub.send(unit.record())
            assert (answer.status, answer.body["error"]) == (422, "altered")

    asyncio.run(story())


def test_a_flood_of_refusals_is_counted_and_does_not_fill_the_ledger(
    hub_of: Opens, unit: RecordingUnit
) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            bad = _byte(unit, unit.record())
            for _ in range(50):
                await hub.send(bad)
            await hub.keeper.look()
            hub.clock.move(seconds=TOLD_EVERY_S + 1)
            await hub.keeper.look()
            await hub.send(bad)
            hub.clock.move(seconds=TOLD_EVERY_S + 1)
            await hub.keeper.look()
            lines = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 100))
            assert [line.detail["count"] for line, _ in lines] == [1, 49, 1]
            assert hub.intake.refusals.total == 51

    asyncio.run(story())


def test_a_clock_that_was_not_set_is_not_believed(hub_of: Opens) -> None:
    async def story() -> None:
        unit = RecordingUnit(NOBODY, clock="unsynced", started=MOMENT.replace(year=1970))
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(10.0))
            known = await hub.archive.known(YAMADA, unit.recording)
            assert (MOMENT - known.recording.started).total_seconds() == 10.0
            assert known.recording.clock == "unsynced"

    asyncio.run(story())


def test_stills_and_a_closing_line_are_kept_too(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            jpeg = b"\xff\xd8 a picture"
            await hub.send_all(unit.record(), unit.photograph(jpeg), unit.close())
            known = await hub.archive.known(YAMADA, unit.recording)
            assert (known.recording.segments, known.recording.end) == (3, "power")
            grant = await hub.archive.play(hub.signed_in(), unit.recording, "確認")
            track = await hub.archive.track(hub.signed_in(), unit.recording, grant.token)
            assert await hub.archive.open_one(track, track.segments[1]) == jpeg

    asyncio.run(story())
