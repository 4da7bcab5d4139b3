"""A gap that the unit does not fill is told, once."""

from hub.streams import GAP_STAYS_S, GAPS_MAX, Gaps, Stream

KEY = ("c1", "ab" * 8)
HOLE = Stream(3, ((6, 9),))


def test_a_gap_that_stays_is_told_once_with_its_size() -> None:
    gaps = Gaps()
    gaps.note({KEY: Stream(3, ((6, 6),))}, 0.0)
    gaps.note({KEY: HOLE}, 30.0)
    assert gaps.staying(GAP_STAYS_S - 0.1) == []
    assert gaps.staying(GAP_STAYS_S) == [(*KEY, 2)]
    assert gaps.staying(GAP_STAYS_S + 1) == []


def test_a_gap_that_is_filled_is_forgotten_and_a_new_one_is_new() -> None:
    gaps = Gaps()
    gaps.note({KEY: HOLE}, 0.0)
    gaps.note({KEY: Stream(9)}, 1.0)
    assert gaps.staying(500.0) == []
    gaps.note({KEY: HOLE}, 500.0)
    assert gaps.staying(501.0) == []
    assert gaps.staying(500.0 + GAP_STAYS_S) == [(*KEY, 2)]


def test_the_memory_for_gaps_is_bounded() -> None:
    gaps = Gaps()
    gaps.note({(f"c{n}", "ab"): HOLE for n in range(GAPS_MAX + 50)}, 0.0)
    assert len(gaps.staying(GAP_STAYS_S)) == GAPS_MAX
