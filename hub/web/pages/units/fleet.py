"""Every unit with its link, health, buttons and configuration; what one unit is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.fleet import Unit
from hub.notifiers.texts import TROUBLES
from hub.orders import BadOrder
from hub.people import Role
from hub.store import orders, proofs
from hub.troubles import Proven, Trouble
from hub.views import configuration_view
from hub.web.auth import needs
from hub.web.order_words import answer_of
from hub.web.pages.case_meetings import alias_of, to_choose
from hub.web.pages.desk import Desk, _
from hub.web.pages.rendering import problem
from hub.words import PARTS

router = APIRouter(prefix="/units", dependencies=[needs(Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)])

_KEEPERS = needs(Role.SUPERVISOR, Role.ADMIN)

COMMANDS: Mapping[str, str] = {
    "identify": _("Show where it is"),
    "drill": _("Drill at this unit (10 minutes)"),
    "restart": _("Restart and self-test"),
    "watch-level": _("Send the sound level"),
    "extend": _("Extend the meeting"),
    "meet": _("Meeting under an agreement"),
    "record": _("Start recording"),
    "stop-record": _("Stop recording"),
}
"""Words of what a unit can be asked."""
ASKED_HERE = ("identify", "drill", "restart")
ADMINS_ONLY = frozenset({"restart"})
LINKS: Mapping[str, tuple[str, str]] = {
    "online": (_("Connected"), "well"),
    "silent": (_("Not answering"), "trouble"),
    "offline": (_("Not connected"), "trouble"),
    "never": (_("Never heard of"), "near"),
}
MICROPHONES: Mapping[str, str] = {
    "off": _("Not fitted"),
    "hearing": _("Works"),
    "silent": _("No sound arrives"),
    "failed": _("Failed"),
}


@router.get("")
async def units(request: Request) -> Response:
    """Every unit of the areas that one answers for."""
    desk = Desk.of(request)
    tested = await desk.hub.store.read(lambda tx: proofs.proofs(tx, desk.hub.house.site))
    rows = [
        _row(desk, unit, tested.get(unit.name, [])) for unit in desk.hub.board.fleet if desk.sees(unit.name)
    ]
    sick = sum(1 for row in rows if row["troubles"])
    return desk.show("units.html", tab="", units=rows, sick=sick)


@router.get("/of/{name}")
async def unit_page(request: Request, name: str) -> Response:
    """One unit with everything that is known of it."""
    desk = Desk.of(request)
    unit = desk.hub.board.fleet.get(name)
    if unit is None or not desk.sees(name):
        return problem(request, 404)
    site, now = desk.hub.house.site, desk.now
    asked = await desk.hub.store.read(lambda tx: orders.shown(tx, site, name))
    tested = (await desk.hub.store.read(lambda tx: proofs.proofs(tx, site))).get(name, [])
    may = [
        (code, desk.words(COMMANDS[code]))
        for code in ASKED_HERE
        if desk.person.role is Role.ADMIN or (desk.person.role is Role.SUPERVISOR and code not in ADMINS_ONLY)
    ]
    commands = [
        (desk.words(COMMANDS.get(one.name, one.name)), answer_of(desk.words, one, now)) for one in asked[:20]
    ]
    session = desk.hub.board.sessions.get(name)
    agreed = session if session is not None and session.case is not None else None
    desired = desk.hub.asking.desired.get(name)
    return desk.show(
        "unit.html",
        tab="",
        row=_row(desk, unit, tested),
        health=unit.health,
        clock_off=unit.clock_off_s,
        microphone=desk.words(MICROPHONES[unit.health.microphone]) if unit.health else "",
        buttons=[(desk.words(PARTS.get(one.button, one.button)), one) for one in tested],
        commands=commands,
        agreed=agreed,
        alias=await alias_of(desk.hub, desk.person, agreed.case or 0) if agreed else "",
        cases=await to_choose(desk.hub, desk.person),
        may=may,
        desired=desired,
    )


@router.post("/of/{name}/commands", dependencies=[_KEEPERS])
async def ask(request: Request, name: str) -> Response:
    """Ask the unit; its answer is on the page when it has come."""
    desk = Desk.of(request)
    if desk.hub.board.fleet.get(name) is None or not desk.sees(name):
        return problem(request, 404)
    sent = await request.form(max_fields=5, max_files=0)
    command = str(sent.get("name", ""))
    if command not in ASKED_HERE or (command in ADMINS_ONLY and desk.person.role is not Role.ADMIN):
        return problem(request, 403)
    try:
        await desk.hub.asking.ask(name, command, {}, desk.person)
    except BadOrder:
        return problem(request, 404)
    return desk.go(f"/units/of/{name}", "sent")


def _row(desk: Desk, unit: Unit, tested: list[Proven]) -> dict[str, Any]:
    """One unit as the list shows it."""
    link, tone = LINKS[unit.link]
    desired = desk.hub.asking.desired.get(unit.name)
    wrong = [one for one in desk.hub.board.troubles.values() if one.unit == unit.name and one.present]
    return {
        "unit": unit,
        "place": desk.place(unit.name),
        "link": desk.words(link),
        "tone": tone,
        "troubles": [_trouble(desk, one) for one in wrong],
        "tested": _last(tested),
        "configuration": configuration_view(unit, None if desired is None else desired.version),
        "version": unit.health.version if unit.health else "",
    }


def _trouble(desk: Desk, trouble: Trouble) -> str:
    text = TROUBLES.get(trouble.part)
    said = desk.words(text) if text else trouble.part
    return f"{said} ({trouble.detail})" if trouble.detail and trouble.part != "silent" else said


def _last(tested: list[Proven]) -> datetime | None:
    """When the emergency button was last pressed."""
    return next((one.at for one in tested if one.button == "panic"), None)
