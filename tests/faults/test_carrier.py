"""Notices are told at least once, whatever fails, and what fails for one delays no other."""

import asyncio
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from hub.notices import Notice
from hub.notifiers import carrier as carriers
from hub.notifiers.carrier import LEASE_S, RETRY_S
from hub.notifiers.protocol import GiveUp, Retry
from tests.support.notices import FakeClock, FakeNotifier, Post, notice, played, raising


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
