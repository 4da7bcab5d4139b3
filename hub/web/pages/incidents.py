"""The list of incidents: filters, search, kept views, pages, and the table for a spreadsheet."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from hub.incidents import Outcome, Severity, State
from hub.record.kinds import BY_CODE, GROUPS, KINDS
from hub.store import record_reports, record_search
from hub.store.record_search import EXPORT_MAX, PAGE, Asked, TooManyViews
from hub.web.auth import CurrentPerson
from hub.web.incident_table import Table
from hub.web.pages.record_common import Desk, desk_of, lead, readers, said_of
from hub.web.pages.rendering import page_of, pages_of
from hub.web.rights import may_see
from hub.web.timeline_words import OUTCOMES, SEVERITIES, STATES
from hub.words import KINDS as SIGNS

router = APIRouter()

FILTERS = ("q", "since", "until", "area", "sign", "kind", "severity", "state", "outcome", "who")
CHARS_MAX = 100
UNFINISHED = "unfinished"
"""Of the filter by state: whatever is not closed."""


@router.get("/incidents", dependencies=[readers])
async def list_page(request: Request, person: CurrentPerson) -> Response:
    """Newest first, 50 to a page."""
    desk = desk_of(request, person)
    filters = filters_of(request.query_params)
    asked = asked_of(desk, filters)
    site, store = desk.services.house.site, desk.services.store
    total = await store.read(lambda tx: record_search.count(tx, site, asked))
    pages = max(1, -(-total // PAGE))
    page = min(page_of(request.query_params), pages)
    found = await store.read(lambda tx: record_search.find(tx, site, asked, skip=(page - 1) * PAGE))
    kinds = await store.read(lambda tx: record_reports.kinds_by_incident(tx, [one.id for one in found]))
    views = await store.read(lambda tx: record_search.views(tx, person.id))
    query = urlencode(filters)
    return pages_of(request).render(
        request,
        "incidents.html",
        person,
        rows=[(one, desk.place(one.unit), desk.signs(one), kinds.get(one.id, ())) for one in found],
        total=total,
        page=page,
        pages=pages,
        filters=filters,
        narrowed=bool(filters),
        query=query,
        views=[(name, saved, saved == query) for name, saved in views],
        choices=_choices(desk),
        kinds=BY_CODE,
        outcomes=OUTCOMES,
        states=STATES,
        severities=SEVERITIES,
        dates=desk.dates,
        said=said_of(request, desk.words),
    )


@router.get("/incidents/export.csv", dependencies=[readers])
async def export(request: Request, person: CurrentPerson) -> Response:
    """What the filters find, as a table that a spreadsheet in Japan opens."""
    desk = desk_of(request, person)
    asked = asked_of(desk, filters_of(request.query_params))
    site, store = desk.services.house.site, desk.services.store
    found = await store.read(lambda tx: record_search.find(tx, site, asked, limit=EXPORT_MAX))
    kinds = await store.read(lambda tx: record_reports.kinds_by_incident(tx, [one.id for one in found]))
    table = Table(desk.words, desk.dates).lines(
        (one, desk.place(one.unit), desk.signs(one), kinds.get(one.id, ())) for one in found
    )
    return Response(
        table,
        headers={"content-disposition": 'attachment; filename="incidents.csv"'},
        media_type="text/csv; charset=utf-8",
    )


@router.post("/incidents/views", dependencies=[readers])
async def keep_view(
    request: Request,
    person: CurrentPerson,
    name: Annotated[str, Form(max_length=200)] = "",
    query: Annotated[str, Form(max_length=4000)] = "",
    forget: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Keep the filters under a name, or forget them. Only what filters know is kept."""
    store = desk_of(request, person).services.store
    name = name.strip()
    kept = urlencode(filters_of(QueryParams(parse_qsl(query, max_num_fields=50))))
    if forget:
        await store.write(lambda tx: record_search.forget_view(tx, person.id, name))
        return RedirectResponse("/incidents", 303)
    if not 1 <= len(name) <= 80 or not name.isprintable():
        return RedirectResponse(f"/incidents?{kept}&said=view-name#views", 303)
    try:
        await store.write(lambda tx: record_search.keep_view(tx, person.id, name, kept))
    except TooManyViews:
        return lead("/incidents", "views", "views")
    return RedirectResponse(f"/incidents?{kept}{'&' if kept else ''}said=view", 303)


def filters_of(given: QueryParams) -> dict[str, str]:
    """The filters of an address that hold something, in their order."""
    found = {name: given.get(name, "").strip()[:CHARS_MAX] for name in FILTERS}
    return {name: text for name, text in found.items() if text and "\0" not in text}


def asked_of(desk: Desk, filters: dict[str, str]) -> Asked:
    """The filters as the store takes them. What is no date or no known code finds what it names: nothing."""
    zone = desk.services.settings.zone
    until = _day(filters.get("until", ""))
    state = filters.get("state", "")
    unfinished = [one.value for one in State if one is not State.CLOSED]
    area = filters.get("area", "")
    units = [unit for unit, where in desk.services.house.area_of.items() if where == area] if area else None
    return Asked(
        since=_midnight(_day(filters.get("since", "")), zone),
        until=_midnight(until + timedelta(days=1) if until and until < date.max else None, zone),
        units=units,
        hidden=desk.hidden_units(),
        sign=filters.get("sign", ""),
        kind=filters.get("kind", ""),
        severity=filters.get("severity", ""),
        states=unfinished if state == UNFINISHED else [state] if state else [],
        outcome=filters.get("outcome", ""),
        who=filters.get("who", ""),
        words=filters.get("q", ""),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    if day is None or not 1970 <= day.year <= 2999:
        return None
    return datetime.combine(day, time(), zone)


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What each filter may be, in words."""
    words, english = desk.words, desk.words.language == "en"
    every = ("", words("All"))
    areas = [area for area in desk.services.settings.areas if may_see(desk.person, area.id)]
    kinds: list[tuple[str, str]] = []
    for group, heading in GROUPS.items():
        members = [kind for kind in KINDS if kind.group == group]
        if len(members) > 1:
            kinds.append((group, f"{group} {words(heading)}"))
        kinds += [(kind.code, f"{kind.code} {words(kind.name)}") for kind in members]
    named: dict[str, list[tuple[str, str]]] = {
        "area": [(area.id, area.name_en if english else area.name) for area in areas],
        "sign": [(code, words(label)) for code, label in SIGNS.items()],
        "kind": kinds,
        "severity": [(one.value, words(SEVERITIES[one])) for one in Severity],
        "state": [(UNFINISHED, words("Not closed")), *((one.value, words(STATES[one])) for one in State)],
        "outcome": [
            ("none", words("Not decided yet")),
            *((one.value, words(OUTCOMES[one])) for one in Outcome),
        ],
    }
    return {name: [every, *choices] for name, choices in named.items()}
