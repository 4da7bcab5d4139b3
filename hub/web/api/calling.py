"""Who is called: ladders as they stand at this moment, and absences."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from hub.escalation.ladder import Ladder, Tier
from hub.escalation.roster import Absence, Roster, reaches_somebody
from hub.people import Role
from hub.store import absences, people
from hub.views import iso
from hub.web.api.common import REFUSALS, Asked, Moment, Number, none, person, services
from hub.web.auth import everybody, needs

router = APIRouter(prefix="/api/v1", tags=["calling"], responses=REFUSALS)

_READERS = needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
_FOR_OTHERS = frozenset({Role.SUPERVISOR, Role.ADMIN})

ABSENT_MAX = timedelta(days=400)


class Away(Asked):
    """Somebody is not there."""

    login: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")] | None = None
    """Absent: who asks. Only supervisors and administrators may say it of others."""
    begin: Moment | None = None
    """Absent: now."""
    until: Moment


@router.get("/ladders", dependencies=[_READERS])
async def list_ladders(request: Request) -> Response:
    """Who would be called now, tier by tier."""
    hub, now = services(request), services(request).clock.now().wall
    shown = [_ladder(ladder, hub.house.roster, now) for ladder in hub.house.ladders]
    return JSONResponse({"ladders": shown})


@router.get("/helpers", dependencies=[_READERS])
async def list_helpers(request: Request) -> Response:
    """Who can take an incident over: who can sign in, and who can be called."""
    hub = services(request)
    names = await hub.store.read(people.names)
    names |= {login: member.name for login, member in hub.house.roster.members.items()}
    shown = [{"login": login, "name": name} for login, name in names.items()]
    return JSONResponse({"helpers": sorted(shown, key=lambda one: (one["name"], one["login"]))})


@router.get("/absences", dependencies=[everybody])
async def list_absences(request: Request) -> Response:
    """Those that have not ended."""
    hub, now = services(request), services(request).clock.now().wall
    found = await hub.store.read(lambda tx: absences.current(tx, hub.house.site, now))
    return JSONResponse({"absences": [_absence(number, one) for number, one in found.items()]})


@router.post("/absences", dependencies=[everybody], status_code=201)
async def be_absent(request: Request, asked: Away) -> Response:
    """Somebody is not called for a while."""
    hub, who = services(request), person(request)
    now, login = hub.clock.now().wall, (asked.login or who.login).lower()
    if login != who.login and who.role not in _FOR_OTHERS:
        return JSONResponse({"error": "role"}, 403)
    begin = asked.begin or now
    if not now < asked.until <= now + ABSENT_MAX or asked.until <= begin:
        why = f"until must be later than begin and at most {ABSENT_MAX.days} days from now"
        return JSONResponse({"error": "bad", "why": why}, 422)
    absence = Absence(login, begin, asked.until)
    number = await hub.supervision.be_absent(absence, who)
    return JSONResponse(_absence(number, absence), 201)


@router.delete("/absences/{number}", dependencies=[everybody], status_code=204)
async def be_back(request: Request, number: Number) -> Response:
    """They are there again."""
    hub, who, now = services(request), person(request), services(request).clock.now().wall
    found = (await hub.store.read(lambda tx: absences.current(tx, hub.house.site, now))).get(number)
    if found is None:
        return none()
    if found.login != who.login and who.role not in _FOR_OTHERS:
        return JSONResponse({"error": "role"}, 403)
    await hub.supervision.be_back(number, who)
    return Response(status_code=204)


def _ladder(ladder: Ladder, roster: Roster, now: datetime) -> dict[str, Any]:
    return {
        "name": ladder.name,
        "for": sorted(ladder.severities),
        "areas": sorted(ladder.areas),
        "arrive_within_s": ladder.arrive_within_s,
        "reaches_somebody": reaches_somebody(ladder, roster, now),
        "tiers": [_tier(tier, roster, now) for tier in ladder.tiers],
    }


def _tier(tier: Tier, roster: Roster, now: datetime) -> dict[str, Any]:
    logins = [callee.name for callee in tier.callees if callee.kind == "person"]
    for callee in tier.callees:
        if callee.kind == "group":
            logins += roster.groups.get(callee.name, ())
    people = [roster.members[login] for login in dict.fromkeys(logins) if login in roster.members]
    return {
        "name": tier.name,
        "name_en": tier.name_en,
        "seconds": tier.seconds,
        "calls": [str(callee) for callee in tier.callees],
        "people": [
            {"login": member.login, "name": member.name, "there": roster.on_duty(member.login, now)}
            for member in people
        ],
        "reached": len(roster.reach(tier.callees, now)),
    }


def _absence(number: int, absence: Absence) -> dict[str, Any]:
    return {
        "id": number,
        "login": absence.login,
        "begin": iso(absence.begin),
        "until": iso(absence.until),
    }
