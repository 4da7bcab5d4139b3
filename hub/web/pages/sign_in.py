"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from hub.web.auth import COOKIE, Throttled, WrongPassword, address_of, browser_of, public, set_cookie
from hub.web.i18n import keep_language
from hub.web.pages.rendering import pages_of
from hub.web.services import Services

FORM_CHARS_MAX = 400

router = APIRouter()


@router.get("/sign-in", dependencies=[public])
async def sign_in_page(request: Request) -> Response:
    """The form. Its address may carry ``next`` and, after the #, what a demo fills in."""
    there = safe_next(request.query_params.get("next", ""))
    return pages_of(request).render(request, "sign-in.html", None, next=there, login="", problem="")


Field = Annotated[str, Form(max_length=FORM_CHARS_MAX)]


@router.post("/sign-in", dependencies=[public])
async def sign_in(request: Request, login: Field = "", password: Field = "", next: Field = "/") -> Response:  # noqa: A002 - the form field's name
    """Check login and password; on success lead to where the person wanted to go."""
    services: Services = request.app.state.services
    pages = pages_of(request)
    words, there = pages.words(request), safe_next(next)
    try:
        entered = await services.gate.sign_in(login, password, address_of(request), browser_of(request))
    except WrongPassword:
        problem, status = words("Login name or password is not right, or the password was already used."), 401
    except Throttled as throttled:
        problem = words("Too many attempts. Please wait {s} seconds.", s=throttled.wait_s)
        status = 429
    else:
        response = RedirectResponse(there, 303)
        set_cookie(request, response, entered.token)
        if entered.person.language is not None:
            keep_language(request, response, entered.person.language)
        return response
    shown = {"next": there, "login": login, "problem": problem}
    return pages.render(request, "sign-in.html", None, status, **shown)


@router.post("/sign-out", dependencies=[public])
async def sign_out(request: Request) -> Response:
    """End the sign-in of this browser; public, since an expired one must be able to leave, too."""
    services: Services = request.app.state.services
    token = request.cookies.get(COOKIE)
    if token:
        await services.gate.sign_out(token, address_of(request))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def safe_next(address: str) -> str:
    """A path of this hub, so that a link cannot lead a fresh sign-in to another site."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside else "/"
