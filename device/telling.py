"""Events in the making: who says them, and in which order. A sequence is given once and leaves no hole."""

from dataclasses import dataclass

from device.decisions import Send
from device.inputs import Now
from wire.messages import Event
from wire.messages.events import EventData
from wire.topics import source_of


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this unit is in this run of its program."""

    site: str
    unit: str
    epoch: str
    boot: str


class Telling:
    """The voice of one unit."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.sequence = 0
        """Of the last event; 0 before the first."""
        self.full = False
        """Whether so much waits for the hub that only alarms are accepted."""
        self._source = source_of(identity.site, identity.unit)

    def say(self, data: EventData, at: Now) -> list[Send]:
        """An ordinary event. One that is not accepted gets no sequence: it must not look lost on the way."""
        return [] if self.full else [self.event(data, at)]

    def event(self, data: EventData, at: Now) -> Send:
        """An event that is accepted whatever waits."""
        event = Event.of(
            data,
            source=self._source,
            time=at.wall,
            epoch=self.identity.epoch,
            sequence=self.sequence + 1,
            boot=self.identity.boot,
            uptime=at.monotonic,
            clock="synced" if at.synced else "unsynced",
        )
        self.sequence += 1
        return Send(event)
