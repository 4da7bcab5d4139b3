"""The settings pages: areas, counters, who is called, limits, people, texts. For administrators."""

from fastapi import APIRouter

from hub.web.pages.settings import calling, limits, people, places

ROUTERS: tuple[APIRouter, ...] = (people.router, calling.router, limits.router, places.router)
