"""Statistics of a period, and the annual report without names."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.figures import SMALL, Figures, figures, published
from hub.people import Role
from hub.store import figures as stored
from hub.store import proofs
from hub.troubles.conditions import UNTESTED_AFTER
from hub.web.auth import needs
from hub.web.dates import ERAS, WEEKDAYS
from hub.web.pages.desk import Desk, Form, _
from hub.web.pages.rendering import problem
from hub.web.plots import Mark, bars, columns, dots
from hub.words import KINDS

router = APIRouter(prefix="/statistics", dependencies=[needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)])

OUTCOMES: Mapping[str, str] = {
    "harassment": _("Customer harassment"),
    "legitimate-complaint": _("Legitimate complaint"),
    "false-alarm": _("False alarm"),
    "drill": _("Drill"),
    "fault": _("Equipment fault"),
    "": _("Not yet decided"),
}
SEVERITIES: Mapping[str, str] = {"alarm": _("Alarm"), "attention": _("Attention")}
FIRST_MONTH = 4
"""An office's year begins in April."""
PERIOD_MAX = timedelta(days=3700)


@router.get("")
async def statistics_page(request: Request) -> Response:
    """By default the last twelve months."""
    desk = Desk.of(request)
    form = Form(desk.words, dict(request.query_params))
    today = desk.now.astimezone(desk.hub.settings.zone).date()
    begin = _month(form, "from", _back(today, 11), desk)
    end = _month(form, "to", today.replace(day=1), desk)
    if end < begin or end - begin > PERIOD_MAX:
        form.wrong("to", desk.words("Not before the first month, and within ten years, please."))
        begin, end = _back(today, 11), today.replace(day=1)
    names = _area_names(desk)
    area = form.value("area") if form.value("area") in names else ""
    found = await _figures(desk, begin, _next(end), area)
    return desk.show(
        "statistics.html",
        200 if form.good else 422,
        form=form,
        begin=f"{begin:%Y-%m}",
        end=f"{end:%Y-%m}",
        period=(begin, _next(end) - timedelta(days=1)),
        area=area,
        areas=list(names.items()),
        figures=found,
        parts=_parts(desk, found, names),
        grid=_grid(desk, found),
        buttons=await _buttons(desk, area),
        years=_years(desk, today),
    )


@router.get("/report")
async def report(request: Request) -> Response:
    """One office year (April to March), A4, without names and small counts: ``?year=2026`` or 令和8."""
    desk = Desk.of(request)
    if desk.person.areas is not None:
        return problem(request, 403)
    year = _year(request.query_params.get("year", ""))
    if year is None:
        return problem(request, 404)
    begin, end = date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1)
    today = desk.now.astimezone(desk.hub.settings.zone).date()
    end = max(begin, min(end, _next(today.replace(day=1))))  # months to come have no numbers
    if end == begin:
        return problem(request, 404)
    found = await _figures(desk, begin, end, "")
    since, until = _midnight(desk, begin), _midnight(desk, end)
    site = desk.hub.house.site
    tested = await desk.hub.store.read(lambda tx: stored.tested(tx, site, since, until))
    tables = []
    for title, marks, _plot in _parts(desk, found, _area_names(desk)):
        counts = published([mark.value for mark in marks])
        tables.append(
            (title, [(mark.whole or mark.label, count) for mark, count in zip(marks, counts, strict=True)])
        )
    answered = found.answers if found.answers.count >= SMALL else None
    return desk.show(
        "report.html",
        year=desk.dates.era_year(begin) if desk.words.language == "ja" else str(year),
        period=(begin, end - timedelta(days=1)),
        total=published([found.total])[0],
        drills=found.drills,
        tables=tables,
        today=today,
        answered=answered,
        hearing=published([found.hearing.found])[0],
        mistaken=published([found.hearing.false])[0],
        tested=len(tested),
        small=SMALL,
        building=desk.named(desk.hub.settings.texts.building, desk.hub.settings.texts.building_en),
    )


