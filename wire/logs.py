"""How both sides log. A log that cannot be written, because its disk is full or its reader has gone, costs
its own lines and nothing else: no alarm may end with it."""

import logging
import os
import threading
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

LOST = "log_lines_lost"
"""Key in the first line that could be written again: how many could not."""


class Lines:
    """A file as structlog writes to it: each line in one call, from any thread."""

    def __init__(self, stream: TextIO) -> None:
        self._to = stream.fileno()
        self._lock = threading.Lock()
        self.lost = 0
        """Lines that could not be written since the last one that could."""

    def write(self, text: str) -> None:
        """One line. Raises nothing."""
        rest = memoryview(text.encode("utf-8", "backslashreplace"))
        with self._lock:
            try:
                while rest:
                    rest = rest[os.write(self._to, rest) :]
            except OSError:
                self.lost += 1
            else:
                self.lost = 0

    def flush(self) -> None:
        """Nothing waits here."""


def log_to(stream: TextIO, *, json: bool = False) -> Lines:
    """Log to ``stream`` from now on, from level INFO, as ``key=value`` or as JSON; an exception is told
    plainly, without values."""
    lines = Lines(stream)
    render: Processor = structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True, bool_as_flag=False
    )
    if json:
        render = structlog.processors.JSONRenderer(ensure_ascii=False)

    def say_lost(_logger: object, _method: str, told: EventDict) -> EventDict:
        if lines.lost:
            told[LOST] = lines.lost
        return told

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            say_lost,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(lines),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    return lines
