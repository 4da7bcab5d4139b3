"""Events of a clock that was not set get their true time afterwards, in whatever order it becomes known."""

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from hub.boots import CORRECT_S
from hub.store.record import Transaction
from tests.support.hub_store import HOUSE, Database, arrived, opened
from tests.support.messages import MOMENT, UNIT
from wire.messages.events import Booted, ClockSet, Panic, SessionStarted, SessionStopped

B1, B2 = "b1" * 16, "b2" * 16
E1, E2 = "e1" * 8, "e2" * 8
WRONG = datetime(1970, 1, 1, 0, 1, tzinfo=UTC)
BEGAN = MOMENT - timedelta(hours=5)
"""When boot B1 began in truth."""

ALARM = arrived(2, Panic(), epoch=E1, boot=B1, uptime=60.0, clock="unsynced", time=WRONG)
LATER = arrived(5, Panic(), epoch=E1, boot=B1, uptime=1200.0, time=BEGAN + timedelta(seconds=1200))
SET = arrived(4, ClockSet(by_s=1e9), epoch=E1, boot=B1, uptime=600.0, time=BEGAN + timedelta(seconds=600))
"""The unit was without a hub all the time, and told of it after another start of its computer."""


def moment(told: object) -> datetime:
    """What a query gives as text on one database and as a time on the other."""
    found = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def test_an_alarm_gets_its_true_time_when_the_clock_is_set(store: Database) -> None:
    first = store.record(ALARM)
    (guessed,) = first.incidents
    assert (guessed.opened, guessed.late_s) == (MOMENT, 0.0), "the moment of arrival is all that is known"
    changes = store.record(SET)
    (moved,) = changes.incidents
    pressed = BEGAN + timedelta(seconds=60)
    assert (moved.id, moved.opened, moved.last) == (guessed.id, pressed, pressed)
    assert moved.late_s == (MOMENT - pressed).total_seconds()
    assert [row.key for row in changes.rows] == [str(moved.id)], "pages are told"
    ((at, detail),) = store.rows("select at, detail from entry")
    assert moment(at) == pressed
    said = json.loads(str(detail))
    assert (said["unsynced"], said["corrected"], said["late_s"]) == (
        "1970-01-01T00:01:00Z",
        True,
        moved.late_s,
    )
    assert store.rows("select payload from event where sequence = 2") == [(ALARM.payload,)], "as it came"


def test_the_order_does_not_matter(tmp_path: Path) -> None:
    found = set()
    for number, order in enumerate(permutations((ALARM, SET, LATER))):
        for together in (False, True):
            with opened(f"sqlite:///{tmp_path / f'{number}-{together}.sqlite'}") as store:
                if together:
                    store.record(*order)
                else:
                    for each in order:
                        store.record(each)
                found.add(tuple(store.rows("select opened, last, late_s, presses from incident")))
    assert len(found) == 1
    (((opened_at, last, _, presses),),) = found
    assert (moment(opened_at), moment(last)) == (
        BEGAN + timedelta(seconds=60),
        BEGAN + timedelta(seconds=1200),
    )
    assert presses == 2


def test_what_is_right_stays(store: Database) -> None:
    other_boot = arrived(1, Panic(), epoch=E2, boot=B2, uptime=60.0, clock="unsynced", time=WRONG)
    exact = arrived(
        3,
        Panic(),
        epoch=E1,
        boot=B1,
        uptime=(MOMENT - BEGAN).total_seconds() - CORRECT_S / 2,
        clock="unsynced",
        time=WRONG,
    )
    store.record(other_boot, exact)
    before = store.rows("select id, late_s from event order by id")
    changes = store.record(SET)
    assert (changes.incidents, changes.rows) == ([], [])
    assert store.rows("select id, late_s from event where type not like '%clock-set%' order by id") == before


def test_nothing_moves_to_a_later_time(store: Database) -> None:
    known = arrived(1, Panic(), epoch=E1, boot=B1, uptime=60.0, clock="unsynced", time=WRONG, began=BEGAN)
    store.record(known)
    wrong = arrived(2, ClockSet(by_s=1.0), epoch=E1, boot=B1, uptime=600.0, time=BEGAN + timedelta(hours=2))
    assert store.record(wrong).incidents == []


def test_a_meeting_moves_as_well(store: Database) -> None:
    def at(uptime: float, sequence: int, data: SessionStarted | SessionStopped) -> object:
        return arrived(sequence, data, epoch=E1, boot=B1, uptime=uptime, clock="unsynced", time=WRONG)

    meeting = SessionStarted(limit_s=1800, warn_s=300, grace_s=300)
    changes = store.record(at(100.0, 1, meeting))  # type: ignore[arg-type]
    assert changes.sessions[UNIT] is not None
    changes = store.record(SET)
    running = changes.sessions[UNIT]
    assert running is not None
    assert running.started == BEGAN + timedelta(seconds=100)
    store.record(at(1000.0, 6, SessionStopped(lasted_s=900.0)))  # type: ignore[arg-type]
    ((ended, lasted_s),) = store.rows("select ended, lasted_s from session")
    assert (moment(ended), lasted_s) == (BEGAN + timedelta(seconds=1000), 900.0)


@pytest.mark.parametrize("synced", [True, False])
def test_a_hub_that_has_started_anew_knows_the_boot_by_what_it_has_stored(
    store: Database, synced: bool
) -> None:
    started = BEGAN + timedelta(seconds=20)
    booted = Booted(version="1", hardware="gpio", passed=[], failed=[])
    clock = {"clock": "synced", "time": started} if synced else {"clock": "unsynced", "time": WRONG}
    store.record(
        arrived(1, booted, epoch=E1, boot=B1, uptime=20.0, received=started, **clock)  # type: ignore[arg-type]
    )
    # The event waited in the broker; nothing has told of the unit's uptime since the hub's start.
    (incident,) = store.record(ALARM).incidents
    assert incident.opened == BEGAN + timedelta(seconds=60)
    ((detail,),) = store.rows("select detail from entry")
    assert "corrected" not in json.loads(str(detail)), "it was right from the beginning"


def test_what_a_heartbeat_shows_to_be_wrong_is_corrected(store: Database) -> None:
    guessed = arrived(2, Panic(), epoch=E1, boot=B1, uptime=60.0, clock="unsynced", time=WRONG, began=BEGAN)
    store.record(guessed)
    earlier = BEGAN - timedelta(seconds=30)
    changes = store.do(lambda tx: Transaction(tx, HOUSE, MOMENT).retime(UNIT, B1, earlier))
    assert [incident.opened for incident in changes.incidents] == [earlier + timedelta(seconds=60)]
    assert [row.key for row in changes.rows] == [str(changes.incidents[0].id)]


def test_a_unit_cannot_move_what_another_has_told(store: Database) -> None:
    store.record(ALARM)
    other = arrived(4, ClockSet(by_s=1.0), unit="c2", epoch=E1, boot=B1, uptime=600.0, time=BEGAN)
    assert store.record(other).incidents == []
