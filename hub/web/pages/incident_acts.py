"""What the forms on an incident's page do: acts, steps of the response, tasks, approval, cases."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import Response

from hub.incidents import Act, Action, Already, BadAct, Outcome
from hub.keeping import Locked
from hub.people import Person, Role
from hub.record import cases
from hub.record.approval import Move, NeedsWords, NotNow, NotYours
from hub.record.guide import BadStep
from hub.record.tasks import BadTask, Task
from hub.store import cases as stored_cases
from hub.store.cases import NoSuchCase
from hub.store.record_tasks import NoSuchTask
from hub.web.api.common import BIGGEST
from hub.web.auth import CurrentPerson
from hub.web.lookup import name_of
from hub.web.pages.incident import Number, show
from hub.web.pages.record_common import actors, desk_of, lead, writers

router = APIRouter()

ONE_PRESS = frozenset(
    {
        *(Action.ACKNOWLEDGE, Action.COME, Action.ARRIVE, Action.HAND_OVER, Action.GIVE_BACK),
        *(Action.NOTE, Action.RESOLVE, Action.CLOSE, Action.REOPEN),
    }
)
"""What the page offers; putting off calls belongs to the live page."""

Text = Annotated[str, Form(max_length=4000)]
Id = Annotated[int, Form(ge=1, le=BIGGEST)]


@router.post("/incidents/{number}/act", dependencies=[actors])
async def act(
    request: Request,
    number: Number,
    person: CurrentPerson,
    *,
    action: Annotated[Action, Form()],
    note: Text = "",
    to: Text = "",
    outcome: Text = "",
) -> Response:
    """One act of a supervisor."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    typed = {"note": note, "to": to, "outcome": outcome, "action": action.value}
    if action not in ONE_PRESS:
        raise HTTPException(404)
    fault = _fault(action, note, to, outcome)
    helper = await name_of(desk.services, to) if action is Action.HAND_OVER and not fault else None
    if action is Action.HAND_OVER and not fault and helper is None:
        fault = ("to", "person")
    if fault:
        return await show(
            request, desk, incident, status=422, faults={fault[0]: desk.fault(fault[1])}, typed=typed
        )
    decided = Outcome(outcome) if action is Action.CLOSE else None
    note = note.replace("\r\n", "\n").strip()
    try:
        await desk.services.responding.act(
            number, Act(action, person.name, person.login, note, helper, None, decided)
        )
    except Already:
        return lead(f"/incidents/{number}", "already", "next")
    except BadAct:
        return await show(
            request, desk, incident, status=422, faults={"note": desk.fault("long")}, typed=typed
        )
    return lead(f"/incidents/{number}", "done", "next")


def _fault(action: Action, note: str, to: str, outcome: str) -> tuple[str, str] | None:
    if action in (Action.NOTE, Action.REOPEN) and not note.strip():
        return "note", "words"
    if action is Action.HAND_OVER and not to:
        return "to", "person"
    if action is Action.CLOSE and outcome not in list(Outcome):
        return "outcome", "outcome"
    return None


