"""Areas and counters: where units stand, and in which order pages show them."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Form as Field
from fastapi.responses import Response

from hub.people import Role
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.rendering import problem
from hub.web.pages.settings.tables import drop, find, keep, lines, move, put
from wire.evidence.keys import BadKey, read_public

WHERE = ("address", "building", "building_en", "floor", "floor_en", "telephone")
"""What the card for calling 110 says of an area, where it is not as for the whole office."""

router = APIRouter(prefix="/settings", dependencies=[needs(Role.ADMIN)])

ADD = "add"
"""No area and no unit can be called so: it is the address of the empty form."""


@router.get("")
async def overview(request: Request) -> Response:
    """What there is to set, and how it stands."""
    desk = Desk.of(request)
    return desk.show("settings.html", tab="", settings=desk.hub.settings)


@router.get("/areas")
async def areas(request: Request) -> Response:
    """All areas with their counters."""
    desk = Desk.of(request)
    counted: dict[str, int] = {}
    for area in desk.hub.house.area_of.values():
        counted[area] = counted.get(area, 0) + 1
    return desk.show("settings-areas.html", tab="areas", areas=lines(desk, "areas"), counted=counted)


@router.get("/areas/{area}")
async def area_form(request: Request, area: str) -> Response:
    """One area, or the empty form."""
    desk = Desk.of(request)
    found = find(desk, "areas", "id", area)
    if found is None and area != ADD:
        return problem(request, 404)
    return _area(desk, Form(desk.words, found | {"was": stamp(found)} if found else {}), area)


@router.post("/areas/{area}")
async def keep_area(request: Request, area: str) -> Response:
    """Add or change an area."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    made = {
        "id": _identity(desk, form, "id") if area == ADD else area,
        "name": form.line("name"),
        "name_en": form.line("name_en"),
        **{name: form.line(name, needed=False) for name in WHERE},
    }
    was = "" if area == ADD else form.value("was")
    if form.good and await keep(desk, form, put("areas", "id", "area", made, was), "id"):
        return desk.go("/settings/areas", "saved")
    return _area(desk, form, area, 422)


@router.post("/areas/{area}/remove")
async def remove_area(request: Request, area: str) -> Response:
    """Only one that nothing names any more."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    if area in desk.hub.house.area_of.values():
        form.problem = desk.words("Counters stand in this area. Please move or remove them first.")
    elif any(area in ladder.areas for ladder in desk.hub.settings.ladders):
        form.problem = desk.words("A ladder is for this area. Please change the ladder first.")
    elif await keep(desk, form, drop("areas", "id", "area", area), "id"):
        return desk.go("/settings/areas", "removed")
    found = find(desk, "areas", "id", area)
    if found is None:
        return problem(request, 404)
    again = Form(desk.words, found | {"was": stamp(found)})
    again.problem = form.problem
    return _area(desk, again, area, 422)


@router.get("/counters")
async def counters(request: Request) -> Response:
    """All counters in their order, and units that nobody has registered."""
    desk = Desk.of(request)
    strangers = [unit for unit in desk.hub.board.fleet if not unit.known]
    return desk.show(
        "settings-counters.html",
        tab="counters",
        counters=lines(desk, "counters"),
        areas=desk.area_names(),
        strangers=strangers,
    )


@router.get("/counters/{unit}")
async def counter_form(request: Request, unit: str) -> Response:
    """One counter, or the empty form (for the unit that the address names)."""
    desk = Desk.of(request)
    found = find(desk, "counters", "unit", unit)
    if found is None and unit != ADD:
        return problem(request, 404)
    empty = {"unit": request.query_params.get("unit", "")[:32]}
    return _counter(desk, Form(desk.words, found | {"was": stamp(found)} if found else empty), unit)


@router.post("/counters/{unit}")
async def keep_counter(request: Request, unit: str) -> Response:
    """Add or change a counter."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    made = {
        "unit": _identity(desk, form, "unit") if unit == ADD else unit,
        "area": form.choice("area", [one.id for one in desk.hub.settings.areas]),
        **{name: form.line(name) for name in ("number", "number_en", "name", "name_en")},
        "recording_key": _recording_key(form) or None,
    }
    was = "" if unit == ADD else form.value("was")
    if form.good and await keep(desk, form, put("counters", "unit", "counter", made, was), "unit"):
        return desk.go("/settings/counters", "saved")
    return _counter(desk, form, unit, 422)


@router.post("/counters/{unit}/remove")
async def remove_counter(request: Request, unit: str) -> Response:
    """Its unit is a stranger from now on; alarms of it are shown all the same."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    if await keep(desk, form, drop("counters", "unit", "counter", unit), "unit"):
        return desk.go("/settings/counters", "removed")
    return problem(request, 404)


@router.post("/{table}/{name}/move")
async def move_line(
    request: Request, table: str, name: str, by: Annotated[int, Field(ge=-1, le=1)]
) -> Response:
    """One place up or down."""
    desk = Desk.of(request)
    key = {"areas": "id", "counters": "unit"}.get(table)
    if key is None:
        return problem(request, 404)
    form = Form(desk.words, {})
    if await keep(desk, form, move(table, key, table.removesuffix("s"), name, by), key):
        return desk.go(f"/settings/{table}", "saved")
    return problem(request, 404)


def _recording_key(form: Form) -> str:
    key = form.line("recording_key", needed=False)
    try:
        if key:
            read_public(key)
    except BadKey:
        form.wrong("recording_key", form.words("This is not the key that the unit prints."))
    return key


def _identity(desk: Desk, form: Form, field: str) -> str:
    name = form.identity(field)
    if name == ADD:
        form.wrong(field, desk.words("This name is reserved."))
    return name


def _area(desk: Desk, form: Form, area: str, status: int = 200) -> Response:
    return desk.show("settings-area.html", status, tab="areas", form=form, id=area, fresh=area == ADD)


def _counter(desk: Desk, form: Form, unit: str, status: int = 200) -> Response:
    return desk.show(
        "settings-counter.html",
        status,
        tab="counters",
        form=form,
        id=unit,
        fresh=unit == ADD,
        areas=list(desk.area_names().items()),
    )
