"""Notices are told at least once, whatever fails, and what fails for one delays no other."""

import asyncio
import threading
import time
import tracemalloc
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from hub.notices import Notice
from hub.notifiers import carrier as carriers
from hub.notifiers.carrier import LEASE_S, RETRY_S
from hub.notifiers.lane import QUEUE_MAX
from hub.notifiers.protocol import GiveUp, Retry
from hub.store import notices as outbox
from tests.support.notices import FakeClock, FakeNotifier, Post, notice, played
from tests.support.proofs import size


def raising(error: Exception, times: int = 10**9) -> Callable[[Notice], None]:
    left = [times]

    def fail(_notice: Notice) -> None:
        if left[0] > 0:
            left[0] -= 1
            raise error

    return fail


def test_a_notice_leaves_as_soon_as_it_is_committed(tmp_path: Path) -> None:
    desk = FakeNotifier()

    async def scene(post: Post) -> None:
        post.start((desk, "desk"))
        await asyncio.sleep(0.3)  # the first look is over; the next would come by itself a second later
        took = []
        for number in range(1, 21):
            began = time.monotonic()
            await post.add(notice(number))
            await post.until(lambda n=number: len(desk.told) == n)  # type: ignore[misc]
            took.append(time.monotonic() - began)
        # Only that it was not found by the poll; a busy machine may be slow once.
        assert sorted(took)[10] < carriers.POLL_S / 2
        await post.until_states({f"7-1-0-{n}": "sent" for n in range(1, 21)})

    played(tmp_path, scene)


def test_what_another_process_added_is_found_by_looking(tmp_path: Path) -> None:
    desk = FakeNotifier()

    async def scene(post: Post) -> None:
        post.start((desk, "desk"))
        await post.until_states({})
        other = Post(f"sqlite:///{tmp_path / 'hub.sqlite'}")
        await other.open()
        await other.add(notice(1))
        await other.close()
        await post.until(lambda: desk.told)

    played(tmp_path, scene)


def test_killed_between_claim_and_sent_it_is_told_again_and_never_lost(tmp_path: Path) -> None:
    first, second = FakeNotifier(), FakeNotifier()

    async def scene(post: Post) -> None:
        first.gate.clear()
        post.start((first, "desk"))
        await post.add(notice(1), notice(2))
        await post.until(first.entered.is_set)
        assert await post.states() == {"7-1-0-1": "claimed", "7-1-0-2": "claimed"}
        await post.crash()
        first.gate.set()
        await post.until(lambda: "7-1-0-1" in first.told)
        post.start((second, "desk"))  # the same hub again: it need not wait for its own lease
        await post.until_states({"7-1-0-1": "sent", "7-1-0-2": "sent"})
        assert second.told == ["7-1-0-1", "7-1-0-2"]

    played(tmp_path, scene)


def test_what_a_dead_hub_had_claimed_another_takes_when_the_lease_is_over(tmp_path: Path) -> None:
    clock = FakeClock()
    first, second = FakeNotifier(), FakeNotifier()

    async def scene(post: Post) -> None:
        first.gate.clear()
        post.start((first, "desk"), holder="hub-a")
        await post.add(notice(1, due=clock.now().wall))
        await post.until(first.entered.is_set)
        await post.crash("hub-a")
        post.start((second, "desk"), holder="hub-b")
        await post.add(notice(2, due=clock.now().wall))
        await post.until(lambda: second.told == ["7-1-0-2"])
        clock.go(LEASE_S + 1)
        await post.until(lambda: second.told == ["7-1-0-2", "7-1-0-1"])

    played(tmp_path, scene, clock)


def test_a_lane_that_hangs_or_fails_delays_no_other(tmp_path: Path) -> None:
    hangs, fails, works = FakeNotifier(), FakeNotifier("mail", raising(Retry("away"))), FakeNotifier()

    async def scene(post: Post) -> None:
        hangs.gate.clear()
        carrier = post.start((hangs, "hangs"), (fails, ""), (works, "works"))
        many = 30
        await post.add(*(notice(n, address="hangs") for n in range(many)))
        await post.add(*(notice(100 + n, "mail", "x@city.example") for n in range(many)))
        await post.add(*(notice(200 + n, address="works") for n in range(many)))
        await post.until(lambda: len(works.told) == many)
        assert hangs.told == []
        states = {one.channel + one.name: (one.state, one.why) for one in carrier.healths}
        assert states["webhookworks"] == ("well", "")
        assert states["mail"] == ("failing", "away")

    played(tmp_path, scene)


