"""Limits of meetings and the hearing of each counter: what units shall run, and what they say of it; and the
site's own texts."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.asking import BadConfiguration
from hub.house_tables import Tables, tables_of
from hub.people import Role
from hub.store.audit import Deed
from hub.views import configuration_view
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.rendering import problem
from hub.web.pages.settings.tables import Meanwhile, keep
from wire.limits import MEETING_S_MAX

router = APIRouter(prefix="/settings", dependencies=[needs(Role.ADMIN)])

MINUTES = ("limit_s", "warn_s", "grace_s", "extend_s")
SENSITIVITIES = ("low", "normal", "high")
TEXT_CHARS_MAX = 200
TEXTS = ("building", "address", "before", "after")


@router.get("/limits")
async def limits(request: Request) -> Response:
    """What every unit shall run, and whether it does."""
    desk = Desk.of(request)
    shown = [_shown(desk, counter.unit) for counter in desk.hub.settings.counters]
    return desk.show("settings-limits.html", tab="limits", counters=shown)


@router.get("/limits/{unit}")
async def limits_form(request: Request, unit: str) -> Response:
    """One unit."""
    desk = Desk.of(request)
    if desk.hub.board.fleet.get(unit) is None:
        return problem(request, 404)
    settings = _settings(desk, unit)
    values = {name: "" if settings.get(name) is None else f"{settings[name] / 60:g}" for name in MINUTES}
    return _form(desk, Form(desk.words, values | {"sensitivity": settings.get("sensitivity", "")}), unit)


@router.post("/limits/{unit}")
async def keep_limits(request: Request, unit: str) -> Response:
    """Let one unit, or all of its area, run other limits. Empty fields stay as the unit's own file says."""
    desk = Desk.of(request)
    if desk.hub.board.fleet.get(unit) is None:
        return problem(request, 404)
    form = await Form.typed(desk)
    most = MEETING_S_MAX / 60
    minutes = {
        name: form.number(name, 0 if name in ("warn_s", "grace_s") else 1, most, needed=False)
        for name in MINUTES
    }
    limit, warn = minutes["limit_s"], minutes["warn_s"]
    if limit is not None and warn is not None and warn > limit:
        form.wrong("warn_s", desk.words("At most the time limit, please."))
    settings: dict[str, Any] = {name: value * 60 for name, value in minutes.items() if value is not None}
    if chosen := form.choice("sensitivity", ["", *SENSITIVITIES]):
        settings["sensitivity"] = chosen
    units = [unit]
    area = desk.hub.house.area_of.get(unit)
    if form.value("whole_area") and area is not None:
        units = [one for one, of in desk.hub.house.area_of.items() if of == area]
    if form.good:
        try:
            await desk.hub.asking.desire(units, settings, desk.person)
        except BadConfiguration as error:
            form.problem = desk.words("This cannot be stored: {why}", why=str(error))
        else:
            return desk.go("/settings/limits", "saved")
    return _form(desk, form, unit, 422)


@router.get("/texts")
async def texts_form(request: Request) -> Response:
    """What the site says of itself."""
    desk = Desk.of(request)
    found = tables_of(desk.hub.settings)["texts"]
    return desk.show("settings-texts.html", tab="texts", form=Form(desk.words, found | {"was": stamp(found)}))


@router.post("/texts")
async def keep_texts(request: Request) -> Response:
    """In notices and on the card for 110 from now on."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    names = [*TEXTS, *(f"{name}_en" for name in TEXTS)]
    made = {name: form.line(name, needed=False, most=TEXT_CHARS_MAX) for name in names}

    def edit(tables: Tables) -> Deed:
        before = tables["texts"]
        if stamp(before) != form.value("was"):
            raise Meanwhile
        tables["texts"] = made
        return Deed("texts-changed", "texts", before, made)

    if form.good and await keep(desk, form, edit, "before"):
        return desk.go("/settings/texts", "saved")
    return desk.show("settings-texts.html", 422, tab="texts", form=form)


def _settings(desk: Desk, unit: str) -> dict[str, Any]:
    desired = desk.hub.asking.desired.get(unit)
    return {} if desired is None else dict(desired.settings)


def _shown(desk: Desk, unit: str) -> dict[str, Any]:
    known, desired = desk.hub.board.fleet.get(unit), desk.hub.asking.desired.get(unit)
    told = None
    if known is not None:
        told = configuration_view(known, None if desired is None else desired.version)
    settings = _settings(desk, unit)
    return {
        "unit": unit,
        "place": desk.place(unit),
        "minutes": {name: None if settings.get(name) is None else settings[name] / 60 for name in MINUTES},
        "sensitivity": settings.get("sensitivity"),
        "told": told,
        "by": None if desired is None else desired.by,
        "at": None if desired is None else desired.at,
    }


def _form(desk: Desk, form: Form, unit: str, status: int = 200) -> Response:
    return desk.show(
        "settings-limit.html",
        status,
        tab="limits",
        form=form,
        one=_shown(desk, unit),
        area=desk.area_names().get(desk.hub.house.area_of.get(unit, ""), ""),
    )
