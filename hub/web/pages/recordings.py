"""Pages of recordings: the list, one recording with its player, the register of disclosures, the notice for
the counter."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from hub.evidence.retention import Kept
from hub.evidence.rights import DISCLOSERS, LISTENERS
from hub.notices import Place
from hub.recording_settings import RecordingSettings
from hub.recording_views import disclosure_view, marks_view, recording_view
from hub.recordings.archive import Archive, Known
from hub.store.recordings import NoSuchRecording
from hub.web.api.uploads import RecordingName
from hub.web.auth import CurrentPerson, everybody, needs
from hub.web.dates import Dates
from hub.web.pages.rendering import page_of, pages_of, problem
from hub.web.recording_words import END, KEPT, WHY
from hub.web.services import Services
from hub.words import KINDS, Words

router = APIRouter()
listeners = needs(*LISTENERS)

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request about recordings needs again and again."""

    services: Services
    words: Words
    dates: Dates

    @property
    def archive(self) -> Archive | None:
        """None: this hub keeps no recordings."""
        parts = self.services.recordings
        return parts.archive if parts is not None else None

    def place(self, unit: str) -> str:
        """Where a unit stands, in the page's language."""
        return place_text(self.services.house.place(unit), self.words)

    def shown(self, known: Known) -> dict[str, Any]:
        """A recording as the templates read it."""
        return recording_view(known) | {"place": self.place(known.recording.unit)}


def place_text(place: Place, words: Words) -> str:
    """Number and name of the counter, behind its area."""
    names = [name.ja if words.language == "ja" else name.en for name in place]
    return " ".join(name for name in names if name)


def desk_of(request: Request) -> Desk:
    """For this request."""
    services: Services = request.app.state.services
    words = pages_of(request).words(request)
    return Desk(services, words, Dates(words, services.settings.zone))


@router.get("/recordings", dependencies=[listeners])
async def list_page(request: Request, person: CurrentPerson) -> Response:
    """The recordings that this person may hear, newest first, some to a page."""
    desk = desk_of(request)
    total = await desk.archive.count(person) if desk.archive is not None else 0
    pages = max(1, -(-total // SHOWN))
    page = min(page_of(request.query_params), pages)
    skip = (page - 1) * SHOWN
    found = await desk.archive.listed(person, skip=skip, limit=SHOWN) if desk.archive is not None else []
    return pages_of(request).render(
        request,
        "recording-list.html",
        person,
        kept=KEPT,
        why=WHY,
        end=END,
        dates=desk.dates,
        off=desk.archive is None,
        total=total,
        page=page,
        pages=pages,
        recordings=[desk.shown(known) for known in found],
    )


@router.get("/recordings/{recording}", dependencies=[listeners])
async def recording_page(request: Request, recording: RecordingName, person: CurrentPerson) -> Response:
    """One recording. Its sound comes after a reason was given."""
    desk = desk_of(request)
    if desk.archive is None:
        return problem(request, 404)
    try:
        known = await desk.archive.known(person, recording)
        given = await desk.archive.disclosures(person, recording)
    except NoSuchRecording:
        return problem(request, 404)
    begun = desk.dates.here(known.recording.started)
    marks = []
    for mark in marks_view(known):
        name = KINDS.get(mark["kind"], mark["kind"])
        marks.append({**mark, "name": desk.words(name)})
    return pages_of(request).render(
        request,
        "recording.html",
        person,
        kept=KEPT,
        why=WHY,
        end=END,
        dates=desk.dates,
        clock_s=begun.hour * 3600 + begun.minute * 60 + begun.second + begun.microsecond / 1e6,
        disclosures=[disclosure_view(one) for one in given],
        may_disclose=person.role in DISCLOSERS,
        marks=marks,
        recording=desk.shown(known),
    )


@router.get("/disclosures", dependencies=[listeners])
async def disclosures_page(request: Request, person: CurrentPerson) -> Response:
    """Everything that was given to somebody, newest first."""
    desk = desk_of(request)
    found = await desk.archive.disclosures(person) if desk.archive is not None else []
    return pages_of(request).render(
        request,
        "disclosures.html",
        person,
        dates=desk.dates,
        disclosures=[disclosure_view(one) for one in found],
    )


@router.get("/notice", dependencies=[everybody])
async def notice_page(request: Request, person: CurrentPerson) -> Response:
    """What visitors are told at the counter, made from the settings; it prints on one A4 page."""
    desk = desk_of(request)
    wanted = desk.services.settings.recordings
    return pages_of(request).render(
        request,
        "notice.html",
        person,
        days=_days(wanted, desk.words) if wanted is not None else None,
        notice=wanted.notice if wanted is not None else None,
    )


def _days(wanted: RecordingSettings, words: Words) -> list[tuple[str, str]]:
    """Class and how long it is kept, each length once."""
    lines: dict[int, list[str]] = {}
    for kept, days in wanted.retention.days().items():
        if kept is not Kept.CASE or days != wanted.retention.harassment:
            lines.setdefault(days, []).append(words(KEPT[kept.value]))
    joint = "、" if words.language == "ja" else ", "
    return [(joint.join(names), _length(days, words)) for days, names in sorted(lines.items())]


def _length(days: int, words: Words) -> str:
    if days % 365 == 0:
        years = days // 365
        return words("{n} years", n=years) if years > 1 else words("1 year")
    return words("{n} days", n=days)
