"""An incident with its recordings, taken away as one file that can be checked without this hub."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from hub.evidence.rights import EXPORTERS
from hub.recordings.refusals import NotAllowed
from hub.store.incidents import NoSuchIncident
from hub.web.api.common import REFUSALS, Asked, Line, Number, none, person, services
from hub.web.api.recordings import Off, Reason
from hub.web.auth import needs
from hub.web.export.exporting import Exporting, Sending
from hub.web.export.report import Asked as Wanted
from hub.web.export.typeset import NotTypeset

router = APIRouter(prefix="/api/v1/incidents", tags=["exports"], responses=REFUSALS)


class Why(Asked):
    """An export needs a reason and what it is based on; both are written into the ledger and the report."""

    reason: Reason
    basis: Line
    """Law, request or decision, with its number."""
    recipient: Line | None = None
    """To whom it is given: then it is entered into the register of disclosures."""


@router.post("/{number}/exports", dependencies=[needs(*EXPORTERS)], response_class=Response)
async def export(request: Request, number: Number, asked: Why) -> Response:
    """One ZIP: recordings, manifests, ledger, report. It is made while it is sent."""
    wanted = Wanted(asked.reason, asked.basis, asked.recipient or "")
    try:
        return sent(await exporting(request).begin(person(request), number, wanted))
    except NoSuchIncident:
        return none()
    except NotAllowed:
        return JSONResponse({"error": "role"}, 403)
    except NotTypeset as error:
        return JSONResponse({"error": "report", "why": str(error)}, 503)


def exporting(request: Request) -> Exporting:
    """Raises ``Off``."""
    found = services(request).exporting
    if found is None:
        raise Off
    return found


def sent(sending: Sending) -> StreamingResponse:
    """The file, chunk for chunk."""
    headers = {"content-disposition": f'attachment; filename="{quote(sending.name)}"'}
    return StreamingResponse(sending.chunks, media_type="application/zip", headers=headers)
