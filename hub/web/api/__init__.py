"""``/api/v1``: everything that pages and other programs ask the hub for. Every route declares its roles."""

from fastapi import APIRouter

from hub.web.api import (
    calling,
    cases,
    drills,
    exports,
    incidents,
    ledger,
    notifiers,
    operation,
    recordings,
    records,
    session,
    sound,
    stream,
    units,
    uploads,
)

ROUTERS: tuple[APIRouter, ...] = (
    operation.router,
    session.router,
    stream.router,
    exports.router,  # these two before incidents, whose acts have any name
    records.router,
    incidents.router,
    cases.router,
    units.router,
    drills.router,
    calling.router,
    notifiers.router,
    uploads.router,
    recordings.router,
    sound.router,
    ledger.router,
)
