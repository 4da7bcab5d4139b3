"""The one queue of the unit: everything that happens on other threads waits here for the owner of the heart.

It is bounded, and what gives way is decided. Button edges come first and never give way to anything. Of what
the hub says, of connections and of parts only the newest of each kind waits: each is the whole truth.
Commands wait in order; one too many is left out, and whoever sent it gets no answer.
Findings of the hearing wait in order; when they are too many, updates go before starts and ends.
"""

import threading
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

import structlog

from device.hearing.findings import Heard
from device.inputs import CommandArrived, Edge

_log = structlog.get_logger()

EDGES_MAX = 4096
"""Some seven minutes of pressing as fast as contacts count, with nobody taking."""

KINDS_MAX = 64
"""Different kinds of news that can wait at once; far more than there are."""

COMMANDS_MAX = 16
"""Commands that can wait."""

HEARD_MAX = 64
"""Findings that can wait; updates only while there is room for half."""


T = TypeVar("T")


class Intake(Generic[T]):
    """``T``: what the owner takes besides edges, commands, findings. Safe from any thread, never blocks."""

    def __init__(self) -> None:
        self._edges: deque[Edge] = deque()
        self._news: dict[Hashable, T] = {}
        self._commands: deque[CommandArrived] = deque()
        self._heard: deque[Heard] = deque()
        self._waiting = threading.Condition()
        self.dropped = 0
        """How many have given way since the start."""

    def edge(self, edge: Edge) -> None:
        """Give an edge. When nobody has taken for minutes, it replaces the newest one of its button: the
        button's state stays true, and every alarm that it can still cause is already waiting.
        """
        with self._waiting:
            if len(self._edges) >= EDGES_MAX:
                self._give_way(edge)
            self._edges.append(edge)
            self._waiting.notify()

    def news(self, kind: Hashable, news: T) -> None:
        """Give news; it replaces what waits of the same ``kind``."""
        with self._waiting:
            if kind not in self._news and len(self._news) >= KINDS_MAX:
                self._drop("news", kind=str(kind))
                return
            self._news[kind] = news
            self._waiting.notify()

    def command(self, command: CommandArrived) -> None:
        """Give a command."""
        with self._waiting:
            if len(self._commands) >= COMMANDS_MAX:
                self._drop("command", kind=command.command.name)
                return
            self._commands.append(command)
            self._waiting.notify()

    def heard(self, heard: Heard) -> None:
        """Give a finding."""
        with self._waiting:
            room = HEARD_MAX // 2 if heard.phase == "update" else HEARD_MAX
            if len(self._heard) >= room:
                self._drop("finding", kind=heard.kind, phase=heard.phase)
                return
            self._heard.append(heard)
            self._waiting.notify()

    def take(self, timeout_s: float) -> Edge | T | CommandArrived | Heard | None:
        """The next thing to handle; None when nothing came within ``timeout_s``."""
        with self._waiting:
            if not self._any():
                self._waiting.wait(timeout_s)
            if self._edges:
                return self._edges.popleft()
            if self._news:
                return self._news.pop(next(iter(self._news)))
            if self._commands:
                return self._commands.popleft()
            return self._heard.popleft() if self._heard else None

    def _any(self) -> bool:
        return bool(self._edges or self._news or self._commands or self._heard)

    def _give_way(self, edge: Edge) -> None:
        for index in range(len(self._edges) - 1, -1, -1):
            if self._edges[index].button is edge.button:
                del self._edges[index]
                self._drop("edge", kind=edge.button.value)
                return

    def _drop(self, what: str, **details: str) -> None:
        self.dropped += 1
        _log.error("intake_full", what=what, **details)
