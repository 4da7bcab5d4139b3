"""Lists of recordings have pages of what concerns a person, on SQLite and on PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hub.people import Person
from tests.support.hub_store import Database
from tests.support.messages import MOMENT
from tests.support.recording_hub import SUZUKI, YAMADA, recording_hub
from tests.support.recordings import RecordingUnit


def test_a_list_is_cut_after_what_does_not_concern_a_person_was_left_out(
    store: Database, tmp_path: Path
) -> None:
    """Two of their own, older than three of another area: the first page holds one of their own."""

    unit = RecordingUnit("age1nobody")

    async def story() -> None:
        mine = [recorder(unit, "c1", minutes=-50), recorder(unit, "c1", minutes=-40)]
        theirs = [recorder(unit, "c2", minutes=-minutes) for minutes in (30, 20, 10)]
        async with recording_hub(tmp_path, store.url, [*mine, *theirs]) as hub:
            areas = {"c1": "desk", "c2": "taxes"}
            counters = [
                counter.model_copy(update={"area": areas[counter.unit]}) for counter in hub.settings.counters
            ]
            hub.parts.know(hub.settings.model_copy(update={"counters": counters}))
            for one in (*mine, *theirs):
                await hub.send_all(one.record(1))
            desk = replace(YAMADA, areas=frozenset({"desk"}))

            async def page(person: Person, skip: int) -> list[str]:
                found = await hub.archive.listed(person, skip=skip, limit=1)
                return [known.recording.id for known in found]

            assert [await page(desk, n) for n in range(3)] == [[mine[1].recording], [mine[0].recording], []]
            assert await hub.archive.count(desk) == 2
            assert await hub.archive.count(YAMADA) == 5
            assert await page(YAMADA, 0) == [theirs[2].recording]
            assert await hub.archive.listed(desk, unit="c2") == []
            assert len(await hub.archive.listed(desk, unit="c1")) == 2
            assert await hub.archive.count(replace(SUZUKI, areas=frozenset({"desk"}))) == 0

    asyncio.run(story())


def recorder(unit: RecordingUnit, name: str, *, minutes: float) -> RecordingUnit:
    """Another unit with the same key."""
    return RecordingUnit("age1nobody", unit=name, key=unit.key, started=MOMENT + timedelta(minutes=minutes))
