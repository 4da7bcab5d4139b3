"""Renders templates with what every page needs: words, navigation, the person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.datastructures import QueryParams

from hub.people import Person
from hub.web.i18n import language_of, remember_language
from hub.web.packing import pack
from hub.web.pages.navigation import NAVIGATION, Link
from hub.web.script_words import modules_of, msgids_of
from hub.web.services import Services
from hub.words import LANGUAGES, Words, read_words

TEMPLATES = Path(__file__).parents[1] / "templates"
STATIC = Path(__file__).parents[1] / "static"
PAGES_MAX = 10_000


class Pages:
    """Renders templates with what every page needs: words, navigation, the person."""

    def __init__(self, services: Services) -> None:
        self._words = read_words()
        self._zone = services.settings.time_zone
        self._scripts = {file.name: modules_of(STATIC, file.name) for file in STATIC.glob("*.js")}
        self._msgids = {name: msgids_of(STATIC, name) for name in self._scripts}
        self._navigation = list(NAVIGATION)
        folders = {}
        for extension in services.extensions:
            self._navigation += [Link(href, label) for href, label in extension.navigation]
            if extension.templates is not None:
                folders[extension.name] = FileSystemLoader(extension.templates)
        self._templates = Environment(
            loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(folders)]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        for file in sorted(TEMPLATES.glob("*.html")):
            self._templates.get_template(file.name)  # read now: a faulty one stops the start

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
                "navigation": [link for link in self._navigation if person and person.role in link.roles],
                "path": request.url.path,
                "person": person,
                "static": _static,
                "modules_of": self._scripts.__getitem__,
                "words_of": lambda script: self._said_by(script, words),
                "zone": self._zone,
                "wall": request.query_params.get("wall") == "1",
            }
            | context
        )
        response = HTMLResponse(html, status)
        remember_language(request, response)
        pack(request, response)
        return response

    def _said_by(self, script: str, words: Words) -> dict[str, str]:
        return {
            msgid: words.entries[msgid] for msgid in sorted(self._msgids[script]) if msgid in words.entries
        }

    def _choice(self, request: Request, language: str) -> dict[str, str]:
        address = request.url.include_query_params(lang=language)
        return {
            "language": language,
            "name": self._words[language].own_name,
            "href": f"{address.path}?{address.query}",
        }


def pages_of(request: Request) -> Pages:
    """The renderer of the application that got the request; for extensions too."""
    pages: Pages = request.app.state.pages
    return pages


def problem(request: Request, status: int) -> HTMLResponse:
    """A page that says what is wrong and what to do, for a status of 403, 404, 422, 500 or 503."""
    pages = pages_of(request)
    words = pages.words(request)
    title, advice = {
        403: (
            words("You may not use this page"),
            words("Please ask your administrator, or sign in as somebody else."),
        ),
        404: (words("There is no such page"), words("Please go back to the live page.")),
        422: (
            words("This cannot be taken"),
            words("Something in the address or the form does not fit. Please go back and check it."),
        ),
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
    sign_in = getattr(request.state, "sign_in", None)
    person = sign_in.person if sign_in is not None else None
    shown = {"title": title, "advice": advice, "forbidden": status == 403}
    return pages.render(request, "problem.html", person, status, **shown)


def _static(name: str) -> str:
    return f"/static/{name}"


def page_of(given: QueryParams) -> int:
    """Which page of a list an address asks for, from 1."""
    text = given.get("page", "1")
    return max(1, min(int(text), PAGES_MAX)) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
