"""The ledger, for those who look after the others."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field, StringConstraints

from hub.evidence.rights import LEDGER_READERS
from hub.recording_views import day_view, line_view
from hub.store import recordings_ledger as stored
from hub.web.api.common import BIGGEST, REFUSALS, Asked, none, services
from hub.web.auth import needs

router = APIRouter(prefix="/api/v1/ledger", tags=["ledger"], responses=REFUSALS)

_READERS = needs(*LEDGER_READERS)


class Search(Asked):
    """Which lines are asked for; absent: all."""

    before: Annotated[int, Field(ge=1, le=BIGGEST)] | None = None
    subject: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[!-~]+$")] | None = None
    limit: Annotated[int, Field(ge=1, le=stored.SHOWN_MAX)] = 100


@router.get("", dependencies=[_READERS])
async def show_ledger(request: Request, asked: Annotated[Search, Query()]) -> Response:
    """Newest first; ``next`` is the ``before`` of the next page, null on the last."""
    hub = services(request)
    found = await hub.store.read(
        lambda tx: stored.page(
            tx, hub.house.site, before=asked.before, subject=asked.subject, limit=asked.limit
        )
    )
    further = found[-1][0].seq if len(found) == asked.limit else None
    return JSONResponse({"lines": [line_view(line, kept) for line, kept in found], "next": further})


@router.get("/days", dependencies=[_READERS])
async def show_days(request: Request) -> Response:
    """The roots of the days that are over (UTC), newest first."""
    hub = services(request)
    found = await hub.store.read(lambda tx: stored.days(tx, hub.house.site))
    return JSONResponse({"days": [day_view(day) for day in found]})


@router.get("/days/{day}/stamp", dependencies=[_READERS])
async def show_stamp(request: Request, day: str) -> Response:
    """The time stamp of a day's root as the authority gave it (DER, RFC 3161)."""
    hub = services(request)
    found = await hub.store.read(lambda tx: stored.day_of(tx, hub.house.site, day[:10]))
    if found is None or found.stamp is None:
        return none()
    return Response(found.stamp, media_type="application/timestamp-reply")
