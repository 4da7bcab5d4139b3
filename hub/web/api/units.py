"""Units: how they are, what they are asked, what they shall run; troubles and planned maintenance."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from hub.asking import BadConfiguration
from hub.orders import BadOrder, Order
from hub.people import Role
from hub.store import orders, proofs, troubles
from hub.store.troubles import NoSuchMaintenance, NoSuchTrouble
from hub.supervision import AlreadyKnown
from hub.troubles import Maintenance, Proven
from hub.views import iso, trouble_view
from hub.web.api.common import (
    REFUSALS,
    Asked,
    Line,
    Moment,
    Number,
    UnitName,
    bad,
    concerns,
    none,
    person,
    services,
)
from hub.web.auth import everybody, needs
from hub.web.services import Services
from wire.messages.base import Name

router = APIRouter(prefix="/api/v1", tags=["units"], responses=REFUSALS)

_READERS = needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
_KEEPERS = needs(Role.SUPERVISOR, Role.ADMIN)
_ADMIN = needs(Role.ADMIN)

MAINTENANCE_MAX = timedelta(days=31)
ADMINS_ONLY = frozenset({"restart"})
ELSEWHERE = {"meet": "a meeting under a case is asked for at /api/v1/cases/{number}/meetings"}
"""Commands that need more than a role."""


class Command(Asked):
    """Something that a unit is asked to do; see ``wire.messages.commands``."""

    name: Annotated[str, Field(max_length=32)]
    arguments: Annotated[dict[str, Any], Field(max_length=10)] = Field(default_factory=dict)


class Configuration(Asked):
    """What units shall run. What is absent stays as each unit's own file says."""

    settings: Annotated[dict[str, Any], Field(max_length=20)]


class Work(Asked):
    """Planned work: troubles of a unit, an area or the whole site are shown and not told."""

    unit: Name | None = None
    area: Name | None = None
    begin: Moment | None = None
    """Absent: now."""
    until: Moment
    why: Line


@router.get("/units", dependencies=[everybody])
async def list_units(request: Request) -> Response:
    """Every counter with its unit's last heartbeat."""
    hub = services(request)
    shown = [unit.name for unit in hub.board.fleet if concerns(request, unit.name)]
    return JSONResponse({"units": [_unit(hub, name) for name in shown]})


@router.get("/units/{unit}", dependencies=[_READERS])
async def show_unit(request: Request, unit: UnitName) -> Response:
    """One unit with its buttons, its troubles and what it was asked lately."""
    hub, site = services(request), services(request).house.site
    if hub.board.fleet.get(unit) is None or not concerns(request, unit):
        return none()
    now = hub.clock.now().wall
    asked = await hub.store.read(lambda tx: orders.shown(tx, site, unit))
    tested = (await hub.store.read(lambda tx: proofs.proofs(tx, site))).get(unit, [])
    desired = hub.asking.desired.get(unit)
    return JSONResponse(
        _unit(hub, unit)
        | {
            "buttons": [_button(one) for one in tested],
            "troubles": [hub.supervision.view(t) for t in hub.board.troubles.values() if t.unit == unit],
            "commands": [order_view(one) | {"state": one.state(now)} for one in asked],
            "settings": None if desired is None else dict(desired.settings),
        }
    )


@router.get("/buttons", dependencies=[_READERS])
async def list_buttons(request: Request) -> Response:
    """Which button was last pressed when: the list of tested buttons."""
    hub = services(request)
    found = await hub.store.read(lambda tx: proofs.proofs(tx, hub.house.site))
    mine = {unit: tested for unit, tested in found.items() if concerns(request, unit)}
    shown = [{"unit": unit} | _button(one) for unit, tested in mine.items() for one in tested]
    return JSONResponse({"buttons": shown})


@router.post("/units/{unit}/commands", dependencies=[_KEEPERS], status_code=202)
async def command(request: Request, unit: UnitName, asked: Command) -> Response:
    """Ask a unit. The answer comes from the unit: ``GET /api/v1/commands/{id}``."""
    hub, who = services(request), person(request)
    if hub.board.fleet.get(unit) is None or not concerns(request, unit):
        return none()
    if asked.name in ADMINS_ONLY and who.role is not Role.ADMIN:
        return JSONResponse({"error": "role"}, 403)
    if asked.name in ELSEWHERE:
        return JSONResponse({"error": "bad", "why": ELSEWHERE[asked.name]}, 422)
    try:
        made = await hub.asking.ask(unit, asked.name, asked.arguments, who)
    except BadOrder as error:
        return bad(error)
    return JSONResponse(order_view(made) | {"state": "waiting"}, 202)


@router.get("/commands/{number}", dependencies=[_READERS])
async def show_command(
    request: Request, number: Annotated[str, Field(pattern="^[0-9a-f]{8,32}$")]
) -> Response:
    """What became of it: waiting, done, refused (and why) or unanswered."""
    hub = services(request)
    found = await hub.store.read(lambda tx: orders.get(tx, hub.house.site, number))
    if found is None or not concerns(request, found.unit):
        return none()
    return JSONResponse(order_view(found) | {"state": found.state(hub.clock.now().wall)})


