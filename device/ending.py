"""The end of a program in order: part after part, whatever fails on the way."""

from collections.abc import Callable, Iterable

import structlog

_log = structlog.get_logger()


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
