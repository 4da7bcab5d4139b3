"""The ledger, its days and the register of disclosures, on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hub.store import recordings_ledger
from hub.store.recordings_links import Disclosure
from tests.support.hub_store import Database
from tests.support.messages import MOMENT, SITE
from tests.support.recording_hub import KANSA, YAMADA, RecordingHub, recording_hub
from tests.support.recordings import RecordingUnit
from wire.evidence.ledger import check_ledger, day_roots

Opens = Callable[..., AbstractAsyncContextManager[RecordingHub]]


@pytest.fixture
def unit() -> RecordingUnit:
    return RecordingUnit("age1nobody")


@pytest.fixture
def hub_of(store: Database, tmp_path: Path) -> Opens:
    return lambda *units, **more: recording_hub(tmp_path, store.url, list(units), **more)


async def acts(hub: RecordingHub) -> list[str]:
    lines = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 10_000))
    check_ledger(line for line, _ in lines)
    return [line.act for line, _ in lines]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET reason = 'another'",
        "DELETE FROM ledger WHERE seq = 2",
        "DELETE FROM ledger",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 2",
        "TRUNCATE ledger",
    ],
)
def test_the_database_refuses_to_change_the_ledger(
    hub_of: Opens, unit: RecordingUnit, store: Database, change: str
) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(), unit.record(end="staff"))
            await hub.archive.hold(YAMADA, unit.recording, "係争中")

    asyncio.run(story())
    other = {"INSERT": "postgresql", "TRUNCATE": "sqlite"}.get(change.split(maxsplit=1)[0])
    if other is not None and store.url.startswith(other):
        change = "UPDATE ledger SET hash = ''"
    before = store.rows("select * from ledger order by seq")
    with pytest.raises(DBAPIError, match="append-only"):
        store.do(lambda tx: tx.execute(text(change)))
    assert store.rows("select * from ledger order by seq") == before


def test_each_day_has_its_root_and_it_goes_out_by_mail(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit, root_mail=["audit@city.example"]) as hub:
            await hub.send_all(unit.record(), unit.record(end="staff"))
            await hub.keeper.look()
            assert await hub.read(lambda tx: recordings_ledger.days(tx, SITE)) == []
            hub.clock.move(days=1)
            await hub.archive.hold(YAMADA, unit.recording, "係争中")
            hub.clock.move(days=2)
            await hub.keeper.look()
            await hub.keeper.look()
            lines = await hub.read(lambda tx: recordings_ledger.between(tx, SITE, 1, 100))
            days = await hub.read(lambda tx: recordings_ledger.days(tx, SITE))
            assert {day.day: day.hash for day in days} == day_roots(line for line, _ in lines)
            assert [day.day for day in days] == ["2026-11-23", "2026-11-22"]
            mails = await hub.read(
                lambda tx: tx.execute(text("select address, payload from notices order by number")).all()
            )
            assert [address for address, _ in mails] == ["audit@city.example"] * 2
            assert all(day.hash in payload for day, (_, payload) in zip(reversed(days), mails, strict=True))

    asyncio.run(story())


def test_the_register_of_disclosures_outlives_the_recording(hub_of: Opens, unit: RecordingUnit) -> None:
    async def story() -> None:
        async with hub_of(unit) as hub:
            await hub.send_all(unit.record(end="staff"))
            given = Disclosure(
                unit.recording, MOMENT, "警察署", "録音の写し", "刑事訴訟法第197条第2項", "", MOMENT
            )
            assert (await hub.archive.disclose(YAMADA, given)).by == YAMADA.name
            hub.clock.move(days=40)
            await hub.keeper.look()
            (entered,) = await hub.archive.disclosures(KANSA)
            assert (entered.recipient, entered.by) == ("警察署", YAMADA.name)
            assert await acts(hub) == ["received", "closed", "disclosed", "deleted"]

    asyncio.run(story())
