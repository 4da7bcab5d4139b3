"""The unit's side of the wire: events out until they are stored, and what the hub says in.

All but the link's callbacks belongs to the owner's thread.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import structlog

from device.backlog import WINDOW, Backlog, Entry
from device.inputs import (
    AreaAlarmArrived,
    CommandArrived,
    ConfigArrived,
    Connection,
    LampArrived,
    Now,
    ReceiptArrived,
)
from device.telling import Identity
from wire.codec import Reason, Refused, decode, encode
from wire.link import Delivery, Link, LinkSettings
from wire.messages import (
    AreaAlarm,
    Command,
    Config,
    Event,
    Health,
    Lamp,
    Level,
    Receipt,
    Reported,
    Status,
)
from wire.topics import Channel, unit_subscriptions, unit_topic

_log = structlog.get_logger()

News = AreaAlarmArrived | ConfigArrived | Connection | LampArrived | ReceiptArrived


class Uplink:
    """``on_news`` gets what the hub says and what the connection does, with a key: news of the same key
    replaces what was not yet taken; ``on_command`` gets each command. Both come on the link's thread and must
    not block.
    """

    def __init__(
        self,
        identity: Identity,
        area: str | None,
        settings: LinkSettings,
        on_news: Callable[[tuple[str, ...], News], None],
        on_command: Callable[[CommandArrived], None],
    ) -> None:
        self._identity = identity
        self._on_news = on_news
        self._on_command = on_command
        self._topics = {channel: unit_topic(identity.site, identity.unit, channel) for channel in Channel}
        self._connections = 0
        self._why = ""
        self._connected = False
        self.backlog = Backlog()
        self.refused: Counter[Reason] = Counter()
        """Payloads from the hub that broke the contract, by reason."""
        self._link = Link(
            settings,
            subscriptions=unit_subscriptions(identity.site, identity.unit, area),
            on_delivery=self._arrived,
            on_connection=self._connection_changed,
            will=(self._topics[Channel.STATUS], self._status(online=False)),
        )

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._link.start()

    def send(self, event: Event, now: Now) -> Entry:
        """Publish a new event at once if there is a connection; it is repeated until its receipt."""
        entry = Entry(event.epoch, event.sequence, event.is_alarm, encode(event))
        self.backlog.add(entry)
        if entry.alarm or len(self.backlog) <= WINDOW:
            self._publish(entry, now)
        return entry

    def recover(self, entries: tuple[Entry, ...]) -> None:
        """Take over what earlier runs left."""
        self.backlog.recover(entries)

    def connection(self, connection: Connection, now: Now) -> None:
        """The connection came or went: say that we are here, and send again all that has no receipt."""
        self._connected = connection.connected
        self.backlog.connection_lost()
        if connection.connected:
            self._link.publish(self._topics[Channel.STATUS], self._status(online=True, now=now), retain=True)
            self.tick(now)

    def receipt(self, receipt: Receipt, now: Now) -> list[Entry]:
        """What the hub has now stored; what it missed, and what can follow, goes out at once."""
        stored = self.backlog.receipt(receipt)
        self.tick(now)
        return stored

    def tick(self, now: Now) -> None:
        """Send what is due."""
        if self._connected:
            for entry in self.backlog.due(now.monotonic):
                if not self._publish(entry, now):
                    break

    def health(self, health: Health) -> None:
        """Send the heartbeat, if there is a connection; an old one is worth nothing."""
        if self._connected:
            self._link.publish(self._topics[Channel.HEALTH], encode(health), qos=0)

    def level(self, level: Level) -> None:
        """Send a sound level, if there is a connection."""
        if self._connected:
            self._link.publish(self._topics[Channel.LEVEL], encode(level), qos=0)

    def report(self, reported: Reported) -> None:
        """Say which configuration runs, if there is a connection; it is said again with each connection."""
        if self._connected:
            self._link.publish(self._topics[Channel.REPORTED], encode(reported), retain=True)

    @property
    def turns(self) -> int:
        """How often the link's thread has gone round."""
        return self._link.turns

    def nudge(self) -> None:
        """Nothing to do: it goes round by itself."""

    def stop(self, timeout_s: float) -> None:
        """Say that we go, and end; raises ``TimeoutError`` when the link's thread does not."""
        farewell = self._topics[Channel.STATUS], self._status(online=False)
        self._link.stop(farewell, timeout_s)

    def _publish(self, entry: Entry, now: Now) -> bool:
        if not self._connected or not self._link.publish(self._topics[Channel.EVENT], entry.payload):
            return False
        self.backlog.sent(entry, now.monotonic)
        return True

    def _status(self, *, online: bool, now: Now | None = None) -> bytes:
        time, uptime_s = (now.wall, now.monotonic) if now else (None, None)
        boot, epoch = self._identity.boot, self._identity.epoch
        return encode(Status(online=online, boot=boot, epoch=epoch, time=time, uptime_s=uptime_s))

    # Below here: the link's thread.

    def _arrived(self, delivery: Delivery) -> None:
        # Acknowledged whatever it is: receipts and lamps are told again by the hub, and what is refused
        # would be refused again.
        delivery.acknowledge()
        try:
            _, message = decode(delivery.topic, delivery.payload)
        except Refused as refusal:
            self.refused[refusal.reason] += 1
            _log.warning(
                "message_refused", topic=delivery.topic, reason=refusal.reason.value, detail=refusal.detail
            )
            return
        self._take(delivery, message)

    def _take(self, delivery: Delivery, message: Any) -> None:
        match message:
            case Command() if delivery.retained:
                # It would come again with every connection, long after somebody wanted it.
                _log.warning("command_retained", command=message.id)
            case Command():
                self._on_command(CommandArrived(message))
            case Config():
                self._on_news(("config",), ConfigArrived(message))
            case Receipt():
                self._on_news(("receipt", message.epoch), ReceiptArrived(message))
            case Lamp():
                self._on_news(("lamp",), LampArrived(message))
            case AreaAlarm():
                self._on_news(("area",), AreaAlarmArrived(message))
            case _:
                _log.warning("message_not_supported", topic=delivery.topic)

    def _connection_changed(self, connected: bool, why: str) -> None:
        if connected:
            self._connections += 1
            _log.info("broker_connected")
        elif why != self._why:
            _log.warning("broker_not_connected", why=why)
        self._why = why
        self._on_news(("connection",), Connection(connected, self._connections))
