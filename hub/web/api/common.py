"""What the routes of the API share: parameters within bounds, bodies, refusals."""

from typing import Annotated, Any

from fastapi import Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints

from hub.people import Person
from hub.web.rights import may_see
from hub.web.services import Services
from wire.messages.base import Instant, Name

BIGGEST = 2**53 - 1

Number = Annotated[int, Path(ge=1, le=BIGGEST)]
"""Of an incident, a trouble, a drill …"""

UnitName = Annotated[Name, Path()]

Words = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
"""Free text of a person; it may have lines."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$")]


Moment = Instant
"""A time with its zone, ISO 8601; the years 1970 to 2999."""


class Asked(BaseModel):
    """A body whose every field is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Refusal(BaseModel):
    """Why not."""

    model_config = ConfigDict(extra="allow")

    error: str
    """A word for programs: none, already, bad …"""
    why: str | None = None
    """For people who write programs, in English."""


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}
"""What every route may answer besides what it promises."""


def services(request: Request) -> Services:
    """The hub's parts."""
    found: Services = request.app.state.services
    return found


def person(request: Request) -> Person:
    """Who is signed in."""
    found: Person = request.state.sign_in.person
    return found


def concerns(request: Request, unit: str) -> bool:
    """Whether what happens at a unit concerns who asks."""
    return may_see(person(request), services(request).house.area_of.get(unit))


def none() -> JSONResponse:
    """There is none of that number or name."""
    return JSONResponse({"error": "none"}, 404)


def bad(error: Exception) -> JSONResponse:
    """It cannot be done as asked; the message says what may be."""
    return JSONResponse({"error": "bad", "why": str(error)}, 422)
