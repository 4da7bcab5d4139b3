"""Write ``docs/lights.md`` from the one table of lights."""

import sys
from dataclasses import replace
from pathlib import Path

from wire.lights import ALARM_PATTERNS, BLINK, FAULT, IDENTIFY, OFF, STEADY, UNKNOWN, Pattern

TARGET = Path(__file__).resolve().parents[2] / "docs" / "lights.md"

_OTHERS = (replace(OFF, means="Off"), STEADY, BLINK, UNKNOWN, FAULT, IDENTIFY)


def rendered() -> str:
    """The document as the file holds it."""
    return f"""<!-- Made from wire/lights.py by: make docs -->
# Lights of a unit

Lights are told apart by position, patterns by rhythm: none needs colour.

## Alarm light

{_table(ALARM_PATTERNS)}
## Timer, recording and link lights

{_table(_OTHERS)}"""


def _table(patterns: tuple[Pattern, ...]) -> str:
    rows = "".join(f"| {p.name} | {_rhythm(p)} | {p.means} |\n" for p in patterns)
    return f"| pattern | rhythm | means |\n|---|---|---|\n{rows}"


def _rhythm(pattern: Pattern) -> str:
    rhythm = pattern.rhythm_ms
    if len(rhythm) < 2:
        return "steady" if rhythm else "dark"
    if pattern.fades:
        return f"rises {rhythm[0]} ms, falls {rhythm[1]} ms"
    return ", ".join(f"{('on', 'off')[place % 2]} {span} ms" for place, span in enumerate(rhythm))


if __name__ == "__main__":
    TARGET.write_text(rendered())
    sys.stdout.write(f"{TARGET.name} written\n")