async def _figures(desk: Desk, begin: date, end: date, area: str) -> Figures:
    """Of the areas that the person answers for, or of one."""
    since, until = _midnight(desk, begin), _midnight(desk, end)
    house, zone = desk.hub.house, desk.hub.settings.zone
    rows = await desk.hub.store.read(
        lambda tx: stored.happened(tx, house.site, since, until, area_of=house.area_of, zone=zone)
    )
    names = _area_names(desk)
    mine = [one for one in rows if one.area in names and (not area or one.area == area)]
    return figures(mine, since.astimezone(zone), until.astimezone(zone))


def _area_names(desk: Desk) -> dict[str, str]:
    """With what belongs to no area."""
    return desk.area_names() | {"": desk.words("No area")}


Part = tuple[str, list[Mark], Any]


def _parts(desk: Desk, found: Figures, names: Mapping[str, str]) -> list[Part]:
    """Title, marks and plot of everything that is simply counted."""
    words = desk.words
    months = [
        Mark(
            str(month),
            count,
            below=str(year) if month == 1 or n == 0 else "",
            whole=words("{month} ({year})", month=month, year=year),
        )
        for n, ((year, month), count) in enumerate(found.months.items())
    ]
    kinds = [
        Mark(words(KINDS.get(kind, kind)), n, kind in ("shout", "bang")) for kind, n in _ordered(found.kinds)
    ]
    outcomes = [Mark(words(text), found.outcomes[code], code == "") for code, text in OUTCOMES.items()]
    areas = [Mark(name, found.areas[code]) for code, name in names.items() if code or found.areas[code]]
    said = words("Number of incidents, drills not counted.")
    estimates = words("Number of incidents, drills not counted. Hatched: estimates of the hearing.")
    undecided = words("Number of incidents, drills not counted. Hatched: not yet decided.")
    return [
        (words("By month"), months, columns("month", words("By month"), said, months)),
        (words("By area"), areas, bars("area", words("By area"), said, areas)),
        (words("By kind"), kinds, bars("kind", words("By kind"), estimates, kinds)),
        (words("By outcome"), outcomes, bars("outcome", words("By outcome"), undecided, outcomes)),
    ]


def _grid(desk: Desk, found: Figures) -> Any:
    words = desk.words
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


async def _buttons(desk: Desk, area: str) -> dict[str, Any]:
    """How many emergency buttons were pressed within the month, and which were not."""
    found = await desk.hub.store.read(lambda tx: proofs.proofs(tx, desk.hub.house.site))
    area_of = desk.hub.house.area_of
    units = [unit for unit in area_of if desk.sees(unit) and (not area or area_of[unit] == area)]
    late = [
        unit
        for unit in units
        if not any(
            one.button == "panic" and one.at is not None and desk.now - one.at < UNTESTED_AFTER
            for one in found.get(unit, [])
        )
    ]
    return {"all": len(units), "tested": len(units) - len(late), "late": [desk.place(unit) for unit in late]}


def _month(form: Form, name: str, default: date, desk: Desk) -> date:
    text = form.value(name)
    if not text:
        return default
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        month = date.min
    if not 1970 <= month.year < 2900:
        form.wrong(name, desk.words("A month, please."))
        return default
    return month


def _back(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)


def _next(month: date) -> date:
    return _back(month, -1)


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime.combine(day, time(0), desk.hub.settings.zone).astimezone(UTC)


def _years(desk: Desk, today: date) -> list[tuple[int, str]]:
    """The last office years, as the report is asked for."""
    this = today.year if today.month >= FIRST_MONTH else today.year - 1
    years = range(this, this - 5, -1)
    if desk.words.language != "ja":
        return [(year, str(year)) for year in years]
    return [(year, desk.dates.era_year(date(year, FIRST_MONTH, 30))) for year in years]


def _year(text: str) -> int | None:
    """``2026``, or the year of an era as 令和8 or Reiwa 8."""
    eras = {"令和": 0, "平成": 1, "reiwa": 0, "heisei": 1, "r": 0, "h": 1}
    if (match := re.fullmatch(r"(\D*?)\s*(\d{1,4}|元)(?:年度?)?", text.strip())) is None:
        return None
    era, number = match[1].lower(), 1 if match[2] == "元" else int(match[2])
    if not era:
        year = number
    elif era in eras:
        year = ERAS[eras[era]][0].year + number - 1
    else:
        return None
    return year if 1970 <= year < 2900 else None
