"""The lean way in: however the bytes arrive, every message is taken once and whole."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from tools.bench.packets import publish
from wire.client import Client

Taken = list[tuple[str, bytes, int, bool, int]]


def client(
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
) -> tuple[Client, socket.socket, Taken]:
    """One whose connection is the other end of a pair."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    made = Client(CallbackAPIVersion.VERSION2, client_id="c", protocol=protocol, manual_ack=True)
    made._sock = ours
    taken: Taken = []
    made.take = lambda *message: taken.append(message)
    return made, theirs, taken


@pytest.fixture
def pair() -> Iterator[tuple[Client, socket.socket, Taken]]:
    made, theirs, taken = client()
    yield made, theirs, taken
    theirs.close()


@given(
    st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 65535), st.booleans()), max_size=8),
    st.lists(st.integers(1, 400), min_size=1, max_size=20),
)
def test_however_the_bytes_are_cut(messages: list[tuple[bytes, int, bool]], cuts: list[int]) -> None:
    made, theirs, taken = client()
    stream = b"".join(
        publish(f"t/{n}", body, mid, retain=kept) for n, (body, mid, kept) in enumerate(messages)
    )
    at = 0
    while at < len(stream):
        size = cuts[at % len(cuts)]
        theirs.sendall(stream[at : at + size])
        assert made.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS
        at += size
    wanted = [(f"t/{n}", body, int(mid > 0), kept, mid) for n, (body, mid, kept) in enumerate(messages)]
    assert taken == wanted
    theirs.close()


def test_properties_of_a_message_are_passed_over() -> None:
    made, theirs, taken = client(MQTTProtocolVersion.MQTTv5)
    properties = b"\x02\x00\x00\x00\x1e"  # message expiry
    body = b"\x00\x01t\x00\x07" + bytes([len(properties)]) + properties + b"hello"
    theirs.sendall(bytes([0x32, len(body)]) + body)
    made.loop_read()
    assert taken == [("t", b"hello", 1, False, 7)]
    theirs.close()


def test_acknowledgements_leave_together_and_none_after_a_new_connection(
    pair: tuple[Client, socket.socket, Taken],
) -> None:
    made, theirs, _ = pair
    for mid in (1, 515, 3):
        made.ack(mid, 1)
    made.loop_write()
    assert theirs.recv(100) == b"\x40\x02\x00\x01\x40\x02\x02\x03\x40\x02\x00\x03"
    made.ack(4, 1)
    made.begin_anew()
    made.loop_write()
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(100)


@pytest.mark.parametrize(
    "nonsense", [b"\x30\xff\xff\xff\xff\x01", b"\x32\x01\x00"], ids=["a length without end", "no topic"]
)
def test_what_is_no_packet_ends_the_connection(
    pair: tuple[Client, socket.socket, Taken], nonsense: bytes
) -> None:
    made, theirs, taken = pair
    theirs.sendall(nonsense)
    assert made.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS
    assert taken == []


def test_the_end_of_the_connection_is_noticed(pair: tuple[Client, socket.socket, Taken]) -> None:
    made, theirs, _ = pair
    theirs.close()
    assert made.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS
