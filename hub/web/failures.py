"""What is answered when a request fails: pages to people, JSON to programs."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response

from hub.store.errors import StoreError
from hub.web.api.recordings import Off, recordings_off
from hub.web.auth import NotAllowed, NotSignedIn
from hub.web.pages.rendering import problem

_log = structlog.get_logger()


def add_failures(app: FastAPI) -> None:
    """Add the handlers to the application."""
    app.add_exception_handler(NotSignedIn, _sign_in_first)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(StoreError, _store_away)
    app.add_exception_handler(Off, recordings_off)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(404, _not_found)
    app.add_exception_handler(405, _no_such_method)
    app.add_exception_handler(Exception, _failed)


def _for_people(request: Request) -> bool:
    """Whether a person looks at the answer; a browser says so when it sends a form."""
    if request.url.path.startswith("/api/"):
        return False
    accepted = request.headers.get("accept", "*/*")
    reads = request.method in ("GET", "HEAD")
    return "text/html" in accepted or (reads and "*/*" in accepted)


async def _sign_in_first(request: Request, _error: Exception) -> Response:
    if not _for_people(request):
        return JSONResponse({"error": "sign-in"}, 401)
    there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in ("GET", "HEAD"):
        there = "/"  # nobody is led to an address that only takes forms
    return RedirectResponse(f"/sign-in?next={quote(there, safe='')}", 303)


async def _not_allowed(request: Request, _error: Exception) -> Response:
    if _for_people(request):
        return problem(request, 403)
    return JSONResponse({"error": "role"}, 403)


async def _not_found(request: Request, _error: Exception) -> Response:
    if _for_people(request):
        return problem(request, 404)
    return JSONResponse({"error": "not-found"}, 404)


async def _no_such_method(request: Request, error: Exception) -> Response:
    # An address that only takes forms, typed in or kept as a bookmark.
    if _for_people(request):
        return problem(request, 404)
    allowed = getattr(error, "headers", None)
    return JSONResponse({"error": "method"}, 405, allowed)


async def _not_valid(request: Request, error: Exception) -> Response:
    if _for_people(request) or not isinstance(error, RequestValidationError):
        return problem(request, 422)
    return await request_validation_exception_handler(request, error)


async def _failed(request: Request, _error: Exception) -> Response:
    # The error itself is raised on, and logged, by the server.
    if _for_people(request):
        return problem(request, 500)
    return JSONResponse({"error": "internal"}, 500)


async def _store_away(request: Request, error: Exception) -> Response:
    _log.error("request_without_store", path=request.url.path, why=str(error))
    if _for_people(request):
        return problem(request, 503)
    return JSONResponse({"error": "store"}, 503)
