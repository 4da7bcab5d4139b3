"""What tells people outside: how it fares, and trying it out."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from hub.notices import ADDRESS_CHARS_MAX, Channel
from hub.notifiers.notifying import NoSuchNotifier, Notifying
from hub.people import Role
from hub.web.api.common import REFUSALS
from hub.web.auth import needs
from hub.web.i18n import language_of

router = APIRouter(prefix="/api/v1/notifiers", tags=["notifiers"], responses=REFUSALS)


def _notifying(request: Request) -> Notifying:
    notifying: Notifying = request.app.state.services.notifying
    return notifying


@router.get("", dependencies=[needs(Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)])
async def health(request: Request) -> Response:
    """How every notifier fares: ``state`` is untried, well, failing or hanging."""
    return JSONResponse({"notifiers": await _notifying(request).health()})


@router.post("/{channel}/{name}/test", dependencies=[needs(Role.ADMIN)])
async def test(
    request: Request,
    channel: Channel,
    name: Annotated[str, Path(max_length=ADDRESS_CHARS_MAX, pattern=r"^[!-~]+$")],
) -> Response:
    """Send a test, in the language of who asks. ``name`` is as in the settings; for mail, an address.

    202 with the notice's id: ``GET /api/v1/notifiers/notices/{id}`` tells what became of it.
    """
    try:
        notice = await _notifying(request).test(channel, name, "en" if language_of(request) == "en" else "ja")
    except NoSuchNotifier:
        return JSONResponse({"error": "none"}, 404)
    return JSONResponse({"id": notice}, 202)


@router.get("/notices/{notice}", dependencies=[needs(Role.ADMIN)])
async def told(
    request: Request, notice: Annotated[str, Path(max_length=96, pattern=r"^[A-Za-z0-9._-]+$")]
) -> Response:
    """What became of a notice: ``state`` is due, claimed, sent, failed or replaced."""
    found = await _notifying(request).told(notice)
    return JSONResponse({"error": "none"}, 404) if found is None else JSONResponse(found)
