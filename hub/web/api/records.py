"""What people write about an incident: its record, steps of the response, tasks, approval."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

from hub.keeping import Conflict, Keeping, Locked
from hub.people import Role
from hub.record import guide
from hub.record.approval import Move, NeedsWords, NotNow, NotYours
from hub.record.guide import BadStep
from hub.record.report import BadReport
from hub.record.tasks import BadTask, Task
from hub.store import record_reports, record_tasks, timelines
from hub.store.record_tasks import NoSuchTask
from hub.views import iso
from hub.web.api.common import BIGGEST, REFUSALS, Asked, Line, Number, Words, bad, none, person, services
from hub.web.auth import needs
from hub.web.lookup import incident_for

router = APIRouter(prefix="/api/v1/incidents", tags=["records"], responses=REFUSALS)

_READERS = needs(Role.STAFF, Role.SUPERVISOR, Role.AUDITOR)
_WRITERS = needs(Role.STAFF, Role.SUPERVISOR)


class Writing(Asked):
    """A report that was made from a revision."""

    base: Annotated[int, Field(ge=0, le=BIGGEST)]
    """The revision that was read; 0 where there was none."""
    report: Annotated[dict[str, Annotated[str, Field(max_length=20_000)]], Field(max_length=40)]
    """Field to text, all of them: what is left out is empty."""


class Pressing(Asked):
    """One press of the guided response."""

    step: Annotated[str, Field(max_length=16)]
    way: Annotated[str, Field(max_length=16)] = ""
    """With ``police``: 110, station or 9110."""
    note: Words = ""


class Undoing(Asked):
    """A press that was a mistake."""

    line: Annotated[int, Field(ge=1, le=BIGGEST)]


class Doing(Asked):
    """A task."""

    kind: Annotated[str, Field(max_length=16)]
    owner: Line
    text: Annotated[str, Field(max_length=400)] = ""
    due: date | None = None


class Moving(Asked):
    """A step of the approval."""

    do: Move
    remark: Words = ""


@router.get("/{number}/record", dependencies=[_READERS])
async def show_record(request: Request, number: Number) -> Response:
    """Report, classification, steps, tasks and approval."""
    incident = await incident_for(services(request), person(request), number)
    if incident is None:
        return none()
    hub = services(request)
    kept = await hub.store.read(lambda tx: record_reports.load(tx, number))
    tasks = await hub.store.read(lambda tx: record_tasks.of_incident(tx, number))
    lines = await hub.store.read(lambda tx: timelines.timeline(tx, hub.house.site, number))
    steps = guide.read((line.id, line.entry) for line in lines)
    return JSONResponse(
        {
            "revision": kept.revision,
            "report": dict(kept.report),
            "stage": kept.approval.stage.value,
            "tasks": [_task(task) for task in tasks],
            "advised": steps.advised.code if steps.advised is not None else None,
            "steps": [
                {"line": p.line, "step": p.step, "at": iso(p.at), "who": p.who, "way": p.way, "note": p.note}
                for p in steps.presses
            ],
        }
    )


@router.get("/{number}/revisions", dependencies=[_READERS])
async def show_revisions(request: Request, number: Number) -> Response:
    """Every state of the report, oldest first."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    found = await services(request).store.read(lambda tx: record_reports.revisions(tx, number))
    shown = [{"revision": r.number, "at": iso(r.at), "who": r.who, "report": dict(r.report)} for r in found]
    return JSONResponse({"revisions": shown})


@router.put("/{number}/record", dependencies=[_WRITERS])
async def write_record(request: Request, number: Number, asked: Writing) -> Response:
    """409 ``conflict`` tells the fields that somebody else has changed as well, and their text."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    try:
        written = await _keeping(request).write(number, asked.base, asked.report, person(request))
    except BadReport as error:
        return bad(error)
    except Locked as error:
        return _locked(error)
    except Conflict as conflict:
        theirs = conflict.theirs
        told = {"revision": theirs.revision, "fields": list(conflict.fields), "report": dict(theirs.report)}
        return JSONResponse({"error": "conflict"} | told, 409)
    return JSONResponse({"revision": written.revision, "taken": list(written.taken)})


@router.post("/{number}/steps", dependencies=[_WRITERS], status_code=201)
async def press_step(request: Request, number: Number, asked: Pressing) -> Response:
    """announce, cease, leave, warn, police, hand-over."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    try:
        await _keeping(request).press(number, asked.step, person(request), asked.note, asked.way)
    except BadStep as error:
        return bad(error)
    except Locked as error:
        return _locked(error)
    return Response(status_code=201)


@router.post("/{number}/steps/undo", dependencies=[_WRITERS], status_code=201)
async def undo_step(request: Request, number: Number, asked: Undoing) -> Response:
    """By a further line: nothing is taken out."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    try:
        await _keeping(request).undo(number, asked.line, person(request))
    except BadStep as error:
        return bad(error)
    except Locked as error:
        return _locked(error)
    return Response(status_code=201)


@router.post("/{number}/tasks", dependencies=[_WRITERS], status_code=201)
async def add_task(request: Request, number: Number, asked: Doing) -> Response:
    """police-report, lawyer, warning-letter, other."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    new = Task(0, asked.kind, asked.text, asked.owner, asked.due)
    try:
        added = await _keeping(request).add_task(number, new, person(request))
    except BadTask as error:
        return bad(error)
    except Locked as error:
        return _locked(error)
    return JSONResponse({"id": added}, 201)


@router.put("/{number}/tasks/{task}/done", dependencies=[_WRITERS])
async def finish_task(request: Request, number: Number, task: Number) -> Response:
    """It is done."""
    return await _finish(request, number, task, done=True)


@router.delete("/{number}/tasks/{task}/done", dependencies=[_WRITERS])
async def not_done(request: Request, number: Number, task: Number) -> Response:
    """Not after all."""
    return await _finish(request, number, task, done=False)


@router.post("/{number}/approval", dependencies=[_WRITERS])
async def move(request: Request, number: Number, asked: Moving) -> Response:
    """submit, approve, return, reopen; staff may submit."""
    if await incident_for(services(request), person(request), number) is None:
        return none()
    if asked.do is not Move.SUBMIT and person(request).role is not Role.SUPERVISOR:
        return JSONResponse({"error": "role"}, 403)
    try:
        await _keeping(request).approve(number, asked.do, person(request), asked.remark)
    except NeedsWords as error:
        return bad(error)
    except (NotNow, NotYours, Locked) as error:
        return JSONResponse({"error": "cannot", "why": str(error)}, 409)
    return await show_record(request, number)


async def _finish(request: Request, number: int, task: int, *, done: bool) -> Response:
    if await incident_for(services(request), person(request), number) is None:
        return none()
    try:
        await _keeping(request).finish_task(number, task, done, person(request))
    except NoSuchTask:
        return none()
    except Locked as error:
        return _locked(error)
    return Response(status_code=204)


def _keeping(request: Request) -> Keeping:
    hub = services(request)
    return Keeping(hub.store, hub.house, hub.clock, hub.board.publish)


def _locked(error: Exception) -> JSONResponse:
    return JSONResponse({"error": "locked", "why": str(error)}, 409)


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "kind": task.kind,
        "text": task.text,
        "owner": task.owner,
        "due": task.due.isoformat() if task.due is not None else None,
        "done": iso(task.done_at),
        "done_by": task.done_by,
    }
