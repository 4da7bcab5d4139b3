"""Meetings in the database through restarts of the unit's program, in any order of arrival."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

from hub.store import sessions
from tests.support.hub_store import Database, arrived, opened
from tests.support.messages import BOOT, MOMENT, SITE
from wire.messages.events import Booted, GoingOn, Panic, SessionExtended, SessionStarted, SessionStopped

A, B, C = "a" * 16, "b" * 16, "c" * 16
MEETING = SessionStarted(limit_s=1800, warn_s=300, grace_s=300)


def booted(lasted_s: float | None, limit_s: float = 1800.0) -> Booted:
    """A start in the middle of the meeting of epoch A, or, with None, in no meeting."""
    goes_on = None
    if lasted_s is not None:
        goes_on = GoingOn(
            epoch=A, sequence=1, lasted_s=lasted_s, limit_s=limit_s, warn_s=300.0, grace_s=300.0
        )
    return Booted(version="1", hardware="gpio", passed=[], failed=[], session=goes_on)


def after(minutes: float) -> dict[str, object]:
    moment = MOMENT + timedelta(minutes=minutes)
    return {"time": moment, "received": moment}


def test_a_start_that_names_the_meeting_does_not_end_it(store: Database) -> None:
    store.record(arrived(1, MEETING, epoch=A))
    changes = store.record(arrived(1, booted(600.0), epoch=B, **after(10)))  # type: ignore[arg-type]
    running = changes.sessions["c1"]
    assert running is not None
    assert (running.epoch, running.sequence, running.started) == (A, 1, MOMENT)
    changes = store.record(
        arrived(2, SessionExtended(by_s=600, limit_s=2400), epoch=B, **after(12))  # type: ignore[arg-type]
    )
    assert changes.sessions["c1"] is not None
    assert changes.sessions["c1"].limit_s == 2400
    store.record(arrived(3, SessionStopped(lasted_s=1200), epoch=B, **after(20)))  # type: ignore[arg-type]
    assert store.rows("select epoch, sequence, limit_s, lasted_s from session") == [(A, 1, 2400.0, 1200.0)]


def test_a_start_that_names_no_meeting_ends_it(store: Database) -> None:
    store.record(arrived(1, MEETING, epoch=A))
    store.record(arrived(1, booted(600.0), epoch=B, **after(10)))  # type: ignore[arg-type]
    changes = store.record(arrived(1, booted(None), epoch=C, **after(30)))  # type: ignore[arg-type]
    assert changes.sessions == {"c1": None}
    assert store.rows("select lasted_s from session") == [(None,)], "how long it lasted is not known"


STORY = [
    arrived(1, MEETING, epoch=A),
    arrived(2, SessionExtended(by_s=600, limit_s=2400), epoch=A, **after(5)),  # type: ignore[arg-type]
    arrived(1, booted(600.0, 2400.0), epoch=B, **after(10)),  # type: ignore[arg-type]
    arrived(1, booted(900.0, 2400.0), epoch=C, **after(15)),  # type: ignore[arg-type]
    arrived(2, SessionStopped(lasted_s=1200), epoch=C, **after(20)),  # type: ignore[arg-type]
]


def test_whatever_order_they_arrive_in(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'hub.sqlite'}") as store:
        for order in permutations(STORY):
            store.do(
                lambda tx: [tx.exec_driver_sql(f"delete from {t}") for t in ("session", "event", "stream")]
            )
            for each in order:
                store.record(each)
            rows = store.rows("select epoch, sequence, limit_s, lasted_s from session")
            assert rows == [(A, 1, 2400.0, 1200.0)], [each.event.id for each in order]
            assert store.do(lambda tx: sessions.running(tx, SITE)) == {}


def test_an_event_of_an_unset_clock_gets_its_true_time_from_the_start_of_the_boot(store: Database) -> None:
    began = MOMENT - timedelta(hours=2)
    wrong = MOMENT - timedelta(days=20_000)
    changes = store.record(
        arrived(1, Panic(), epoch=A, clock="unsynced", time=wrong, boot=BOOT, uptime=3600.0, began=began),
        arrived(2, MEETING, epoch=A, clock="unsynced", time=wrong, boot=BOOT, uptime=3660.0, began=began),
    )
    hour_ago = MOMENT - timedelta(hours=1)
    assert changes.incidents[0].opened == hour_ago
    running = changes.sessions["c1"]
    assert running is not None
    assert running.started == hour_ago + timedelta(minutes=1)
