"""The live stream: server-sent events whose ids are numbers of the journal."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import Field

from hub.levels import CLOSE_MAX
from hub.live import Board, TooManyWatchers
from hub.people import SignIn
from hub.store import journal
from hub.store.database import Store
from hub.watcher import Watcher
from hub.web.api.common import REFUSALS, Asked, none, services
from hub.web.auth import everybody
from hub.web.rights import areas_of
from wire.messages.base import Name

PageName = Annotated[str, Query(pattern="^[0-9a-f]{0,32}$")]


class Looking(Asked):
    """What somebody looks at."""

    page: Annotated[str, Field(pattern="^[0-9a-f]{8,32}$")]
    """The ``page`` of the stream."""
    units: Annotated[list[Name], Field(max_length=500)]
    """On the screen."""
    close: Annotated[list[Name], Field(max_length=CLOSE_MAX)] = Field(default_factory=list)
    """Of these, those that matter most."""


router = APIRouter(tags=["session"], responses=REFUSALS)


@router.get("/api/v1/live/stream", dependencies=[everybody])
async def stream(
    request: Request,
    since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    page: PageName = "",
    ahead: bool = False,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """``incident``, ``counter`` and ``plan`` events from now on, after those missed since the given number,
    of the areas that the person answers for. ``page`` is a name by which ``looking`` finds this stream.
    ``ahead``: tell also what is about to be committed, without an id; the id follows alone, later. Whoever
    reads something else from the hub when told should do without.

    A browser that reconnects by itself names the last id it saw; that is newer than the address it uses.
    """
    hub = services(request)
    board: Board = hub.board
    mine: SignIn = request.state.sign_in
    if last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) < 17:
        since = int(last_event_id)
    try:
        watcher = board.watch(mine.token_hash, areas_of(mine.person), page, ahead=ahead)
    except TooManyWatchers:
        return JSONResponse({"error": "too-many"}, 503)
    try:
        if since is not None and since != board.seq:
            await _replay(board, hub.store, watcher, since)
    except BaseException:
        board.leave(watcher)
        raise
    board.greet(watcher)
    remaining = (mine.expires_at - hub.clock.now().wall).total_seconds()
    return StreamingResponse(_chunks(board, watcher, remaining), media_type="text/event-stream")


@router.put("/api/v1/live/looking", dependencies=[everybody], status_code=204)
async def looking(request: Request, asked: Looking) -> Response:
    """What is on the screen of a page, so that the stream tells how loud it is there. To be said again every
    ten seconds, and with no units when nobody looks any more. 404: there is no such stream."""
    hub = services(request)
    watcher = hub.board.watcher_of(request.state.sign_in.token_hash, asked.page)
    if watcher is None:
        return none()
    hub.levels.look(watcher, asked.units, asked.close)
    return Response(status_code=204)


async def _replay(board: Board, store: Store, watcher: Watcher, since: int) -> None:
    missed = await store.read(lambda tx: journal.since(tx, since))
    if missed is None:
        watcher.reset()
    else:
        watcher.replay(board.framed(missed))


async def _chunks(board: Board, watcher: Watcher, lives_s: float) -> AsyncIterator[bytes]:
    # The stream ends with the sign-in; the page reconnects and is led to the sign-in page.
    expiry = asyncio.get_running_loop().call_later(max(0.0, lives_s), watcher.close)
    try:
        async for chunk in watcher.chunks():
            yield chunk
    finally:
        expiry.cancel()
        board.leave(watcher)
