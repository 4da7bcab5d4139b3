"""``/api/v1``: everything that pages and other programs ask the hub for. Every route declares its roles."""

from fastapi import APIRouter

from hub.web.api import (
    calling,
    drills,
    exports,
    incidents,
    ledger,
    notifiers,
    operation,
    recordings,
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
    exports.router,  # before those of incidents, whose acts have any name
    incidents.router,
    units.router,
    drills.router,
    calling.router,
    notifiers.router,
    uploads.router,
    recordings.router,
    sound.router,
    ledger.router,
)
