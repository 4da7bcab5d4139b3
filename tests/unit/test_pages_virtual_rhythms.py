"""The drawn lights follow the same table as the real ones."""

import re

import pytest

from tools.demo.virtual.rhythms import stylesheet
from wire.lights import PATTERNS, Pattern, lit_at

RULE = r"@keyframes rhythm-{name} {{ (.*) }}"


def drawn(pattern: Pattern, at_ms: float) -> float:
    """Brightness that the stylesheet gives, read as a browser does."""
    css = stylesheet()
    found = re.search(RULE.format(name=pattern.name), css)
    if found is None:
        return float(f"[data-pattern={pattern.name}] > .glow {{ opacity: 1; }}" in css)
    cycle = sum(pattern.rhythm_ms)
    assert f"animation: rhythm-{pattern.name} {cycle}ms" in css
    steps = sorted(
        (float(percent), float(opacity))
        for percents, opacity in re.findall(r"([\d.%, ]+) \{ opacity: (\d); \}", found.group(1))
        for percent in re.findall(r"([\d.]+)%", percents)
    )
    share = 100 * (at_ms % cycle) / cycle
    start, brightness = [step for step in steps if step[0] <= share][-1]
    if "linear" not in css.split(f"rhythm-{pattern.name} {cycle}ms ")[1].split(" ")[0]:
        return brightness
    end, target = next(step for step in steps if step[0] > share)
    return brightness + (target - brightness) * (share - start) / (end - start)


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=lambda p: p.name)
def test_every_pattern_is_drawn_as_it_is_lit(pattern: Pattern) -> None:
    for at_ms in range(5, 5000, 10):
        assert drawn(pattern, at_ms) == pytest.approx(lit_at(pattern, at_ms), abs=0.01)


def test_less_motion_stops_every_rhythm() -> None:
    assert (
        "@media (prefers-reduced-motion: reduce) {\n  [data-pattern] > .glow { animation: none; }"
        in stylesheet()
    )
