"""The live page, painted once by the hub."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.notifiers.texts import TROUBLES
from hub.people import Role
from hub.web.auth import CurrentPerson, everybody
from hub.web.live_state import live_state
from hub.web.pages.rendering import pages_of
from hub.web.paint import Paint, Place, Shown
from hub.web.services import Services

ANSWERS = frozenset({Role.SUPERVISOR})
"""Roles that may acknowledge; the API decides, the page only leaves the buttons out."""
KEEPS = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Roles that see to the equipment."""
READS = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
"""Roles that may open an incident."""
SNOOZES_MIN = (1, 3, 5, 10)

router = APIRouter()


@router.get("/", dependencies=[everybody])
async def live_page(request: Request, person: CurrentPerson) -> Response:
    """The live page, painted once with what is known now; its script follows from there."""
    services: Services = request.app.state.services
    pages = pages_of(request)
    words = pages.words(request)
    snapshot = await live_state(services, person)
    paint = Paint(words, services.clock.now().wall, services.settings.zone)
    wall = request.query_params.get("wall") == "1"
    names = snapshot["areas"]
    sections = group(snapshot["counters"], names, paint)
    counters = {counter["unit"]: counter for counter in snapshot["counters"]}

    def place_of(unit: str) -> Place:
        counter = counters.get(unit)
        area = names.get(counter["area"]) if counter else None
        return Place(
            number=paint.label(counter, "number") if counter else "",
            name=paint.label(counter, "name") if counter else unit,
            area=paint.label(area, "name") if area else paint.words("Not registered"),
        )

    return pages.render(
        request,
        "live.html",
        person,
        about={
            "login": person.login,
            "wall": wall,
            "acts": person.role in ANSWERS and not wall,
            "reads": person.role in READS,
            "sound": person.sound,
            "parts": {part: words(msgid) for part, msgid in TROUBLES.items()},
        },
        areas=sections,
        draws=person.role is Role.ADMIN,
        incidents=by_urgency(snapshot["incidents"]),
        may_act=person.role in ANSWERS and not wall,
        may_keep=person.role in KEEPS and not wall,
        may_read=person.role in READS and not wall,
        snoozes=SNOOZES_MIN,
        paint=paint,
        place_of=place_of,
        quarantined=snapshot["quarantined"],
        snapshot=snapshot,
    )


@dataclass(frozen=True, slots=True)
class Section:
    """The counters of one area, in the order of the settings."""

    id: str
    """Empty for counters that no area is known of."""
    label: str
    counters: list[Shown]


def group(counters: Sequence[Shown], names: dict[str, dict[str, str]], paint: Paint) -> list[Section]:
    """Sections in the order of the settings; what is not registered comes last."""
    sections = {area: Section(area, paint.label(shown, "name"), []) for area, shown in names.items()} | {
        "": Section("", paint.words("Not registered"), [])
    }
    for counter in counters:
        sections.get(counter["area"], sections[""]).counters.append(counter)
    return [section for section in sections.values() if section.counters]


def by_urgency(incidents: Sequence[Shown]) -> list[Shown]:
    """What calls before what is answered, alarms before attention, then the oldest: as in
    ``static/alarms.js``."""
    return sorted(
        incidents,
        key=lambda i: (
            i["severity"] == "drill",
            not Paint.calls(i),
            i["severity"] != "alarm",
            i["opened"],
            i["id"],
        ),
    )
