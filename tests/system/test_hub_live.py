"""A press all the way through a real broker and a real hub: page, receipt, lamp, neighbours, and back."""

import json
import resource
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.brokers import wait_until
from tests.support.hub import RunningHub, start_hub
from tests.support.hub_peers import Listener, Sender, health
from tests.support.messages import EVENT_EXAMPLES
from tools.demo.broker import Broker
from wire.messages import Status
from wire.messages.events import Panic, SessionStarted, SessionStopped, Shout, Withdrawn
from wire.topics import Channel


@pytest.fixture
def hub(tmp_path: Path, mosquitto: Broker) -> Iterator[RunningHub]:
    with start_hub(tmp_path, mosquitto) as running:
        yield running


@pytest.fixture
def page(hub: RunningHub) -> Iterator[httpx.Client]:
    with hub.client() as client:
        yield client


@pytest.fixture
def sender(mosquitto: Broker) -> Iterator[Sender]:
    unit = Sender(mosquitto).start()
    yield unit
    unit.stop()


def test_one_press_all_the_way_and_back(hub: RunningHub, page: httpx.Client, sender: Sender) -> None:
    with Listener(page) as stream:
        event = sender.send(Panic())
        wait_until(lambda: stream.of("incident"), "the page shows it")
        (shown,) = stream.of("incident")
        wait_until(lambda: sender.covered(event.sequence), "the unit has its receipt")
        wait_until(lambda: sender.lamp() is not None, "the lamp is told")
        wait_until(lambda: sender.neighbours() == ["c1"], "the neighbours are told")
        lamp = sender.lamp()
        assert lamp is not None
        assert lamp.covers is not None
        assert (lamp.state, lamp.covers.epoch, lamp.covers.sequence) == ("stored", event.epoch, 1)
        assert (shown["unit"], shown["severity"], shown["kinds"], shown["state"]) == (
            "c1",
            "alarm",
            ["panic"],
            "open",
        )
        assert (shown["last_event"], shown["late_s"], shown["presses"]) == (event.id, 0.0, 1)
        assert shown["opened"] == event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        assert shown["tier"] == {"index": 0, "round": 1, "name": "係長", "name_en": "Team leader"}

        for action, state, light in (
            ("acknowledge", "acknowledged", "coming"),
            ("arrive", "responding", "coming"),
            ("resolve", "resolved", "off"),
        ):
            answer = page.post(f"/api/v1/incidents/{shown['id']}/{action}")
            assert (answer.status_code, answer.json()["state"]) == (200, state)
            assert answer.json()["acknowledged_by"] == "山田 花子"
            wait_until(lambda light=light: sender.lamp().state == light, f"the lamp is {light}")  # type: ignore[misc, union-attr]
            wait_until(
                lambda state=state: stream.of("incident")[-1]["state"] == state,  # type: ignore[misc]
                f"the page says {state}",
            )
        wait_until(lambda: sender.neighbours() == [], "the neighbours are told of the end")
    assert page.get("/api/v1/live").json()["incidents"] == []


def test_of_two_people_who_answer_one_wins_and_the_other_learns_who(
    hub: RunningHub, page: httpx.Client, sender: Sender
) -> None:
    sender.send(Panic())
    wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
    number = page.get("/api/v1/live").json()["incidents"][0]["id"]
    with hub.client("suzuki", "鈴木 一郎") as other:
        start = threading.Barrier(2)
        answers: dict[str, httpx.Response] = {}

        def press(name: str, client: httpx.Client) -> None:
            start.wait()
            answers[name] = client.post(f"/api/v1/incidents/{number}/acknowledge")

        people = [
            threading.Thread(target=press, args=who) for who in (("山田 花子", page), ("鈴木 一郎", other))
        ]
        for thread in people:
            thread.start()
        for thread in people:
            thread.join(20)
    won = [name for name, answer in answers.items() if answer.status_code == 200]
    lost = [answer for answer in answers.values() if answer.status_code == 409]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].json() == {"error": "already", "by": won[0], "state": "acknowledged"}
    assert page.post("/api/v1/incidents/999/acknowledge").status_code == 404
    assert page.post(f"/api/v1/incidents/{number}/close").status_code == 409


