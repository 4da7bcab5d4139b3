"""The end of a program in order: part after part, whatever fails on the way."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

import structlog

_log = structlog.get_logger()


class Stops(Protocol):
    """A part that ends within a time."""

    def stop(self, timeout_s: float, /) -> None:
        """Raises ``TimeoutError``."""


def stops(*parts: tuple[str, Stops | None, float]) -> list[tuple[str, Callable[[], None]]]:
    """The end of each part that there is, with its time in seconds."""
    return [(name, partial(part.stop, within_s)) for name, part, within_s in parts if part is not None]


def in_order(steps: Iterable[tuple[str, Callable[[], None]]]) -> bool:
    """End one part after the other; False when one did not, which the log calls by its name."""
    ended = True
    for part, stop in steps:
        try:
            stop()
        except Exception as error:  # noqa: BLE001 - whatever fails to end, the others must still end
            _log.error("part_did_not_stop", part=part, error=str(error))
            ended = False
    return ended
