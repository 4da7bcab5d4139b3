"""Cases, and what was agreed for meetings with their visitors."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from hub import agreeing
from hub.agreeing import CaseEnded
from hub.people import Role
from hub.record import cases
from hub.record.cases import Case
from hub.store import cases as stored
from hub.store.cases import NoSuchCase
from hub.web.api.common import REFUSALS, Asked, Number, concerns, none, person, services
from hub.web.api.units import order_view
from hub.web.auth import needs
from wire.messages.base import Name

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=REFUSALS)

_READERS = needs(Role.SUPERVISOR, Role.AUDITOR)


class Meeting(Asked):
    """Where it is to be."""

    unit: Name


@router.get("", dependencies=[_READERS])
async def list_cases(request: Request) -> Response:
    """Those that the person may read."""
    hub, who = services(request), person(request)
    found = await hub.store.read(lambda tx: stored.every(tx, hub.house.site))
    return JSONResponse({"cases": [_case(case) for case in found if cases.may_read(who, case)]})


@router.get("/{number}", dependencies=[_READERS])
async def show_case(request: Request, number: Number) -> Response:
    """With the figures of its incidents."""
    hub, case = services(request), await _readable(request, number)
    if case is None:
        return none()
    now = hub.clock.now().wall
    linked = await hub.store.read(lambda tx: stored.linked(tx, number, now))
    return JSONResponse(
        _case(case)
        | {
            "incidents": len(linked),
            "lasted_s": sum(one.lasted_s for one in linked),
            "warnings": sum(one.warnings for one in linked),
        }
    )


@router.get("/{number}/limits", dependencies=[_READERS])
async def show_limits(request: Request, number: Number) -> Response:
    """Under which a meeting with this visitor can be started: time, staff, recording."""
    case = await _readable(request, number)
    return none() if case is None else JSONResponse(_limits(case))


@router.post("/{number}/meetings", dependencies=[needs(Role.SUPERVISOR)], status_code=202)
async def begin_meeting(request: Request, number: Number, asked: Meeting) -> Response:
    """Begin a meeting under what was agreed, or put the one that goes on at a counter under it. The answer
    comes from the unit: ``GET /api/v1/commands/{id}``."""
    hub, who, case = services(request), person(request), await _readable(request, number)
    known = hub.board.fleet.get(asked.unit) is not None and concerns(request, asked.unit)
    if case is None or not known:
        return none()
    try:
        made = await agreeing.meet(hub.asking, asked.unit, case, who)
    except CaseEnded as error:
        return JSONResponse({"error": "ended", "why": str(error)}, 409)
    return JSONResponse(order_view(made) | {"state": "waiting"}, 202)


async def _readable(request: Request, number: int) -> Case | None:
    hub = services(request)
    try:
        case = await hub.store.read(lambda tx: stored.get(tx, hub.house.site, number))
    except NoSuchCase:
        return None
    return case if cases.may_read(person(request), case) else None


def _case(case: Case) -> dict[str, Any]:
    return {"id": case.id, "alias": case.alias, "closed": case.closed, "limits": _limits(case)}


def _limits(case: Case) -> dict[str, Any]:
    limits = case.limits
    return {
        "limit_s": limits.limit_s,
        "two_staff": limits.two_staff,
        "always_record": limits.always_record,
        "agreed": limits.agreed,
    }