def test_retries_wait_longer_each_time_and_the_new_goes_first(tmp_path: Path) -> None:
    clock = FakeClock()
    tried: list[tuple[str, float]] = []
    began = clock.now().monotonic
    away = [True]

    def fail(one: Notice) -> None:
        tried.append((one.id, clock.now().monotonic - began))
        if away[0]:
            raise Retry("away")

    desk = FakeNotifier(fails=fail)

    async def scene(post: Post) -> None:
        carrier = post.start((desk, "desk"))
        await post.add(notice(1, due=clock.now().wall))
        for attempt, wait in enumerate((*RETRY_S, RETRY_S[-1]), 1):
            await post.until(lambda n=attempt: len(tried) == n)  # type: ignore[misc]
            await post.until_states({"7-1-0-1": "due"})
            clock.go(wait)
            carrier.wake()
        waits = [b - a for (_, a), (_, b) in pairwise(tried)]
        assert waits == pytest.approx(list(RETRY_S))
        clock.go(RETRY_S[-1])
        carrier.wake()
        away[0] = False
        await post.until_states({"7-1-0-1": "sent"})

    played(tmp_path, scene, clock)


def test_the_other_side_may_ask_to_wait(tmp_path: Path) -> None:
    clock = FakeClock()
    desk = FakeNotifier(fails=raising(Retry("busy", 30.0), times=1))

    async def scene(post: Post) -> None:
        carrier = post.start((desk, "desk"))
        await post.add(notice(1, due=clock.now().wall))
        await post.until(lambda: carrier.healths[0].state == "failing")
        await post.until_states({"7-1-0-1": "due"})
        clock.go(29)
        carrier.wake()
        await asyncio.sleep(0.2)
        assert desk.told == []
        clock.go(2)
        await post.until(lambda: desk.told)
        await post.until(lambda: carrier.healths[0].state == "well")

    played(tmp_path, scene, clock)


def test_what_cannot_be_told_is_given_up_and_shown(tmp_path: Path) -> None:
    desk = FakeNotifier(fails=raising(GiveUp("the receiver answered 410"), times=1))

    async def scene(post: Post) -> None:
        carrier = post.start((desk, "desk"))
        await post.add(notice(1))
        await post.until_states({"7-1-0-1": "failed"})
        (shown,) = carrier.healths
        assert (shown.state, shown.why) == ("failing", "the receiver answered 410")
        await post.add(notice(2))
        await post.until_states({"7-1-0-1": "failed", "7-1-0-2": "sent"})

    played(tmp_path, scene)


def test_an_error_in_a_notifier_is_a_retry_and_its_words_are_not_shown(tmp_path: Path) -> None:
    desk = FakeNotifier(fails=raising(KeyError("taro@city.example"), times=1))

    async def scene(post: Post) -> None:
        carrier = post.start((desk, "desk"))
        await post.add(notice(1))
        await post.until(lambda: carrier.healths[0].state == "failing")
        assert carrier.healths[0].why == "an error in the program (KeyError)"
        await post.until_states({"7-1-0-1": "sent"})

    played(tmp_path, scene)


def test_after_a_day_it_is_given_up(tmp_path: Path) -> None:
    clock = FakeClock()
    desk = FakeNotifier(fails=raising(Retry("away")))

    async def scene(post: Post) -> None:
        post.start((desk, "desk"))
        await post.add(notice(1, due=clock.now().wall))
        await post.until_states({"7-1-0-1": "due"})
        await post.until(desk.entered.is_set)
        clock.go(timedelta(hours=24).total_seconds())
        await post.until_states({"7-1-0-1": "failed"})

    played(tmp_path, scene, clock)


def test_after_an_outage_the_newest_of_each_subject_is_told_and_no_flood(tmp_path: Path) -> None:
    clock = FakeClock()
    away = [True]

    def fail(_notice: Notice) -> None:
        if away[0]:
            raise Retry("away")

    desk = FakeNotifier(fails=fail)

    async def scene(post: Post) -> None:
        carrier = post.start((desk, "desk"))
        for number in range(1, 21):
            await post.add(notice(number, due=clock.now().wall, incident=7 + number % 2))
            await post.until(desk.entered.is_set)
            desk.entered.clear()
            clock.go(30)
            carrier.wake()
        away[0] = False
        async with asyncio.timeout(20):
            while sorted((await post.states()).values()) != ["replaced"] * 18 + ["sent"] * 2:
                clock.go(5)
                carrier.wake()
                await asyncio.sleep(0.2)
        assert set(desk.told) == {"7-1-0-19", "7-1-0-20"}

    played(tmp_path, scene, clock)


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
