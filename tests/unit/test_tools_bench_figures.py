"""Figures of the bench."""

import math

import pytest

from tools.bench.figures import Round, delays_ms, percentile, ratio_of_rounds


def a_round(delays: list[float]) -> Round:
    return Round(delays, 0, len(delays), len(delays), 0, 0, 0, {}, {})


def test_percentile_is_a_measured_value() -> None:
    values = [float(value) for value in range(1, 201)]
    assert percentile(values, 0.5) == 100
    assert percentile(values, 0.99) == 198
    assert percentile(values, 1.0) == 200
    assert percentile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.1), ([1.0], -0.1)])
def test_percentile_refuses_what_has_none(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="share of 0 to 1"):
        percentile(values, share)


def test_delay_is_from_press_to_first_showing() -> None:
    presses = [("u", "aa", 1, 1000.0), ("u", "aa", 2, 2000.0)]
    assert delays_ms(presses, {"aa-1": 1004.0, "aa-2": 2006.0}) == ([6.0, 4.0], 0)


def test_a_press_that_only_a_later_one_showed_counts_until_then() -> None:
    presses = [("u", "aa", 1, 1000.0), ("u", "aa", 2, 1001.0)]
    assert delays_ms(presses, {"aa-2": 1010.0}) == ([9.0, 10.0], 0)


def test_a_press_that_never_showed_is_missing_not_fast() -> None:
    presses = [("u", "aa", 1, 1000.0), ("u", "aa", 2, 2000.0), ("v", "bb", 1, 1000.0)]
    assert delays_ms(presses, {"aa-1": 1005.0}) == ([5.0], 2)


def test_ratio_is_the_median_over_rounds() -> None:
    floor = [a_round([10.0]), a_round([10.0]), a_round([10.0])]
    ours = [a_round([11.0]), a_round([12.0]), a_round([90.0])]
    assert math.isclose(ratio_of_rounds(floor, ours, 0.99), 1.2)


def test_lost_is_sent_and_not_stored() -> None:
    assert Round([], 0, 10, 7, 0, 0, 3, {}, {}).lost == 3
