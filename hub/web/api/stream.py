"""The live stream: server-sent events whose ids are numbers of the journal."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from hub.live import Board, TooManyWatchers, Watcher
from hub.people import SignIn
from hub.store import journal
from hub.store.database import Store
from hub.web.api.common import REFUSALS
from hub.web.auth import everybody

router = APIRouter(tags=["session"], responses=REFUSALS)


@router.get("/api/v1/live/stream", dependencies=[everybody])
async def stream(
    request: Request,
    since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """``incident`` and ``counter`` events from now on, after those missed since the given number.

    A browser that reconnects by itself names the last id it saw; that is newer than the address it uses.
    """
    services = request.app.state.services
    board: Board = services.board
    mine: SignIn = request.state.sign_in
    if last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) < 17:
        since = int(last_event_id)
    try:
        watcher = board.watch(mine.token_hash)
    except TooManyWatchers:
        return JSONResponse({"error": "too-many"}, 503)
    try:
        if since is not None and since != board.seq:
            await _replay(services.store, watcher, since)
    except BaseException:
        board.leave(watcher)
        raise
    board.greet(watcher)
    remaining = (mine.expires_at - services.clock.now().wall).total_seconds()
    return StreamingResponse(_chunks(board, watcher, remaining), media_type="text/event-stream")


async def _replay(store: Store, watcher: Watcher, since: int) -> None:
    missed = await store.read(lambda tx: journal.since(tx, since))
    if missed is None:
        watcher.reset()
    else:
        watcher.replay(missed)


async def _chunks(board: Board, watcher: Watcher, lives_s: float) -> AsyncIterator[bytes]:
    # The stream ends with the sign-in; the page reconnects and is led to the sign-in page.
    expiry = asyncio.get_running_loop().call_later(max(0.0, lives_s), watcher.close)
    try:
        async for chunk in watcher.chunks():
            yield chunk
    finally:
        expiry.cancel()
        board.leave(watcher)
