"""The web application: routes, what each may be used by, and the headers of every answer."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from hub.clock import Clock
from hub.live import Board
from hub.responding import Responding
from hub.settings import Settings
from hub.store.database import Store
from hub.store.errors import StoreError
from hub.web import api, pages, stream
from hub.web.auth import Gate, Needs, NotAllowed, NotSignedIn, Public
from hub.web.guard import Guard

_log = structlog.get_logger()

STATIC = Path(__file__).with_name("static")


async def _nothing() -> None:
    """An extension that has nothing to start or stop."""


@dataclass(frozen=True)
class Extension:
    """Pages that are added to the hub without the hub knowing them, as the demo's virtual counters."""

    name: str
    """Lower-case word; ``static`` is served at ``/static/{name}``."""
    router: APIRouter
    """Every route declares its role, as the hub's own do."""
    templates: Path | None = None
    static: Path | None = None
    navigation: Sequence[tuple[str, str]] = ()
    """``(href, msgid)`` of its links in the header."""
    start: Callable[[], Awaitable[None]] = _nothing
    stop: Callable[[], Awaitable[None]] = _nothing


@dataclass(frozen=True)
class Services:
    """What routes work with; in ``request.app.state.services``."""

    settings: Settings
    clock: Clock
    board: Board
    """What the live page shows: ``board.snapshot()`` is the body of ``GET /api/v1/live``."""
    responding: Responding
    """What people do with incidents."""
    gate: Gate
    store: Store
    ready: Callable[[], Awaitable[bool]]
    """Whether the broker is connected and the store can be written."""
    extensions: Sequence[Extension] = field(default=())


class UndeclaredRoute(Exception):
    """A route does not say who may use it."""


def create_app(services: Services) -> FastAPI:
    """The application with the hub's own routes, the pages and the extensions.

    Raises ``UndeclaredRoute`` when a route does not say who may use it.
    """
    app = FastAPI(title="Madomori", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.include_router(api.router)
    app.include_router(stream.router)
    pages.add_pages(app, services)
    for extension in services.extensions:
        app.include_router(extension.router)
    _check_declared(app.routes)
    # Files hold no secrets; they are mounted after the check, which refuses every other mount.
    for extension in services.extensions:
        if extension.static is not None:
            app.mount(f"/static/{extension.name}", StaticFiles(directory=extension.static))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(NotSignedIn, _sign_in_first)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(StoreError, _store_away)
    app.add_middleware(Guard)
    return app


def _check_declared(routes: Sequence[BaseRoute]) -> None:
    for context in iter_route_contexts(routes):
        route = context.route
        declared = isinstance(route, APIRoute) and any(
            isinstance(dependency.dependency, Needs | Public) for dependency in context.dependencies
        )
        if not declared:
            raise UndeclaredRoute(f"{context.path} must declare needs(role, …) or public in its dependencies")


def _is_page(request: Request) -> bool:
    accepted = request.headers.get("accept", "*/*")
    return (
        request.method in ("GET", "HEAD")
        and not request.url.path.startswith("/api/")
        and ("text/html" in accepted or "*/*" in accepted)
    )


async def _sign_in_first(request: Request, _error: Exception) -> Response:
    if not _is_page(request):
        return JSONResponse({"error": "sign-in"}, 401)
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(there, safe='')}", 303)


async def _not_allowed(request: Request, _error: Exception) -> Response:
    if _is_page(request):
        return PlainTextResponse("この操作の権限がありません。 You may not use this page.", 403)
    return JSONResponse({"error": "role"}, 403)


async def _store_away(request: Request, error: Exception) -> Response:
    _log.error("request_without_store", path=request.url.path, why=str(error))
    if _is_page(request):
        return PlainTextResponse("データベースに接続できません。 The database cannot be reached.", 503)
    return JSONResponse({"error": "store"}, 503)
