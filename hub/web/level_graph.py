"""The levels of a meeting as a drawing: what the findings told, with the presses, over time.

Nothing else is stored: between findings the unit sends no levels, so there is no line through them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from hub.store.timelines import Line

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 32, 40
FLOOR_DBA, CEILING_DBA = 30.0, 110.0
"""At least this much is drawn, in dB(A)."""
STEP_DBA = 10
_NICE_S = (10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400)
TICKS_MAX = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding or press."""

    what: str
    """shout, bang, panic, assist."""
    at: datetime
    x: float
    y: float
    level: float | None
    """dB(A); None: a press."""
    background: float | None
    background_y: float
    calibrated: bool
    phase: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything of the drawing, in its own units."""

    marks: Sequence[Mark]
    times: Sequence[Tick]
    levels: Sequence[Tick]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM

    @property
    def findings(self) -> list[Mark]:
        """Marks with a level."""
        return [mark for mark in self.marks if mark.level is not None]


def draw(lines: Sequence[Line], clock: Callable[[datetime], str]) -> Graph | None:
    """The drawing; None where nothing was found: a graph without levels would say nothing."""
    told = [line.entry for line in lines if line.entry.what in ("shout", "bang", "panic", "assist")]
    levels = [_number(one.detail.get("level_dba")) for one in told]
    known = [level for level in levels if level is not None]
    if not known:
        return None
    begin, end = min(one.at for one in told), max(one.at for one in told)
    room = max(timedelta(seconds=10), (end - begin) * 0.05)
    begin, end = begin - room, end + room
    backgrounds = [b for one in told if (b := _number(one.detail.get("background_dba"))) is not None]
    low = min(FLOOR_DBA, STEP_DBA * (min(known + backgrounds) // STEP_DBA))
    high = max(CEILING_DBA, STEP_DBA * (max(known + backgrounds) // STEP_DBA + 1))

    def x(moment: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((moment - begin) / (end - begin)), 1)

    def y(level: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * ((level - low) / (high - low)), 1)

    marks = []
    for one, level in zip(told, levels, strict=True):
        background = _number(one.detail.get("background_dba"))
        marks.append(
            Mark(
                one.what,
                one.at,
                x(one.at),
                y(level) if level is not None else float(TOP),
                level,
                background,
                y(background) if background is not None else float(HEIGHT - BOTTOM),
                one.detail.get("calibrated") is True,
                str(one.detail.get("phase", "")),
            )
        )
    scale = [Tick(y(level), f"{level:g}") for level in _steps(low, high)]
    every = _every(begin, end)
    first = ceil(begin.timestamp() / every) * every
    moments = [datetime.fromtimestamp(first + n * every, UTC) for n in range(TICKS_MAX + 1)]
    times = [Tick(x(moment), clock(moment)) for moment in moments if moment <= end]
    return Graph(marks, times, scale)


def _steps(low: float, high: float) -> list[float]:
    every = 2 * STEP_DBA
    return [level for n in range(int((high - low) // every) + 1) if (level := low + n * every) <= high]


def _every(begin: datetime, end: datetime) -> int:
    """Seconds between two marks of the time axis."""
    span = (end - begin).total_seconds()
    return next((nice for nice in _NICE_S if span / nice <= TICKS_MAX), ceil(span / TICKS_MAX))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