def test_an_alarm_that_the_disk_does_not_take_is_on_the_page_and_stored_later(
    hub: RunningHub, page: httpx.Client, sender: Sender
) -> None:
    assert hub.process is not None
    with Listener(page, ahead=True) as looking, Listener(page) as reading:
        _, most = resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (1, most))  # no write to any file succeeds
        event = sender.send(Panic())
        wait_until(lambda: looking.of("incident"), "the page shows the alarm all the same")
        wait_until(lambda: page.get("/readyz").status_code == 503, "the hub knows that it cannot store")
        assert (reading.of("incident"), sender.receipts(), sender.lamp()) == ([], [], None)

        resource.prlimit(hub.process.pid, resource.RLIMIT_FSIZE, (most, most))
        wait_until(lambda: sender.covered(event.sequence), "stored, and only now the unit is told so")
        wait_until(lambda: looking.of("reset"), "the page loads everything anew")
        (known,) = page.get("/api/v1/live").json()["incidents"]
        assert (known["last_event"], known["presses"]) == (event.id, 1)


def test_only_a_supervisor_answers(hub: RunningHub, page: httpx.Client, sender: Sender) -> None:
    sender.send(Panic())
    wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
    number = page.get("/api/v1/live").json()["incidents"][0]["id"]
    for role in ("staff", "admin", "auditor"):
        with hub.client(role, role, role) as other:
            assert other.get("/api/v1/live").status_code == 200
            answer = other.post(f"/api/v1/incidents/{number}/acknowledge")
            assert (answer.status_code, answer.json()) == (403, {"error": "role"})
    assert page.get("/api/v1/live").json()["incidents"][0]["state"] == "open"


def test_an_alarm_that_nobody_answers_climbs_and_the_lamp_says_so(tmp_path: Path, mosquitto: Broker) -> None:
    sender = Sender(mosquitto).start()
    with (
        start_hub(tmp_path, mosquitto, ladder_s=1.0) as hub,
        hub.client() as page,
        Listener(page) as stream,
    ):
        sender.send(Panic())
        wait_until(lambda: any(i["tier"]["round"] == 2 for i in stream.of("incident")), "the second round")
        lamp = sender.lamp()
        assert lamp is not None
        assert lamp.state == "unanswered"
        called = [(i["tier"]["round"], i["tier"]["index"]) for i in stream.of("incident")]
        assert called[:3] == [(1, 0), (1, 1), (2, 0)]
        number = stream.of("incident")[0]["id"]
        assert page.post(f"/api/v1/incidents/{number}/acknowledge").json()["tier"] is None
        wait_until(lambda: sender.lamp().state == "coming", "somebody comes")  # type: ignore[union-attr]
    sender.stop()


def test_a_press_while_the_hub_is_down_appears_with_its_true_time(
    hub: RunningHub, mosquitto: Broker, sender: Sender
) -> None:
    hub.stop()
    pressed = datetime.now(UTC) - timedelta(seconds=192)
    event = sender.send(Panic(), time=pressed)
    hub.start()
    with hub.client() as page:
        wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
        (shown,) = page.get("/api/v1/live").json()["incidents"]
    assert shown["opened"] == event.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert 192 <= shown["late_s"] < 300
    wait_until(lambda: sender.covered(1), "it has its receipt")
    ((detail, at),) = hub.query("select detail, at from entry")
    assert '"late_s"' in detail
    assert datetime.fromisoformat(at) == event.time.replace(tzinfo=None)


def test_a_clock_that_is_not_set_says_so_in_the_entry(
    hub: RunningHub, page: httpx.Client, sender: Sender
) -> None:
    sender.send(Panic(), clock="unsynced", time=datetime(1970, 1, 1, tzinfo=UTC))
    wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
    (shown,) = page.get("/api/v1/live").json()["incidents"]
    assert shown["opened"].startswith(str(datetime.now(UTC).year))
    assert shown["late_s"] == 0
    ((detail,),) = hub.query("select detail from entry")
    assert json.loads(detail)["unsynced"] == "1970-01-01T00:00:00Z"


def test_a_shout_asks_for_attention_and_a_withdrawal_is_shown(page: httpx.Client, sender: Sender) -> None:
    shout = next(e for e in EVENT_EXAMPLES if isinstance(e, Shout) and e.phase == "start")
    with Listener(page) as stream:
        sender.send(shout)
        wait_until(lambda: stream.of("incident"), "the page shows the shout")
        (shown,) = stream.of("incident")
        assert (shown["severity"], shown["level_dba"], shown["calibrated"]) == ("attention", 84.5, True)
        assert (shown["tier"], sender.lamp(), sender.neighbours()) == (None, None, [])
        panic = sender.send(Panic())
        sender.send(Withdrawn(panic_epoch=panic.epoch, panic_sequence=panic.sequence))
        wait_until(lambda: stream.of("incident")[-1]["withdrawn"], "the withdrawal is shown")
        shown = stream.of("incident")[-1]
        assert (shown["severity"], shown["state"], shown["kinds"]) == ("alarm", "open", ["shout", "panic"])


