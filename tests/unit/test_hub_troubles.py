"""Troubles: what is wrong, told once by its own ladder, damped where it comes and goes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub.clock import Now
from hub.escalation.ladder import Callee, Ladder, Tier
from hub.escalation.roster import Roster
from hub.fleet import Fleet, Unit
from hub.troubles import (
    HubHealth,
    Maintenance,
    Proven,
    Trouble,
    TroubleState,
    acknowledge,
    conditions,
    judged,
    muted_until,
    observe,
    plan_trouble,
    trouble_notices,
)
from hub.troubles.conditions import UNTESTED_AFTER
from hub.troubles.trouble import GONE_S, UNSTEADY_WITHIN_S
from tests.support.calling import NOON, OFFICE, PLACE, ROSTER, member
from tests.support.messages import BOOT, EPOCH
from wire.messages import Health, Status

LADDER = Ladder(
    "troubles",
    (
        Tier("設備", "Facilities", 600.0, (Callee("person", "aoki"),)),
        Tier("庁舎", "Building", 600.0, (Callee("person", "baba"),)),
    ),
    frozenset({"trouble"}),
)
WELL = HubHealth(connected_for_s=60.0, started_for_s=60.0)
KEY = ("c1", "microphone")


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def now(second: float) -> Now:
    return Now(at(second), second)


class Watched:
    """One part of one unit, looked at again and again."""

    def __init__(self, muted: Sequence[Maintenance] = ()) -> None:
        self.trouble: Trouble | None = None
        self.muted = muted
        self.told: list[tuple[float, str]] = []

    def look(self, second: float, present: bool) -> "Watched":
        seen = observe(self.trouble, present, at(second), KEY, "silent")
        if seen is None:
            return self
        seen = replace(seen, id=5)
        planned = plan_trouble(
            at(second), seen, LADDER, ROSTER, muted_until(self.muted, "c1", "desk", at(second))
        )
        self.trouble = planned.trouble
        self.told += [(second, n.reason) for n in trouble_notices(planned, PLACE, at(second), None)]
        return self


def test_a_trouble_is_told_once_climbs_its_ladder_and_is_told_when_over() -> None:
    watched = Watched()
    for second in (0, 1, 300, 600, 601):
        watched.look(second, True)
    assert watched.told == [(0, "trouble"), (600, "trouble")]
    watched.look(700, False).look(700 + GONE_S - 1, False)
    assert len(watched.told) == 2, "it may only be pausing"
    watched.look(700 + GONE_S, False).look(5000, False)
    assert watched.told[2:] == [(760.0, "recovered"), (760.0, "recovered")], "both who were told"
    assert watched.trouble is not None
    assert watched.trouble.state is TroubleState.OVER


def test_what_was_never_wrong_is_no_trouble() -> None:
    assert Watched().look(0, False).trouble is None


def test_a_pause_is_no_end_and_is_not_told_again() -> None:
    watched = Watched().look(0, True).look(10, False).look(40, True).look(50, True)
    assert watched.told == [(0, "trouble")]


def test_what_comes_and_goes_is_told_once_and_shown_as_unsteady() -> None:
    watched = Watched()
    for second in range(0, 560, 10):  # changes every 70 s: longer than the pause
        watched.look(second, second % 140 < 70)
    assert watched.trouble is not None
    assert watched.trouble.unsteady
    first = [told for told in watched.told if told[0] <= 140]
    assert [reason for _, reason in watched.told] == [reason for _, reason in first], "nothing after that"
    end = 560 + UNSTEADY_WITHIN_S
    watched.look(end, False)
    assert watched.told[-1] == (end, "recovered")
    assert watched.trouble is not None
    assert (watched.trouble.state, watched.trouble.unsteady) == (TroubleState.OVER, False)


def test_much_later_it_is_another_trouble() -> None:
    watched = Watched().look(0, True).look(10, False).look(100, False)
    seen = observe(watched.trouble, True, at(5000), KEY, "")
    assert seen is not None
    assert (seen.id, seen.since) == (0, at(5000))


def test_who_acknowledges_ends_the_call_but_not_the_trouble() -> None:
    watched = Watched().look(0, True)
    assert watched.trouble is not None
    known = acknowledge(watched.trouble, "佐藤")
    assert known is not None
    assert acknowledge(known, "鈴木") is None
    watched.trouble = known
    watched.look(600, True).look(9000, True)
    assert watched.told == [(0, "trouble")]
    watched.look(9001, False).look(9100, False)
    assert watched.told[1:] == [(9100, "recovered")]


def test_maintenance_mutes_with_an_end() -> None:
    work = Maintenance(1, None, "desk", at(-10), at(1000), "佐藤", "配線工事")
    watched = Watched([work]).look(0, True).look(999, True)
    assert watched.told == []
    watched.look(1000, True)
    assert watched.told == [(1000, "trouble")], "what outlives it is told"


@pytest.mark.parametrize(
    ("unit", "area", "covered"),
    [(None, None, True), ("c1", None, True), (None, "desk", True), ("c2", None, False), (None, "tax", False)],
)
def test_maintenance_is_about_a_unit_an_area_or_the_site(
    unit: str | None, area: str | None, covered: bool
) -> None:
    work = Maintenance(1, unit, area, at(0), at(60), "佐藤", "")
    assert (muted_until([work], "c1", "desk", at(30)) is not None) == covered
    assert muted_until([work], "c1", "desk", at(60)) is None
    assert muted_until([replace(work, ended=at(20))], "c1", "desk", at(30)) is None


def unit(link: str = "online", **known: object) -> Unit:
    values = {"name": "c1", "known": True, "link": link, "since": at(0), "health": beat(0)} | known
    return Unit(**values)  # type: ignore[arg-type]


def beat(second: float, **changes: object) -> Health:
    values: dict[str, object] = {
        "time": at(second),
        "boot": BOOT,
        "uptime_s": 10.0,
        "clock": "synced",
        "version": "1",
        "pending": 0,
        "pending_alarms": 0,
        "microphone": "hearing",
    }
    return Health(**(values | changes))  # type: ignore[arg-type]


def wrong(
    *units: Unit, health: HubHealth = WELL, second: float = 100, proofs: Sequence[Proven] = ()
) -> set[tuple[str, str]]:
    return set(conditions(units, health, {"c1": proofs}, ladders=[LADDER], roster=ROSTER, now=now(second)))


def test_a_unit_that_is_well_has_no_trouble() -> None:
    assert wrong(unit()) == set()


@pytest.mark.parametrize(
    ("link", "second", "told"),
    [("silent", 0, True), ("never", 0, True), ("offline", 9, False), ("offline", 10, True)],
)
def test_a_unit_that_is_not_heard_is_one(link: str, second: float, told: bool) -> None:
    assert (("c1", "silent") in wrong(unit(link), second=second)) == told


def test_a_unit_is_silent_within_fifteen_seconds_of_its_last_word() -> None:
    fleet = Fleet(["c1"])
    fleet.status("c1", Status(online=True, boot=BOOT, epoch=EPOCH), now(0))
    fleet.health("c1", beat(0), now(0))
    fleet.tick(now(14.9))
    assert wrong(*fleet, second=14.9) == set()
    fleet.tick(now(15.0))
    assert wrong(*fleet, second=15.0) == {("c1", "silent")}


def test_a_hub_that_is_deaf_calls_no_unit_silent() -> None:
    just_connected = HubHealth(connected_for_s=14.9, started_for_s=14.9)
    cut_off = HubHealth(connected_for_s=None, started_for_s=500.0)
    assert wrong(unit("silent"), health=just_connected) == set()
    assert wrong(unit("silent"), health=cut_off) == {("hub", "broker")}
    for deaf in (just_connected, cut_off):
        assert not judged(("c1", "silent"), {"c1": unit()}, deaf)
    assert judged(("c1", "silent"), {"c1": unit()}, WELL)


def test_parts_are_judged_by_heartbeats_of_this_run() -> None:
    assert not judged(("c1", "disk"), {"c1": unit(health=None)}, WELL)
    assert judged(("c1", "disk"), {"c1": unit()}, WELL)
    assert judged(("c1", "missing-events"), {"c1": unit(health=None)}, WELL)


def test_faults_a_silent_microphone_and_a_wrong_clock() -> None:
    ill = unit(faults=("disk-space", "heat"), microphone="silent", clock_off_s=-10.0)
    assert wrong(ill) == {("c1", p) for p in ("disk-space", "heat", "microphone", "clock-offset")}
    assert wrong(unit(clock_off_s=9.9)) == set()


def test_the_clock_is_compared_only_where_it_says_that_it_is_right() -> None:
    fleet = Fleet(["c1"])
    for clock, off in (("synced", -40.0), ("unsynced", None)):
        fleet.health("c1", beat(0, clock=clock), now(40))
        known = fleet.get("c1")
        assert known is not None
        assert known.clock_off_s == off


@pytest.mark.parametrize(
    ("proven", "told"),
    [
        (Proven("panic", at(0), at(0) - UNTESTED_AFTER + timedelta(minutes=5)), False),
        (Proven("panic", at(0), at(0) - UNTESTED_AFTER), True),
        (Proven("panic", at(0) - timedelta(hours=23)), False),
        (Proven("panic", at(0) - timedelta(days=1)), True),
    ],
)
def test_a_button_that_nobody_has_tested_this_month(proven: Proven, told: bool) -> None:
    assert (("c1", "untested-panic") in wrong(unit(), proofs=[proven])) == told


def test_the_hubs_own_findings() -> None:
    health = replace(WELL, flooding=(("c9", "9,000/s"),), gaps=(("c1", 3),), refused=(("c1", "no key"),))
    assert wrong(unit(), health=health) == {
        ("c9", "flood"),
        ("c1", "missing-events"),
        ("c1", "configuration"),
    }


def test_a_ladder_that_can_reach_nobody_is_a_trouble_of_its_own() -> None:
    nobody = Ladder("empty", (Tier("a", "a", 30.0, (Callee("group", "none"),)),))
    found = conditions([], WELL, {}, ladders=[nobody], roster=ROSTER, now=now(0))
    assert [c.detail for c in found.values()] == ["names nobody who could ever be reached"]
    office = Roster({"aoki": member("aoki", OFFICE), "doi": member("doi", OFFICE)})
    ladder = Ladder("one", (Tier("a", "a", 30.0, (Callee("person", "aoki"),)),))
    assert conditions([], WELL, {}, ladders=[ladder], roster=office, now=now(-6 * 3600)) == {}, (
        "before work it is nobody's time"
    )
    assert conditions([], WELL, {}, ladders=[ladder], roster=office, now=now(7 * 3600)) == {}
