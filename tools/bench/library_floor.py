"""The floor's chain with the libraries that the product is built of: Starlette and uvicorn serve the pages.

``tools.bench.floor`` writes its HTTP by hand. Between the two lies what the libraries cost, and between this
one and ours what the product does. ``python -m tools.bench.library_floor`` takes the same arguments.
"""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tools.bench.floor import PAGE, Floor


class LibraryFloor(Floor):
    """The same reader and the same writer."""

    async def serve(self, http_port: int) -> None:
        """Until the process is ended."""
        self._streams: set[asyncio.Queue[bytes]] = set()
        threading.Thread(target=self._write, args=(asyncio.get_running_loop(),), daemon=True).start()
        self._client.loop_start()
        routes = [
            Route("/", lambda _request: HTMLResponse(PAGE)),
            Route("/count", lambda _request: PlainTextResponse(str(self._committed))),
            Route("/stream", self._stream),
        ]
        config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=http_port, log_level="error")
        await uvicorn.Server(config).serve()

    def _tell(self, told: bytes) -> None:
        for stream in self._streams:
            stream.put_nowait(told)

    async def _stream(self, _request: Request) -> Response:
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[bytes]:
        stream: asyncio.Queue[bytes] = asyncio.Queue()
        self._streams.add(stream)
        try:
            while True:
                yield await stream.get()
        finally:
            self._streams.discard(stream)


if __name__ == "__main__":
    floor = LibraryFloor(int(sys.argv[1]), Path(sys.argv[2]).read_text(), Path(sys.argv[3]))
    uvloop.run(floor.serve(int(sys.argv[4])))
