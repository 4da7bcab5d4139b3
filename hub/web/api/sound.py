"""The sound of a recording, for whoever has given a reason in this sign-in. Any part of it by ``Range``."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from hub.evidence import layout
from hub.evidence.layout import BadRange, Part
from hub.evidence.rights import LISTENERS
from hub.recordings import opus
from hub.recordings.listening import Listening, Track, of_sound, opus_of
from hub.recordings.refusals import NotGranted
from hub.recordings.sealing import Broken
from hub.recordings.shelf import ShelfError
from hub.store.recordings import NoSuchRecording
from hub.web.api.common import REFUSALS, none, services
from hub.web.api.recordings import Off, archive
from hub.web.api.uploads import Index, RecordingName
from hub.web.auth import needs

router = APIRouter(prefix="/api/v1/recordings", tags=["recordings"], responses=REFUSALS)

_LISTENERS = needs(*LISTENERS)

Token = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


@router.get("/{recording}/audio.wav", dependencies=[_LISTENERS])
async def audio_wav(request: Request, recording: RecordingName, grant: Token) -> Response:
    """The whole recording as one file, any part of it by ``Range``."""
    track = await _track(request, recording, grant)
    if isinstance(track, Response):
        return track
    length = layout.wav_length(track.recording.samples)
    return _file(request, length, "audio/wav", lambda part: listening(request).wav(track, part))


@router.get("/{recording}/audio.opus", dependencies=[_LISTENERS])
async def audio_opus(request: Request, recording: RecordingName, grant: Token) -> Response:
    """For slow lines: an eighth of the bytes."""
    track = await _track(request, recording, grant)
    if isinstance(track, Response):
        return track
    if not opus.available():
        return JSONResponse({"error": "no-opus"}, 503)
    length = opus_of(track.recording).length
    return _file(request, length, "audio/ogg", lambda part: listening(request).opus(track, part))


@router.get("/{recording}/audio.flac", dependencies=[_LISTENERS])
async def audio_flac(request: Request, recording: RecordingName, grant: Token) -> Response:
    """For taking away: every sample as it was recorded."""
    track = await _track(request, recording, grant)
    if isinstance(track, Response):
        return track
    name = f"{track.recording.started:%Y%m%dT%H%M%SZ}-{track.recording.unit}.flac"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(listening(request).flac(track), media_type="audio/flac", headers=headers)


@router.get("/{recording}/segments/{index}", dependencies=[_LISTENERS])
async def segment(request: Request, recording: RecordingName, index: Index, grant: Token) -> Response:
    """One segment exactly as the unit signed it: sound, a still or a clip."""
    track = await _track(request, recording, grant, sound_only=False)
    if isinstance(track, Response):
        return track
    found = [each for each in track.segments if each.index == index]
    if not found or found[0].media == "none":
        return none()
    try:
        body = await archive(request).open_one(track, found[0])
    except Broken:
        return JSONResponse({"error": "altered"}, 409)
    except ShelfError:
        return JSONResponse({"error": "store"}, 503)
    return Response(body, media_type=found[0].media)


def listening(request: Request) -> Listening:
    """Raises ``Off``."""
    parts = services(request).recordings
    if parts is None or parts.listening is None:
        raise Off
    return parts.listening


async def _track(
    request: Request, recording: str, grant: str, *, sound_only: bool = True
) -> Track | Response:
    try:
        track = await archive(request).track(request.state.sign_in, recording, grant)
    except NoSuchRecording:
        return none()
    except NotGranted:
        return JSONResponse({"error": "grant"}, 403)
    if not sound_only:
        return track
    heard = of_sound(track.segments)
    return Track(track.recording, track.wrapped, heard) if heard else none()


def _file(
    request: Request, length: int, kind: str, parts: Callable[[Part | None], AsyncIterator[bytes]]
) -> Response:
    """The whole or the part that ``Range`` asks for."""
    try:
        part = layout.part_of(request.headers.get("range"), length)
    except BadRange:
        return Response(status_code=416, headers={"content-range": f"bytes */{length}"})
    headers = {"accept-ranges": "bytes", "content-length": str(part.length if part else length)}
    if part is not None:
        headers["content-range"] = part.content_range
    return StreamingResponse(parts(part), 206 if part else 200, headers, kind)