@router.put("/units/{unit}/configuration", dependencies=[_ADMIN])
async def configure(request: Request, unit: UnitName, asked: Configuration) -> Response:
    """Let one unit run other settings; what it says of it is in ``GET /api/v1/units``."""
    hub = services(request)
    if hub.board.fleet.get(unit) is None or not concerns(request, unit):
        return none()
    return await _desire(request, [unit], asked)


@router.put("/areas/{area}/configuration", dependencies=[_ADMIN])
async def configure_area(request: Request, area: UnitName, asked: Configuration) -> Response:
    """Let every unit of an area run other settings."""
    units = [unit for unit, of in services(request).house.area_of.items() if of == area]
    return await _desire(request, units, asked) if units else none()


@router.get("/troubles", dependencies=[everybody])
async def list_troubles(request: Request, over: Annotated[bool, Query()] = False) -> Response:
    """What is wrong now, or what was wrong lately; newest first."""
    hub = services(request)
    if not over:
        mine = [trouble for trouble in hub.board.troubles.values() if concerns(request, trouble.unit)]
        open_ = sorted(mine, key=lambda trouble: -trouble.id)
        return JSONResponse({"troubles": [hub.supervision.view(trouble) for trouble in open_]})
    found = await hub.store.read(lambda tx: troubles.shown(tx, hub.house.site, over=True))
    mine = [trouble for trouble in found if concerns(request, trouble.unit)]
    return JSONResponse({"troubles": [trouble_view(trouble, None) for trouble in mine]})


@router.post("/troubles/{number}/acknowledge", dependencies=[_KEEPERS])
async def acknowledge_trouble(request: Request, number: Number) -> Response:
    """Somebody sees to it: nobody further is called for it."""
    known = services(request).board.troubles.get(number)
    if known is not None and not concerns(request, known.unit):
        return none()
    try:
        return JSONResponse(await services(request).supervision.acknowledge(number, person(request)))
    except NoSuchTrouble:
        return none()
    except AlreadyKnown as faster:
        by, state = faster.trouble.acknowledged_by, faster.trouble.state.value
        return JSONResponse({"error": "already", "by": by, "state": state}, 409)


@router.get("/maintenance", dependencies=[_READERS])
async def list_maintenance(request: Request) -> Response:
    """What goes on or is planned."""
    hub, now = services(request), services(request).clock.now().wall
    found = await hub.store.read(lambda tx: troubles.works(tx, hub.house.site, now))
    return JSONResponse({"maintenance": [_work(work) for work in found]})


@router.post("/maintenance", dependencies=[_KEEPERS], status_code=201)
async def plan_maintenance(request: Request, asked: Work) -> Response:
    """Mute troubles until an end. Alarms are never muted."""
    hub, now = services(request), services(request).clock.now().wall
    begin = asked.begin or now
    if not now < asked.until <= now + MAINTENANCE_MAX or asked.until <= begin:
        why = f"until must be later than begin and at most {MAINTENANCE_MAX.days} days from now"
        return JSONResponse({"error": "bad", "why": why}, 422)
    areas, unit = set(hub.house.area_of.values()), asked.unit
    if (unit is not None and hub.board.fleet.get(unit) is None) or (asked.area and asked.area not in areas):
        return none()
    work = Maintenance(0, unit, asked.area, begin, asked.until, person(request).name, asked.why)
    return JSONResponse(_work(await hub.supervision.plan_maintenance(work)), 201)


@router.post("/maintenance/{number}/end", dependencies=[_KEEPERS])
async def end_maintenance(request: Request, number: Number) -> Response:
    """Before its time."""
    try:
        await services(request).supervision.end_maintenance(number, person(request))
    except NoSuchMaintenance:
        return none()
    return Response(status_code=204)


async def _desire(request: Request, units: list[str], asked: Configuration) -> Response:
    try:
        made = await services(request).asking.desire(units, asked.settings, person(request))
    except BadConfiguration as error:
        return bad(error)
    return JSONResponse({"versions": {one.unit: one.version for one in made}})


def _unit(hub: Services, name: str) -> dict[str, Any]:
    unit = hub.board.fleet.get(name)
    if unit is None:
        raise AssertionError(f"asked before: {name}")
    health = None if unit.health is None else unit.health.model_dump(mode="json", exclude_none=True)
    return hub.board.counter(unit) | {"health": health, "clock_off_s": unit.clock_off_s}


def _button(proven: Proven) -> dict[str, Any]:
    return {"button": proven.button, "since": iso(proven.since), "pressed": iso(proven.at)}


def order_view(order: Order) -> dict[str, Any]:
    """An order as pages read it."""
    return {
        "id": order.id,
        "unit": order.unit,
        "name": order.name,
        "arguments": dict(order.arguments),
        "created": iso(order.created),
        "expires": iso(order.expires),
        "by": order.by,
        "drill": order.drill,
        "answered": iso(order.answered),
        "why": order.why,
    }


def _work(work: Maintenance) -> dict[str, Any]:
    return {
        "id": work.id,
        "unit": work.unit,
        "area": work.area,
        "begin": iso(work.begin),
        "until": iso(work.until),
        "by": work.by,
        "why": work.why,
    }
