"""Drills: planned or at once, of a unit, an area or the whole site, with the proof of every press."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.drills import EVERY_DAYS_MAX, BadDrill, Drill
from hub.people import Role
from hub.store import drills
from hub.store.drills import NoSuchDrill
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, _
from hub.web.pages.rendering import problem
from hub.words import PARTS
from wire.limits import DRILL_S_MAX

router = APIRouter(prefix="/units/drills", dependencies=[needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)])

_KEEPERS = needs(Role.SUPERVISOR, Role.ADMIN)

STATES = {
    "planned": (_("Planned"), ""),
    "running": (_("Under way"), "near"),
    "over": (_("Over"), "well"),
    "cancelled": (_("Cancelled"), ""),
}


@router.get("")
async def drills_page(request: Request) -> Response:
    """Newest first, and the form for another."""
    desk = Desk.of(request)
    return await _page(desk, Form(desk.words, {"minutes": "10", "whom": ""}))


@router.post("", dependencies=[_KEEPERS])
async def plan(request: Request) -> Response:
    """Without a beginning it starts now."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    whom = form.choice("whom", [code for code, _name in _whom(desk)])
    minutes = form.number("minutes", 1, DRILL_S_MAX / 60)
    begin = form.moment(desk, "begin", needed=False)
    every = form.number("every_days", 1, EVERY_DAYS_MAX, needed=False)
    if form.good and minutes is not None:
        kind, _colon, name = whom.partition(":")
        drill = Drill(
            0,
            name if kind == "unit" else None,
            name if kind == "area" else None,
            begin or desk.now,
            minutes * 60,
            desk.person.name,
            None if every is None else int(every),
        )
        try:
            planned = await desk.hub.asking.plan_drill(drill)
        except BadDrill:
            form.wrong(
                "begin", desk.words("A drill begins now or within a year, and some unit must be meant.")
            )
        else:
            return desk.go(f"/units/drills/{planned.id}", "planned")
    return await _page(desk, form, 422)


@router.get("/{number}")
async def drill_page(request: Request, number: int) -> Response:
    """Who was meant, and which button was pressed when."""
    desk = Desk.of(request)
    drill = await _drill(desk, number)
    if drill is None:
        return problem(request, 404)
    presses = await desk.hub.store.read(lambda tx: drills.presses(tx, number))
    units = [unit for unit in drill.units(desk.hub.house.area_of) if desk.sees(unit)]
    pressed = {press.unit for press in presses}
    text, tone = STATES[drill.state(desk.now)]
    return desk.show(
        "drill.html",
        tab="drills",
        drill=drill,
        state=desk.words(text),
        tone=tone,
        whom=_named(desk, drill),
        presses=[
            (desk.place(press.unit), desk.words(PARTS.get(press.button, press.button)), press)
            for press in presses
            if desk.sees(press.unit)
        ],
        missing=[desk.place(unit) for unit in units if unit not in pressed],
        meant=len(units),
        may=desk.person.role in (Role.SUPERVISOR, Role.ADMIN)
        and drill.state(desk.now) in ("planned", "running"),
    )


@router.post("/{number}/end", dependencies=[_KEEPERS])
async def end(request: Request, number: int) -> Response:
    """Before its time."""
    desk = Desk.of(request)
    if await _drill(desk, number) is None:
        return problem(request, 404)
    try:
        await desk.hub.asking.end_drill(number, desk.person)
    except NoSuchDrill:
        return problem(request, 404)
    return desk.go(f"/units/drills/{number}", "ended")


async def _drill(desk: Desk, number: int) -> Drill | None:
    """One of the areas that the person answers for."""
    if not 0 < number < 2**53:
        return None
    try:
        drill = await desk.hub.store.read(lambda tx: drills.get(tx, desk.hub.house.site, number))
    except NoSuchDrill:
        return None
    return drill if _concerns(desk, drill) else None


def _concerns(desk: Desk, drill: Drill) -> bool:
    if drill.unit is not None:
        return desk.sees(drill.unit)
    return drill.area is None or drill.area in desk.area_names()


def _whom(desk: Desk) -> list[tuple[str, str]]:
    """Whom a drill can be of; the whole site only for who answers for all of it."""
    all_ = [("", desk.words("The whole site"))] if desk.person.areas is None else []
    areas = [(f"area:{area}", name) for area, name in desk.area_names().items()]
    units = [(f"unit:{unit}", desk.place(unit)) for unit in desk.hub.house.area_of if desk.sees(unit)]
    return [*all_, *areas, *units]


def _named(desk: Desk, drill: Drill) -> str:
    if drill.unit is not None:
        return desk.place(drill.unit)
    if drill.area is not None:
        return desk.area_names().get(drill.area, drill.area)
    return desk.words("The whole site")


async def _page(desk: Desk, form: Form, status: int = 200) -> Response:
    found = await desk.hub.store.read(lambda tx: drills.shown(tx, desk.hub.house.site))
    rows = [
        (one, _named(desk, one), desk.words(STATES[one.state(desk.now)][0]), STATES[one.state(desk.now)][1])
        for one in found
        if _concerns(desk, one)
    ]
    return desk.show(
        "drills.html",
        status,
        tab="drills",
        form=form,
        drills=rows,
        whom=_whom(desk),
        may=desk.person.role in (Role.SUPERVISOR, Role.ADMIN),
        longest=int(DRILL_S_MAX / 60),
    )
