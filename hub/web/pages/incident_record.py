"""Writing the record of an incident, and what it was before: every revision with its author."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import FormData

from hub.incidents import Incident
from hub.keeping import Conflict, Locked
from hub.people import Role
from hub.record import kinds, report
from hub.record.report import BadReport, Piece, Report
from hub.store import record_reports
from hub.store.record_reports import Kept, Revision
from hub.web.auth import CurrentPerson
from hub.web.pages.incident import Number
from hub.web.pages.record_common import Desk, desk_of, lead, readers, said_of, writers
from hub.web.pages.rendering import pages_of
from hub.web.timeline_words import TimelineWords

router = APIRouter()


@router.get("/incidents/{number}/record", dependencies=[writers])
async def record_form(request: Request, number: Number, person: CurrentPerson) -> Response:
    """The form, with what is kept; of an incident nobody has written about, with what the machines know."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    kept = await desk.services.store.read(lambda tx: record_reports.load(tx, number))
    if not kept.approval.open or incident.merged_into is not None:
        return lead(f"/incidents/{number}", "locked", "record")
    desk.services.writing.seen(number, person, desk.services.clock.now().wall)
    given = kept.report if kept.revision else _known(desk, incident)
    return _form(request, desk, incident, kept.revision, given)


@router.post("/incidents/{number}/record", dependencies=[writers])
async def write_record(request: Request, number: Number, person: CurrentPerson) -> Response:
    """Keep what was written. Where two people changed the same field, both texts are shown side by side."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    form = await request.form(max_files=0, max_fields=200)
    given, base = _given(form), _base(form)
    try:
        written = await desk.keeping.write(number, base, given, person)
    except BadReport as error:
        faults = {error.field: desk.fault("field")}
        return _form(request, desk, incident, base, given, status=422, faults=faults)
    except Locked:
        # What was typed must not be lost because somebody handed the record in meanwhile.
        return _form(request, desk, incident, base, given, status=409, locked=True)
    except Conflict as conflict:
        return _form(
            request, desk, incident, conflict.theirs.revision, conflict.woven, status=409, conflict=conflict
        )
    desk.services.writing.left(number, person)
    return lead(f"/incidents/{number}", "taken" if written.taken else "saved", "record")


@router.post("/incidents/{number}/record/writing", dependencies=[writers])
async def still_writing(
    request: Request, number: Number, person: CurrentPerson, typed: Annotated[bool, Form()] = False
) -> JSONResponse:
    """A page with the form says that it is open, and is told who else has it open, in words."""
    desk = desk_of(request, person)
    await desk.incident(number)
    desk.services.writing.seen(number, person, desk.services.clock.now().wall, typed=typed)
    return JSONResponse({"others": _others(desk, number)})


def _others(desk: Desk, number: int) -> list[str]:
    now = desk.services.clock.now().wall
    lines = []
    for writer in desk.services.writing.others(number, desk.person, now):
        if writer.typed is None:
            lines.append(desk.words("{name} has this record open, too.", name=writer.name))
        else:
            at = desk.dates.minute(writer.typed)
            lines.append(
                desk.words("{name} is writing in this record, last at {time}.", name=writer.name, time=at)
            )
    return lines


@router.get("/incidents/{number}/history", dependencies=[readers])
async def history(request: Request, number: Number, person: CurrentPerson) -> Response:
    """Every revision of the record: what went, what came, who and when."""
    desk = desk_of(request, person)
    incident = await desk.incident(number)
    revisions = await desk.services.store.read(lambda tx: record_reports.revisions(tx, number))
    return pages_of(request).render(
        request,
        "incident-history.html",
        person,
        incident=incident,
        place=desk.place(incident.unit),
        changes=_changes(desk, revisions),
        dates=desk.dates,
    )


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field."""

    label: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Change:
    """One revision against the one before it."""

    revision: Revision
    fields: list[FieldChange]


def _changes(desk: Desk, revisions: list[Revision]) -> list[Change]:
    """Newest first."""
    said = TimelineWords(desk.words, desk.dates)
    before: Report = {}
    found = []
    for revision in revisions:
        fields = [
            FieldChange(
                label(said, name),
                report.pieces(_shown(desk, name, before), _shown(desk, name, revision.report)),
            )
            for name in report.changed(before, revision.report)
        ]
        found.append(Change(revision, fields))
        before = revision.report
    return found[::-1]


def label(said: TimelineWords, name: str) -> str:
    """What a field is called; of the definition with the test."""
    test = name.partition("-")[2]
    if test in kinds.TESTS:
        return f"{said.field(name)}: {said.words(kinds.TESTS[test])}"
    return said.field(name)


def _shown(desk: Desk, name: str, of: Report) -> str:
    text = of.get(name, "")
    if name == report.KINDS_FIELD:
        return "\n".join(f"{code} {desk.words(kinds.BY_CODE[code].name)}" for code in report.kinds_of(of))
    if name.startswith("test-"):
        return desk.words(kinds.VERDICTS[kinds.Verdict(text)]) if text else ""
    return text


def _known(desk: Desk, incident: Incident) -> dict[str, str]:
    """What need not be typed."""
    until = f"–{desk.dates.minute(incident.last)}" if incident.last > incident.opened else ""
    when = f"{desk.dates.both(incident.opened)} {desk.dates.minute(incident.opened)}{until}"
    return {"when": when, "where": desk.place(incident.unit)}


def _given(form: FormData) -> dict[str, str]:
    """The report's fields of the form; codes that were ticked come as many fields of one name."""
    given = {name: str(form.get(name, "")) for name in report.ALL_FIELDS if name in form}
    given[report.KINDS_FIELD] = ",".join(str(code) for code in form.getlist(report.KINDS_FIELD))
    return given


def _base(form: FormData) -> int:
    sent = str(form.get("base", "0"))
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else 0


def _form(
    request: Request,
    desk: Desk,
    incident: Incident,
    base: int,
    given: Mapping[str, str],
    **state: Any,
) -> Response:
    conflict: Conflict | None = state.get("conflict")
    theirs: Kept | None = conflict.theirs if conflict is not None else None
    said = TimelineWords(desk.words, desk.dates)
    return pages_of(request).render(
        request,
        "incident-record.html",
        desk.person,
        state.get("status", 200),
        incident=incident,
        place=desk.place(incident.unit),
        signs=desk.signs(incident),
        base=base,
        given=given,
        chosen=report.kinds_of(given),
        fields=report.FIELDS,
        kinds=kinds.KINDS,
        groups=kinds.GROUPS,
        tests=kinds.TESTS,
        verdicts=kinds.VERDICTS,
        note_max=report.NOTE_CHARS_MAX,
        text_max=report.TEXT_CHARS_MAX,
        faults=state.get("faults", {}),
        locked=state.get("locked", False),
        others=_others(desk, incident.id),
        conflicts=[
            (name, label(said, name), _shown(desk, name, theirs.report) if theirs is not None else "")
            for name in (conflict.fields if conflict is not None else ())
        ],
        dates=desk.dates,
        may_close=desk.person.role is Role.SUPERVISOR,
        said=said_of(request, desk.words),
    )
