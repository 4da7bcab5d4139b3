"""The lean way in: however the bytes arrive, every message is taken once and whole."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from tools.bench.packets import publish
from wire.client import READS_BURST, READS_PER_S, Client

Taken = list[tuple[str, bytes, int, bool, int]]


def client(
    protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
) -> tuple[Client, socket.socket, Taken]:
    """One whose connection is the other end of a pair."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    made = Client(CallbackAPIVersion.VERSION2, client_id="c", protocol=protocol, manual_ack=True)
    made._sock = ours
    made.reads_per_s = 1e9
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


def test_messages_that_wait_leave_in_one_piece_and_in_their_order(
    pair: tuple[Client, socket.socket, Taken],
) -> None:
    made, theirs, _ = pair
    made.max_inflight_messages_set(100)
    for n in range(50):
        made.publish("t", bytes([n]), qos=1)
    made.publish("t", b"not asked for", qos=0)
    made.publish("t", b"last", qos=1)
    made.ack(7, 1)
    made.loop_write()
    there, other, taken = client()
    got = theirs.recv(4096)
    assert got.startswith(b"\x40\x02\x00\x07")
    other.sendall(got[4:])
    there.loop_read()
    assert [body for _, body, *_ in taken] == [*(bytes([n]) for n in range(50)), b"not asked for", b"last"]
    assert not made.want_write()
    other.close()


def test_a_piece_of_which_a_part_has_left_is_ended_first(pair: tuple[Client, socket.socket, Taken]) -> None:
    made, theirs, _ = pair
    narrow = made.socket()
    assert isinstance(narrow, socket.socket)
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    bodies = [bytes([n]) * 3000 for n in range(20)]
    for body in bodies:
        made.publish("t", body, qos=1)
    made.loop_write()
    assert made.want_write()
    made.ack(9, 1)
    there, other, taken = client()
    theirs.setblocking(False)
    while made.want_write() or len(taken) < len(bodies):
        made.loop_write()
        try:
            other.sendall(theirs.recv(65536))
        except BlockingIOError:
            continue
        there.loop_read()
    assert [body for _, body, *_ in taken] == bodies
    other.close()


def test_what_the_broker_has_makes_room_for_what_was_held_back(
    pair: tuple[Client, socket.socket, Taken],
) -> None:
    made, theirs, _ = pair
    made.max_inflight_messages_set(2)
    sent = [made.publish("t", b"x", qos=1) for _ in range(3)]
    made.loop_write()
    first = theirs.recv(100)
    assert len(first) == 2 * len(publish("t", b"x", 1))
    theirs.sendall(b"\x40\x02" + sent[0].mid.to_bytes(2, "big") + b"\x40\x02\xff\xff")
    assert made.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS
    made.loop_write()
    assert len(theirs.recv(100)) == len(publish("t", b"x", 1))
    assert [info.is_published() for info in sent] == [True, False, False]


def test_where_much_arrives_it_is_taken_together(
    pair: tuple[Client, socket.socket, Taken], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, theirs, taken = pair
    now, slept = [100.0], []
    made.reads_per_s = READS_PER_S
    monkeypatch.setattr("wire.client.time.monotonic", lambda: now[0])

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("wire.client.time.sleep", sleep)
    for n in range(1000):
        theirs.sendall(publish("t", b"x", n + 1))
        made.loop_read()
        now[0] += 0.0001
    assert len(taken) == 1000
    assert len(slept) <= 1000 - READS_BURST
    assert max(slept) <= 1.0 / READS_PER_S
    assert now[0] - 100.0 >= (1000 - READS_BURST - 5) / READS_PER_S
    now[0] += 1.0  # and after a moment of quiet at once again
    slept.clear()
    theirs.sendall(publish("t", b"press", 1))
    made.loop_read()
    assert slept == []
