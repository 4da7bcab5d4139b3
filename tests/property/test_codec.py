"""Whatever arrives, the codec answers with a message or a typed refusal, and with nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.messages import MESSAGE_EXAMPLES, event
from wire.codec import Reason, Refused, decode, encode
from wire.limits import EVENT_BYTES_MAX, JSON_DEPTH_MAX
from wire.messages import PAYLOADS, Event
from wire.topics import Channel, area_topic, unit_topic

TOPICS = [*(unit_topic("city", "c1", c) for c in Channel), area_topic("city", "desk")]
EVENT_TOPIC = unit_topic("city", "c1", Channel.EVENT)
EXAMPLES = [encode(m) for m in MESSAGE_EXAMPLES]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


def answer(topic: str, payload: bytes) -> Reason | None:
    """The reason of the refusal, or None; a message that was read must survive being written again."""
    try:
        where, message = decode(topic, payload)
    except Refused as refused:
        assert len(refused.detail) <= 300
        return refused.reason
    assert str(where) == topic
    assert decode(topic, encode(message)) == (where, message)
    return None


@given(st.sampled_from(TOPICS), st.binary(max_size=300))
def test_any_bytes(topic: str, payload: bytes) -> None:
    answer(topic, payload)


@given(st.sampled_from(TOPICS), json_values)
def test_any_json(topic: str, value: Any) -> None:
    answer(topic, json.dumps(value).encode())


@given(st.text(max_size=200), st.sampled_from(EXAMPLES))
def test_any_topic(topic: str, payload: bytes) -> None:
    assert answer(topic, payload) == Reason.TOPIC


@given(st.data(), st.sampled_from(TOPICS), st.sampled_from(EXAMPLES))
def test_a_valid_message_with_one_value_replaced(data: st.DataObject, topic: str, payload: bytes) -> None:
    told = json.loads(payload)
    key = data.draw(st.sampled_from(sorted(told)))
    told[key] = data.draw(json_values)
    answer(topic, json.dumps(told).encode())


@given(st.sampled_from(EXAMPLES), st.integers(0, 10_000), st.integers(0, 255))
def test_a_valid_message_with_one_byte_replaced(payload: bytes, place: int, value: int) -> None:
    broken = bytearray(payload)
    broken[place % len(broken)] = value
    for channel in PAYLOADS:
        answer(unit_topic("city", "c1", channel), bytes(broken))


@given(st.integers(1, 4000))
def test_depth_is_bounded_for_arrays_and_objects(depth: int) -> None:
    shell = {"data": {"presses": 1, "x": 0}}
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        nested = opening * depth + "1" + closing * depth
        payload = encode(event()).replace(b'"presses":1', b'"presses":1,"x":' + nested.encode())
        if len(payload) > EVENT_BYTES_MAX:
            assert answer(EVENT_TOPIC, payload) == Reason.SIZE
        elif depth > JSON_DEPTH_MAX - len(shell) - 1:
            assert answer(EVENT_TOPIC, payload) in (Reason.DEPTH, Reason.JSON)
        else:
            assert answer(EVENT_TOPIC, payload) is None


def replaced(old: bytes, new: bytes) -> bytes:
    payload = encode(event())
    assert old in payload
    return payload.replace(old, new)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", Reason.JSON),
        (b"\xff\xfe", Reason.ENCODING),
        (replaced(b'"presses":1', b'"presses":NaN'), Reason.JSON),
        (replaced(b'"presses":1', b'"presses":"1"'), Reason.FIELDS),
        (replaced(b'"presses":1', b'"presses":1.5'), Reason.FIELDS),
        (replaced(b'"presses":1', b'"presses":true'), Reason.FIELDS),
        (replaced(b'"presses":1', b'"presses":0'), Reason.FIELDS),
        (replaced(b'"0000000000000042"', b'"-1"'), Reason.FIELDS),
        (replaced(b'"0000000000000042"', b'"4.2"'), Reason.FIELDS),
        (replaced(b'"0000000000000042"', b'"99999999999999999999999"'), Reason.FIELDS),
        (replaced(b'"86400.125"', b'"nan"'), Reason.FIELDS),
        (replaced(b'"86400.125"', b'"-1"'), Reason.FIELDS),
        (replaced(b"2026-11-22T05:05:32.123000Z", b"2026-11-22T05:05:32"), Reason.FIELDS),
        (replaced(b"2026-11-22T05:05:32.123000Z", b"0001-01-01T00:00:00+14:00"), Reason.FIELDS),
        (replaced(b"/unit/c1", b"/unit/c2"), Reason.SOURCE),
        (replaced(b'"1.0"', b'"2.0"'), Reason.FIELDS),
        (b"[" * 5000, Reason.JSON),
        (b" " * (EVENT_BYTES_MAX + 1), Reason.SIZE),
    ],
    ids=lambda v: v.value if isinstance(v, Reason) else repr(v[:24]),
)
def test_each_kind_of_garbage_has_its_reason(payload: bytes, reason: Reason) -> None:
    assert answer(EVENT_TOPIC, payload) == reason


def test_a_refusal_never_quotes_the_value_it_refused() -> None:
    payload = replaced(b'"synced"', b'"<script>alert(1)</script>"')
    with pytest.raises(Refused) as refused:
        decode(EVENT_TOPIC, payload)
    assert "script" not in str(refused.value)
    assert isinstance(event(), Event)
