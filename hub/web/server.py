"""The web server: listens, serves until told to stop, and leaves signals to the program."""

import contextlib
import gc
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from hub.settings import WebSettings

_log = structlog.get_logger()


class PortTaken(Exception):
    """The web port cannot be used; the message says why."""


class Server(uvicorn.Server):
    """uvicorn without its own signal handlers: this program stops its parts in its own order."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=1,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Ready to serve."""
        await super().startup(sockets)
        # What lives as long as the program need not be looked through for garbage during an alarm.
        gc.collect()
        gc.freeze()
        for one in sockets or ():
            host, port = one.getsockname()[:2]
            _log.info("hub_ready", url=f"http://{f'[{host}]' if ':' in host else host}:{port}")

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


def listen(web: WebSettings) -> socket.socket:
    """The web port, taken before anything else starts: two hubs must not share it by mistake.

    Raises ``PortTaken``.
    """
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((web.host, web.port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"web.port {web.port} of {web.host} cannot be used: {error}") from error
    return listener
