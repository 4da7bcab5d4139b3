"""Meetings, as the unit's events tell them."""

from datetime import UTC, datetime, timedelta

from hub.sessions import fold
from wire.messages.events import EventData, SessionAgreed, SessionExtended, SessionStarted, SessionStopped

START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
STARTED = SessionStarted(limit_s=1800, warn_s=300, grace_s=300)

Told = list[tuple[int, float, datetime, EventData]]


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def test_a_meeting_that_was_extended_and_stopped() -> None:
    told: Told = [
        (1, 60.0 * 0, at(0), STARTED),
        (4, 60.0 * 20, at(20), SessionExtended(by_s=600, limit_s=2400)),
        (6, 60.0 * 31, at(31), SessionStopped(lasted_s=1859.5)),
    ]
    (session,) = fold("c1", "ab", told)
    assert (session.started, session.limit_s, session.warn_s, session.grace_s) == (at(0), 2400, 300, 300)
    assert (session.ended, session.lasted_s) == (at(0) + timedelta(seconds=1859.5), 1859.5)


def test_without_its_end_it_is_running() -> None:
    (session,) = fold("c1", "ab", [(1, 60.0 * 0, at(0), STARTED)])
    assert session.ended is None


def test_a_start_that_arrives_after_its_end_does_not_run_for_ever() -> None:
    told: Told = [(9, 60.0 * 5, at(5), SessionStopped(lasted_s=300)), (8, 60.0 * 0, at(0), STARTED)]
    (session,) = fold("c1", "ab", told)
    assert session.lasted_s == 300


def test_a_lost_end_is_taken_from_the_next_start() -> None:
    first, second = fold("c1", "ab", [(1, 60.0 * 0, at(0), STARTED), (5, 60.0 * 40, at(40), STARTED)])
    assert (first.ended, first.lasted_s) == (at(40), None)
    assert second.ended is None


def test_an_end_without_a_start_tells_nothing() -> None:
    told: Told = [
        (3, 60.0 * 1, at(1), SessionStopped(lasted_s=60)),
        (2, 60.0 * 0, at(0), SessionExtended(by_s=1, limit_s=2)),
    ]
    assert fold("c1", "ab", told) == []


def test_a_meeting_that_is_put_under_an_agreement_has_its_limit_and_its_case() -> None:
    agreed = SessionAgreed(
        case=7, limit_s=900, warn_s=200, grace_s=300, recorded=True, command="0123456789abcdef"
    )
    (session,) = fold("c1", "ab", [(2, 300.0, at(5), agreed), (1, 0.0, at(0), STARTED)])
    assert (session.case, session.limit_s, session.warn_s, session.started) == (7, 900, 200, at(0))
    assert session.told_at == 300.0
    assert fold("c1", "ab", [(2, 300.0, at(5), agreed)]) == [], "without a beginning it tells nothing yet"
