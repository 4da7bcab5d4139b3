"""For those who run the hub: is it alive, is it ready, how does it fare, what can it be asked."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from hub.web.api.common import services
from hub.web.auth import everybody, public

router = APIRouter(tags=["operation"])


@router.get("/healthz", dependencies=[public])
async def healthz() -> Response:
    """The process lives."""
    return PlainTextResponse("ok\n")


@router.get("/readyz", dependencies=[public], responses={503: {}})
async def readyz(request: Request) -> Response:
    """Broker connected, store writable. Why not is for the log: here everybody may ask."""
    ready = await services(request).ready()
    return PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)


@router.get("/metrics", dependencies=[public], responses={503: {}})
async def metrics(request: Request) -> Response:
    """For Prometheus, in its text format: numbers of the hub, no names of people or places."""
    text, kind = await services(request).metrics.render()
    return Response(text, headers={"content-type": kind})


@router.get("/api/v1/openapi.json", dependencies=[everybody], include_in_schema=False)
async def openapi(request: Request) -> Response:
    """What the API can be asked, as OpenAPI 3.1."""
    return JSONResponse(request.app.openapi())
