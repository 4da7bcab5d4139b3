"""Meetings under what a case has agreed: begun from the page of a case or a unit, and what came of it."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from hub import agreeing
from hub.agreeing import CaseEnded
from hub.people import Person, Role
from hub.record import cases
from hub.record.cases import Case
from hub.sessions import Session
from hub.store import agreements
from hub.store import cases as stored
from hub.store.cases import NoSuchCase
from hub.web.api.common import BIGGEST
from hub.web.auth import CurrentPerson
from hub.web.order_words import Answer, answer_of
from hub.web.pages.record_common import Desk, actors, desk_of, lead
from hub.web.rights import may_see
from hub.web.services import Services

router = APIRouter()


@router.post("/cases/meetings", dependencies=[actors])
async def begin(
    request: Request,
    person: CurrentPerson,
    case: Annotated[int, Form(ge=1, le=BIGGEST)],
    unit: Annotated[str, Form(max_length=32)] = "",
    page: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Ask the unit; ``page`` is where the form stood."""
    desk = desk_of(request, person)
    try:
        site = desk.services.house.site
        known = await desk.services.store.read(lambda tx: stored.get(tx, site, case))
    except NoSuchCase as error:
        raise HTTPException(404) from error
    if not cases.may_write(person, known):
        raise HTTPException(404)
    back = f"/units/of/{unit}" if page == "unit" else f"/cases/{case}"
    if not unit:
        return lead(back, "counter", "meetings")
    if desk.services.board.fleet.get(unit) is None or not may_see(person, desk.area_of(unit)):
        raise HTTPException(404)
    try:
        await agreeing.meet(desk.services.asking, unit, known, person)
    except CaseEnded:
        return lead(back, "case-ended", "meetings")
    return lead(back, "sent", "commands" if page == "unit" else "meetings")


async def answers(desk: Desk, case: Case) -> list[tuple[str, Answer]]:
    """Place and answer of the last meetings that were asked for, of areas that the person may see."""
    site, now = desk.services.house.site, desk.services.clock.now().wall
    asked = await desk.services.store.read(lambda tx: agreements.asked(tx, site, case.id))
    mine = [one for one in asked if may_see(desk.person, desk.area_of(one.unit))]
    return [(desk.place(one.unit), answer_of(desk.words, one, now)) for one in mine]


def counters(desk: Desk) -> list[tuple[str, str]]:
    """Units of the person's areas that are connected, with their places and whether somebody meets there."""
    board, going = desk.services.board, desk.words("a meeting goes on")
    shown = []
    for unit in board.fleet:
        if unit.link == "online" and may_see(desk.person, desk.area_of(unit.name)):
            place = desk.place(unit.name)
            busy = unit.name in board.sessions
            shown.append((unit.name, f"{place} ({going})" if busy else place))
    return shown


def running(desk: Desk, case: Case) -> list[tuple[str, Session]]:
    """The meetings that go on under a case, with their places."""
    going = desk.services.board.sessions.items()
    mine = [(unit, one) for unit, one in going if one.case == case.id]
    return [(desk.place(unit), one) for unit, one in mine if may_see(desk.person, desk.area_of(unit))]


async def to_choose(services: Services, person: Person) -> list[Case]:
    """Cases under which a person may begin a meeting."""
    if person.role is not Role.SUPERVISOR:
        return []
    found = await services.store.read(lambda tx: stored.every(tx, services.house.site))
    return [case for case in found if not case.closed and cases.may_write(person, case)]


async def alias_of(services: Services, person: Person, number: int) -> str:
    """How the visitor of a case is called, for those who may read it; else empty."""
    try:
        case = await services.store.read(lambda tx: stored.get(tx, services.house.site, number))
    except NoSuchCase:
        return ""
    return case.alias if cases.may_read(person, case) else ""
