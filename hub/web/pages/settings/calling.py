"""Who is called: ladders with their tiers, and groups of people."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.calling_settings import TIERS_MAX
from hub.escalation.ladder import Ladder
from hub.escalation.roster import reaches_somebody
from hub.house_tables import Tables, settings_with, tables_of
from hub.housekeeping import Edit
from hub.people import Role
from hub.setting_types import BadSettings
from hub.store.audit import Deed
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, stamp
from hub.web.pages.rendering import problem
from hub.web.pages.settings.places import ADD
from hub.web.pages.settings.tables import Line, Meanwhile, drop, find, keep, lines, put

router = APIRouter(prefix="/settings", dependencies=[needs(Role.ADMIN)])

DEFAULT = "default"
"""The ladder for every alarm that no other is for. It has tiers and nothing else."""
SEVERITIES = ("alarm", "attention", "trouble")


@router.get("/ladders")
async def ladders(request: Request) -> Response:
    """Every ladder, with whom it would reach now."""
    desk = Desk.of(request)
    shown = [_shown(desk, ladder) for ladder in desk.hub.house.ladders]
    return desk.show("settings-ladders.html", tab="ladders", ladders=shown, areas=desk.area_names())


@router.get("/ladders/{name}")
async def ladder_form(request: Request, name: str) -> Response:
    """One ladder, or the empty form."""
    desk = Desk.of(request)
    found = _stored(desk, name)
    if found is None and name != ADD:
        return problem(request, 404)
    values: dict[str, Any] = {"for": ["alarm"], "arrive_within_s": 300}
    if found:
        values = _values(found, _stamp(desk, found))
    return _ladder(desk, Form(desk.words, values), name, tiers=len(found["tiers"]) if found else 0)


@router.post("/ladders/{name}")
async def keep_ladder(request: Request, name: str) -> Response:
    """Add or change a ladder. One that could never reach anybody is refused."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    tiers = list(_tiers(desk, form))
    if not tiers:
        form.problem = desk.words("A ladder needs at least one tier.")
    if name == DEFAULT:
        edit = _change_default(tiers, form.value("was"))
    else:
        made = {
            "name": form.identity("name") if name == ADD else name,
            "for": form.some("for", SEVERITIES),
            "areas": form.some("areas", list(desk.area_names())),
            "arrive_within_s": form.number("arrive_within_s", 30, 3600),
            "tiers": tiers,
        }
        if made["name"] in (ADD, DEFAULT):
            form.wrong("name", desk.words("This name is reserved."))
        if not made["for"]:
            form.wrong("for", desk.words("Please choose at least one."))
        edit = put("ladders", "name", "ladder", made, "" if name == ADD else form.value("was"))
    if form.good and (why := _reaches_nobody(desk, tiers)):
        form.problem = why
    if form.good and await keep(desk, form, edit, "name"):
        return desk.go("/settings/ladders", "saved")
    return _ladder(desk, form, name, 422, tiers=TIERS_MAX)


@router.post("/ladders/{name}/remove")
async def remove_ladder(request: Request, name: str) -> Response:
    """The default one takes over."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    if name != DEFAULT and await keep(desk, form, drop("ladders", "name", "ladder", name), "name"):
        return desk.go("/settings/ladders", "removed")
    return problem(request, 404)


@router.get("/groups")
async def groups(request: Request) -> Response:
    """Every group with its members."""
    desk = Desk.of(request)
    return desk.show("settings-groups.html", tab="groups", groups=lines(desk, "groups"), names=_names(desk))


@router.get("/groups/{group}")
async def group_form(request: Request, group: str) -> Response:
    """One group, or the empty form."""
    desk = Desk.of(request)
    found = find(desk, "groups", "id", group)
    if found is None and group != ADD:
        return problem(request, 404)
    return _group(desk, Form(desk.words, found | {"was": stamp(found)} if found else {}), group)


@router.post("/groups/{group}")
async def keep_group(request: Request, group: str) -> Response:
    """Add or change a group."""
    desk = Desk.of(request)
    form = await Form.typed(desk)
    made = {
        "id": form.identity("id") if group == ADD else group,
        "members": form.some("members", list(_names(desk))),
    }
    if made["id"] == ADD:
        form.wrong("id", desk.words("This name is reserved."))
    was = "" if group == ADD else form.value("was")
    if form.good and await keep(desk, form, put("groups", "id", "group", made, was), "id"):
        return desk.go("/settings/groups", "saved")
    return _group(desk, form, group, 422)


@router.post("/groups/{group}/remove")
async def remove_group(request: Request, group: str) -> Response:
    """Only one that no ladder calls."""
    desk = Desk.of(request)
    form = Form(desk.words, {})
    found = find(desk, "groups", "id", group)
    if found is None:
        return problem(request, 404)
    called = [str(callee) for ladder in desk.hub.house.ladders for t in ladder.tiers for callee in t.callees]
    if f"group:{group}" in [*called, *desk.hub.settings.fallback]:
        form = Form(desk.words, found | {"was": stamp(found)})
        form.problem = desk.words("A ladder calls this group. Please change the ladder first.")
    elif await keep(desk, form, drop("groups", "id", "group", group), "id"):
        return desk.go("/settings/groups", "removed")
    return _group(desk, form, group, 422)


def _names(desk: Desk) -> dict[str, str]:
    """Login to name of everybody who can be called."""
    return {login: member.name for login, member in desk.hub.settings.members.items()}


def _callees(desk: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that a tier can call, by kind: code and name."""
    settings, words = desk.hub.settings, desk.words
    kinds = [
        (words("Groups"), [(f"group:{one.id}", one.id) for one in settings.groups]),
        (words("People"), [(f"person:{login}", name) for login, name in _names(desk).items()]),
        (words("Signal towers"), [(f"tower:{one.name}", one.name) for one in settings.towers]),
        (words("Annunciators"), [(f"annunciator:{one.name}", one.name) for one in settings.annunciators]),
        (words("Webhooks"), [(f"webhook:{one.name}", one.name) for one in settings.webhooks]),
    ]
    known = {code for _, listed in kinds for code, _ in listed}
    ladders = [*settings.ladders, *([settings] if settings.ladder else [])]
    used = [call for one in ladders for tier in getattr(one, "tiers", settings.ladder) for call in tier.call]
    others = [(call, call) for call in dict.fromkeys(used) if call not in known]
    return [(kind, listed) for kind, listed in [*kinds, (words("Others"), others)] if listed]