@router.post("/incidents/{number}/steps", dependencies=[writers])
async def press_step(
    request: Request,
    number: Number,
    person: CurrentPerson,
    *,
    step: Text = "",
    way: Text = "",
    note: Text = "",
) -> Response:
    """One press on the card of the guided response, also that 110 was called."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    try:
        await desk.keeping.press(number, step, person, note.replace("\r\n", " "), way)
    except Locked:
        return lead(f"/incidents/{number}", "already", "guide")
    except BadStep:
        faults = {"step": desk.fault("step")}
        return await show(request, desk, incident, status=422, faults=faults, typed={"call-note": note})
    return lead(f"/incidents/{number}", "done", "guide")


@router.post("/incidents/{number}/steps/undo", dependencies=[writers])
async def undo_step(request: Request, number: Number, person: CurrentPerson, line: Id) -> Response:
    """A press was a mistake."""
    desk = desk_of(request, person)
    await desk.incident(number)
    try:
        await desk.keeping.undo(number, line, person)
    except (BadStep, Locked):
        return lead(f"/incidents/{number}", "already", "guide")
    return lead(f"/incidents/{number}", "undone", "guide")


@router.post("/incidents/{number}/tasks", dependencies=[writers])
async def add_task(
    request: Request,
    number: Number,
    person: CurrentPerson,
    *,
    kind: Text = "",
    text: Text = "",
    owner: Text = "",
    due: Text = "",
    task: Annotated[int, Form(ge=0, le=BIGGEST)] = 0,
) -> Response:
    """A new task, or with ``task`` other words for one."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    typed = {"kind": kind, "text": text, "owner": owner, "due": due, "task": str(task)}
    try:
        until = date.fromisoformat(due) if due else None
    except ValueError:
        faults = {"due": desk.fault("due")}
        return await show(request, desk, incident, status=422, faults=faults, typed=typed)
    wanted = Task(task, kind, text.strip(), owner.strip(), until)
    try:
        if task:
            await desk.keeping.change_task(number, wanted, person)
        else:
            await desk.keeping.add_task(number, wanted, person)
    except BadTask as error:
        faults = {error.field: desk.fault(error.field)}
        return await show(request, desk, incident, status=422, faults=faults, typed=typed)
    except NoSuchTask as error:
        raise HTTPException(404) from error
    except Locked:
        return lead(f"/incidents/{number}", "already", "tasks")
    return lead(f"/incidents/{number}", "saved", "tasks")


@router.post("/incidents/{number}/tasks/done", dependencies=[writers])
async def finish_task(
    request: Request, number: Number, person: CurrentPerson, task: Id, done: Text = "1"
) -> Response:
    """A task is done, or not after all."""
    desk = desk_of(request, person)
    await desk.incident(number)
    try:
        await desk.keeping.finish_task(number, task, done == "1", person)
    except NoSuchTask as error:
        raise HTTPException(404) from error
    except Locked:
        return lead(f"/incidents/{number}", "already", "tasks")
    return lead(f"/incidents/{number}", "saved", "tasks")


@router.post("/incidents/{number}/approval", dependencies=[writers])
async def approve(
    request: Request,
    number: Number,
    person: CurrentPerson,
    *,
    do: Annotated[Move, Form()],
    remark: Text = "",
) -> Response:
    """Hand in, approve, return with a remark, open again."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    if not may_move(person, do):
        raise HTTPException(404)
    try:
        await desk.keeping.approve(number, do, person, remark.replace("\r\n", "\n"))
    except NeedsWords:
        faults, typed = {"remark": desk.fault("remark")}, {"remark": remark, "do": do.value}
        return await show(request, desk, incident, status=422, faults=faults, typed=typed)
    except NotYours:
        return lead(f"/incidents/{number}", "not-yours", "approval")
    except (NotNow, Locked):
        return lead(f"/incidents/{number}", "already", "approval")
    return lead(f"/incidents/{number}", "done", "approval")


def may_move(person: Person, do: Move) -> bool:
    """Staff hand in; to approve, to return and to open again is for supervisors."""
    return person.role is Role.SUPERVISOR or do is Move.SUBMIT


@router.post("/incidents/{number}/cases", dependencies=[actors])
async def link_case(
    request: Request, number: Number, person: CurrentPerson, case: Id, belongs: Text = "1"
) -> Response:
    """It belongs to a case, or does not after all."""
    desk = desk_of(request, person)
    await desk.incident(number)
    site = desk.services.house.site
    try:
        found = await desk.services.store.read(lambda tx: stored_cases.get(tx, site, case))
    except NoSuchCase as error:
        raise HTTPException(404) from error
    if not cases.may_write(person, found):
        raise HTTPException(404)
    try:
        await desk.keeping.link(number, case, person, belongs=belongs == "1")
    except Locked:
        return lead(f"/incidents/{number}", "already", "cases")
    return lead(f"/incidents/{number}", "linked" if belongs == "1" else "unlinked", "cases")
