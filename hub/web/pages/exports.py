"""The page on which an incident is taken away. It works without scripts: the form's answer is the file."""

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from hub.evidence.rights import DISCLOSERS, EXPORTERS
from hub.people import Person
from hub.recordings.refusals import NotAllowed
from hub.store.incidents import NoSuchIncident
from hub.web.api.common import Line, Number
from hub.web.api.exports import sent
from hub.web.api.recordings import Reason
from hub.web.auth import CurrentPerson, needs
from hub.web.export.report import Asked
from hub.web.export.typeset import NotTypeset
from hub.web.pages.recordings import desk_of
from hub.web.pages.rendering import pages_of, problem
from hub.web.recording_words import END, KEPT, WHY
from wire.evidence.package import fingerprint

router = APIRouter()
_exporters = needs(*EXPORTERS)

_REASON: TypeAdapter[str] = TypeAdapter(Reason)
_LINE: TypeAdapter[str] = TypeAdapter(Line)
FORM_CHARS_MAX = 4000
REPORT_BYTES = 200_000
"""About what the report and the ledger take beside the recordings."""
EMPTY = dict.fromkeys(("reason", "basis", "recipient"), "")
FAULTLESS = EMPTY | {"report": ""}

Text = Annotated[str, Form(max_length=FORM_CHARS_MAX)]


@router.get("/incidents/{number}/export", dependencies=[_exporters])
async def export_page(request: Request, number: Number, person: CurrentPerson) -> Response:
    """What would be taken away, and the form."""
    return await _page(request, number, person, given=EMPTY, faults={})


@router.post("/incidents/{number}/export", dependencies=[_exporters])
async def export(
    request: Request,
    number: Number,
    person: CurrentPerson,
    *,
    reason: Text = "",
    basis: Text = "",
    recipient: Text = "",
) -> Response:
    """The file; or the form again, with what is wrong."""
    words, exporting = desk_of(request).words, desk_of(request).services.exporting
    given = {"reason": reason.strip(), "basis": basis.strip(), "recipient": recipient.strip()}
    faults = {}
    for name, kind in (("reason", _REASON), ("basis", _LINE), ("recipient", _LINE)):
        if name == "recipient" and not given[name]:
            continue
        try:
            kind.validate_python(given[name])
        except ValidationError:
            faults[name] = words("Please write it in one line of 3 to 400 characters.")
    if faults or exporting is None:
        return await _page(request, number, person, given=given, faults=faults, status=422)
    try:
        return sent(await exporting.begin(person, number, Asked(**given)))
    except NoSuchIncident:
        return problem(request, 404)
    except NotAllowed:
        faults["recipient"] = words("Your role may not enter a disclosure.")
    except NotTypeset as error:
        faults["report"] = str(error)
    return await _page(
        request, number, person, given=given, faults=faults, status=503 if "report" in faults else 403
    )


async def _page(
    request: Request,
    number: int,
    person: Person,
    *,
    given: dict[str, str],
    faults: dict[str, str],
    status: int = 200,
) -> Response:
    desk = desk_of(request)
    exporting = desk.services.exporting
    if desk.archive is None or exporting is None or not await exporting.may(person, number):
        return problem(request, 404)
    found = await desk.archive.of_incident(person, number)
    if found is None:
        return problem(request, 404)
    return pages_of(request).render(
        request,
        "export.html",
        person,
        status,
        number=number,
        recordings=[desk.shown(known) for known in found],
        size_mb=math.ceil((sum(known.recording.size for known in found) + REPORT_BYTES) / 1e6),
        dates=desk.dates,
        kept=KEPT,
        why=WHY,
        end=END,
        given=given,
        faults=FAULTLESS | faults,
        may_disclose=person.role in DISCLOSERS,
        fingerprint=fingerprint(exporting.hub_key),
    )
