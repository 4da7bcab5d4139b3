"""Statistics of a period, and the annual report without names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.figures import SMALL, Figures, figures, published
from hub.people import Role
from hub.store import figures as stored
from hub.store import proofs
from hub.troubles.conditions import UNTESTED_AFTER
from hub.web.auth import needs
from hub.web.dates import ERAS
from hub.web.incident_table import table
from hub.web.pages.desk import Desk, Form
from hub.web.pages.rendering import problem
from hub.web.pages.statistics_parts import grid_of, parts_of, published_parts

router = APIRouter(prefix="/statistics", dependencies=[needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)])

FIRST_MONTH = 4
"""An office's year begins in April."""
PERIOD_MAX = timedelta(days=3700)


@router.get("")
async def statistics_page(request: Request) -> Response:
    """By default the last twelve months."""
    desk = Desk.of(request)
    chosen = _chosen(request, desk)
    form, begin, end, area, names = chosen.form, chosen.begin, chosen.end, chosen.area, chosen.names
    today = _today(desk)
    found = await _figures(desk, begin, _next(end), area)
    return desk.show(
        "statistics.html",
        200 if form.good else 422,
        form=form,
        begin=f"{begin:%Y-%m}",
        end=f"{end:%Y-%m}",
        query=urlencode({"from": f"{begin:%Y-%m}", "to": f"{end:%Y-%m}", "area": area}),
        period=(begin, _next(end) - timedelta(days=1)),
        area=area,
        areas=list(names.items()),
        figures=found,
        parts=parts_of(desk.words, found, names),
        grid=grid_of(desk.words, found),
        buttons=await _buttons(desk, area),
        years=_years(desk, today),
    )


@router.get("/export.csv")
async def export(request: Request) -> Response:
    """The same numbers as a table for a spreadsheet."""
    desk = Desk.of(request)
    chosen = _chosen(request, desk)
    if not chosen.form.good:
        return problem(request, 422)
    found = await _figures(desk, chosen.begin, _next(chosen.end), chosen.area)
    parts = parts_of(desk.words, found, chosen.names)
    counts = [(one.title, [(mark.words, mark.value) for mark in one.marks]) for one in parts]
    return _spreadsheet(desk, f"statistics-{chosen.begin:%Y-%m}-{chosen.end:%Y-%m}", counts)


@router.get("/report")
async def report(request: Request) -> Response:
    """One office year (April to March), A4, without names and small counts: ``?year=2026`` or 令和8."""
    desk = Desk.of(request)
    if desk.person.areas is not None:
        return problem(request, 403)
    period = _office_year(request, desk)
    if period is None:
        return problem(request, 404)
    begin, end = period
    found = await _figures(desk, begin, end, "")
    since, until = _midnight(desk, begin), _midnight(desk, end)
    site = desk.hub.house.site
    tested = await desk.hub.store.read(lambda tx: stored.tested(tx, site, since, until))
    answered = found.answers if found.answers.count >= SMALL else None
    return desk.show(
        "report.html",
        year=desk.dates.era_year(begin) if desk.words.language == "ja" else str(begin.year),
        number=begin.year,
        period=(begin, end - timedelta(days=1)),
        total=published([found.total])[0],
        drills=found.drills,
        tables=published_parts(found, parts_of(desk.words, found, _area_names(desk))),
        today=_today(desk),
        answered=answered,
        hearing=published([found.hearing.found])[0],
        mistaken=published([found.hearing.false])[0],
        tested=len(tested),
        small=SMALL,
        building=desk.named(desk.hub.settings.texts.building, desk.hub.settings.texts.building_en),
    )


@router.get("/report.csv")
async def report_table(request: Request) -> Response:
    """What the report tells, as a table for a spreadsheet: a count that is kept back is an empty cell."""
    desk = Desk.of(request)
    if desk.person.areas is not None:
        return problem(request, 403)
    period = _office_year(request, desk)
    if period is None:
        return problem(request, 404)
    found = await _figures(desk, *period, "")
    tables = published_parts(found, parts_of(desk.words, found, _area_names(desk)))
    return _spreadsheet(desk, f"report-{period[0].year}", tables)


Counts = Sequence[tuple[str, Sequence[tuple[str, int | None]]]]


def _spreadsheet(desk: Desk, name: str, tables: Counts) -> Response:
    words = desk.words
    rows = [(title, label, count) for title, counts in tables for label, count in counts]
    return Response(
        table([(words("Table"), words("What is counted"), words("Incidents")), *rows]),
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
        media_type="text/csv; charset=utf-8",
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period and the area that were asked for."""

    form: Form
    begin: date
    end: date
    """The last month's first day."""
    area: str
    names: dict[str, str]


def _chosen(request: Request, desk: Desk) -> Chosen:
    """By default the last twelve months of every area."""
    form = Form(desk.words, dict(request.query_params))
    today = _today(desk)
    begin = _month(form, "from", _back(today, 11), desk)
    end = _month(form, "to", today.replace(day=1), desk)
    if end < begin or end - begin > PERIOD_MAX:
        form.wrong("to", desk.words("Not before the first month, and within ten years, please."))
        begin, end = _back(today, 11), today.replace(day=1)
    names = _area_names(desk)
    return Chosen(form, begin, end, form.value("area") if form.value("area") in names else "", names)


def _office_year(request: Request, desk: Desk) -> tuple[date, date] | None:
    """Its first day and the one after its last, of months that have begun; None: it has none."""
    year = _year(request.query_params.get("year", ""))
    if year is None:
        return None
    today = _today(desk)
    begin, end = date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1)
    end = max(begin, min(end, _next(today.replace(day=1))))
    return (begin, end) if end > begin else None


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


def _today(desk: Desk) -> date:
    return desk.now.astimezone(desk.hub.settings.zone).date()


def _area_names(desk: Desk) -> dict[str, str]:
    """With what belongs to no area."""
    return desk.area_names() | {"": desk.words("No area")}


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
