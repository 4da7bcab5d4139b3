"""The virtual counters as an extension of the hub: the demo's units, pressed and looked at in a browser.

``POST /counters/{unit}/press`` and ``release`` take ``{"button": …}``; ``sound`` takes 16 kHz mono
little-endian int16 samples as its body; ``quiet`` stops the sound. ``GET /counters/stream`` tells everything
that the desks say.
"""

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict

from hub.web.auth import CurrentPerson, everybody
from hub.web.pages import pages_of
from hub.web.paint import Paint
from hub.web.services import Extension, Services
from tools.demo.tower import SimulatedTower
from tools.demo.virtual import library, rhythms
from tools.demo.virtual.bridge import DeskAway, Hall, TooManyWatchers
from tools.demo.virtual.mast import DRAWN, Mast
from wire.lights import ALARM_PATTERNS

HERE = Path(__file__).parent
NAME = "virtual"
SECONDS_MAX = 30
SOUND_BYTES_MAX = SECONDS_MAX * 16_000 * 2
BUTTONS = ("panic", "assist", "session", "record")


class Hand(BaseModel):
    """What a press or a release is about."""

    model_config = ConfigDict(extra="forbid")

    button: str


Level = Annotated[float | None, Query(ge=20, le=120)]
SoundFile = Annotated[str, InPath(pattern=r"^[A-Za-z0-9._-]+\.wav$")]


def virtual_counters(
    desks: Mapping[str, Path], sounds: Path, tower: SimulatedTower | None = None
) -> Extension:
    """The extension. ``desks`` names each unit's socket; ``sounds`` is the folder of ``tools.sounds``;
    ``tower`` is run here, so that pages see what it shows."""
    hall = Hall(desks)
    mast = Mast(tower, hall) if tower is not None else None

    async def start() -> None:
        if mast is not None:
            await mast.start()
        await hall.start()

    async def stop() -> None:
        await hall.stop()
        if mast is not None:
            await mast.stop()

    return Extension(
        name=NAME,
        router=_routes(hall, sounds, tower=mast is not None),
        templates=HERE / "templates",
        static=HERE / "static",
        navigation=[("/counters", "Virtual counters")],
        start=start,
        stop=stop,
    )


def _routes(hall: Hall, sounds: Path, *, tower: bool) -> APIRouter:
    router = APIRouter(prefix="/counters", dependencies=[everybody])

    @router.get("")
    async def page(request: Request, person: CurrentPerson) -> Response:
        services: Services = request.app.state.services
        pages = pages_of(request)
        paint = Paint(pages.words(request), services.clock.now().wall, services.settings.zone)
        known = {counter.unit: counter.model_dump() for counter in services.settings.counters}
        areas = {area.id: area.model_dump() for area in services.settings.areas}
        return pages.render(
            request,
            f"{NAME}/counters.html",
            person,
            units=[_shown(unit, known, areas, paint) for unit in hall.units],
            sounds=[
                sound.model_dump() | {"label": paint.label(sound.model_dump(), "name")}
                for sound in library.read(sounds)
            ],
            means={pattern.name: pattern.means for pattern in ALARM_PATTERNS},
            buttons=BUTTONS,
            tower=DRAWN if tower else (),
        )

    @router.get("/lights.css")
    async def lights() -> Response:
        return Response(rhythms.stylesheet(), media_type="text/css")

    @router.get("/sounds/{file}")
    async def sound_file(file: SoundFile) -> Response:
        if file not in {sound.file for sound in library.read(sounds)}:
            return JSONResponse({"error": "unknown-sound"}, 404)
        return FileResponse(sounds / file, media_type="audio/wav")

    @router.get("/stream")
    async def stream() -> Response:
        try:
            watcher = hall.watch()
        except TooManyWatchers:
            return JSONResponse({"error": "too-many"}, 503)

        async def told() -> AsyncIterator[bytes]:
            try:
                async for chunk in watcher.chunks():
                    yield chunk
            finally:
                hall.leave(watcher)

        return StreamingResponse(told(), media_type="text/event-stream")

    @router.post("/{unit}/press")
    async def press(unit: str, hand: Hand) -> Response:
        return await _do(hall, unit, do="press", button=hand.button)

    @router.post("/{unit}/release")
    async def release(unit: str, hand: Hand) -> Response:
        return await _do(hall, unit, do="release", button=hand.button)

    @router.post("/{unit}/sound")
    async def sound(unit: str, request: Request, level: Level = None) -> Response:
        samples = await request.body()
        if not samples or len(samples) > SOUND_BYTES_MAX or len(samples) % 2:
            return JSONResponse({"error": "samples", "most": SOUND_BYTES_MAX, "given": len(samples)}, 422)
        coded = base64.b64encode(samples).decode()
        return await _do(hall, unit, do="sound", pcm16=coded, level_dba=level)

    @router.post("/{unit}/quiet")
    async def quiet(unit: str) -> Response:
        return await _do(hall, unit, do="quiet")

    return router


async def _do(hall: Hall, unit: str, **line: Any) -> Response:
    if unit not in hall.units:
        return JSONResponse({"error": "unknown-unit", "units": hall.units}, 404)
    try:
        await hall.do(unit, **line)
    except DeskAway:
        return JSONResponse({"error": "not-running"}, 409)
    return Response(status_code=204)


def _shown(unit: str, known: Mapping[str, Any], areas: Mapping[str, Any], paint: Paint) -> dict[str, str]:
    """The words on the plate of a unit."""
    counter = known.get(unit)
    if counter is None:
        return {"unit": unit, "number": "", "name": unit, "area": paint.words("Not registered")}
    return {
        "unit": unit,
        "number": paint.label(counter, "number"),
        "name": paint.label(counter, "name"),
        "area": paint.label(areas[counter["area"]], "name"),
    }
