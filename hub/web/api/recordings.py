"""Recordings for those who have the right: lists, waveforms, reasons, sound, holds and disclosures.

Without the right every address answers as it does for a recording that does not exist.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field, StringConstraints

from hub.evidence.rights import LISTENERS
from hub.recording_views import disclosure_view, marks_view, recording_view
from hub.recordings import sound
from hub.recordings.archive import Archive
from hub.recordings.refusals import AlreadySo, NotAllowed
from hub.recordings.sealing import Broken
from hub.store.recordings import NoSuchRecording
from hub.store.recordings_links import Disclosure
from hub.views import iso
from hub.web.api.common import REFUSALS, Asked, Line, Moment, Number, none, person, services
from hub.web.api.uploads import RecordingName
from hub.web.auth import needs
from wire.evidence.signed import read_signed
from wire.messages.base import Name

router = APIRouter(prefix="/api/v1", tags=["recordings"], responses=REFUSALS)

_LISTENERS = needs(*LISTENERS)
LIST_MAX = 200
POINTS_MAX = 4000

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=400, pattern=r"^[^\x00-\x1f\x7f]+$"),
]
"""Why, in a person's own words."""


class Off(Exception):
    """This hub keeps no recordings."""


class Search(Asked):
    """Which recordings are asked for; absent: all."""

    unit: Name | None = None
    before: Moment | None = None
    """Begun earlier than this: the next page."""
    limit: Annotated[int, Field(ge=1, le=LIST_MAX)] = 50


class Why(Asked):
    """What somebody does with a recording needs a reason; it is written into the ledger."""

    reason: Reason


class Given(Asked):
    """Something of a recording was given to somebody."""

    recipient: Line
    what: Line
    basis: Line
    """On which law, request or decision."""
    given: Moment | None = None
    """Absent: now."""


@router.get("/recordings", dependencies=[_LISTENERS])
async def list_recordings(request: Request, asked: Annotated[Search, Query()]) -> Response:
    """Newest first."""
    found = await archive(request).listed(
        person(request), unit=asked.unit, before=asked.before, limit=asked.limit
    )
    further = iso(found[-1].recording.started) if len(found) == asked.limit else None
    return JSONResponse({"recordings": [recording_view(one) for one in found], "next": further})


@router.get("/incidents/{number}/recordings", dependencies=[_LISTENERS])
async def of_incident(request: Request, number: Number) -> Response:
    """Oldest first."""
    found = await archive(request).of_incident(person(request), number)
    if found is None:
        return none()
    return JSONResponse({"recordings": [recording_view(one) for one in found]})


@router.get("/recordings/{recording}", dependencies=[_LISTENERS])
async def show_recording(request: Request, recording: RecordingName) -> Response:
    """One recording with what the unit found meanwhile, in seconds from its beginning."""
    try:
        known = await archive(request).known(person(request), recording)
    except NoSuchRecording:
        return none()
    return JSONResponse(recording_view(known) | {"marks": marks_view(known)})


@router.get("/recordings/{recording}/waveform.json", dependencies=[_LISTENERS])
async def waveform(
    request: Request, recording: RecordingName, points: Annotated[int, Query(ge=1, le=POINTS_MAX)] = 1200
) -> Response:
    """Lowest and highest sample (−128…127) of equal steps, at most ``points``; missing and altered parts."""
    try:
        one, steps, segments = await archive(request).shape(person(request), recording)
    except NoSuchRecording:
        return none()
    except Broken:
        return JSONResponse({"error": "altered"}, 409)
    low, high, each = sound.coarser(steps, points) if steps else ([], [], 1)
    rate = sound.SHAPE_STEP * sound.SHAPE_STEPS_A_SECOND
    gaps = [gap for each in segments for gap in read_signed(each.line).line.gaps] if one.missing else []
    shown = {
        "seconds": one.seconds,
        "step_s": each / sound.SHAPE_STEPS_A_SECOND,
        "low": low,
        "high": high,
        "missing": [[first / rate, count / rate] for first, count in gaps],
        "altered": [[each.first_sample / rate, each.samples / rate] for each in segments if each.altered],
    }
    return JSONResponse(shown)


@router.post("/recordings/{recording}/plays", dependencies=[_LISTENERS], status_code=201)
async def begin_play(request: Request, recording: RecordingName, asked: Why) -> Response:
    """Give a reason; the answer lets this sign-in hear it for a while."""
    try:
        grant = await archive(request).play(request.state.sign_in, recording, asked.reason)
    except NoSuchRecording:
        return none()
    return JSONResponse({"grant": grant.token, "expires": iso(grant.expires)}, 201)


@router.post("/recordings/{recording}/hold", dependencies=[_LISTENERS])
async def hold(request: Request, recording: RecordingName, asked: Why) -> Response:
    """Forbid its deletion."""
    return await _held(request, recording, asked, held=True)


@router.post("/recordings/{recording}/release", dependencies=[_LISTENERS])
async def release(request: Request, recording: RecordingName, asked: Why) -> Response:
    """Allow it again."""
    return await _held(request, recording, asked, held=False)


@router.post("/recordings/{recording}/disclosures", dependencies=[_LISTENERS], status_code=201)
async def disclose(request: Request, recording: RecordingName, asked: Given) -> Response:
    """Enter to whom something was given."""
    now = services(request).clock.now().wall
    given = Disclosure(recording, asked.given or now, asked.recipient, asked.what, asked.basis, "", now)
    try:
        entered = await archive(request).disclose(person(request), given)
    except NoSuchRecording:
        return none()
    except NotAllowed:
        return JSONResponse({"error": "role"}, 403)
    return JSONResponse(disclosure_view(entered), 201)


@router.get("/recordings/{recording}/disclosures", dependencies=[_LISTENERS])
async def disclosures_of(request: Request, recording: RecordingName) -> Response:
    """Newest first."""
    try:
        found = await archive(request).disclosures(person(request), recording)
    except NoSuchRecording:
        return none()
    return JSONResponse({"disclosures": [disclosure_view(one) for one in found]})


@router.get("/disclosures", dependencies=[_LISTENERS])
async def disclosures(request: Request) -> Response:
    """The register: newest first, of deleted recordings too."""
    found = await archive(request).disclosures(person(request))
    return JSONResponse({"disclosures": [disclosure_view(one) for one in found]})


def archive(request: Request) -> Archive:
    """Raises ``Off``."""
    parts = services(request).recordings
    if parts is None or parts.archive is None:
        raise Off
    return parts.archive


async def recordings_off(_request: Request, _error: Exception) -> Response:
    """What ``Off`` is answered with."""
    return JSONResponse({"error": "off"}, 503)


async def _held(request: Request, recording: str, asked: Why, *, held: bool) -> Response:
    try:
        act = archive(request).hold if held else archive(request).release
        known = await act(person(request), recording, asked.reason)
    except NoSuchRecording:
        return none()
    except NotAllowed:
        return JSONResponse({"error": "role"}, 403)
    except AlreadySo:
        return JSONResponse({"error": "already"}, 409)
    return JSONResponse(recording_view(known))
