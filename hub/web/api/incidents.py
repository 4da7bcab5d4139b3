"""Incidents: their list, their timelines, and what people do with them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from hub.incidents import Act, Action, Already, BadAct, CannotJoin, Outcome, Severity, State
from hub.incidents.acts import SNOOZE_MAX_S
from hub.people import Role
from hub.store import timelines, told
from hub.store.incidents import NoSuchIncident
from hub.store.timelines import Line, Wanted
from hub.store.told import Told
from hub.views import incident_view, iso
from hub.web.api.cap import cap_alert
from hub.web.api.common import (
    BIGGEST,
    REFUSALS,
    Asked,
    Moment,
    Number,
    Words,
    bad,
    none,
    person,
    services,
)
from hub.web.auth import needs
from hub.web.lookup import incident_for, name_of
from hub.web.rights import hidden_units
from wire.messages.base import Name

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], responses=REFUSALS)

_READERS = needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
_ACTORS = needs(Role.SUPERVISOR)


class Search(Asked):
    """Which incidents are asked for; absent: all."""

    state: Annotated[list[State], Field(max_length=5)] = Field(default_factory=list)
    severity: Annotated[list[Severity], Field(max_length=3)] = Field(default_factory=list)
    unit: Name | None = None
    since: Moment | None = None
    until: Moment | None = None
    before: Annotated[int, Field(ge=1, le=BIGGEST)] | None = None
    limit: Annotated[int, Field(ge=1, le=timelines.PAGE_MAX)] = 50


class Doing(Asked):
    """What an act needs beside its name; most need nothing."""

    note: Words = ""
    """Free words; with snooze and reopen the reason, which they need."""
    to: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")] | None = None
    """With hand-over: the login of the person who takes it over."""
    seconds: Annotated[float, Field(gt=0, le=SNOOZE_MAX_S, allow_inf_nan=False)] | None = None
    """With snooze: how long."""
    outcome: Outcome | None = None
    """With close: what it was."""


class Into(Asked):
    """The incident that this one is a part of."""

    into: Annotated[int, Field(ge=1, le=BIGGEST)]


class Apart(Asked):
    """The lines of the timeline whose alerts belong to an incident of their own."""

    lines: Annotated[list[Annotated[int, Field(ge=1, le=BIGGEST)]], Field(min_length=1, max_length=1000)]


@router.get("", dependencies=[_READERS])
async def list_incidents(request: Request, asked: Annotated[Search, Query()]) -> Response:
    """Newest first; ``next`` is the ``before`` of the next page, null on the last."""
    hub = services(request)
    wanted = Wanted(
        [state.value for state in asked.state],
        [severity.value for severity in asked.severity],
        asked.unit,
        asked.since,
        asked.until,
        asked.before,
        asked.limit,
        hidden_units(person(request), hub.house.area_of),
    )
    found = await hub.store.read(lambda tx: timelines.incidents(tx, hub.house.site, wanted))
    shown = [incident_view(one, hub.house.ladder_of(one)) for one in found]
    further = found[-1].id if len(found) == asked.limit else None
    return JSONResponse({"incidents": shown, "next": further})


@router.get("/{number}", dependencies=[_READERS])
async def show_incident(request: Request, number: Number) -> Response:
    """The incident with its timeline, and who was told with what success."""
    hub, site = services(request), services(request).house.site
    found = await incident_for(services(request), person(request), number)
    if found is None:
        return none()
    lines = await hub.store.read(lambda tx: timelines.timeline(tx, site, number))
    notices = await hub.store.read(lambda tx: told.told_of(tx, site, number))
    shown = incident_view(found, hub.house.ladder_of(found))
    members = hub.house.roster.members.values()
    names = {(str(target.channel), target.address): one.name for one in members for target in one.targets}
    return JSONResponse(
        shown | {"timeline": [_line(line) for line in lines], "told": [_told(one, names) for one in notices]}
    )


@router.get("/{number}/cap", dependencies=[_READERS])
async def show_as_cap(request: Request, number: Number) -> Response:
    """The alarm as a Common Alerting Protocol 1.2 message."""
    hub = services(request)
    found = await incident_for(services(request), person(request), number)
    if found is None:
        return none()
    message = cap_alert(found, hub.house, hub.clock.now().wall)
    return Response(message, media_type="application/cap+xml")


@router.post("/{number}/merge", dependencies=[_ACTORS])
async def merge(request: Request, number: Number, asked: Into) -> Response:
    """This incident was a part of another one. It must be over."""
    if not (await _concerns(request, number) and await _concerns(request, asked.into)):
        return none()
    try:
        both = await services(request).responding.merge(number, asked.into, person(request))
    except NoSuchIncident:
        return none()
    except CannotJoin as error:
        return JSONResponse({"error": "cannot", "why": str(error)}, 409)
    return JSONResponse({"incidents": both})


@router.post("/{number}/split", dependencies=[_ACTORS])
async def split(request: Request, number: Number, asked: Apart) -> Response:
    """Some of its alerts belong to an incident of their own. It must be over."""
    if not await _concerns(request, number):
        return none()
    try:
        both = await services(request).responding.split(number, asked.lines, person(request))
    except NoSuchIncident:
        return none()
    except CannotJoin as error:
        return JSONResponse({"error": "cannot", "why": str(error)}, 409)
    return JSONResponse({"incidents": both})


@router.post("/{number}/{action}", dependencies=[_ACTORS])
async def act(request: Request, number: Number, action: Action, doing: Doing = Doing()) -> Response:  # noqa: B008
    """acknowledge ("I am going"), come, arrive, hand-over, give-back, snooze, note, resolve, close, reopen.

    409 names who was faster.
    """
    hub, who = services(request), person(request)
    if not await _concerns(request, number):
        return none()
    to = None
    if doing.to is not None:
        to = await name_of(hub, doing.to)
        if to is None:
            return JSONResponse({"error": "bad", "why": "nobody has the login given in 'to'"}, 422)
    now = hub.clock.now().wall
    until = now + timedelta(seconds=doing.seconds) if doing.seconds is not None else None
    done = Act(action, who.name, who.login, doing.note, to, until, doing.outcome)
    try:
        incident = await hub.responding.act(number, done)
    except NoSuchIncident:
        return none()
    except Already as already:
        return JSONResponse({"error": "already", "by": already.by, "state": already.state.value}, 409)
    except BadAct as error:
        return bad(error)
    return JSONResponse(incident)


async def _concerns(request: Request, number: int) -> bool:
    """Nothing is read for who answers for everything: an answer must not wait for it."""
    return (
        person(request).areas is None
        or await incident_for(services(request), person(request), number) is not None
    )


def _line(line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "id": line.id,
        "incident": line.incident,
        "at": iso(entry.at),
        "recorded": iso(line.recorded_at),
        "what": entry.what,
        "who": entry.who,
        "actor": entry.actor,
        "detail": dict(entry.detail),
    }


def _told(one: Told, names: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    return {
        "name": names.get((one.channel, one.address)),
        "channel": one.channel,
        "address": one.address,
        "reason": one.reason,
        "state": one.state,
        "due": iso(one.added),
        "sent": iso(one.sent),
    }
