"""The live page's state, and signing in and out."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import JSONResponse, Response

from hub.people import BadPassword, SignIn
from hub.web.api.common import REFUSALS
from hub.web.auth import (
    COOKIE,
    CurrentPerson,
    Throttled,
    WrongPassword,
    address_of,
    browser_of,
    everybody,
    public,
    set_cookie,
)
from hub.web.live_state import live_state

router = APIRouter(tags=["session"], responses=REFUSALS)

Typed = Annotated[str, Body(max_length=400)]


@router.get("/api/v1/live", dependencies=[everybody])
async def live(request: Request, person: CurrentPerson) -> Response:
    """What the live page shows: the counters of the areas that the person answers for, their floor plans, and
    their incidents that are not resolved."""
    return JSONResponse(await live_state(request.app.state.services, person))


@router.get("/api/v1/me", dependencies=[everybody])
async def me(person: CurrentPerson) -> dict[str, str]:
    """Who is signed in."""
    return {"login": person.login, "name": person.name, "role": person.role.value}


@router.post("/api/v1/sign-in", dependencies=[public])
async def sign_in(request: Request, login: Typed, password: Typed) -> Response:
    """Body ``{"login", "password"}``; gives the person and a cookie."""
    try:
        entered = await request.app.state.services.gate.sign_in(
            login, password, address_of(request), browser_of(request)
        )
    except WrongPassword:
        return JSONResponse({"error": "wrong"}, 401)
    except Throttled as throttled:
        seconds = throttled.wait_s
        headers = {"retry-after": str(seconds)}
        return JSONResponse({"error": "throttled", "wait_s": seconds}, 429, headers)
    shown: dict[str, Any] = {"name": entered.person.name, "role": entered.person.role.value}
    response = JSONResponse(shown)
    set_cookie(request, response, entered.token)
    return response


@router.post("/api/v1/sign-out", dependencies=[everybody])
async def sign_out(request: Request) -> Response:
    """End this sign-in."""
    await request.app.state.services.gate.sign_out(request.cookies[COOKIE], address_of(request))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.post("/api/v1/me/password", dependencies=[everybody])
async def set_password(request: Request, password: Annotated[str, Body(embed=True)]) -> Response:
    """Body ``{"password"}``: choose a password of one's own; every other sign-in of the person ends."""
    mine: SignIn = request.state.sign_in
    try:
        await request.app.state.services.gate.set_password(mine, password, address_of(request))
    except BadPassword as error:
        return JSONResponse({"error": "password", "why": str(error)}, 422)
    return Response(status_code=204)
