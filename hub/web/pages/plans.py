"""Floor plans: an administrator uploads a drawing of an area and puts its counters where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from hub.people import Role
from hub.pictures import BYTES_MAX, BadPicture
from hub.plans import Plan, Spot
from hub.settings import Counter
from hub.web.auth import CurrentPerson, everybody, needs
from hub.web.pages.rendering import pages_of, problem
from hub.web.rights import may_see
from hub.web.services import Services
from hub.words import Words
from wire.messages.base import Name

router = APIRouter(prefix="/plans")

_ADMIN = needs(Role.ADMIN)
_PICTURE_HEADERS = {
    # The picture is what somebody uploaded: whatever it holds, it can do nothing.
    "content-security-policy": "default-src 'none'; sandbox",
    "content-disposition": "inline",
}
AreaName = Annotated[Name, Path()]


@dataclass(frozen=True, slots=True)
class Row:
    """One counter of the form, as it was typed; percent of the drawing, empty: not on it."""

    unit: str
    label: str
    x: str = ""
    y: str = ""
    fault: str = ""


@router.get("", dependencies=[_ADMIN])
async def list_plans(request: Request, person: CurrentPerson) -> Response:
    """Areas, and which of them have a drawing."""
    hub: Services = request.app.state.services
    english = pages_of(request).words(request).language == "en"
    areas = [
        {
            "id": area.id,
            "name": area.name_en if english else area.name,
            "counters": sum(counter.area == area.id for counter in hub.settings.counters),
            "plan": hub.board.plans.get(area.id),
        }
        for area in hub.settings.areas
        if may_see(person, area.id)
    ]
    return pages_of(request).render(request, "plans.html", person, areas=areas)


@router.get("/{area}", dependencies=[_ADMIN])
async def edit_plan(request: Request, person: CurrentPerson, area: AreaName) -> Response:
    """The drawing of one area and its counters on it."""
    return await _page(request, person, area, said=request.query_params.get("said", ""))


@router.get("/{area}/drawing", dependencies=[everybody])
async def drawing(request: Request, person: CurrentPerson, area: AreaName) -> Response:
    """The picture itself; not kept by the browser, as nothing of a signed-in person is."""
    hub: Services = request.app.state.services
    found = await hub.drawings.drawing(area) if may_see(person, area) else None
    if found is None:
        return problem(request, 404)
    return Response(found.data, media_type=found.media, headers=_PICTURE_HEADERS)


@router.post("/{area}/drawing", dependencies=[_ADMIN])
async def draw(
    request: Request, person: CurrentPerson, area: AreaName, drawing: UploadFile | None = None
) -> Response:
    """Take a drawing."""
    hub: Services = request.app.state.services
    if not _known(hub, person, area):
        return problem(request, 404)
    words = pages_of(request).words(request)
    data = await drawing.read(BYTES_MAX + 1) if drawing is not None else b""
    try:
        await hub.drawings.draw(area, data, person)
    except BadPicture as bad:
        return await _page(request, person, area, fault=_why(words, bad.why if data else "none"))
    return RedirectResponse(f"/plans/{area}?said=drawn", 303)


@router.post("/{area}/drawing/remove", dependencies=[_ADMIN])
async def remove(request: Request, person: CurrentPerson, area: AreaName) -> Response:
    """Take the drawing away."""
    hub: Services = request.app.state.services
    if not _known(hub, person, area):
        return problem(request, 404)
    await hub.drawings.remove(area)
    return RedirectResponse(f"/plans/{area}?said=removed", 303)


@router.post("/{area}/places", dependencies=[_ADMIN])
async def place(request: Request, person: CurrentPerson, area: AreaName) -> Response:
    """Put counters where they stand."""
    hub: Services = request.app.state.services
    if not _known(hub, person, area):
        return problem(request, 404)
    words = pages_of(request).words(request)
    rows, spots = _typed(await request.form(), _counters(hub, area), words)
    if any(row.fault for row in rows):
        return await _page(request, person, area, rows=rows)
    if not await hub.drawings.place(area, spots):
        return RedirectResponse(f"/plans/{area}", 303)
    return RedirectResponse(f"/plans/{area}?said=placed", 303)


async def _page(
    request: Request,
    person: CurrentPerson,
    area: str,
    *,
    said: str = "",
    fault: str = "",
    rows: list[Row] | None = None,
) -> Response:
    hub: Services = request.app.state.services
    if not _known(hub, person, area):
        return problem(request, 404)
    pages = pages_of(request)
    words = pages.words(request)
    shown = next(one for one in hub.settings.areas if one.id == area)
    plan = await hub.drawings.plan(area)
    counters = _counters(hub, area)
    context: dict[str, Any] = {
        "area": area,
        "area_name": shown.name_en if words.language == "en" else shown.name,
        "plan": plan.view() if plan is not None else None,
        "rows": rows or [_row(counter, plan, words) for counter in counters],
        "said": _told(words, said),
        "fault": fault,
        "bytes_max": BYTES_MAX,
    }
    return pages.render(request, "plan.html", person, 422 if fault or rows else 200, **context)


def _known(hub: Services, person: CurrentPerson, area: str) -> bool:
    return may_see(person, area) and any(one.id == area for one in hub.settings.areas)


def _counters(hub: Services, area: str) -> list[Counter]:
    return [counter for counter in hub.settings.counters if counter.area == area]


def _label(counter: Counter, words: Words) -> str:
    if words.language == "en":
        return f"{counter.number_en} {counter.name_en}"
    return f"{counter.number} {counter.name}"


def _row(counter: Counter, plan: Plan | None, words: Words) -> Row:
    spot = plan.spots.get(counter.unit) if plan is not None else None
    if spot is None:
        return Row(counter.unit, _label(counter, words))
    return Row(counter.unit, _label(counter, words), f"{100 * spot[0]:.1f}", f"{100 * spot[1]:.1f}")


def _typed(form: FormData, counters: list[Counter], words: Words) -> tuple[list[Row], Mapping[str, Spot]]:
    rows, spots = [], {}
    for counter in counters:
        x, y = (str(form.get(f"{side}-{counter.unit}", "")).strip()[:20] for side in ("x", "y"))
        fault = ""
        if x or y:
            shares = _share(x), _share(y)
            if shares[0] is None or shares[1] is None:
                fault = words("Both must be numbers from 0 to 100, or both empty.")
            else:
                spots[counter.unit] = (shares[0], shares[1])
        rows.append(Row(counter.unit, _label(counter, words), x, y, fault))
    return rows, spots


def _share(text: str) -> float | None:
    """Percent to a share; None: not a number from 0 to 100."""
    try:
        percent = float(text)
    except ValueError:
        return None
    return percent / 100 if 0 <= percent <= 100 else None


def _told(words: Words, said: str) -> str:
    return {
        "drawn": words("The drawing was saved. Now put the counters where they stand."),
        "placed": words("The places were saved. Every live page shows them from now on."),
        "removed": words("The drawing was taken away. The live page shows this area as a list."),
    }.get(said, "")


def _why(words: Words, why: str) -> str:
    return {
        "none": words("Please choose a file first."),
        "kind": words("This is no PNG, JPEG or WebP picture."),
        "bytes": words("The file is larger than 4 MB. Please save the drawing smaller."),
        "broken": words("The picture is damaged and cannot be read."),
        "pixels": words("The picture has too many pixels. 10,000 on the longer side are enough."),
    }[why]
