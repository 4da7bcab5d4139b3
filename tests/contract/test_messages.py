"""Every message makes the round trip, and none escapes this test: the classes are discovered."""

import json

import pytest

from tests.support.messages import EVENT_EXAMPLES, MESSAGE_EXAMPLES, SITE, UNIT, event
from wire.codec import decode, encode
from wire.limits import EVENT_BYTES_MAX
from wire.messages import PAYLOADS, Announcement, AreaAlarm, Event, Message
from wire.messages.events import EVENT_TYPES, FaultRaised
from wire.topics import annunciator_topic, area_topic, unit_topic


def _topic_of(message: Message) -> str:
    if isinstance(message, AreaAlarm):
        return area_topic(SITE, "desk")
    if isinstance(message, Announcement):
        return annunciator_topic(SITE, "hall")
    channel = next(c for c, cls in PAYLOADS.items() if isinstance(message, cls))
    return unit_topic(SITE, UNIT, channel)


def test_there_is_an_example_of_every_message_and_event_type() -> None:
    assert {type(e) for e in EVENT_EXAMPLES} == set(EVENT_TYPES.values())
    assert {type(m) for m in MESSAGE_EXAMPLES} == {*PAYLOADS.values(), AreaAlarm, Announcement}


@pytest.mark.parametrize("message", MESSAGE_EXAMPLES, ids=lambda m: getattr(m, "type", type(m).__name__))
def test_round_trip(message: Message) -> None:
    _, back = decode(_topic_of(message), encode(message))
    assert back == message


@pytest.mark.parametrize("data", EVENT_EXAMPLES, ids=lambda d: d.TYPE)
def test_an_events_data_comes_back_as_its_class(data: Message) -> None:
    _, back = decode(_topic_of(event()), encode(event(data)))  # type: ignore[arg-type]
    assert isinstance(back, Event)
    assert back.content() == data


def test_extension_attributes_are_strings_as_cloudevents_asks() -> None:
    told = json.loads(encode(event()))
    data = told.pop("data")
    assert data == {"presses": 1, "drill": False}
    assert all(isinstance(value, str) for value in told.values())
    assert told["sequence"] == "0000000000000042"
    assert told["uptime"] == "86400.125"
    assert told["specversion"] == "1.0"
    assert all(key.isalnum() and key.islower() for key in told)


def test_a_newer_units_unknown_fields_do_not_lose_its_alarm() -> None:
    told = json.loads(encode(event())) | {"traceparent": "00-abc"}
    told["data"]["mood"] = {"very": "bad"}
    _, back = decode(_topic_of(event()), json.dumps(told).encode())
    assert back == event().model_copy(update={"data": told["data"]})


def test_an_unknown_type_is_read_and_has_no_content() -> None:
    told = json.loads(encode(event())) | {"type": "io.madomori.earthquake.v1"}
    _, back = decode(_topic_of(event()), json.dumps(told).encode())
    assert isinstance(back, Event)
    assert back.content() is None
    assert not back.is_alarm


def test_a_message_over_the_limit_is_refused_before_it_is_sent() -> None:
    large = event().model_copy(update={"data": {"x": "a" * EVENT_BYTES_MAX}})
    with pytest.raises(ValueError, match=f"at most {EVENT_BYTES_MAX} bytes"):
        encode(large)


def test_text_is_bounded_and_without_control_characters() -> None:
    for bad in ("a" * 401, "line\nbreak", "bell\x07"):
        with pytest.raises(ValueError, match="detail"):
            FaultRaised(part="disk", detail=bad)
