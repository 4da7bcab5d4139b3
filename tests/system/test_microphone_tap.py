"""Who listens in on the microphone gets every read in order, and can neither delay nor outlive it."""

from collections.abc import Iterator

import pytest

from device.microphone.reader import Reader
from tests.support.brokers import wait_until
from tests.support.sound_source import LeverSource


@pytest.fixture
def source() -> Iterator[LeverSource]:
    made = LeverSource()
    yield made
    made.gives.set()


def test_every_read_is_handed_on_and_the_first_is_marked(source: LeverSource) -> None:
    taken: list[tuple[bytes, bool]] = []
    reader = Reader(source, lambda read, fresh: taken.append((read, fresh)))
    reader.start()
    wait_until(lambda: len(taken) >= 30, "thirty reads, more than the ear's queue holds")
    reader.leave()
    assert reader.join(30)
    assert [fresh for _, fresh in taken[:3]] == [True, False, False]
    heard = [reader.reads.get_nowait() for _ in range(reader.reads.qsize())]
    assert heard == [read for read, _ in taken[: len(heard)]]
    assert reader.dropped > 0, "the ear was late, and nobody else lost anything by it"


def test_a_read_that_comes_back_to_life_after_it_was_left_is_not_handed_on(source: LeverSource) -> None:
    taken: list[bytes] = []
    source.gives.clear()
    reader = Reader(source, lambda read, _fresh: taken.append(read))
    reader.start()
    wait_until(lambda: source.opened == 1, "it is open")
    reader.leave()
    source.gives.set()
    assert reader.join(30)
    assert taken == [], "another reader has taken its place"
