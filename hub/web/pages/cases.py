"""Cases: repeated incidents with one visitor, under a description, and what was agreed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.datastructures import FormData

from hub.people import Role
from hub.record import cases
from hub.record.cases import BadCase, Case, Limits
from hub.store import cases as stored
from hub.store import people_list
from hub.store.cases import CaseChanged, Linked, NoSuchCase
from hub.web.api.common import BIGGEST
from hub.web.auth import CurrentPerson
from hub.web.pages import case_meetings
from hub.web.pages.record_common import Desk, actors, case_readers, desk_of, lead, said_of
from hub.web.pages.rendering import pages_of
from hub.web.rights import may_see
from hub.web.timeline_words import OUTCOMES, STATES

router = APIRouter()

Number = Annotated[int, Path(ge=1, le=BIGGEST)]


@router.get("/cases", dependencies=[case_readers])
async def list_page(request: Request, person: CurrentPerson) -> Response:
    """Those that the person may read: open ones first."""
    desk = desk_of(request, person)
    site, now = desk.services.house.site, desk.services.clock.now().wall

    def read(tx: Connection) -> list[tuple[Case, list[Linked]]]:
        known = [case for case in stored.every(tx, site) if cases.may_read(person, case)]
        return [(case, stored.linked(tx, case.id, now)) for case in known]

    found = await desk.services.store.read(read)
    return pages_of(request).render(
        request,
        "cases.html",
        person,
        rows=[(case, figures(linked)) for case, linked in found],
        may_write=person.role is Role.SUPERVISOR,
        dates=desk.dates,
        said=said_of(request, desk.words),
    )


@router.get("/cases/new", dependencies=[actors])
async def new_form(request: Request, person: CurrentPerson) -> Response:
    """An empty form; with ``incident`` in the address that incident is linked to it at once."""
    return await _form(request, desk_of(request, person), Case(0, ""), {})


@router.post("/cases/new", dependencies=[actors])
async def begin(request: Request, person: CurrentPerson) -> Response:
    """Keep a new case."""
    desk = desk_of(request, person)
    form = await request.form(max_files=0, max_fields=100)
    try:
        case = _given(form, Case(0, ""))
        cases.check(case, person)
    except BadCase as error:
        return await _faulty(request, desk, Case(0, ""), form, error)
    wanted = _number(str(form.get("incident", "")))
    incident = await desk.incident(wanted) if wanted else None
    site, now = desk.services.house.site, desk.services.clock.now().wall
    number = await desk.services.store.write(lambda tx: stored.add(tx, site, case, person, now))
    if incident and incident.merged_into is None:
        await desk.keeping.link(incident.id, number, person)
    return lead(f"/cases/{number}", "saved")


@router.get("/cases/{number}", dependencies=[case_readers])
async def case_page(request: Request, number: Number, person: CurrentPerson) -> Response:
    """One case: what was agreed, its incidents, and how it came to be as it is."""
    desk = desk_of(request, person)
    case = await readable(desk, number)
    now = desk.services.clock.now().wall
    linked = await desk.services.store.read(lambda tx: stored.linked(tx, number, now))
    revisions = await desk.services.store.read(lambda tx: stored.revisions(tx, number))
    names = dict(await desk.services.store.read(lambda tx: people_list.names(tx, (Role.SUPERVISOR,))))
    return pages_of(request).render(
        request,
        "case.html",
        person,
        case=case,
        figures=figures(linked),
        # Of areas that the person may not see the case counts an incident, and tells nothing else of it.
        rows=[
            (one, desk.place(one.incident.unit), desk.signs(one.incident))
            for one in linked
            if may_see(person, desk.area_of(one.incident.unit))
        ],
        readers=[names.get(login, login) for login in sorted(case.readers)],
        revisions=revisions[::-1],
        may_write=cases.may_write(person, case),
        counters=case_meetings.counters(desk),
        meetings=await case_meetings.answers(desk, case),
        running=case_meetings.running(desk, case),
        states=STATES,
        outcomes=OUTCOMES,
        dates=desk.dates,
        said=said_of(request, desk.words),
    )


@router.get("/cases/{number}/edit", dependencies=[actors])
async def edit_form(request: Request, number: Number, person: CurrentPerson) -> Response:
    """The form with what is kept."""
    desk = desk_of(request, person)
    case = await readable(desk, number)
    return await _form(request, desk, case, {})


@router.post("/cases/{number}/edit", dependencies=[actors])
async def edit(request: Request, number: Number, person: CurrentPerson) -> Response:
    """Keep what was changed. Where somebody else was faster, both are shown."""
    desk = desk_of(request, person)
    known = await readable(desk, number)
    form = await request.form(max_files=0, max_fields=100)
    try:
        case = _given(form, replace(known, revision=_number(str(form.get("base", "")))))
        cases.check(case, person)
    except BadCase as error:
        return await _faulty(request, desk, known, form, error)
    site, now = desk.services.house.site, desk.services.clock.now().wall
    try:
        await desk.services.store.write(lambda tx: stored.change(tx, site, case, person, now))
    except CaseChanged as changed:
        mine = replace(case, revision=changed.theirs.revision)
        return await _form(request, desk, mine, {}, status=409, theirs=changed.theirs)
    return lead(f"/cases/{number}", "saved")


async def readable(desk: Desk, number: int) -> Case:
    """Raises 404 for one that is not there or that the person may not read: nobody learns which."""
    site = desk.services.house.site
    try:
        case = await desk.services.store.read(lambda tx: stored.get(tx, site, number))
    except NoSuchCase as error:
        raise HTTPException(404) from error
    if not cases.may_read(desk.person, case):
        raise HTTPException(404)
    return case


def figures(linked: list[Linked]) -> dict[str, Any]:
    """How many, how long, how often told, and when last."""
    return {
        "number": len(linked),
        "lasted_s": sum(one.lasted_s for one in linked),
        "warnings": sum(one.warnings for one in linked),
        "last": max((one.incident.opened for one in linked), default=None),
    }


def _given(form: FormData, known: Case) -> Case:
    """The case of a form. Raises ``BadCase``."""

    def text(name: str) -> str:
        return str(form.get(name, "")).replace("\r\n", "\n").strip()

    minutes = text("limit")
    if minutes and not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 6):
        raise BadCase("limit", "must be whole minutes")
    limits = Limits(60.0 * int(minutes) if minutes else None, "two" in form, "record" in form, text("agreed"))
    readers = frozenset(str(login)[:64] for login in form.getlist("readers"))
    return replace(
        known,
        alias=text("alias"),
        note=text("note"),
        limits=limits,
        readers=readers,
        closed="closed" in form,
    )


async def _faulty(request: Request, desk: Desk, known: Case, form: FormData, error: BadCase) -> Response:
    """The form again, with what was typed and the fault beneath its field."""
    minutes = str(form.get("limit", ""))
    typed = _given(FormData([item for item in form.multi_items() if item[0] != "limit"]), known)
    faults = {error.field: desk.fault(error.field)}
    return await _form(request, desk, typed, faults, status=422, minutes=minutes)


async def _form(
    request: Request, desk: Desk, case: Case, faults: Mapping[str, str], **state: Any
) -> Response:
    people = await desk.services.store.read(lambda tx: people_list.names(tx, (Role.SUPERVISOR,)))
    limit = case.limits.limit_s
    return pages_of(request).render(
        request,
        "case-form.html",
        desk.person,
        state.get("status", 200),
        case=case,
        minutes=state.get("minutes", f"{limit / 60:.0f}" if limit is not None else ""),
        theirs=state.get("theirs"),
        people=people,
        me=desk.person.login,
        incident=_number(request.query_params.get("incident", "")),
        faults=faults,
        dates=desk.dates,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
