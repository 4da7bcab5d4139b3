"""A unit that sends too much is dropped unread and named; its alarms have an allowance of their own."""

from hub.flood import (
    ALARMS_BURST,
    BURST,
    PER_S,
    SENDERS_MAX,
    TOLD_FOR_S,
    Flood,
    looks_like_alarm,
    sender_of,
)
from tests.support.messages import EVENT_EXAMPLES, SITE, event
from wire.codec import encode
from wire.messages.events import Assist, Panic, Withdrawn
from wire.topics import Channel, unit_topic

ROGUE, GOOD = (unit_topic(SITE, unit, Channel.EVENT) for unit in ("c9", "c1"))
PANIC = encode(event(Panic()))


def test_a_backlog_after_a_time_of_quiet_is_admitted_and_then_so_much_a_second() -> None:
    flood = Flood()
    assert all(flood.admits(ROGUE, b"{}", 0.0) for _ in range(int(BURST)))
    assert not flood.admits(ROGUE, b"{}", 0.0)
    admitted = sum(flood.admits(ROGUE, b"{}", n / 10_000) for n in range(10_000))
    assert abs(admitted - PER_S) <= 1
    assert flood.dropped == 1 + 10_000 - admitted


def test_others_and_the_rogues_own_alarms_come_through() -> None:
    flood = Flood()
    for _ in range(int(BURST) + 100):
        flood.admits(ROGUE, b"{}", 0.0)
    assert flood.admits(GOOD, b"{}", 0.0)
    alarms = sum(flood.admits(ROGUE, PANIC, 0.0) for _ in range(1000))
    assert alarms == ALARMS_BURST, "an alarm is not drowned by its own unit, but cannot be used for a flood"


def test_the_rogue_is_named_with_its_rate_and_forgotten_when_it_is_quiet() -> None:
    flood = Flood()
    for n in range(20_000):
        flood.admits(ROGUE, b"{}", n / 10_000)
    named = flood.flooding(2.0)
    assert set(named) == {"c9"}
    assert 8_000 < named["c9"] < 10_000
    assert flood.flooding(2.0 + TOLD_FOR_S) == {}


def test_alarms_are_known_without_reading_them() -> None:
    for data in EVENT_EXAMPLES:
        assert looks_like_alarm(encode(event(data))) == isinstance(data, Panic | Assist | Withdrawn)


def test_what_belongs_to_no_unit_is_left_to_those_who_refuse_it() -> None:
    flood = Flood()
    assert [sender_of(topic) for topic in ("", "a/b", "madomori/v1/city/area/desk/alarm", GOOD)] == [
        *(None, None, None),
        "c1",
    ]
    assert all(flood.admits("nonsense", b"{}", 0.0) for _ in range(int(BURST) + 10))


def test_the_memory_for_senders_is_bounded() -> None:
    flood = Flood()
    for n in range(SENDERS_MAX + 50):
        assert flood.admits(f"madomori/v1/city/unit/u{n}/event", b"{}", 0.0)
    assert len(flood._senders) == SENDERS_MAX
