"""The pages of units: how each is, what it is asked, drills, planned work, what was refused."""

from fastapi import APIRouter

from hub.web.pages.units import drills, fleet, works

ROUTERS: tuple[APIRouter, ...] = (drills.router, works.router, fleet.router)
