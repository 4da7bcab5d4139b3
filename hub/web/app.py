"""The web application: routes, what each may be used by, and the headers of every answer."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from hub.web import pages
from hub.web.api import ROUTERS
from hub.web.auth import Needs, Public
from hub.web.failures import add_failures
from hub.web.guard import Guard
from hub.web.packing import PackedFiles
from hub.web.services import Services

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
    app.mount("/static", PackedFiles(STATIC))
    add_failures(app)
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
