"""Who changed what: the audit, for administrators and auditors. Nobody can change it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.people import Role
from hub.store import audit
from hub.store.audit import Wanted
from hub.web.auth import needs
from hub.web.pages.desk import Desk, Form, _

router = APIRouter(dependencies=[needs(Role.ADMIN, Role.AUDITOR)])

AT_ONCE = 50
DEEDS: Mapping[str, str] = {
    "signed-in": _("Signed in"),
    "signed-out": _("Signed out"),
    "sign-in-refused": _("Sign-in refused"),
    "password-changed": _("Own password changed"),
    "one-time-password": _("One-time password given"),
    "person-added": _("Person added"),
    "person-changed": _("Person changed"),
    "person-disabled": _("Person disabled"),
    "person-enabled": _("Person enabled"),
    "call-added": _("Way of calling added"),
    "call-changed": _("Way of calling changed"),
    "call-removed": _("Way of calling removed"),
    "absence-added": _("Absence entered"),
    "absence-removed": _("Absence removed"),
    "area-added": _("Area added"),
    "area-changed": _("Area changed"),
    "area-removed": _("Area removed"),
    "area-moved": _("Order of areas changed"),
    "counter-added": _("Counter added"),
    "counter-changed": _("Counter changed"),
    "counter-removed": _("Counter removed"),
    "counter-moved": _("Order of counters changed"),
    "ladder-added": _("Ladder added"),
    "ladder-changed": _("Ladder changed"),
    "ladder-removed": _("Ladder removed"),
    "group-added": _("Group added"),
    "group-changed": _("Group changed"),
    "group-removed": _("Group removed"),
    "texts-changed": _("Texts changed"),
    "limits-changed": _("Limits changed"),
    "house-imported": _("Settings taken from the file"),
    "drill-planned": _("Drill planned"),
    "drill-ended": _("Drill ended"),
    "maintenance-planned": _("Maintenance planned"),
    "maintenance-ended": _("Maintenance ended"),
    "asked-identify": _("Unit asked to show itself"),
    "asked-watch-level": _("Unit asked for its level"),
    "asked-extend": _("Meeting extended"),
    "asked-meet": _("Meeting under an agreement"),
    "asked-drill": _("Unit put into a drill"),
    "asked-restart": _("Unit restarted"),
    "asked-record": _("Recording asked for"),
    "asked-stop-record": _("Recording stopped"),
}
"""Words of a deed; one that is not here is shown as it is."""
FIELDS: Mapping[str, str] = {
    "id": _("Identity"),
    "unit": _("Unit"),
    "area": _("Area"),
    "areas": _("Areas"),
    "name": _("Name"),
    "name_en": _("Name in English"),
    "number": _("Number"),
    "number_en": _("Number in English"),
    "login": _("Login name"),
    "role": _("Role"),
    "members": _("Members"),
    "for": _("For"),
    "tiers": _("Tiers"),
    "seconds": _("Seconds"),
    "call": _("Who is called"),
    "arrive_within_s": _("Seconds to arrive"),
    "settings": _("Settings"),
    "building": _("Name of the building"),
    "address": _("Address for 110"),
    "before": _("First line of every notice"),
    "after": _("Last line of every notice"),
    "language": _("Language"),
    "mail": _("Mail address"),
    "webhook": _("Webhook"),
    "hours": _("Working hours"),
    "begin": _("Beginning"),
    "until": _("Until"),
    "why": _("Why"),
    "every_days": _("Again after so many days"),
    "place": _("Order"),
    "people": _("People"),
    "groups": _("Groups"),
    "ladders": _("Ladders"),
    "counters": _("Counters"),
    "case": _("Case"),
}
"""Words of what changes; one that is not here is shown as it is."""


@router.get("/audit")
async def audit_page(request: Request) -> Response:
    """Newest first, by person, kind and days."""
    desk = Desk.of(request)
    form = Form(desk.words, dict(request.query_params))
    zone, site = desk.hub.settings.zone, desk.hub.house.site

    def midnight(name: str, later: int) -> datetime | None:
        text = form.value(name)
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            form.wrong(name, desk.words("A date, please."))
            return None
        if day is None or not 1970 <= day.year < 3000:
            return None
        return datetime.combine(day + timedelta(days=later), time(0), zone).astimezone(UTC)

    wanted = Wanted(
        login=form.value("login") or None,
        what=form.value("what") or None,
        since=midnight("since", 0),
        until=midnight("until", 1),
        before=int(form.value("before"))
        if form.value("before").isdecimal() and len(form.value("before")) < 16
        else None,
        limit=AT_ONCE,
    )
    lines = await desk.hub.store.read(lambda tx: audit.shown(tx, site, wanted))
    logins = await desk.hub.store.read(lambda tx: audit.actors(tx, site))
    shown = [
        {"line": line, "what": _told(desk, line.deed.what), "changes": _changes(desk, line.deed)}
        for line in lines
    ]
    older = None
    if len(lines) == AT_ONCE:
        older = request.url.include_query_params(before=lines[-1].id).query
    return desk.show(
        "audit.html",
        form=form,
        lines=shown,
        logins=[(login, login) for login in logins if login],
        kinds=[(code, desk.words(text)) for code, text in DEEDS.items()],
        older=older,
    )


def _told(desk: Desk, what: str) -> str:
    return desk.words(DEEDS[what]) if what in DEEDS else what


def _changes(desk: Desk, deed: audit.Deed) -> list[tuple[str, str, str]]:
    """Field, before, after; as text. What was empty and stays so is left out."""
    found = []
    for key in dict.fromkeys([*deed.before, *deed.after]):
        before, after = _text(deed.before.get(key)), _text(deed.after.get(key))
        if before or after:
            found.append((desk.words(FIELDS[key]) if key in FIELDS else key, before, after))
    return found


def _text(value: Any) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        return " · ".join(f"{key}: {_text(inner)}" for key, inner in value.items() if _text(inner))
    return str(value)
