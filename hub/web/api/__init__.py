"""``/api/v1``: everything that pages and other programs ask the hub for. Every route declares its roles."""

from fastapi import APIRouter

from hub.web.api import calling, drills, incidents, notifiers, operation, session, stream, units

ROUTERS: tuple[APIRouter, ...] = (
    operation.router,
    session.router,
    stream.router,
    incidents.router,
    units.router,
    drills.router,
    calling.router,
    notifiers.router,
)
