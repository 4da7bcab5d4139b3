"""The carrier at its limits: thousands that wait, a database that is away, the end of the hub."""

import asyncio
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from hub.notifiers.lane import QUEUE_MAX
from hub.notifiers.protocol import Retry
from hub.store import notices as outbox
from tests.support.notices import FakeNotifier, Post, notice, played, raising
from tests.support.proofs import size


def test_a_lane_holds_few_and_takes_an_alarm_before_what_still_waits(tmp_path: Path) -> None:
    desk = FakeNotifier()

    async def scene(post: Post) -> None:
        desk.gate.clear()
        post.start((desk, "desk"))
        await post.add(*(notice(n, severity="trouble", reason="trouble") for n in range(1, 21)))
        await post.until(desk.entered.is_set)
        await post.add(notice(99))
        await asyncio.sleep(0.3)
        claimed = [one for one, state in (await post.states()).items() if state == "claimed"]
        assert len(claimed) == QUEUE_MAX
        desk.gate.set()
        await post.until(lambda: len(desk.told) == 21)
        assert desk.told.index("7-1-0-99") <= QUEUE_MAX

    played(tmp_path, scene)


def test_ten_thousand_due_drain_in_bounded_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    many = size(2_000, 10_000)
    most = [0]
    desk, mail = FakeNotifier(), FakeNotifier("mail")

    async def scene(post: Post) -> None:
        desk.fails = lambda _notice: most.__setitem__(0, max(most[0], sum(lane.inflight for lane in lanes)))
        rows = [
            notice(n, *(("webhook", "desk") if n % 2 else ("mail", "x@city.example")), incident=n)
            for n in range(many)
        ]
        await post.add(*rows)
        rows.clear()
        tracemalloc.start()
        began = time.monotonic()
        carrier = post.start((desk, "desk"), (mail, ""))
        lanes = list(carrier._lanes.values())
        await post.until(lambda: len(desk.told) + len(mail.told) == many, within_s=200)
        took = time.monotonic() - began
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(set(desk.told) | set(mail.told)) == many
        assert most[0] <= 2 * QUEUE_MAX
        assert peak < 12 * 2**20, f"{peak / 2**20:.1f} MiB"
        await post.until_states(dict.fromkeys((f"7-1-0-{n}" for n in range(many)), "sent"))
        told = f"{many} notices in {took:.1f} s, {peak / 2**20:.1f} MiB at most beyond the start"
        record_property("proved", told)

    played(tmp_path, scene)


def test_while_the_database_is_away_nothing_is_lost_and_nothing_told_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeNotifier()
    away = threading.Event()
    real = outbox.sent

    def sent(tx: Connection, numbers: Any, now: Any) -> None:
        if away.is_set() and numbers:
            raise OperationalError("UPDATE", {}, Exception("disk is full"))
        real(tx, numbers, now)

    monkeypatch.setattr(outbox, "sent", sent)

    async def scene(post: Post) -> None:
        away.set()
        post.start((desk, "desk"))
        await post.add(*(notice(n) for n in range(1, 4)))
        await post.until(lambda: desk.told)
        await asyncio.sleep(0.5)
        before = len(desk.told)
        assert before <= QUEUE_MAX
        away.clear()
        await post.until_states({f"7-1-0-{n}": "sent" for n in range(1, 4)})
        assert desk.told == ["7-1-0-1", "7-1-0-2", "7-1-0-3"]

    played(tmp_path, scene)


def test_a_notice_without_notifier_is_given_up_and_keeps_no_other(tmp_path: Path) -> None:
    desk = FakeNotifier()

    async def scene(post: Post) -> None:
        post.start((desk, "desk"))
        await post.add(notice(1, address="gone"), notice(2, "apprise", "chat"), notice(3))
        await post.until_states({"7-1-0-1": "failed", "7-1-0-2": "failed", "7-1-0-3": "sent"})

    played(tmp_path, scene)


def test_stopped_in_order_it_hands_back_what_it_has_not_sent(tmp_path: Path) -> None:
    desk = FakeNotifier()

    async def scene(post: Post) -> None:
        desk.gate.clear()
        desk.fails = raising(Retry("cut"))
        post.start((desk, "desk"))
        await post.add(*(notice(n) for n in range(1, 7)))
        await post.until(desk.entered.is_set)
        began = time.monotonic()
        await post.stop()
        assert time.monotonic() - began < 5
        assert set((await post.states()).values()) == {"due"}
        rows = await post.store.read(
            lambda tx: tx.execute(text("select sum(attempts), count(holder) from notices")).one()
        )
        assert tuple(rows) == (1, 0), "only the one that was cut counts as tried"
        assert not [t for t in threading.enumerate() if t.name.startswith("notify-")]

    played(tmp_path, scene)


def test_a_lane_that_does_not_end_does_not_keep_the_hub_from_ending(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Deaf(FakeNotifier):
        def close(self) -> None:
            self.closed = True

    desk = Deaf()

    async def scene(post: Post) -> None:
        desk.gate.clear()
        post.start((desk, "desk"))
        await post.add(notice(1))
        await post.until(desk.entered.is_set)
        await post.stop()
        assert await post.states() == {"7-1-0-1": "claimed"}, "its lease will be over"

    played(tmp_path, scene)
    desk.gate.set()
    assert "notifier_does_not_end" in capsys.readouterr().out


def test_two_hubs_tell_each_notice_once(tmp_path: Path) -> None:
    first, second = FakeNotifier(), FakeNotifier()

    async def scene(post: Post) -> None:
        post.start((first, "desk"), holder="hub-a")
        post.start((second, "desk"), holder="hub-b")
        for number in range(1, 101):
            await post.add(notice(number, incident=number))
        await post.until_states({f"7-1-0-{n}": "sent" for n in range(1, 101)})
        assert sorted(first.told + second.told) == sorted(f"7-1-0-{n}" for n in range(1, 101))

    played(tmp_path, scene)
