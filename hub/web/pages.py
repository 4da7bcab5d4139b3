"""The pages that people see: the live page and the sign-in page, in the language of whoever looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined, TemplateError

from hub.people import Person, Role
from hub.web.auth import (
    COOKIE,
    CurrentPerson,
    Throttled,
    WrongPassword,
    address_of,
    everybody,
    public,
    set_cookie,
)
from hub.web.i18n import language_of, remember_language
from hub.web.paint import Paint, Place, Shown
from hub.web.services import Services
from hub.words import LANGUAGES, Words, read_words

TEMPLATES = Path(__file__).with_name("templates")
ANSWERS = frozenset({Role.SUPERVISOR})
"""Roles that may acknowledge; the API decides, the page only leaves the buttons out."""
FORM_CHARS_MAX = 400

router = APIRouter()


class Pages:
    """Renders templates with what every page needs: words, navigation, the person."""

    def __init__(self, services: Services) -> None:
        self._words = read_words()
        self._navigation = [("/", "Live page")]
        folders = {}
        for extension in services.extensions:
            self._navigation += extension.navigation
            if extension.templates is not None:
                folders[extension.name] = FileSystemLoader(extension.templates)
        self._templates = Environment(
            loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(folders)]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        for name in ("live.html", "problem.html", "sign-in.html"):
            self._templates.get_template(name)  # read now: a faulty one stops the start

    def words(self, request: Request) -> Words:
        """The words in the language of the request."""
        return self._words[language_of(request)]

    def render(
        self, request: Request, template: str, person: Person | None, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """The page. ``template`` of an extension is ``{extension}/{file}``; raises ``TemplateError``."""
        words = self.words(request)
        html = self._templates.get_template(template).render(
            {
                "_": words,
                "words": words,
                "languages": [self._choice(request, language) for language in LANGUAGES],
                "navigation": self._navigation,
                "path": request.url.path,
                "person": person,
                "static": _static,
                "wall": request.query_params.get("wall") == "1",
            }
            | context
        )
        response = HTMLResponse(html, status)
        remember_language(request, response)
        return response

    def _choice(self, request: Request, language: str) -> dict[str, str]:
        address = request.url.include_query_params(lang=language)
        return {
            "language": language,
            "name": self._words[language].own_name,
            "href": f"{address.path}?{address.query}",
        }


def add_pages(app: FastAPI, services: Services) -> None:
    """Add the pages to the application. Raises ``OSError``, ``PoFileError`` or ``TemplateError``."""
    app.state.pages = Pages(services)
    app.include_router(router)


def pages_of(request: Request) -> Pages:
    """The renderer of the application that got the request; for extensions too."""
    pages: Pages = request.app.state.pages
    return pages


def problem(request: Request, status: int) -> HTMLResponse:
    """A page that says what is wrong and what to do, for a status of 403, 404, 500 or 503."""
    pages = pages_of(request)
    words = pages.words(request)
    title, advice = {
        403: (
            words("You may not use this page"),
            words("Please ask your administrator, or sign in as somebody else."),
        ),
        404: (words("There is no such page"), words("Please go back to the live page.")),
        503: (
            words("The database cannot be reached"),
            words("Units keep their alarms until it is back. Use the telephone and tell your administrator."),
        ),
    }.get(
        status,
        (
            words("Something went wrong here"),
            words("Please try again. If it stays, tell your administrator."),
        ),
    )
    return pages.render(request, "problem.html", None, status, title=title, advice=advice)


def _static(name: str) -> str:
    return f"/static/{name}"


@router.get("/", dependencies=[everybody])
async def live_page(request: Request, person: CurrentPerson) -> Response:
    """The live page, painted once with what is known now; its script follows from there."""
    services: Services = request.app.state.services
    pages = pages_of(request)
    snapshot = await services.board.snapshot()
    paint = Paint(pages.words(request), services.clock.now().wall)
    wall = request.query_params.get("wall") == "1"
    names = {area.id: {"name": area.name, "name_en": area.name_en} for area in services.settings.areas}
    sections = group(snapshot["counters"], names, paint)
    counters = {counter["unit"]: counter for counter in snapshot["counters"]}

    def place_of(unit: str) -> Place:
        counter = counters.get(unit)
        area = names.get(counter["area"]) if counter else None
        return Place(
            number=paint.label(counter, "number") if counter else "",
            name=paint.label(counter, "name") if counter else unit,
            area=paint.label(area, "name") if area else paint.words("Not registered"),
        )

    return pages.render(
        request,
        "live.html",
        person,
        areas=sections,
        area_names=names,
        incidents=by_urgency(snapshot["incidents"]),
        may_act=person.role in ANSWERS and not wall,
        paint=paint,
        place_of=place_of,
        quarantined=snapshot["quarantined"],
        snapshot=snapshot,
    )


@dataclass(frozen=True, slots=True)
class Section:
    """The counters of one area, in the order of the settings."""

    id: str
    """Empty for counters that no area is known of."""
    label: str
    counters: list[Shown]


def group(counters: Sequence[Shown], names: dict[str, dict[str, str]], paint: Paint) -> list[Section]:
    """Sections in the order of the settings; what is not registered comes last."""
    sections = {area: Section(area, paint.label(shown, "name"), []) for area, shown in names.items()} | {
        "": Section("", paint.words("Not registered"), [])
    }
    for counter in counters:
        sections.get(counter["area"], sections[""]).counters.append(counter)
    return [section for section in sections.values() if section.counters]


def by_urgency(incidents: Sequence[Shown]) -> list[Shown]:
    """Unanswered before answered, alarms before attention, then the oldest; as ``static/alarms.js`` does."""
    return sorted(
        incidents,
        key=lambda i: (
            i["severity"] == "drill",
            i["state"] != "open",
            i["severity"] != "alarm",
            i["opened"],
            i["id"],
        ),
    )


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
        entered = await services.gate.sign_in(login, password, address_of(request))
    except WrongPassword:
        problem, status = words("Login name or password is not right, or the password was already used."), 401
    except Throttled as throttled:
        problem = words("Too many attempts. Please wait {s} seconds.", s=throttled.wait_s)
        status = 429
    else:
        response = RedirectResponse(there, 303)
        set_cookie(request, response, entered.token)
        return response
    shown = {"next": there, "login": login, "problem": problem}
    return pages.render(request, "sign-in.html", None, status, **shown)


@router.post("/sign-out", dependencies=[public])
async def sign_out(request: Request) -> Response:
    """End the sign-in of this browser; public, since an expired one must be able to leave, too."""
    services: Services = request.app.state.services
    token = request.cookies.get(COOKIE)
    if token:
        await services.gate.sign_out(token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def safe_next(address: str) -> str:
    """A path of this hub, so that a link cannot lead a fresh sign-in to another site."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside else "/"


__all__ = ["Pages", "TemplateError", "add_pages", "pages_of", "router"]
