"""Meetings come out the same in whatever order the unit's events arrive."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hub.sessions import fold
from wire.messages.events import EventData, SessionAgreed, SessionExtended, SessionStarted, SessionStopped

START = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
EVENTS = st.sampled_from(
    [
        SessionStarted(limit_s=1800, warn_s=300, grace_s=300),
        SessionExtended(by_s=600, limit_s=2400),
        SessionAgreed(
            case=7, limit_s=900, warn_s=300, grace_s=300, recorded=True, command="0123456789abcdef"
        ),
        SessionStopped(lasted_s=60),
    ]
)


@given(st.lists(EVENTS, max_size=12), st.randoms())
def test_order_of_arrival_does_not_matter(contents: list[EventData], chance: Random) -> None:
    told = [(n, 60.0 * n, START + timedelta(minutes=n), content) for n, content in enumerate(contents, 1)]
    expected = fold("c1", "ab", told)
    chance.shuffle(told)
    assert fold("c1", "ab", told) == expected
    assert len(expected) == sum(isinstance(content, SessionStarted) for content in contents)
    assert all(session.ended is not None for session in expected[:-1]), (
        "one counter has one meeting at a time"
    )
