"""Whatever is lost on the way, every event is stored in the end, and none is forgotten before its receipt."""

from hypothesis import given, settings
from hypothesis import strategies as st

from device.backlog import WINDOW, Backlog, Entry
from wire.messages import Receipt

E = "1111111111111111"


def receipt_of(stored: set[int]) -> Receipt:
    through = 0
    while through + 1 in stored:
        through += 1
    beyond: list[tuple[int, int]] = []
    for number in sorted(n for n in stored if n > through):
        if beyond and beyond[-1][1] == number - 1:
            beyond[-1] = (beyond[-1][0], number)
        else:
            beyond.append((number, number))
    return Receipt(epoch=E, through=through, beyond=beyond[:64])


@settings(deadline=None)
@given(
    alarms=st.lists(st.booleans(), min_size=1, max_size=300),
    losses=st.lists(st.sampled_from(["event", "receipt", "connection", ""]), max_size=200),
)
def test_every_event_arrives(alarms: list[bool], losses: list[str]) -> None:
    backlog, stored, at, fate = Backlog(), set[int](), 0.0, iter(losses)
    for number, alarm in enumerate(alarms, start=1):
        backlog.add(Entry(E, number, alarm, b""))
    for _ in range(10_000):
        if not len(backlog):
            break
        sending = backlog.due(at)
        assert len(sending) <= WINDOW
        for entry in sending:
            backlog.sent(entry, at)
            lost = next(fate, "")
            if lost == "event":
                continue
            if lost == "connection":
                backlog.connection_lost()
                break
            stored.add(entry.sequence)
            if lost != "receipt":
                removed = backlog.receipt(receipt_of(stored))
                assert {each.sequence for each in removed} <= stored
        at += 1.0
    assert stored == set(range(1, len(alarms) + 1))
    assert len(backlog) == backlog.alarms == 0
