"""The desired configuration: whole or not at all, reported either way, and kept."""

from typing import Any

import pytest

from device.configuration import Everybody, NoKey
from device.decisions import HearWith, Note
from device.inputs import Button, ConfigArrived, Recovered
from device.notes import ConfigNote, Notes
from tests.support.unit_heart import LIMITS, Bench
from wire.messages import Config, Reported
from wire.messages.commands import Desired
from wire.messages.events import SessionExtended, SessionStarted


def limits_of(bench: Bench) -> tuple[float, float, float]:
    """Of a meeting that begins now."""
    bench.tap(Button.SESSION, bench.at + 1.0)
    started = bench.said()[-1]
    assert isinstance(started, SessionStarted)
    bench.tap(Button.SESSION, bench.at + 1.0)
    return started.limit_s, started.warn_s, started.grace_s


def trusting() -> Bench:
    return Bench(trust=Everybody())


def test_a_unit_says_with_each_connection_what_runs() -> None:
    bench = trusting()
    bench.connect()
    assert bench.reported == [Reported(version=0, applied=True)]
    bench.config(3, limit_s=1200)
    bench.connect()
    assert bench.reported[1:] == [Reported(version=3, applied=True)] * 2
    assert bench.heart.config == 3


def test_limits_of_the_hub_where_given_and_our_own_elsewhere() -> None:
    bench = trusting()
    assert limits_of(bench) == (LIMITS.limit_s, LIMITS.warn_s, LIMITS.grace_s)
    assert bench.config(1, limit_s=1200, grace_s=60).applied
    assert limits_of(bench) == (1200.0, LIMITS.warn_s, 60.0)
    assert bench.config(2, warn_s=100).applied
    assert limits_of(bench) == (LIMITS.limit_s, 100.0, LIMITS.grace_s), "what is absent is our own again"


def test_a_meeting_that_runs_keeps_its_limits_but_an_extension_is_the_new_one() -> None:
    bench = trusting()
    bench.tap(Button.SESSION, 1.0)
    bench.config(1, limit_s=600, extend_s=120)
    bench.hold(Button.SESSION, 5.0, 2.0)
    assert bench.said()[-1] == SessionExtended(by_s=120.0, limit_s=1920.0)


def heard_with(bench: Bench) -> list[str]:
    return [decision.sensitivity for decision in bench.decided if isinstance(decision, HearWith)]


def test_the_hub_says_how_sensitive_a_counter_hears_and_its_own_settings_where_it_says_nothing() -> None:
    bench = trusting()
    assert bench.config(1, sensitivity="high").applied
    assert bench.config(2, sensitivity="high", limit_s=1200).applied
    assert heard_with(bench) == ["high"], "once is enough"
    assert bench.config(3, limit_s=1200).applied
    assert heard_with(bench) == ["high", "normal"]


def test_the_sensitivity_outlives_a_restart() -> None:
    bench = trusting()
    bench.config(7, sensitivity="low")
    again = Bench()
    again.tell(Recovered((), (), Notes(config=bench.notes["config"])))
    assert heard_with(again) == ["low"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"sensitivity": "loud"}, "sensitivity"),
        ({"sensitivity": 0.5}, "sensitivity"),
        ({"limit_s": 1200, "volume": 11}, "volume: not known"),
        ({"limit_s": 0}, "limit_s"),
        ({"limit_s": "1200"}, "limit_s"),
        ({"limit_s": 1200, "grace_s": -1}, "grace_s"),
        ({"limit_s": 86_401}, "limit_s"),
        ({"limit_s": True}, "limit_s"),
        ({"limit_s": 100}, "warn_s must be at most limit_s (100); given: 300"),
        ({"warn_s": 1801}, "warn_s must be at most limit_s (1800); given: 1801"),
        ({"limit_s": {"$ne": 1}}, "limit_s"),
    ],
)
def test_refused_as_a_whole_with_the_reason(settings: dict[str, Any], told: str) -> None:
    bench = trusting()
    bench.config(4, limit_s=1200)
    before = dict(bench.notes)
    reported = bench.config(5, **settings)
    assert (reported.version, reported.applied) == (5, False)
    assert told in reported.why
    assert bench.notes == before
    assert bench.heart.config == 4
    assert limits_of(bench)[0] == 1200.0


def test_the_way_back_is_refused_and_a_version_means_one_thing() -> None:
    bench = trusting()
    bench.config(4, limit_s=1200)
    assert bench.config(3, limit_s=900).why == "older than version 4, which runs"
    assert bench.config(4, limit_s=900).why == "version 4 runs already, with other settings"
    bench.notes.clear()
    assert bench.config(4, limit_s=1200) == Reported(version=4, applied=True)
    assert bench.notes == {}, "nothing has changed: nothing is written"


def test_a_unit_without_a_key_believes_nobody() -> None:
    bench = Bench(trust=NoKey())
    reported = bench.config(1, limit_s=1200)
    assert (reported.applied, reported.why) == (
        False,
        "this unit has no key of the hub to check the signature with",
    )
    assert limits_of(bench)[0] == LIMITS.limit_s


def test_the_last_applied_one_outlives_a_restart() -> None:
    bench = trusting()
    decided = bench.tell(ConfigArrived(Config(version=7, settings={"limit_s": 1200}, signature="")))
    assert Note("config", ConfigNote(version=7, settings=Desired(limit_s=1200.0))) in decided
    again = Bench()
    again.tell(Recovered((), (), Notes(config=bench.notes["config"])))
    again.connect()
    assert again.reported[-1] == Reported(version=7, applied=True)
    assert limits_of(again)[0] == 1200.0


def test_what_no_longer_fits_our_own_settings_is_reported_after_a_restart() -> None:
    bench = Bench()
    bench.tell(Recovered((), (), Notes(config=ConfigNote(version=7, settings=Desired(limit_s=200.0)))))
    bench.connect()
    assert not bench.reported[-1].applied
    assert "warn_s must be at most" in bench.reported[-1].why
    assert (bench.heart.config, limits_of(bench)[0]) == (0, LIMITS.limit_s)


def test_a_disk_that_comes_late_keeps_its_newer_one_for_the_next_start() -> None:
    bench = trusting()
    bench.config(6, limit_s=900)
    newer = ConfigNote(version=7, settings=Desired(limit_s=1200.0))
    decided = bench.tell(Recovered((), (), Notes(config=newer)))
    assert Note("config", newer) in decided, "version 6 was noted in its place"
    assert bench.heart.config == 7


def test_a_disk_that_comes_late_does_not_undo_what_came_meanwhile() -> None:
    bench = trusting()
    bench.config(8, limit_s=900)
    bench.tell(Recovered((), (), Notes(config=ConfigNote(version=7, settings=Desired(limit_s=1200.0)))))
    assert (bench.heart.config, limits_of(bench)[0]) == (8, 900.0)
