"""What is wrong with the hub itself: ways of telling people that fail, a disk that fills."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.clock import Now
from hub.notifiers.lane import LaneHealth, State
from hub.own_health import FAILS_AFTER, free_bytes, way_of
from hub.troubles import HubHealth, Way, conditions, judged
from hub.troubles.conditions import DISK_BYTES_MIN
from tests.support.calling import LADDER, NOON, ROSTER

WELL = HubHealth(connected_for_s=60.0, started_for_s=60.0)


def now(second: float) -> Now:
    return Now(NOON + timedelta(seconds=second), second)


@pytest.mark.parametrize(
    ("state", "for_s", "works"),
    [
        ("untried", 3600.0, None),
        ("well", 0.0, True),
        ("failing", FAILS_AFTER.total_seconds() - 0.1, None),
        ("failing", FAILS_AFTER.total_seconds(), False),
        ("hanging", 0.0, False),
    ],
)
def test_a_notifier_that_fails_for_long_does_not_work(state: State, for_s: float, works: bool | None) -> None:
    lane = LaneHealth("webhook", "desk", state, NOON, "the receiver answered 503")
    way = way_of(lane, now(for_s))
    assert (way.part, way.works) == ("notifier-webhook-desk", works)
    assert way.why == (lane.why if works is False else "")


def test_a_notifier_that_does_not_work_is_a_trouble_until_it_does() -> None:
    key = ("hub", "notifier-mail")

    def found(*ways: Way, name: str = "hub") -> tuple[bool, bool]:
        health = replace(WELL, ways=ways, name=name)
        seen = conditions([], health, {}, ladders=[LADDER], roster=ROSTER, now=now(0))
        return key in seen, judged(key, {}, health)

    assert found(Way("notifier-mail", False, "no answer")) == (True, True)
    assert found(Way("notifier-mail", True)) == (False, True)
    assert found(Way("notifier-mail", None)) == (False, False), "it stays as it was"
    assert found() == (False, True), "it is no longer set up"
    assert found(Way("notifier-mail", True), name="hub-b") == (False, False), "another hub has found it"


def test_a_disk_of_the_hub_that_fills_is_a_trouble_of_its_own(tmp_path: Path) -> None:
    def found(free: int | None) -> list[str]:
        health = replace(WELL, free_bytes=free)
        seen = conditions([], health, {}, ladders=[LADDER], roster=ROSTER, now=now(0))
        return [condition.detail for key, condition in seen.items() if key == ("hub", "disk-space")]

    assert found(DISK_BYTES_MIN - 1) == ["999 MB"]
    assert found(DISK_BYTES_MIN) == found(None) == []
    assert (free_bytes(tmp_path) or 0) > 0
    assert free_bytes(tmp_path / "away") is None
