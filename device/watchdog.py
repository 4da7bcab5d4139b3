"""The service manager is told that the unit lives, and only while every loop of it really goes round.

The protocol is that of sd_notify(3): datagrams on the socket that ``NOTIFY_SOCKET`` names.
"""

import os
import socket
from collections.abc import Mapping
from typing import Protocol

import structlog

_log = structlog.get_logger()

NUDGE_S = 5.0
"""How often every loop is asked to go round, in seconds."""

PATIENCE_S = 60.0
"""A loop that has not gone round for so long is stuck, in seconds. Looking up the broker's name may block the
link for half a minute where the resolver does not answer."""


class ServiceManager:
    """systemd, or nobody where ``NOTIFY_SOCKET`` is not set."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # A leading @ stands for the zero byte of an abstract address.
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def tell(self, state: str) -> None:
        """``READY=1``, ``WATCHDOG=1``, ``STOPPING=1``."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.setblocking(False)
                line.sendto(state.encode(), self._address)
        except OSError as error:
            _log.warning("service_manager_not_told", state=state, error=str(error))


class Loop(Protocol):
    """Something that goes round on a thread of its own."""

    @property
    def turns(self) -> int:
        """How often it has gone round."""

    def nudge(self) -> None:
        """Make it go round soon, although it may have nothing to do."""


class Watchdog:
    """Looks at loops by name. The loop that calls ``stuck`` needs no watching: without it nothing is fed."""

    def __init__(self, loops: Mapping[str, Loop], patience_s: float = PATIENCE_S) -> None:
        self._loops = dict(loops)
        self._patience_s = patience_s
        self._seen: dict[str, tuple[int, float]] = {}
        self._nudged = float("-inf")

    @property
    def names(self) -> tuple[str, ...]:
        """The loops that are watched."""
        return tuple(self._loops)

    def stuck(self, at: float) -> set[str]:
        """Loops that have not gone round for too long; ``at`` is monotonic."""
        if at - self._nudged >= NUDGE_S:
            self._nudged = at
            for loop in self._loops.values():
                loop.nudge()
        stuck = set()
        for name, loop in self._loops.items():
            turns, since = self._seen.get(name, (-1, at))
            if loop.turns != turns:
                self._seen[name] = (loop.turns, at)
            elif at - since >= self._patience_s:
                stuck.add(name)
        return stuck
