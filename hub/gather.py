"""What can wait a moment, done in one go, so that it does not stand in the way of the next press."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

GATHER_S = 0.02
"""Nobody sees receipts and acknowledgements; a light that turns solid this much later looks the same."""


class Gather(Generic[T]):
    """Use it on the event loop. Bounded by what the callers have under way in ``GATHER_S``."""

    def __init__(self, do: Callable[[list[T]], None]) -> None:
        self._do = do
        self._waiting: list[T] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, more: Iterable[T]) -> None:
        """Do it within ``GATHER_S``, in this order."""
        self._waiting.extend(more)
        if self._timer is None and self._waiting:
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self.flush)

    def flush(self) -> None:
        """Do it now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._do(waiting)
