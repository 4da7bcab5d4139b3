"""Where units send their recordings. The signature of the unit is the right; nobody signs in."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect

from hub.recordings.upload import Upload
from hub.web.api.common import REFUSALS, Refusal, services
from hub.web.auth import public
from wire.evidence.line import SEGMENTS_MAX

router = APIRouter(
    prefix="/api/v1/recordings",
    tags=["recordings"],
    responses=REFUSALS | {status: {"model": Refusal} for status in (408, 507)},
)

PATIENCE_S = 120.0
"""How long a segment may take to arrive."""

RecordingName = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Index = Annotated[int, Path(ge=0, lt=SEGMENTS_MAX)]


@router.put("/{recording}/segments/{index}", dependencies=[public])
async def put_segment(request: Request, recording: RecordingName, index: Index) -> Response:
    """A signed line, a line's end, the sealed bytes. 200 only after it is durable and committed."""
    parts = services(request).recordings
    if parts is None or parts.intake is None:
        return JSONResponse({"error": "off"}, 503)
    try:
        async with asyncio.timeout(PATIENCE_S):
            answer = await parts.intake.take(recording, index, Upload(request.stream()))
    except ClientDisconnect:
        return JSONResponse({"error": "gone"}, 400)
    except TimeoutError:
        return JSONResponse({"error": "late"}, 408)
    return JSONResponse(dict(answer.body), answer.status)
