"""How much one unit may send. What is too much is dropped unread, and the unit is named.

Nothing is lost by it: a unit forgets an event only on the hub's receipt, so a good one that had to catch up
sends again. Alarms have an allowance of their own, which other messages cannot use up.
"""

from dataclasses import dataclass

PER_S = 500.0
"""Messages a second that a unit may send for long: a hundred times what it does in an alarm."""
BURST = 5000.0
"""What it may send at once after a time of quiet: a unit that was cut off brings its backlog."""
ALARMS_PER_S = 20.0
ALARMS_BURST = 200.0
TOLD_FOR_S = 10.0
"""A unit is named until so long after the last message that was dropped, in seconds."""
SENDERS_MAX = 5000
"""Senders that are remembered; the broker decides who may speak, this bounds a mistake."""

_ALARM_MARKS = (b'"io.madomori.panic.', b'"io.madomori.assist.', b'"io.madomori.withdrawn.')


@dataclass(slots=True)
class _Allowance:
    left: float
    at: float

    def take(self, now: float, per_s: float, burst: float) -> bool:
        self.left = min(burst, self.left + (now - self.at) * per_s)
        self.at = now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


@dataclass(slots=True)
class _Sender:
    others: _Allowance
    alarms: _Allowance
    dropped: int = 0
    began: float = 0.0
    last: float = float("-inf")


def sender_of(topic: str) -> str | None:
    """The unit that a topic belongs to; None for what is no topic of a unit."""
    parts = topic.split("/", 5)
    return parts[4] if len(parts) == 6 and parts[3] == "unit" else None


def looks_like_alarm(payload: bytes) -> bool:
    """Without reading it: the type stands in it."""
    return any(mark in payload for mark in _ALARM_MARKS)


class Flood:
    """Allowances of all senders. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._senders: dict[str, _Sender] = {}
        self.dropped = 0
        """Messages that were dropped so far."""

    def admits(self, topic: str, payload: bytes, now: float) -> bool:
        """Whether a message is to be read. What belongs to no unit is refused elsewhere, with its reason."""
        name = sender_of(topic)
        if name is None:
            return True
        sender = self._senders.get(name)
        if sender is None:
            if len(self._senders) >= SENDERS_MAX:
                return True
            fresh = _Allowance(BURST, now), _Allowance(ALARMS_BURST, now)
            sender = self._senders[name] = _Sender(*fresh)
        if sender.others.take(now, PER_S, BURST):
            return True
        if looks_like_alarm(payload) and sender.alarms.take(now, ALARMS_PER_S, ALARMS_BURST):
            return True
        if now - sender.last > TOLD_FOR_S:
            sender.dropped, sender.began = 0, now
        sender.dropped += 1
        sender.last = now
        self.dropped += 1
        return False

    def flooding(self, now: float) -> dict[str, int]:
        """Unit to how many of its messages were dropped a second."""
        return {
            name: round(sender.dropped / max(1.0, sender.last - sender.began))
            for name, sender in list(self._senders.items())
            if now - sender.last <= TOLD_FOR_S
        }
