"""The table of light patterns: told apart without colour, and safe to look at."""

import pytest

from wire.lights import ALARM_PATTERNS, COMING, OFF, PATTERNS, STEADY, UNANSWERED, WAITING, Pattern, lit_at

STEP_MS = 10


def drawn(pattern: Pattern, span_ms: int = 12_000) -> list[float]:
    return [lit_at(pattern, t) for t in range(0, span_ms, STEP_MS)]


def test_names_are_unique_and_each_pattern_has_a_meaning() -> None:
    assert len({p.means for p in ALARM_PATTERNS}) == len(ALARM_PATTERNS)
    assert all(p.means for p in PATTERNS.values())
    assert all(name == p.name for name, p in PATTERNS.items())


def test_every_alarm_pattern_looks_different_from_every_other() -> None:
    looks = [tuple(drawn(p)) for p in ALARM_PATTERNS]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda p: p.name)
def test_none_flashes_more_than_twice_in_any_second(pattern: Pattern) -> None:
    light = drawn(pattern)
    rises = [i for i in range(1, len(light)) if light[i] > 0.1 >= light[i - 1]]
    in_a_second = 1000 // STEP_MS
    for start in rises:
        assert sum(start <= r < start + in_a_second for r in rises) <= 2


def test_what_each_rhythm_draws() -> None:
    assert not any(drawn(OFF))
    assert all(drawn(STEADY))
    assert [lit_at(WAITING, t) for t in (0, 249, 250, 499, 500)] == [1, 1, 0, 0, 1]
    assert [lit_at(UNANSWERED, t) for t in (0, 150, 300, 449, 450, 1499, 1500)] == [1, 0, 1, 1, 0, 0, 1]
    assert [lit_at(COMING, t) for t in (0, 750, 1500, 2250)] == [0, 0.5, 1, 0.5]
