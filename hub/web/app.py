"""The web application: routes, what each may be used by, and the headers of every answer."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from hub.store.errors import StoreError
from hub.web import pages
from hub.web.api import ROUTERS
from hub.web.api.recordings import Off, recordings_off
from hub.web.auth import Needs, NotAllowed, NotSignedIn, Public
from hub.web.guard import Guard
from hub.web.services import Services

_log = structlog.get_logger()

STATIC = Path(__file__).with_name("static")


class UndeclaredRoute(Exception):
    """A route does not say who may use it."""


def create_app(services: Services) -> FastAPI:
    """The application with the hub's own routes, the pages and the extensions.

    Raises ``UndeclaredRoute`` when a route does not say who may use it.
    """
    app = FastAPI(title="Madomori", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    for router in ROUTERS:
        app.include_router(router)
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
    app.add_exception_handler(Off, recordings_off)
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(Exception, _failed)
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
        return pages.problem(request, 403)
    return JSONResponse({"error": "role"}, 403)


async def _not_found(request: Request, _error: Exception) -> Response:
    if _is_page(request):
        return pages.problem(request, 404)
    return JSONResponse({"error": "not-found"}, 404)


async def _failed(request: Request, _error: Exception) -> Response:
    # The error itself is raised on, and logged, by the server.
    if _is_page(request):
        return pages.problem(request, 500)
    return JSONResponse({"error": "internal"}, 500)


async def _store_away(request: Request, error: Exception) -> Response:
    _log.error("request_without_store", path=request.url.path, why=str(error))
    if _is_page(request):
        return pages.problem(request, 503)
    return JSONResponse({"error": "store"}, 503)
