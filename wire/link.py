"""A connection to the broker that comes back by itself: paho-mqtt, set up the way the contract needs.

The link keeps no promise beyond the socket. What must not be lost is kept by its caller (the unit's
outbox, the hub's COMMIT) until the other side has said that it is stored: ``publish`` says False when
there is no connection, and a True means no more than "on its way".
"""

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wire.client import Client
from wire.limits import PACKET_BYTES_MAX

_log = structlog.get_logger()

INFLIGHT_MAX = 1000
"""QoS 1 messages on their way at once; paho would queue more in memory, so callers keep below it."""

SUBSCRIBE_AGAIN_S = 5.0
"""Wait before asking again for a subscription that the broker refused, in seconds."""

SESSION_KEPT_S = 7 * 24 * 3600
"""How long a broker keeps the session of a client that is away, in seconds: longer than any holiday."""


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where the broker is and how to speak to it."""

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    protocol: Literal["5", "3.1.1"] = "5"
    keepalive_s: int = 10
    """The broker sends the last will after one and a half times this, in seconds."""


@dataclass(slots=True)
class Delivery:
    """One message that arrived."""

    topic: str
    payload: bytes
    retained: bool
    acknowledge: Callable[[], None]
    """Tells the broker that it need not send this again. Call it from any thread, once."""


Subscriptions = list[tuple[str, int]]


class Link:
    """One client of the broker. Callbacks come on the link's own thread and must not block.

    ``on_delivery`` gets each message and owns its acknowledgement. ``on_connection`` gets True after the
    subscriptions are confirmed, and False with the reason when the connection is lost or refused.
    """

    def __init__(
        self,
        settings: LinkSettings,
        *,
        subscriptions: Subscriptions,
        on_delivery: Callable[[Delivery], None],
        on_connection: Callable[[bool, str], object],
        will: tuple[str, bytes] | None = None,
    ) -> None:
        self._settings = settings
        self._subscriptions = subscriptions
        self._on_delivery = on_delivery
        self._on_connection = on_connection
        self._ready = threading.Event()
        self._connection = 0
        self._v5 = settings.protocol == "5"
        options: dict[str, Any] = {} if self._v5 else {"clean_session": False}
        self._client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.client_id,
            protocol=MQTTProtocolVersion.MQTTv5 if self._v5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            **options,
        )
        client.max_inflight_messages_set(INFLIGHT_MAX)
        client.reconnect_delay_set(min_delay=1, max_delay=5)
        if settings.username is not None:
            client.username_pw_set(settings.username, settings.password)
        if will is not None:
            client.will_set(will[0], will[1], qos=1, retain=True)
        client.on_connect = self._connected
        client.on_subscribe = self._subscribed
        client.on_disconnect = self._disconnected
        client.on_connect_fail = self._failed
        client.take = self._arrived
        client.on_socket_open = _opened

    def start(self) -> None:
        """Begin to connect, and go on for ever; returns at once."""
        extra: dict[str, Any] = {}
        if self._v5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = SESSION_KEPT_S
            properties.MaximumPacketSize = PACKET_BYTES_MAX
            properties.ReceiveMaximum = 65535
            extra = {"clean_start": False, "properties": properties}
        self._client.connect_async(
            self._settings.host, self._settings.port, keepalive=self._settings.keepalive_s, **extra
        )
        self._client.loop_start()

    def stop(self, farewell: tuple[str, bytes] | None = None, timeout_s: float = 2.0) -> None:
        """Send what is under way and a retained ``farewell``, disconnect, end the thread.

        Raises ``TimeoutError`` when the thread does not end in ``timeout_s``.
        """
        if farewell is not None and self.connected:
            info = self._client.publish(farewell[0], farewell[1], qos=1, retain=True)
            try:
                info.wait_for_publish(timeout_s / 2)
            except (RuntimeError, ValueError) as error:
                _log.warning("farewell_not_sent", error=str(error))
        self._client.disconnect()
        # paho joins its thread without a limit; a thread that will not end must be an error, not a hang.
        ender = threading.Thread(target=self._client.loop_stop, name="link-stop", daemon=True)
        ender.start()
        ender.join(timeout_s)
        if ender.is_alive():
            raise TimeoutError(f"the link's thread did not end within {timeout_s} s")

    @property
    def turns(self) -> int:
        """How often the network thread has gone round: at least once in ten seconds, connected or not."""
        return self._client.turns

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the connection and the subscriptions."""
        return self._ready.is_set()

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: Literal[0, 1] = 1,
        retain: bool = False,
        expires_s: int | None = None,
    ) -> bool:
        """Hand a message to the network thread; safe from any thread, never blocks.

        False: no connection, or too many under way; nothing was queued, and the caller keeps the message.
        ``expires_s`` asks an MQTT 5 broker to drop what it could not deliver in that many seconds.
        """
        if not self._ready.is_set():
            return False
        info = self._publish(topic, payload, qos, retain=retain, expires_s=expires_s)
        return info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS

    def _publish(
        self, topic: str, payload: bytes, qos: int, *, retain: bool, expires_s: int | None
    ) -> mqtt.MQTTMessageInfo:
        properties = None
        if self._v5 and expires_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = expires_s
        return self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)

    def deliver(self, topic: str, payload: bytes, *, timeout_s: float, expires_s: int | None = None) -> bool:
        """Publish with QoS 1 and wait until the broker has it; not for the network thread.

        False: not known to have arrived within ``timeout_s``. It may arrive later all the same.
        """
        if not self._ready.is_set():
            return False
        info = self._publish(topic, payload, 1, retain=False, expires_s=expires_s)
        try:
            info.wait_for_publish(timeout_s)
            return info.is_published()
        except (RuntimeError, ValueError):  # not connected any more, or too many under way
            return False

    # Callbacks, all on paho's thread.

    def _connected(
        self, client: mqtt.Client, _userdata: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        self._connection += 1
        if code.is_failure:
            self._tell(False, f"the broker refused the connection: {code}")
        elif self._subscriptions:
            client.subscribe(list(self._subscriptions))
        else:
            self._become_ready()

    def _subscribed(
        self, client: mqtt.Client, _userdata: Any, _mid: int, codes: list[ReasonCode], _properties: Any
    ) -> None:
        refused = [
            topic for (topic, _), code in zip(self._subscriptions, codes, strict=False) if code.is_failure
        ]
        if refused:
            self._tell(False, f"the broker refused to let this client read {', '.join(refused)}")
            # Rights may be mended while we wait; without what we must read we are not connected.
            retry = threading.Timer(SUBSCRIBE_AGAIN_S, client.subscribe, [list(self._subscriptions)])
            retry.daemon = True
            retry.start()
            return
        self._become_ready()

    def _become_ready(self) -> None:
        self._ready.set()
        self._tell(True, "")

    def _disconnected(
        self, _client: mqtt.Client, _userdata: Any, _flags: Any, code: ReasonCode, _properties: Any
    ) -> None:
        if self._ready.is_set():
            self._ready.clear()
            self._tell(False, f"the connection ended: {code}")

    def _failed(self, _client: mqtt.Client, _userdata: Any) -> None:
        self._client.turns += 1
        self._tell(False, "the broker cannot be reached")

    def _arrived(self, topic: str, payload: bytes, qos: int, retained: bool, mid: int) -> None:
        connection = self._connection

        def acknowledge() -> None:
            # A broker that lost its session gives the same packet id to another message: an
            # acknowledgement is good only on the connection that brought the message.
            if qos and connection == self._connection:
                self._client.ack(mid, qos)

        self._guard(self._on_delivery, Delivery(topic, payload, retained, acknowledge))

    def _tell(self, connected: bool, why: str) -> None:
        self._guard(self._on_connection, connected, why)

    @staticmethod
    def _guard(callback: Callable[..., object], *arguments: Any) -> None:
        """A fault in the caller's code must not end the network thread: it is told and the link lives on."""
        try:
            callback(*arguments)
        except Exception:  # noqa: BLE001
            _log.exception("link_callback_failed")


def _opened(client: mqtt.Client, _userdata: Any, sock: Any) -> None:
    """Small packets leave at once: with Nagle and delayed ACK a press could wait 40 ms."""
    assert isinstance(client, Client)  # noqa: S101
    client.begin_anew()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
