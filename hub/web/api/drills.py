"""Drills: on demand or planned, with the proof of every press."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from hub.drills import EVERY_DAYS_MAX, BadDrill, Drill, Press
from hub.people import Role
from hub.store import drills
from hub.store.drills import NoSuchDrill
from hub.views import iso
from hub.web.api.common import REFUSALS, Asked, Moment, Number, bad, none, person, services
from hub.web.auth import needs
from wire.limits import DRILL_S_MAX
from wire.messages.base import Name

router = APIRouter(prefix="/api/v1/drills", tags=["drills"], responses=REFUSALS)

_READERS = needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
_KEEPERS = needs(Role.SUPERVISOR, Role.ADMIN)


class Plan(Asked):
    """A drill of a unit, an area or the whole site."""

    unit: Name | None = None
    area: Name | None = None
    begin: Moment | None = None
    """Absent: now."""
    seconds: Annotated[float, Field(gt=0, le=DRILL_S_MAX, allow_inf_nan=False)] = 600.0
    every_days: Annotated[int, Field(ge=1, le=EVERY_DAYS_MAX)] | None = None


@router.get("", dependencies=[_READERS])
async def list_drills(request: Request) -> Response:
    """Newest first."""
    hub = services(request)
    now = hub.clock.now().wall
    found = await hub.store.read(lambda tx: drills.shown(tx, hub.house.site))
    return JSONResponse({"drills": [_drill(one) | {"state": one.state(now)} for one in found]})


@router.post("", dependencies=[_KEEPERS], status_code=201)
async def plan_drill(request: Request, asked: Plan) -> Response:
    """Presses during it are marked. Pressed twice, a button is meant, drill or not."""
    hub, now = services(request), services(request).clock.now().wall
    drill = Drill(
        0, asked.unit, asked.area, asked.begin or now, asked.seconds, person(request).name, asked.every_days
    )
    try:
        planned = await hub.asking.plan_drill(drill)
    except BadDrill as error:
        return bad(error)
    return JSONResponse(_drill(planned) | {"state": planned.state(hub.clock.now().wall)}, 201)


@router.get("/{number}", dependencies=[_READERS])
async def show_drill(request: Request, number: Number) -> Response:
    """With the proof: who was meant, and which button was pressed when."""
    hub, now = services(request), services(request).clock.now().wall
    try:
        drill = await hub.store.read(lambda tx: drills.get(tx, hub.house.site, number))
    except NoSuchDrill:
        return none()
    presses = await hub.store.read(lambda tx: drills.presses(tx, number))
    units = drill.units(hub.house.area_of)
    pressed = {press.unit for press in presses}
    return JSONResponse(
        _drill(drill)
        | {
            "state": drill.state(now),
            "units": units,
            "presses": [_press(press) for press in presses],
            "missing": [unit for unit in units if unit not in pressed],
        }
    )


@router.post("/{number}/end", dependencies=[_KEEPERS])
async def end_drill(request: Request, number: Number) -> Response:
    """Before its time; a planned one is cancelled."""
    hub = services(request)
    try:
        ended = await hub.asking.end_drill(number, person(request))
    except NoSuchDrill:
        return none()
    return JSONResponse(_drill(ended) | {"state": ended.state(hub.clock.now().wall)})


def _drill(drill: Drill) -> dict[str, Any]:
    return {
        "id": drill.id,
        "unit": drill.unit,
        "area": drill.area,
        "begin": iso(drill.begin),
        "seconds": drill.seconds,
        "every_days": drill.every_days,
        "by": drill.by,
        "started": iso(drill.started),
        "until": iso(drill.until),
    }


def _press(press: Press) -> dict[str, Any]:
    return {
        "unit": press.unit,
        "button": press.button,
        "pressed": iso(press.pressed),
        "after_s": press.after_s,
        "took_s": press.took_s,
    }