def _tiers(desk: Desk, form: Form) -> Iterator[Line]:
    """The rows of the form in the order of their numbers; a row without any name is none."""
    allowed = [code for _, listed in _callees(desk) for code, _ in listed]
    rows = []
    for n in range(TIERS_MAX):
        if not form.value(f"name-{n}").strip() and not form.value(f"name_en-{n}").strip():
            continue
        order = form.number(f"order-{n}", 1, 99)
        tier = {
            "name": form.line(f"name-{n}"),
            "name_en": form.line(f"name_en-{n}"),
            "seconds": form.number(f"seconds-{n}", 1, 3600),
            "call": form.some(f"call-{n}", allowed),
        }
        rows.append((order or 0, n, tier))
    for _order, _n, tier in sorted(rows, key=lambda row: row[:2]):
        yield tier


def _reaches_nobody(desk: Desk, tiers: list[Line]) -> str:
    """Why a ladder of these tiers could never reach anybody; empty: it can."""
    calls = [call for tier in tiers for call in tier["call"]]
    if not calls:
        return ""
    tables = tables_of(desk.hub.settings) | {"ladder": tiers}
    try:
        house = settings_with(desk.hub.settings, tables).house()
    except BadSettings as error:
        return desk.words("This cannot be stored: {why}", why=str(error)[:300])
    default = next(ladder for ladder in house.ladders if ladder.name == DEFAULT)
    if house.roster.everybody(callee for tier in default.tiers for callee in tier.callees):
        return ""
    return desk.words(
        "Nobody of this ladder can be reached by anything: give them a mail address or another way first, or"
        " choose somebody else."
    )


def _shown(desk: Desk, ladder: Ladder) -> dict[str, Any]:
    roster, now = desk.hub.house.roster, desk.now
    names = {code: name for _, listed in _callees(desk) for code, name in listed}
    tiers = [
        {
            "name": desk.named(tier.name, tier.name_en),
            "seconds": tier.seconds,
            "calls": [names.get(str(callee), str(callee)) for callee in tier.callees],
            "reached": len(roster.reach(tier.callees, now)),
        }
        for tier in ladder.tiers
    ]
    return {
        "name": ladder.name,
        "for": [one for one in SEVERITIES if one in ladder.severities],
        "areas": sorted(ladder.areas),
        "tiers": tiers,
        "pages_only": not any(tier.callees for tier in ladder.tiers),
        "reaches": reaches_somebody(ladder, roster, now),
    }


def _stored(desk: Desk, name: str) -> Line | None:
    if name != DEFAULT:
        return find(desk, "ladders", "name", name)
    tiers: list[Line] = tables_of(desk.hub.settings)["ladder"]
    if not tiers:
        default = next(one for one in desk.hub.house.ladders if one.name == DEFAULT)
        tiers = [
            {"name": t.name, "name_en": t.name_en, "seconds": t.seconds, "call": []} for t in default.tiers
        ]
    return {"name": DEFAULT, "tiers": tiers}


def _stamp(desk: Desk, found: Line) -> str:
    return stamp(tables_of(desk.hub.settings)["ladder"] if found["name"] == DEFAULT else found)


def _change_default(tiers: list[Line], was: str) -> Edit:
    def edit(tables: Tables) -> Deed:
        before = tables["ladder"]
        if stamp(before) != was:
            raise Meanwhile
        tables["ladder"] = tiers
        return Deed("ladder-changed", DEFAULT, {"tiers": before}, {"tiers": tiers})

    return edit


def _values(found: Mapping[str, Any], was: str) -> dict[str, Any]:
    values: dict[str, Any] = {key: value for key, value in found.items() if key != "tiers"} | {"was": was}
    for n, tier in enumerate(found["tiers"]):
        values |= {f"{key}-{n}": value for key, value in tier.items()} | {f"order-{n}": n + 1}
        values[f"seconds-{n}"] = f"{tier['seconds']:g}"
    return values


def _ladder(desk: Desk, form: Form, name: str, status: int = 200, *, tiers: int) -> Response:
    filled = [
        n for n in range(min(tiers, TIERS_MAX)) if form.value(f"name-{n}") or form.value(f"name_en-{n}")
    ]
    return desk.show(
        "settings-ladder.html",
        status,
        tab="ladders",
        form=form,
        id=name,
        fresh=name == ADD,
        default=name == DEFAULT,
        rows=range(min(max(filled, default=-1) + 2 + (not filled), TIERS_MAX)),
        callees=_callees(desk),
        areas=desk.area_names(),
    )


def _group(desk: Desk, form: Form, group: str, status: int = 200) -> Response:
    return desk.show(
        "settings-group.html",
        status,
        tab="groups",
        form=form,
        id=group,
        fresh=group == ADD,
        names=_names(desk),
    )
