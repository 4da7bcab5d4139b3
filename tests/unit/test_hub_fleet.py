"""Which units live."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.clock import Now
from hub.fleet import UNKNOWN_UNITS_MAX, Fleet
from tests.support.hub_peers import health
from wire.limits import SILENT_AFTER_S
from wire.messages import Status

START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def at(second: float) -> Now:
    return Now(START + timedelta(seconds=second), 1000.0 + second)


def status(online: bool = True, epoch: str = "a" * 16) -> Status:
    return Status(online=online, boot="b" * 16, epoch=epoch, time=START)


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(["c1", "c2"])


def shown(fleet: Fleet, name: str = "c1") -> tuple[Any, ...]:
    unit = fleet.get(name)
    assert unit is not None
    return unit.link, unit.since, unit.seen


def test_a_unit_that_never_spoke_is_known_and_never_seen(fleet: Fleet) -> None:
    assert shown(fleet) == ("never", None, None)
    assert [unit.name for unit in fleet] == ["c1", "c2"]


def test_status_and_heartbeat_show_it_online_and_only_the_first_changes_the_page(fleet: Fleet) -> None:
    assert fleet.status("c1", status(), at(0)) == {"c1"}
    assert fleet.health("c1", health(), at(5)) == set()
    assert shown(fleet) == ("online", at(0).wall, at(5).wall)


def test_silence_is_noticed_after_three_heartbeats_once(fleet: Fleet) -> None:
    fleet.health("c1", health(), at(0))
    assert fleet.tick(at(SILENT_AFTER_S - 0.1)) == set()
    assert fleet.tick(at(SILENT_AFTER_S)) == {"c1"}
    assert fleet.tick(at(SILENT_AFTER_S + 1)) == set()
    assert shown(fleet) == ("silent", at(SILENT_AFTER_S).wall, at(0).wall)
    assert fleet.health("c1", health(), at(60)) == {"c1"}
    assert shown(fleet)[0] == "online"


def test_silence_counts_by_the_monotonic_clock(fleet: Fleet) -> None:
    fleet.health("c1", health(), at(0))
    assert fleet.tick(Now(START + timedelta(hours=9), at(1).monotonic)) == set()


def test_a_last_will_shows_it_offline_and_silence_does_not_hide_that(fleet: Fleet) -> None:
    fleet.status("c1", status(), at(0))
    assert fleet.status("c1", status(online=False), at(3)) == {"c1"}
    assert fleet.tick(at(100)) == set()
    assert shown(fleet)[0] == "offline"


def test_the_will_of_an_earlier_run_does_not_hide_a_new_start(fleet: Fleet) -> None:
    fleet.status("c1", status(epoch="1" * 16), at(0))
    fleet.status("c1", status(epoch="2" * 16), at(3))
    assert fleet.status("c1", status(online=False, epoch="1" * 16), at(4)) == set()
    assert shown(fleet)[0] == "online"


def test_faults_are_those_of_the_last_heartbeat(fleet: Fleet) -> None:
    assert fleet.health("c1", health(faults=["disk", "clock", "disk"]), at(0)) == {"c1"}
    unit = fleet.get("c1")
    assert unit is not None
    assert unit.faults == ("clock", "disk")
    assert fleet.health("c1", health(faults=["clock", "disk"]), at(5)) == set()
    assert fleet.health("c1", health(), at(10)) == {"c1"}
    assert len(unit.faults) == 0


def test_an_event_proves_no_life_but_makes_an_unknown_unit_visible(fleet: Fleet) -> None:
    assert fleet.met("c1") == set()
    assert shown(fleet)[0] == "never"
    assert fleet.met("stranger") == {"stranger"}
    assert fleet.met("stranger") == set()
    unit = fleet.get("stranger")
    assert unit is not None
    assert not unit.known


def test_the_memory_for_unknown_units_is_bounded(fleet: Fleet) -> None:
    for n in range(UNKNOWN_UNITS_MAX + 5):
        fleet.met(f"x{n}")
    assert sum(1 for _ in fleet) == UNKNOWN_UNITS_MAX + 2
    assert fleet.health(f"x{UNKNOWN_UNITS_MAX + 3}", health(), at(0)) == set()
    assert fleet.status(f"x{UNKNOWN_UNITS_MAX + 3}", status(), at(0)) == set()
    assert fleet.health("c2", health(), at(0)) == {"c2"}


def test_after_a_start_what_the_database_knows_is_silent_until_heard(fleet: Fleet) -> None:
    fleet.remember([("c1", START), ("old", START)], at(100))
    assert shown(fleet) == ("silent", at(100).wall, START)
    assert shown(fleet, "c2")[0] == "never"
    assert shown(fleet, "old")[0] == "silent"
