"""What the hub remembers of a stream is always true, whatever order events come in and how often."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.streams import Stream
from wire.limits import RECEIPT_RANGES_MAX

SEQUENCES = st.lists(st.integers(1, 60), max_size=80)
FAR_APART = st.lists(st.integers(1, 5000), max_size=300)


def fed(sequences: list[int]) -> Stream:
    stream = Stream()
    for sequence in sequences:
        stream = stream.add(sequence)
    return stream


@given(SEQUENCES)
def test_it_covers_exactly_what_was_stored(sequences: list[int]) -> None:
    stream = fed(sequences)
    assert {n for n in range(1, 62) if stream.covers(n)} == set(sequences)


@given(SEQUENCES, st.randoms())
def test_order_and_repetition_do_not_matter(sequences: list[int], chance: object) -> None:
    other = sequences * 2
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert fed(other) == fed(sequences)


@given(FAR_APART)
def test_ranges_ascend_with_a_hole_before_each(sequences: list[int]) -> None:
    stream = fed(sequences)
    before = stream.through
    for first, last in stream.beyond:
        assert before + 1 < first <= last
        before = last


@given(SEQUENCES)
def test_missing_counts_the_holes_below_the_highest(sequences: list[int]) -> None:
    highest = max(sequences, default=0)
    assert fed(sequences).missing == len(set(range(1, highest + 1)) - set(sequences))


@given(FAR_APART)
def test_a_receipt_never_claims_what_is_not_stored_and_always_fits(sequences: list[int]) -> None:
    stream = fed(sequences)
    receipt = stream.receipt("ab" * 8)
    assert len(receipt.beyond) <= RECEIPT_RANGES_MAX
    stored = set(sequences)
    assert all(n in stored for n in range(1, 5001) if receipt.covers(n))


@settings(deadline=None, max_examples=20)
@given(st.randoms())
def test_what_a_receipt_has_told_stays_told(chance: Random) -> None:
    """The unit forgets it and cannot send it again: alarms go first, and everything else comes after them."""
    alarms = list(range(5, 501, 5))
    assert len(alarms) > RECEIPT_RANGES_MAX
    rest = sorted(set(range(1, 501)) - set(alarms), key=lambda n: n + 20 * chance.random())
    chance.shuffle(alarms)
    stream, told = Stream(), set[int]()
    for sequence in [*alarms, *rest]:
        stream = stream.add(sequence)
        told |= {n for first, last in stream.receipt("ab" * 8).beyond for n in range(first, last + 1)}
        assert all(stream.covers(n) for n in told)
    assert stream == Stream(through=500)


@given(FAR_APART)
def test_sending_again_what_has_no_receipt_ends_with_receipts_for_all(sequences: list[int]) -> None:
    """The unit's side: it repeats what is not covered, lowest first, and fills the holes that it is shown."""
    stream, everything = fed(sequences), list(range(1, max(sequences, default=0) + 1))
    for sequence in everything:
        if not stream.receipt("ab" * 8).covers(sequence):
            stream = stream.add(sequence)
    assert stream == Stream(through=len(everything))
