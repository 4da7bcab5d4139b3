"""The ledger as a page: who did what with which recording, and the roots of the days."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from hub.evidence.rights import LEDGER_READERS
from hub.recording_views import day_view, line_view
from hub.store import recordings_ledger as stored
from hub.web.api.common import BIGGEST
from hub.web.auth import CurrentPerson, needs
from hub.web.pages.recordings import desk_of
from hub.web.pages.rendering import pages_of
from hub.web.recording_words import ACTS, reason_of

router = APIRouter()

SHOWN = 100
DAYS_SHOWN = 14

Before = Annotated[int | None, Query(ge=1, le=BIGGEST)]
Subject = Annotated[str | None, Query(min_length=1, max_length=64, pattern=r"^[!-~]+$")]


@router.get("/ledger", dependencies=[needs(*LEDGER_READERS)])
async def ledger_page(
    request: Request, person: CurrentPerson, before: Before = None, subject: Subject = None
) -> Response:
    """Newest first."""
    desk = desk_of(request)
    hub, site = desk.services, desk.services.house.site
    found = await hub.store.read(
        lambda tx: stored.page(tx, site, before=before, subject=subject, limit=SHOWN)
    )
    days = await hub.store.read(lambda tx: stored.days(tx, site, DAYS_SHOWN))
    return pages_of(request).render(
        request,
        "ledger.html",
        person,
        acts=ACTS,
        dates=desk.dates,
        days=[day_view(day) for day in days],
        lines=[
            line_view(line, kept) | {"reason": reason_of(line.act, line.reason, desk.words)}
            for line, kept in found
        ],
        further=found[-1][0].seq if len(found) == SHOWN else None,
        stamping=hub.settings.recordings is not None and hub.settings.recordings.timestamp_url is not None,
        subject=subject,
    )
