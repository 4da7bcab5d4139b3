"""Two hubs on one database: each notice is told once, and by the other when one dies."""

import asyncio

from hub.clock import SystemClock
from tests.support.hub_store import Database
from tests.support.notices import FakeClock, FakeNotifier, Post, notice

MANY = 200


def test_two_hubs_tell_each_notice_once_and_one_takes_over_from_the_other(store: Database) -> None:
    first, second = FakeNotifier(), FakeNotifier()
    late = FakeClock(SystemClock().now().wall)

    async def scene() -> None:
        a, b = Post(store.url), Post(store.url, late)
        await a.open()
        await b.open()
        try:
            a.start((first, "desk"), holder="hub-a")
            b.start((second, "desk"), holder="hub-b")
            for start in range(0, MANY, 20):
                both = (a, b)[start // 20 % 2]
                await both.add(*(notice(n, incident=n) for n in range(start, start + 20)))
            await a.until_states({f"7-1-0-{n}": "sent" for n in range(MANY)}, within_s=60)
            assert sorted(first.told + second.told) == sorted(f"7-1-0-{n}" for n in range(MANY))
            first.gate.clear()
            first.entered.clear()
            second.gate.clear()
            await a.add(notice(MANY, incident=MANY))
            await a.until(lambda: "hub-a" in holders(store) or second.entered.is_set())
            await a.crash("hub-a")
            second.gate.set()
            late.go(30)
            await a.until(lambda: f"7-1-0-{MANY}" in second.told)
        finally:
            first.gate.set()
            second.gate.set()
            await a.close()
            await b.close()

    asyncio.run(scene())


def holders(store: Database) -> set[str]:
    return {row[0] for row in store.rows("select holder from notices where holder is not null")}
