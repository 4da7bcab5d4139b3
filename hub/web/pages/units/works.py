"""Planned work, during which troubles are shown and not told; and messages that were not accepted."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.people import Role
from hub.store import quarantine, troubles
from hub.store.troubles import NoSuchMaintenance
from hub.troubles import Maintenance
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form
from hub.web.pages.rendering import problem

router = APIRouter(prefix="/units", dependencies=[needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)])

_KEEPERS = needs(Role.SUPERVISOR, Role.ADMIN)

MAINTENANCE_MAX = timedelta(days=31)


@router.get("/maintenance")
async def maintenance_page(request: Request) -> Response:
    """What goes on or is planned, and the form for more."""
    desk = Desk.of(request)
    return await _page(desk, Form(desk.words, {}))


@router.post("/maintenance", dependencies=[_KEEPERS])
async def plan(request: Request) -> Response:
    """It has an end; alarms are never muted by it."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    whom = form.choice("whom", [code for code, _name in _whom(desk)])
    begin = form.moment(desk, "begin", needed=False) or desk.now
    until = form.moment(desk, "until")
    why = form.line("why", most=400)
    if until is not None and not max(begin, desk.now) < until <= desk.now + MAINTENANCE_MAX:
        most = MAINTENANCE_MAX.days
        form.wrong("until", desk.words("Later than the beginning, and within {n} days, please.", n=most))
    if form.good and until is not None:
        kind, _colon, name = whom.partition(":")
        unit, area = (name if kind == "unit" else None), (name if kind == "area" else None)
        await desk.hub.supervision.plan_maintenance(
            Maintenance(0, unit, area, begin, until, desk.person.name, why)
        )
        return desk.go("/units/maintenance", "planned")
    return await _page(desk, form, 422)


@router.post("/maintenance/{number}/end", dependencies=[_KEEPERS])
async def end(request: Request, number: int) -> Response:
    """Before its time."""
    desk = Desk.of(request)
    if number not in [work.id for work in await _works(desk)]:
        return problem(request, 404)
    try:
        await desk.hub.supervision.end_maintenance(number, desk.person)
    except NoSuchMaintenance:
        return problem(request, 404)
    return desk.go("/units/maintenance", "ended")


@router.get("/quarantine")
async def quarantine_page(request: Request) -> Response:
    """What arrived and was not taken, with the reason."""
    desk = Desk.of(request)
    count = await desk.hub.store.read(quarantine.count)
    rejected = await desk.hub.store.read(quarantine.shown)
    return desk.show("quarantine.html", tab="quarantine", count=count, rejected=rejected)


async def _works(desk: Desk) -> list[Maintenance]:
    found = await desk.hub.store.read(lambda tx: troubles.works(tx, desk.hub.house.site, desk.now))
    return [work for work in found if _concerns(desk, work)]


def _concerns(desk: Desk, work: Maintenance) -> bool:
    if work.unit is not None:
        return desk.sees(work.unit)
    return work.area is None or work.area in desk.area_names()


def _whom(desk: Desk) -> list[tuple[str, str]]:
    all_ = [("", desk.words("The whole site"))] if desk.person.areas is None else []
    areas = [(f"area:{area}", name) for area, name in desk.area_names().items()]
    units = [
        (f"unit:{one.name}", desk.place(one.name)) for one in desk.hub.board.fleet if desk.sees(one.name)
    ]
    return [*all_, *areas, *units]


async def _page(desk: Desk, form: Form, status: int = 200) -> Response:
    names = dict(_whom(desk)) | {"": desk.words("The whole site")}
    works = [
        (work, names.get(f"unit:{work.unit}" if work.unit else f"area:{work.area}" if work.area else "", ""))
        for work in await _works(desk)
    ]
    return desk.show(
        "maintenance.html",
        status,
        tab="maintenance",
        form=form,
        works=works,
        whom=_whom(desk),
        may=desk.person.role in (Role.SUPERVISOR, Role.ADMIN),
    )
