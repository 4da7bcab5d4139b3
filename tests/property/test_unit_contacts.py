"""Debouncing, whatever the contact does."""

from hypothesis import given
from hypothesis import strategies as st

from device.panel import CHATTER_S, Contact

gaps = st.one_of(st.floats(0.0001, 0.049), st.floats(0.051, 2.0))
trains = st.lists(gaps, min_size=1, max_size=60)


@given(trains)
def test_after_it_is_quiet_the_contact_is_what_it_is(train: list[float]) -> None:
    contact, at, raw = Contact(), 0.0, False
    for gap in train:
        at, raw = at + gap, not raw
        contact.edge(raw, at)
    contact.settle(at + 2 * CHATTER_S)
    assert contact.pressed is raw


@given(trains)
def test_changes_alternate_in_order_and_every_quiet_press_counts(train: list[float]) -> None:
    contact, at, raw, last = Contact(), 0.0, False, float("-inf")
    changes = []
    quiet_presses = 0
    for gap in train:
        at, raw = at + gap, not raw
        quiet_presses += raw and at - last >= CHATTER_S
        last = at
        changes += contact.edge(raw, at)
    changes += contact.settle(at + 1.0)
    assert [change.pressed for change in changes] == [n % 2 == 0 for n in range(len(changes))]
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    assert sum(change.pressed for change in changes) >= quiet_presses
