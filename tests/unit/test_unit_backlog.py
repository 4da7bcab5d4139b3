"""Which events are sent, when, and what a receipt takes out."""

import pytest

from device.backlog import ORDINARY_AGAIN, ORDINARY_MAX, WINDOW, Backlog, Entry
from wire.messages import Receipt

E1, E2 = "1111111111111111", "2222222222222222"


def entry(sequence: int, *, alarm: bool = False, epoch: str = E2) -> Entry:
    return Entry(epoch, sequence, alarm, b"{}")


def backlog_of(*entries: Entry) -> Backlog:
    backlog = Backlog()
    for each in entries:
        backlog.add(each)
    return backlog


def send(backlog: Backlog, at: float) -> list[int]:
    due = backlog.due(at)
    for each in due:
        backlog.sent(each, at)
    return [each.sequence for each in due]


def test_alarms_first_then_in_order_of_epoch_and_sequence() -> None:
    backlog = backlog_of(entry(1), entry(2, alarm=True), entry(3))
    backlog.recover([entry(8, epoch=E1), entry(9, alarm=True, epoch=E1)])
    assert [(e.epoch, e.sequence) for e in backlog.due(0.0)] == [(E1, 9), (E2, 2), (E1, 8), (E2, 1), (E2, 3)]
    assert (len(backlog), backlog.alarms) == (5, 2)


def test_repeated_after_5_10_20_and_then_every_30_seconds() -> None:
    backlog = backlog_of(entry(1))
    times = [at / 2 for at in range(300) if send(backlog, at / 2)]
    assert times == [0.0, 5.0, 15.0, 35.0, 65.0, 95.0, 125.0]


def test_a_receipt_whose_ranges_overlap_takes_each_out_once() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 6)))
    stored = backlog.receipt(Receipt(epoch=E2, through=1, beyond=[(1, 3), (3, 4), (3, 3)]))
    assert [each.sequence for each in stored] == [1, 2, 3, 4]
    assert [each.sequence for each in backlog] == [5]


def test_a_receipt_takes_out_what_it_covers() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 11)))
    stored = backlog.receipt(Receipt(epoch=E2, through=3, beyond=[(6, 7), (9, 9)]))
    assert [each.sequence for each in stored] == [1, 2, 3, 6, 7, 9]
    assert [each.sequence for each in backlog] == [4, 5, 8, 10]
    assert backlog.receipt(Receipt(epoch=E2, through=3)) == []
    assert backlog.receipt(Receipt(epoch=E1, through=99)) == []


def test_ranges_beyond_all_reason_are_harmless() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 6)))
    stored = backlog.receipt(Receipt(epoch=E2, through=0, beyond=[(4, 2**53 - 1)]))
    assert [each.sequence for each in stored] == [4, 5]


def test_what_was_lost_on_the_way_is_sent_again_at_once() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 6)))
    send(backlog, 0.0)
    backlog.receipt(Receipt(epoch=E2, through=1, beyond=[(3, 3)]))
    assert send(backlog, 0.1) == [2], "2 was sent before 3; 4 and 5 are still under way"
    assert send(backlog, 0.2) == []


def test_what_is_under_way_is_not_repeated_because_an_alarm_overtook_it() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 50)), entry(50, alarm=True))
    send(backlog, 0.0)
    backlog.receipt(Receipt(epoch=E2, through=0, beyond=[(50, 50)]))
    assert send(backlog, 0.1) == []


def test_a_repetition_is_not_repeated_by_a_receipt_of_what_went_before_it() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 6)))
    send(backlog, 0.0)
    backlog.receipt(Receipt(epoch=E2, through=1, beyond=[(3, 3)]))
    assert send(backlog, 0.1) == [2]
    backlog.receipt(Receipt(epoch=E2, through=1, beyond=[(3, 4)]))
    assert send(backlog, 0.2) == []


def test_the_arrival_of_a_first_copy_does_not_make_second_copies_look_lost() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, 6)))
    send(backlog, 0.0)
    backlog.connection_lost()
    assert send(backlog, 0.1) == [1, 2, 3, 4, 5]
    backlog.receipt(Receipt(epoch=E2, through=0, beyond=[(3, 3)]))
    assert send(backlog, 0.2) == [], "it would feed a storm: each repetition makes others look lost"


def test_a_lost_connection_makes_everything_due_again() -> None:
    backlog = backlog_of(entry(1), entry(2))
    send(backlog, 0.0)
    backlog.connection_lost()
    assert send(backlog, 0.5) == [1, 2]


def test_the_window_slides_as_receipts_come() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, WINDOW + 51)))
    assert len(send(backlog, 0.0)) == WINDOW
    assert send(backlog, 0.1) == []
    backlog.receipt(Receipt(epoch=E2, through=20))
    assert send(backlog, 0.2) == list(range(WINDOW + 1, WINDOW + 21))


def test_an_alarm_enters_a_full_window() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, WINDOW + 51)))
    send(backlog, 0.0)
    backlog.add(entry(WINDOW + 51, alarm=True))
    assert send(backlog, 0.1) == [WINDOW + 51]


def test_full_and_not_full_again() -> None:
    backlog = backlog_of(*(entry(n) for n in range(1, ORDINARY_MAX)))
    assert not backlog.full
    backlog.add(entry(ORDINARY_MAX))
    assert backlog.full
    backlog.receipt(Receipt(epoch=E2, through=ORDINARY_MAX - ORDINARY_AGAIN))
    assert backlog.full
    backlog.receipt(Receipt(epoch=E2, through=ORDINARY_MAX - ORDINARY_AGAIN + 1))
    assert not backlog.full


@pytest.mark.parametrize("through", [0, 5, 2**53])
def test_an_empty_backlog_takes_any_receipt(through: int) -> None:
    assert Backlog().receipt(Receipt(epoch=E2, through=through)) == []
