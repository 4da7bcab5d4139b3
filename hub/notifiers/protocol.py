"""What a notifier is: something that tells one notice, or says why it could not."""

from typing import Protocol, runtime_checkable

from hub.notices import Channel, Notice

SEND_MOST_S = 12.0
"""Longest that ``Notifier.send`` may take. A lease with less than this left is not begun."""


class Retry(Exception):
    """Not told; it may succeed later. The message is shown to administrators: no personal data, no secrets,
    nothing that the other side said."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s
        """When the other side asked to wait, in seconds."""


class GiveUp(Exception):
    """Not told, and the same would fail again. The message is as ``Retry``'s."""


class Notifier(Protocol):
    """Tells one address of one channel, or one channel as a whole. Used by one thread."""

    channel: Channel

    def send(self, notice: Notice) -> None:
        """Returns when the other side has it. Raises ``Retry`` or ``GiveUp``; within ``SEND_MOST_S``."""
        ...

    def close(self) -> None:
        """From another thread: let go of what is under way, so that ``send`` ends soon."""
        ...


@runtime_checkable
class Keeps(Protocol):
    """A notifier that shows a state, which must be shown again from time to time."""

    next_keep: float
    """When, in monotonic seconds."""

    def keep(self) -> None:
        """Show again what holds. Raises ``Retry`` or ``GiveUp``."""
        ...