def test_a_page_that_lost_its_connection_gets_what_it_missed(
    hub: RunningHub, page: httpx.Client, sender: Sender
) -> None:
    before = page.get("/api/v1/live").json()["seq"]
    for presses in (1, 2, 3):
        sender.send(Panic(presses=presses))
        wait_until(lambda: sender.covered(sender.sequence), "stored")
    for how in (
        {"since": before},
        {"last_event_id": str(before)},
        {"since": 0, "last_event_id": str(before)},
    ):
        with Listener(page, **how) as stream:
            wait_until(lambda stream=stream: stream.of("incident"), "what was missed")  # type: ignore[misc]
            (missed,) = stream.of("incident")
            assert missed["presses"] == 6, "the newest state, once"
            number = next(number for event, number, _ in stream.told if event == "incident")
    assert number is not None
    with Listener(page, since=number) as stream:
        wait_until(lambda: len(stream.of("alive")) > 1, "signs of life go on")
        assert stream.of("incident") == [], "nothing twice"
    with Listener(page, since=number + 1000) as stream:
        wait_until(lambda: stream.of("reset"), "a number of another database")


def test_counters_show_link_faults_and_meetings(hub: RunningHub, page: httpx.Client, sender: Sender) -> None:
    with Listener(page) as stream:

        def shown(**expected: object) -> None:
            def agrees() -> bool:
                told = [c for c in stream.of("counter") if c["unit"] == "c1"]
                return bool(told) and all(told[-1][key] == value for key, value in expected.items())

            wait_until(agrees, f"the counter shows {expected}")
            counters = page.get("/api/v1/live").json()["counters"]
            kept = next(c for c in counters if c["unit"] == "c1")
            assert {key: kept[key] for key in expected} == expected

        sender.say(Status(online=True, boot="b" * 16, epoch=sender.epoch, time=datetime.now(UTC)))
        shown(link="online", number="1番", name="窓口1", area="desk", known=True)
        sender.say(health(faults=["microphone"]))
        shown(faults=["microphone"])
        started = sender.send(SessionStarted(limit_s=1800, warn_s=300, grace_s=60))
        began = started.time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        limits = {"limit_s": 1800.0, "warn_s": 300.0, "grace_s": 60.0}
        shown(session={"started": began, **limits, "agreed": None})
        sender.send(SessionStopped(lasted_s=1))
        shown(session=None)
        sender.say(Status(online=False, boot="b" * 16, epoch=sender.epoch))
        shown(link="offline")


def test_a_unit_that_is_not_in_the_settings_is_stored_and_shown(tmp_path: Path, mosquitto: Broker) -> None:
    sender = Sender(mosquitto, "c2").start()
    with start_hub(tmp_path, mosquitto, ["c1"]) as hub, hub.client() as page:
        sender.send(Panic())
        wait_until(lambda: page.get("/api/v1/live").json()["incidents"], "the incident is there")
        wait_until(lambda: len(page.get("/api/v1/live").json()["counters"]) == 2, "its counter too")
        stranger = page.get("/api/v1/live").json()["counters"][1]
        assert (stranger["unit"], stranger["known"], stranger["name"]) == ("c2", False, "未登録の端末")
        wait_until(lambda: sender.covered(1), "it has its receipt")
    sender.stop()


def test_receipts_are_repeated_to_a_duplicate_and_to_a_unit_that_comes(
    hub: RunningHub, mosquitto: Broker, sender: Sender
) -> None:
    event = sender.send(Panic())
    wait_until(lambda: sender.covered(1), "stored")
    wait_until(lambda: not sender.pending, "the sender has seen it")

    def another(count: int, what: str) -> None:
        wait_until(lambda: len(sender.receipts()) > count, what)
        assert sender.receipts()[-1].through == 1

    known = len(sender.receipts())
    sender.peer.link.publish(sender.topic(Channel.EVENT), event.model_dump_json().encode())
    another(known, "a receipt for the duplicate")
    known = len(sender.receipts())
    sender.say(Status(online=True, boot="b" * 16, epoch="e" * 16, time=datetime.now(UTC)))
    another(known, "a receipt for the older epoch when the unit comes")
    known = len(sender.receipts())
    hub.stop()
    hub.start()
    another(known, "a receipt when the hub comes")
    assert hub.query("select count(*) from event") == [(1,)]


def test_the_hub_stops_in_order_while_pages_watch(hub: RunningHub, page: httpx.Client) -> None:
    with Listener(page) as stream:
        began = datetime.now(UTC)
        assert hub.stop(within_s=5.0) == 0
        assert datetime.now(UTC) - began < timedelta(seconds=5)
        wait_until(stream.ended.is_set, "the stream has ended")
    assert "hub_stopped" in hub.log.read_text()
