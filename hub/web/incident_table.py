"""Incidents as CSV that Excel in Japan opens: UTF-8 with its mark, CRLF, and no cell that is a formula."""

import csv
import io
from collections.abc import Iterable

from hub.incidents import Incident
from hub.record.kinds import BY_CODE
from hub.web.dates import Dates
from hub.web.timeline_words import OUTCOMES, SEVERITIES, STATES
from hub.words import Words

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is taken for a formula, by one program or another; full width in Japanese ones."""
BOM = "\ufeff"

Row = tuple[Incident, str, str, tuple[str, ...]]
"""Incident, place, signs, kinds of the policy."""


def safe(cell: object) -> str:
    """As text: what might be a formula gets an apostrophe before it, which spreadsheets take for "text"."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def table(rows: Iterable[Iterable[object]]) -> bytes:
    """The whole file."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


class Table:
    """The columns, in one language."""

    def __init__(self, words: Words, dates: Dates) -> None:
        self._words = words
        self._dates = dates

    def lines(self, rows: Iterable[Row]) -> bytes:
        """The file with its heading."""
        words = self._words
        heading = (
            *(
                words("Number"),
                words("Date"),
                words("Time"),
                words("Place"),
                words("Severity"),
                words("Signs"),
            ),
            *(words("State"), words("Outcome"), words("Kinds"), words("Answered by")),
            *(words("Seconds to the answer"), words("Presses"), words("Late by (s)")),
        )
        return table([heading, *(self._row(*row) for row in rows)])

    def _row(self, one: Incident, place: str, signs: str, kinds: tuple[str, ...]) -> list[object]:
        words, here = self._words, self._dates.here(one.opened)
        answered = one.acknowledged_at
        return [
            one.id,
            here.date().isoformat(),
            self._dates.clock(one.opened),
            place,
            words(SEVERITIES[one.severity]),
            signs,
            words(STATES[one.state]),
            words(OUTCOMES[one.outcome]) if one.outcome is not None else "",
            " / ".join(f"{code} {words(BY_CODE[code].name)}" for code in kinds if code in BY_CODE),
            one.acknowledged_by,
            f"{max(0.0, (answered - one.opened).total_seconds()):.0f}" if answered is not None else "",
            one.presses,
            f"{one.late_s:.0f}" if one.late_s else "",
        ]
