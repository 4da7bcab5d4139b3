"""What was heard just now is kept in memory for a while; what is stored comes in order, holes stated."""

import pytest

from device.inputs import Now
from device.recorder.cutting import SEGMENT, Cut, Cutter
from device.recorder.pace import LOST_S, Pace
from device.recorder.sound import ORDERS_MAX, Begin, Finish, Item, Piece, Sound
from tests.support.recorder import READ
from tests.support.unit_heart import NOON
from wire.evidence.line import RATE_HZ

NOW = Now(0.0, NOON, True)


class Heard:
    """Sound that is fed tenth by tenth."""

    def __init__(self, pre_roll_s: float = 1.0, queue_s: float = 60.0) -> None:
        self.at = 0.0
        self.sound = Sound(pre_roll_s, lambda: self.at, queue_s)
        self.number = 0

    def hears(self, reads: int, *, fresh: bool = False) -> None:
        for n in range(reads):
            self.at += 0.1
            self.number += 1
            self.sound.heard(self.number.to_bytes(2, "little") * READ, fresh and n == 0)

    def begins(self, order: int = 1) -> bool:
        return self.sound.begin(order, "staff", NOW)

    def taken(self) -> list[Item]:
        items = []
        while (item := self.sound.take(0.0)) is not None:
            items.append(item)
        return items


def numbers(items: list[Item]) -> list[int]:
    return [int.from_bytes(item.pcm[:2], "little") for item in items if isinstance(item, Piece) and item.pcm]


def holes(items: list[Item]) -> list[float]:
    return [item.samples / RATE_HZ for item in items if isinstance(item, Piece) and not item.pcm]


def test_a_recording_begins_with_the_last_seconds() -> None:
    heard = Heard(pre_roll_s=1.0)
    heard.hears(25)
    assert heard.taken() == [], "nothing is handed on while nothing is recorded"
    heard.begins()
    heard.hears(3)
    items = heard.taken()
    assert items[0] == Begin(1, "staff", NOW, RATE_HZ)
    assert numbers(items) == list(range(16, 29))


@pytest.mark.parametrize("reads", [0, 3])
def test_without_a_pre_roll_it_begins_now_and_a_short_one_is_what_there_is(reads: int) -> None:
    heard = Heard(pre_roll_s=0.0 if not reads else 5.0)
    heard.hears(3)
    heard.begins()
    heard.hears(2)
    assert numbers(heard.taken()) == list(range(4 - reads, 6))


def test_what_was_before_an_end_is_forgotten_with_it() -> None:
    heard = Heard(pre_roll_s=5.0)
    heard.begins(1)
    heard.hears(4)
    heard.sound.finish(1, "staff")
    heard.hears(2)
    heard.begins(2)
    heard.hears(1)
    items = heard.taken()
    assert [type(item) for item in items if not isinstance(item, Piece)] == [Begin, Finish, Begin]
    assert numbers(items) == [1, 2, 3, 4, 5, 6, 7]
    second = items[items.index(Finish(1, "staff")) + 1 :]
    assert numbers(second) == [5, 6, 7], "the second begins after the end of the first"


def test_what_does_not_fit_is_a_hole_at_its_place() -> None:
    heard = Heard(pre_roll_s=0.0, queue_s=1.0)
    heard.begins()
    heard.hears(15)
    items = heard.taken()
    heard.hears(2)
    items += heard.taken()
    assert numbers(items) == [*range(1, 11), 16, 17]
    assert holes(items) == [pytest.approx(0.5)]
    assert heard.sound.lost == 5 * READ


def test_a_microphone_that_was_opened_anew_leaves_a_hole_as_long_as_it_was_away() -> None:
    heard = Heard()
    heard.hears(2)
    heard.begins()
    heard.hears(2)
    heard.at += 7.0
    heard.hears(2, fresh=True)
    items = heard.taken()
    assert holes(items) == [pytest.approx(7.0)]
    assert numbers(items) == [1, 2, 3, 4, 5, 6]


def test_before_a_recording_a_hole_takes_what_was_before_it() -> None:
    heard = Heard(pre_roll_s=5.0)
    heard.hears(4)
    heard.at += 3.0
    heard.hears(2, fresh=True)
    heard.begins()
    assert numbers(heard.taken()) == [5, 6]


def test_an_end_while_the_microphone_is_away_states_the_rest_as_a_hole() -> None:
    heard = Heard()
    heard.begins()
    heard.hears(2)
    heard.at += 30.0
    heard.sound.finish(1, "limit")
    assert holes(heard.taken()) == [pytest.approx(30.0)]


def test_too_many_orders_are_refused() -> None:
    heard = Heard()
    assert all(heard.begins(order) for order in range(ORDERS_MAX))
    assert not heard.begins(99)


def test_dropping_leaves_what_belongs_to_the_next_recording() -> None:
    heard = Heard(pre_roll_s=0.0)
    heard.begins(1)
    heard.hears(3)
    heard.sound.finish(1, "staff")
    heard.begins(2)
    heard.hears(2)
    assert isinstance(heard.sound.take(0.0), Begin)
    heard.sound.drop()
    heard.hears(1)
    items = heard.taken()
    assert items[0] == Begin(2, "staff", NOW, 0)
    assert numbers(items) == [4, 5, 6]


def cuts(cutter: Cutter, *pieces: Piece) -> list[Cut]:
    return [cut for piece in pieces for cut in cutter.feed(piece)]


def test_segments_are_ten_seconds_whatever_the_pieces_are() -> None:
    cutter = Cutter()
    made = cuts(cutter, *(Piece(b"\1\0" * 7000, 7000, 100.0 + 7000 * n / RATE_HZ) for n in range(1, 51)))
    assert [cut.samples for cut in made] == [SEGMENT, SEGMENT]
    assert [cut.first_sample for cut in made] == [0, SEGMENT]
    assert [cut.since for cut in made] == [pytest.approx(100.0), pytest.approx(110.0)]
    rest = cutter.rest()
    assert rest is not None
    assert (rest.samples, rest.first_sample) == (30_000, 2 * SEGMENT)
    assert cutter.rest() is None


def test_a_long_hole_is_stated_in_every_segment_that_it_touches() -> None:
    cutter = Cutter()
    sound = Piece(b"\1\0" * 1000, 1000, 50.0)
    made = cuts(cutter, sound, Piece(b"", 2 * SEGMENT, 70.0), sound)
    rest = cutter.rest()
    assert rest is not None
    assert [cut.gaps for cut in [*made, rest]] == [
        ((1000, SEGMENT - 1000),),
        ((SEGMENT, SEGMENT),),
        ((2 * SEGMENT, 1000),),
    ]
    assert made[1].pcm == bytes(2 * SEGMENT)
    assert cutter.missing == 2 * SEGMENT


def test_sound_that_the_driver_threw_away_is_noticed_and_lateness_and_drift_are_not() -> None:
    pace, at, found = Pace(), 0.0, []
    for n in range(3000):
        at += 0.1 * (1 + 100e-6)
        late = 2.0 if 500 <= n < 520 else 0.0  # a busy computer: reads come late, in a burst
        at += 0.6 if n == 2000 else 0.0  # and here the driver's buffer ran over
        found.append(pace.read(at + late, READ))
    lost = [samples for samples in found if samples]
    assert len(lost) == 1
    assert lost[0] / RATE_HZ == pytest.approx(0.6, abs=0.05)
    assert LOST_S > 0.2
