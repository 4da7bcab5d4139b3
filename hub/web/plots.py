"""Plots as SVG, drawn by the hub: a title and a description for whoever hears them, a number at every mark,
and hatching beside colour. The page shows the same numbers in a table beneath."""

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from markupsafe import Markup

BAR = 28
GAP = 12
LABEL_WIDTH = 200
LABEL_UNITS = 27
"""Of half a Japanese sign each."""
WIDTH = 640
COLUMN_HEIGHT = 200
CELL = 24


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is counted."""

    label: str
    value: int
    hatched: bool = False
    """Told apart from the others by hatching, not only by colour."""
    below: str = ""
    """A second line of the label, under a column."""
    whole: str = ""
    """The label in the table, where it needs more words."""

    @property
    def words(self) -> str:
        """As a table says it."""
        return self.whole or self.label


def bars(key: str, title: str, description: str, marks: Sequence[Mark]) -> Markup:
    """One horizontal bar for each; ``key`` makes the ids of this plot its own on the page."""
    most = max((mark.value for mark in marks), default=0) or 1
    height = GAP + len(marks) * (BAR + GAP)
    drawn = [_HATCH.format(key=key)]
    for n, mark in enumerate(marks):
        top = GAP + n * (BAR + GAP)
        width = round((WIDTH - LABEL_WIDTH - 64) * mark.value / most, 1)
        drawn.append(_TEXT.format(x=LABEL_WIDTH - 8, y=top + 19, at="end", text=_cut(mark.label)))
        drawn.append(_BAR.format(x=LABEL_WIDTH, y=top, w=width, h=BAR, fill=_fill(key, mark)))
        drawn.append(_TEXT.format(x=LABEL_WIDTH + width + 8, y=top + 19, at="start", text=mark.value))
    return _svg(key, title, description, (WIDTH, height), drawn)


def columns(key: str, title: str, description: str, marks: Sequence[Mark]) -> Markup:
    """One column for each, side by side: for months."""
    most = max((mark.value for mark in marks), default=0) or 1
    step = (WIDTH - 2 * GAP) / max(len(marks), 1)
    bottom = COLUMN_HEIGHT + 24
    drawn = [_HATCH.format(key=key), _LINE.format(x1=GAP, x2=WIDTH - GAP, y=bottom)]
    for n, mark in enumerate(marks):
        height = round(COLUMN_HEIGHT * mark.value / most, 1)
        left, middle = GAP + n * step + step * 0.2, round(GAP + (n + 0.5) * step, 1)
        drawn.append(
            _BAR.format(
                x=round(left, 1), y=bottom - height, w=round(step * 0.6, 1), h=height, fill=_fill(key, mark)
            )
        )
        drawn.append(_TEXT.format(x=middle, y=bottom - height - 6, at="middle", text=mark.value))
        drawn.append(_TEXT.format(x=middle, y=bottom + 20, at="middle", text=mark.label))
        drawn.append(_TEXT.format(x=middle, y=bottom + 40, at="middle", text=mark.below))
    return _svg(key, title, description, (WIDTH, bottom + 52), drawn)


def dots(
    key: str, title: str, description: str, rows: Sequence[str], cells: Sequence[Sequence[int]]
) -> Markup:
    """A grid, for weekday and hour: the more, the bigger the dot. ``cells[row][column]``."""
    most = max((value for row in cells for value in row), default=0) or 1
    count = max((len(row) for row in cells), default=0)
    left = 48
    drawn = []
    for column in range(0, count, 3):
        drawn.append(_TEXT.format(x=left + column * CELL + CELL / 2, y=16, at="middle", text=column))
    for n, (label, row) in enumerate(zip(rows, cells, strict=True)):
        y = 24 + n * CELL + CELL / 2
        drawn.append(_TEXT.format(x=left - 12, y=y + 5, at="end", text=label))
        for column, value in enumerate(row):
            radius = round(2 + (CELL / 2 - 3) * (value / most) ** 0.5, 1) if value else 1
            fill = "#0017c1" if value else "#cccccc"
            drawn.append(_DOT.format(x=left + column * CELL + CELL / 2, y=y, r=radius, fill=fill))
    return _svg(key, title, description, (left + count * CELL + 8, 32 + len(rows) * CELL), drawn)


_HATCH = Markup(
    '<defs><pattern id="{key}-hatch" width="8" height="8" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect width="8" height="8" fill="#ffffff"/>'
    '<rect width="4" height="8" fill="#c74700"/></pattern></defs>'
)
_BAR = Markup('<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}" stroke="#1a1a1a"/>')
_LINE = Markup('<line x1="{x1}" x2="{x2}" y1="{y}" y2="{y}" stroke="#1a1a1a"/>')
_DOT = Markup('<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}"/>')
_TEXT = Markup('<text x="{x}" y="{y}" text-anchor="{at}" font-size="14" fill="#1a1a1a">{text}</text>')
_SVG = Markup(
    '<svg class="plot" role="img" aria-labelledby="{key}-title {key}-desc" viewBox="0 0 {w} {h}" '
    'xmlns="http://www.w3.org/2000/svg"><title id="{key}-title">{title}</title>'
    '<desc id="{key}-desc">{description}</desc>{drawn}</svg>'
)


def _svg(
    key: str, title: str, description: str, size: tuple[float, float], drawn: Sequence[Markup]
) -> Markup:
    whole = Markup().join(drawn)
    return _SVG.format(
        key=key, title=title, description=description, w=round(size[0]), h=round(size[1]), drawn=whole
    )


def _fill(key: str, mark: Mark) -> str:
    return f"url(#{key}-hatch)" if mark.hatched else "#0017c1"


def _cut(label: str) -> str:
    """As much of it as there is room for: a wide sign takes the place of two narrow ones."""
    room, kept = LABEL_UNITS, ""
    for sign in label:
        room -= 2 if east_asian_width(sign) in "WF" else 1
        if room < 0:
            return f"{kept[:-1]}…"
        kept += sign
    return label
