"""What follows from what comes in: the callbacks of the way in."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.store.journal import Row
from hub.store.settle import Changes
from wire.messages import Health, Level, Reported, Status


@dataclass(frozen=True, slots=True)
class Heard:
    """Called on the event loop, in the order in which things came, except ``level``."""

    foretell: Callable[[list[Row]], None]
    """Pages will learn this: the transaction only has to be committed."""
    unsay: Callable[[], None]
    """It was not committed. The same events come again."""
    announce: Callable[[Changes], None]
    """It is committed."""
    status: Callable[[str, Status, bool], None]
    """Of a unit; whether the broker had it retained."""
    health: Callable[[str, Health], None]
    reported: Callable[[str, Reported], None]
    level: Callable[[str, Level], None]
    """On the thread that heard it: at eight a second the loop need not wake."""
    quarantined: Callable[[int], None]
    """So many payloads were refused so far."""
