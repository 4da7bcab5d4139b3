"""The pages that people see, in the language of whoever looks. Every route declares its roles."""

from fastapi import APIRouter, FastAPI

from hub.web.pages import (
    account,
    audit,
    case_meetings,
    cases,
    exports,
    incident,
    incident_acts,
    incident_record,
    incidents,
    ledger,
    live,
    manifest,
    plans,
    recordings,
    settings,
    sign_in,
    statistics,
    units,
)
from hub.web.pages.rendering import Pages, pages_of, problem
from hub.web.services import Services

ROUTERS: tuple[APIRouter, ...] = (
    live.router,
    manifest.router,
    plans.router,
    sign_in.router,
    account.router,
    audit.router,
    statistics.router,
    *settings.ROUTERS,
    *units.ROUTERS,
    incidents.router,
    incident.router,
    incident_acts.router,
    incident_record.router,
    case_meetings.router,
    cases.router,
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
