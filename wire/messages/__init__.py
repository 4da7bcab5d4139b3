"""The payloads of the contract, and which channel carries which."""

from wire.messages.base import Message
from wire.messages.envelope import Event
from wire.messages.hub import Announcement, AreaAlarm, Command, Config, Lamp, Receipt
from wire.messages.unit import Health, Level, Reported, Status
from wire.topics import Channel

PAYLOADS: dict[Channel, type[Message]] = {
    Channel.EVENT: Event,
    Channel.STATUS: Status,
    Channel.HEALTH: Health,
    Channel.LEVEL: Level,
    Channel.REPORTED: Reported,
    Channel.RECEIPT: Receipt,
    Channel.LAMP: Lamp,
    Channel.COMMAND: Command,
    Channel.CONFIG: Config,
}
"""Channel of a unit's topic to the class of its payload. An area's topic carries ``AreaAlarm``, an
annunciator's ``Announcement``."""

__all__ = [
    "PAYLOADS",
    "Announcement",
    "AreaAlarm",
    "Command",
    "Config",
    "Event",
    "Health",
    "Lamp",
    "Level",
    "Message",
    "Receipt",
    "Reported",
    "Status",
]
