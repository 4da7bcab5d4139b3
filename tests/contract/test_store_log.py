"""SQLite's write-ahead log has its length from the start and does not grow while it is tidied."""

import asyncio
from pathlib import Path

from hub.store import log
from hub.store.database import Store
from hub.store.tally import can_write


def length(file: Path) -> int:
    return file.with_name(f"{file.name}-wal").stat().st_size


def test_the_log_is_long_from_the_start_and_begins_again_when_tidied(tmp_path: Path) -> None:
    file = tmp_path / "hub.sqlite"

    async def body() -> None:
        store = Store(f"sqlite:///{file}")
        await store.open()
        begun, size = length(file), file.stat().st_size
        assert begun > 0.9 * log.ROOM_BYTES
        assert size < 1_000_000, "nothing of it is in the database"
        for _ in range(3):
            for _ in range(20):
                await store.write(can_write)
            await store.tidy()
        assert length(file) == begun
        store.close()

    asyncio.run(body())
    assert not file.with_name("hub.sqlite-wal").exists(), "a hub that has stopped leaves one file"


def test_a_full_disk_keeps_no_hub_from_starting(tmp_path: Path) -> None:
    async def body() -> None:
        store = Store(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        await store.open()
        await store.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1"))
        try:
            await store.write(log.make_room)
        except log.Made:
            raise AssertionError("there was no room") from None
        except Exception as error:  # noqa: BLE001 - what open() takes for a reason to go on without
            assert "full" in str(error)
        await store.write(lambda tx: tx.exec_driver_sql("PRAGMA max_page_count = 1000000"))
        await store.write(can_write)
        store.close()

    asyncio.run(body())
