"""What an export holds and what it leaves behind, on SQLite and on PostgreSQL."""

import asyncio
import json
import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.people import Person
from hub.record.tasks import Task
from hub.recordings.refusals import NotAllowed
from hub.store import record_reports, record_tasks, recordings, recordings_ledger
from hub.store.incidents import NoSuchIncident
from hub.store.record_reports import Kept
from hub.store.recordings import NoSuchRecording
from hub.web.export import exporting
from hub.web.export.report import Asked
from tests.support.hub_store import Database, arrived
from tests.support.messages import MOMENT, SITE
from tests.support.packages import ASKED, Memory, export, exporting_in, files_of
from tests.support.recording_hub import KANSA, YAMADA, RecordingHub, recording_hub
from tests.support.recordings import RecordingUnit
from wire.evidence import package as parts
from wire.evidence.canonical import canonical
from wire.evidence.ledger import LedgerLine, read_line
from wire.messages.events import Panic
from wire.verifier.findings import codes
from wire.verifier.package import Pins, check


@pytest.fixture(autouse=True)
def quick_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typeset is proven elsewhere; here it would be most of the time."""
    monkeypatch.setattr(exporting, "ready", lambda: None)
    monkeypatch.setattr(exporting, "typeset", lambda tree, _made: canonical(tree))


@pytest.fixture
def unit() -> RecordingUnit:
    return RecordingUnit("age1nobody", why="panic")


async def lines(hub: RecordingHub) -> list[LedgerLine]:
    found = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 1000))
    return [line for line, _ in found]


async def begun(hub: RecordingHub, person: Person, number: int, asked: Asked) -> bytes:
    made = exporting_in(hub)
    assert made is not None
    sending = await made.begin(person, number, asked)
    assert sending.name.startswith(f"madomori-{SITE}-{number}-")
    return b"".join([chunk async for chunk in sending.chunks])


def test_an_export_is_written_down_with_reason_basis_and_recipient(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            await hub.send_all(unit.record(0.2, end="staff"))
            hub.clock.move(seconds=30)
            before = len(await lines(hub))
            with pytest.raises(NoSuchIncident):
                await begun(hub, YAMADA, 999, ASKED)
            with pytest.raises(NotAllowed):
                await begun(hub, KANSA, incident.id, ASKED)
            assert len(await lines(hub)) == before, "what was refused is not written down as done"
            files = files_of(await begun(hub, KANSA, incident.id, Asked("定期監査", "監査規程第5条")))
            told = (await lines(hub))[before:]
            assert [(line.act, line.subject) for line in told] == [
                ("exported", unit.recording),
                ("exported", f"incident/{incident.id}"),
            ]
            assert {(line.actor, line.reason, line.detail["basis"]) for line in told} == {
                ("kansa", "定期監査", "監査規程第5条")
            }
            assert await hub.archive.disclosures(YAMADA) == []
            files = files_of(await begun(hub, YAMADA, incident.id, ASKED))
            told = (await lines(hub))[before + 2 :]
            assert [line.act for line in told] == ["exported", "disclosed", "exported"]
            (given,) = await hub.archive.disclosures(YAMADA)
            assert (given.recipient, given.basis) == (ASKED.recipient, ASKED.basis)
            assert check(Memory(files), Pins()).findings.faults == []
            readme = files[parts.README]
            assert readme.startswith(b"\xef\xbb\xbf")
            assert readme.count(b"\n") == readme.count(b"\r\n")
            assert "第1号".encode() in readme

    asyncio.run(story())


def test_an_incident_of_another_area_is_not_there(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    elsewhere, here = (replace(YAMADA, areas=frozenset({area})) for area in ("tax", "desk"))

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            await hub.send_all(unit.record(0.2, end="staff"))
            made = exporting_in(hub)
            assert made is not None
            assert [await made.may(one, incident.id) for one in (YAMADA, here, elsewhere)] == [
                True,
                True,
                False,
            ]
            assert not await made.may(YAMADA, 999)
            with pytest.raises(NoSuchIncident):
                await begun(hub, elsewhere, incident.id, ASKED)
            assert await begun(hub, here, incident.id, ASKED)

    asyncio.run(story())


def test_the_record_is_in_the_report_and_in_the_file_for_machines(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    report = {
        "words": "「土下座しろ」と\n#metadata(1) 大声で",
        "staff": "市民課 髙橋・﨑山",
        "kinds": "2b,2d",
        "test-duty": "yes",
        "note-duty": "窓口での対応中",
    }
    store.do(lambda tx: record_reports.keep(tx, incident.id, Kept(report, 1), YAMADA, MOMENT))
    task = Task(0, "police-report", "", "髙橋 係長", date(2026, 11, 30))
    store.do(lambda tx: record_tasks.add(tx, incident.id, task, MOMENT))

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            files = files_of(await export(hub, incident.id))
            told = json.loads(files[parts.INCIDENT])
            assert told["report"] == report
            assert told["tasks"][0]["owner"] == "髙橋 係長"
            printed = json.loads(files[parts.REPORT])
            record = dict(printed["record"])
            assert "「土下座しろ」と\n#metadata(1) 大声で" in record.values()
            assert "2d　土下座の要求" in record["行為の類型"]
            assert "窓口での対応中" in record["定義への該当"]
            assert "髙橋 係長" in record["事後の対応"]
            assert printed["timeline"][0][1].startswith("緊急ボタン")

    asyncio.run(story())


def test_nothing_of_another_matter_is_in_it(store: Database, unit: RecordingUnit, tmp_path: Path) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents
    other = RecordingUnit("age1nobody", unit="c2")

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit, other]) as hub:
            await hub.send_all(unit.record(0.2), other.record(0.2, end="staff"))
            await hub.archive.play(hub.signed_in(), other.recording, "別件の秘密の理由")
            await hub.archive.hold(KANSA, other.recording, "別件の差押え")
            await hub.send_all(unit.record(0.2, end="staff"))
            hub.clock.move(seconds=30)
            files = files_of(await export(hub, incident.id))
            whole = b"".join(files.values()).decode(errors="ignore")
            for secret in (other.recording, "別件", "監査 次郎", "kansa"):
                assert secret not in whole, secret
            told = [read_line(line) for line in files[parts.LEDGER].splitlines()]
            assert {line.subject for line in told if isinstance(line, LedgerLine)} == {
                unit.recording,
                f"incident/{incident.id}",
            }
            assert sum(not isinstance(line, LedgerLine) for line in told) == 4
            assert "ledger-good" in codes(check(Memory(files), Pins()).findings)

    asyncio.run(story())


def test_what_goes_on_and_what_was_altered_at_the_hub_is_told(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            await hub.send_all(unit.record(0.2), unit.record(0.2, 500), unit.record(0.2, 600))
            hub.clock.move(seconds=30)
            found = check(Memory(files_of(await export(hub, incident.id))), Pins()).findings
            assert found.faults == []
            assert "recording-open" in codes(found)
            kept = hub.folder / unit.recording / "000001"
            data = bytearray(kept.read_bytes())
            data[random.Random(1).randrange(len(data))] ^= 1
            kept.write_bytes(data)
            files = files_of(await export(hub, incident.id))
            found = check(Memory(files), Pins()).findings
            (fault,) = found.faults
            assert (fault.code, fault.values["segment"]) == ("segment-absent", 1)
            assert json.loads(files[parts.INDEX])["recordings"][0]["absent"] == [1]
            assert (await lines(hub))[-1].act == "altered"

    asyncio.run(story())


def test_the_same_content_at_the_same_time_gives_the_same_bytes(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            await hub.send_all(unit.record(0.2), unit.record(0.2, end="staff"))
            hub.clock.move(seconds=30)
            one, two = files_of(await export(hub, incident.id)), files_of(await export(hub, incident.id))
            assert list(one) == list(two)
            # The second one's ledger tells of the first; nothing else differs.
            differs = {name for name in one if one[name] != two[name]}
            assert differs == {parts.LEDGER, parts.REPORT, parts.INDEX, parts.SIGNATURE}

    asyncio.run(story())


def test_a_recording_that_is_deleted_meanwhile_leaves_no_whole_package(
    store: Database, unit: RecordingUnit, tmp_path: Path
) -> None:
    (incident,) = store.record(arrived(1, Panic())).incidents

    async def story() -> None:
        async with recording_hub(tmp_path, store.url, [unit]) as hub:
            await hub.send_all(unit.record(0.2, end="staff"))
            hub.clock.move(seconds=30)
            made = exporting_in(hub)
            assert made is not None
            sending = await made.begin(YAMADA, incident.id, ASKED)
            sent = [await anext(sending.chunks)]
            one = (await hub.archive.known(YAMADA, unit.recording)).recording
            await hub.store.write(lambda tx: recordings.destroy(tx, SITE, one, MOMENT + timedelta(days=1)))
            with pytest.raises(Exception, match="no longer whole"):
                sent += [chunk async for chunk in sending.chunks]
            assert parts.INDEX.encode() not in b"".join(sent)
            with pytest.raises(NoSuchRecording):
                await hub.archive.known(YAMADA, unit.recording)

    asyncio.run(story())
