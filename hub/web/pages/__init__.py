"""The pages that people see, in the language of whoever looks. Every route declares its roles."""

from fastapi import APIRouter, FastAPI

from hub.web.pages import exports, ledger, live, recordings, sign_in
from hub.web.pages.rendering import Pages, pages_of, problem
from hub.web.services import Services

ROUTERS: tuple[APIRouter, ...] = (
    live.router,
    sign_in.router,
    recordings.router,
    ledger.router,
    exports.router,
)

__all__ = ["add_pages", "pages_of", "problem"]


def add_pages(app: FastAPI, services: Services) -> None:
    """Add the pages to the application. Raises ``OSError``, ``PoFileError`` or ``TemplateError``."""
    app.state.pages = Pages(services)
    for router in ROUTERS:
        app.include_router(router)
