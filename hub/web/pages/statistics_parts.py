"""The tables of the statistics: what is counted, in words, each with its plot; what of them is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from hub.figures import HARASSMENT, Figures, published, published_within
from hub.record import kinds
from hub.web.dates import WEEKDAYS
from hub.web.pages.desk import _
from hub.web.plots import Mark, bars, columns, dots
from hub.words import KINDS, Words

OUTCOMES: Mapping[str, str] = {
    "harassment": _("Customer harassment"),
    "legitimate-complaint": _("Legitimate complaint"),
    "false-alarm": _("False alarm"),
    "drill": _("Drill"),
    "fault": _("Equipment fault"),
    "": _("Not yet decided"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One table."""

    title: str
    marks: list[Mark]
    plot: Markup
    of_harassment: bool = False
    """Its rows are of the incidents that were decided to be harassment, not of all."""


def parts_of(words: Words, found: Figures, areas: Mapping[str, str]) -> list[Part]:
    """Everything that is simply counted. ``areas``: id to name."""
    months = [
        Mark(
            str(month),
            count,
            below=str(year) if month == 1 or n == 0 else "",
            whole=words("{month} ({year})", month=month, year=year),
        )
        for n, ((year, month), count) in enumerate(found.months.items())
    ]
    signs = [
        Mark(words(KINDS.get(kind, kind)), n, kind in ("shout", "bang")) for kind, n in _ordered(found.kinds)
    ]
    outcomes = [Mark(words(text), found.outcomes[code], code == "") for code, text in OUTCOMES.items()]
    named = [Mark(name, found.areas[code]) for code, name in areas.items() if code or found.areas[code]]
    conduct = [
        *(Mark(f"{kind.code} {words(kind.name)}", found.conduct[kind.code]) for kind in kinds.KINDS),
        Mark(words("Not classified"), found.conduct[""], hatched=True),
    ]
    said = words("Number of incidents, drills not counted.")
    estimates = words("Number of incidents, drills not counted. Hatched: estimates of the hearing.")
    undecided = words("Number of incidents, drills not counted. Hatched: not yet decided.")
    harassment = words(
        "Of the incidents with the outcome customer harassment. One of several kinds counts for each. "
        "Hatched: nobody has classified it."
    )
    title = words("By kind of conduct in the policy")
    return [
        Part(words("By month"), months, columns("month", words("By month"), said, months)),
        Part(words("By area"), named, bars("area", words("By area"), said, named)),
        Part(words("By sign"), signs, bars("kind", words("By sign"), estimates, signs)),
        Part(words("By outcome"), outcomes, bars("outcome", words("By outcome"), undecided, outcomes)),
        Part(title, conduct, bars("conduct", title, harassment, conduct), of_harassment=True),
    ]


def published_parts(found: Figures, parts: Sequence[Part]) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """Titles, and of each row its words and its count; None: kept back."""
    shown_outcomes = dict(zip(OUTCOMES, published([found.outcomes[code] for code in OUTCOMES]), strict=True))
    tables = []
    for part in parts:
        counts = [mark.value for mark in part.marks]
        whole = shown_outcomes[HARASSMENT]
        shown = published_within(counts, whole) if part.of_harassment else published(counts)
        rows = [(mark.words, count) for mark, count in zip(part.marks, shown, strict=True)]
        tables.append((part.title, rows))
    return tables


def grid_of(words: Words, found: Figures) -> dict[str, Any]:
    """By weekday and hour."""
    days = [words(day) for day in WEEKDAYS]
    cells = [[found.hours.get((day, hour), 0) for hour in range(24)] for day in range(7)]
    title, said = (
        words("By weekday and hour"),
        words("The bigger the dot, the more incidents began in that hour."),
    )
    return {"plot": dots("hours", title, said, days, cells), "days": days, "cells": cells}


def _ordered(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Every known kind, then what is new."""
    known = [(kind, counts.get(kind, 0)) for kind in KINDS]
    return [*known, *((kind, n) for kind, n in counts.items() if kind not in KINDS)]
