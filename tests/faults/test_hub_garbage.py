"""Anything at all on every topic: the hub lives, counts it, and an alarm sent meanwhile is not delayed."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.brokers import wait_until
from tests.support.hub import RunningHub, start_hub
from tests.support.hub_peers import Sender
from tests.support.messages import MESSAGE_EXAMPLES
from tests.support.proofs import size
from tools.demo.broker import Broker
from wire.codec import Refused, decode, encode
from wire.limits import EVENT_BYTES_MAX
from wire.messages.events import Panic
from wire.topics import FROM_UNIT, Channel, source_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
DEEP = st.integers(10, 3000).map(lambda n: b"[" * n + b"]" * n)
CUT = st.tuples(st.sampled_from(MESSAGE_EXAMPLES), st.integers(0, 200)).map(
    lambda pair: encode(pair[0])[: pair[1]]
)
LARGE = st.integers(EVENT_BYTES_MAX + 1, 100_000).map(lambda n: b'{"a":"' + b"x" * n + b'"}')
GARBAGE = st.binary(max_size=300) | JSON.map(lambda tree: json.dumps(tree).encode()) | DEEP | CUT | LARGE
VOLATILE = {Channel.HEALTH, Channel.LEVEL}
PROMISE_S = 3.0
"""A light must tell the truth after this long."""


@pytest.fixture
def hub(tmp_path: Path, mosquitto: Broker) -> Iterator[RunningHub]:
    with start_hub(tmp_path, mosquitto) as running:
        yield running


@pytest.fixture
def vandal(mosquitto: Broker) -> Iterator[Sender]:
    """A unit that may speak, and does not know the contract."""
    unit = Sender(mosquitto, "c2").start()
    yield unit
    unit.stop()


def counted(hub: RunningHub) -> int:
    rows = hub.query("select value from tally where name = 'quarantined'")
    return int(rows[0][0]) if rows else 0


def test_anything_on_every_topic_is_counted_and_the_hub_lives(
    hub: RunningHub, mosquitto: Broker, vandal: Sender, record_property: Callable[[str, object], None]
) -> None:
    thrown = {"surely": 0, "perhaps": 0}

    @settings(max_examples=size(300, 10_000), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(FROM_UNIT), GARBAGE, st.booleans())
    def throw(channel: Channel, payload: bytes, retained: bool) -> None:
        topic = vandal.topic(channel)
        try:
            decode(topic, payload)
        except Refused:
            # The broker itself may drop what it need not keep; an empty retained message only deletes.
            thrown["perhaps" if channel in VOLATILE else "surely"] += 1
        vandal.peer.link.publish(topic, payload, retain=retained)

    throw()
    assert thrown["surely"] > 100
    wait_until(
        lambda: counted(hub) >= thrown["surely"], f"all {thrown} are counted", within_s=size(30.0, 240.0)
    )
    assert counted(hub) <= thrown["surely"] + thrown["perhaps"]
    good = Sender(mosquitto).start()
    good.send(Panic())
    wait_until(lambda: good.covered(1), "an event is stored as ever")
    good.stop()
    assert hub.process is not None
    assert hub.process.poll() is None
    assert hub.query("select count(*) from event") == [(1,)]
    reasons = {row[0] for row in hub.query("select distinct reason from quarantine")}
    assert {"json", "fields", "encoding", "size"} <= reasons
    with hub.client() as page:
        assert page.get("/api/v1/live").json()["quarantined"] == counted(hub)
    record_property("proved", f"{sum(thrown.values()):,} pieces of garbage, {counted(hub):,} counted")


def test_an_event_in_the_name_of_another_unit_is_refused(hub: RunningHub, vandal: Sender) -> None:
    forged = vandal.event(Panic(), source=source_of(vandal.site, "c1"))
    vandal.peer.link.publish(vandal.topic(Channel.EVENT), encode(forged))
    wait_until(lambda: counted(hub) == 1, "it is counted")
    assert hub.query("select reason, topic from quarantine") == [("source", vandal.topic(Channel.EVENT))]
    assert hub.query("select count(*) from incident") == [(0,)]


def test_a_retained_event_is_refused_when_the_hub_comes(hub: RunningHub, vandal: Sender) -> None:
    hub.stop()
    old = vandal.event(Panic())
    vandal.peer.link.publish(vandal.topic(Channel.EVENT), encode(old), retain=True)
    hub.start()
    wait_until(lambda: counted(hub) >= 1, "it is counted")
    assert hub.query("select distinct reason from quarantine") == [("expired",)]


def test_an_alarm_during_a_flood_is_not_delayed(hub: RunningHub, mosquitto: Broker, vandal: Sender) -> None:
    good = Sender(mosquitto, again_s=60.0).start()
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            for payload in (b"{", b"\xff", b"[" * 500, b"{}"):
                vandal.peer.link.publish(vandal.topic(Channel.EVENT), payload)
            stop.wait(0.005)

    flooding = threading.Thread(target=flood)
    flooding.start()
    try:
        wait_until(lambda: counted(hub) > 200, "the flood is felt", within_s=30)
        for _ in range(5):
            began = time.monotonic()
            event = good.send(Panic())
            wait_until(lambda event=event: good.covered(event.sequence), "the alarm is stored")  # type: ignore[misc]
            assert time.monotonic() - began < PROMISE_S
    finally:
        stop.set()
        flooding.join(10)
        good.stop()
