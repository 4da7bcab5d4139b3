"""Two hubs on one PostgreSQL and one broker: one incident, one notification, no gap when one is killed."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support import proofs
from tests.support.brokers import wait_until
from tests.support.hub import RunningHub, write_config
from tests.support.hub_peers import Listener, Sender
from tests.support.postgres import running_postgres
from tests.support.receivers import MailServer
from tools.demo.broker import Broker
from wire.messages.events import Panic

ADDRESS = "kacho@city.example"


@dataclass
class Pair:
    hubs: list[RunningHub]
    mail: MailServer
    url: str

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as database:
            return database.execute(sql.encode()).fetchall()

    def told(self) -> Counter[str]:
        """How often each notice arrived, by its Message-ID."""
        return Counter(str(mail["Message-ID"]) for mail in self.mail.mails)


@pytest.fixture
def pair(tmp_path: Path, mosquitto: Broker) -> Iterator[Pair]:
    with ExitStack() as stack:
        url = stack.enter_context(running_postgres())
        mail = stack.enter_context(MailServer())
        hubs = [_hub(tmp_path, mosquitto, name, url, mail.port) for name in ("a", "b")]
        try:
            for hub in hubs:
                hub.start()
            yield Pair(hubs, mail, url)
        finally:
            for hub in hubs:
                if hub.process is not None and hub.process.poll() is None:
                    assert hub.stop() == 0


def _hub(folder: Path, broker: Broker, name: str, url: str, mail_port: int) -> RunningHub:
    hub = write_config(folder / name, broker, ["c1", "c2"], ladder_s=3600.0, database=url)
    head = f'shared_database = true\ninstance = "{name}"\nconfiguration_key = "{folder / "key.pem"}"\n'
    tail = f"""
[mail]
host = "127.0.0.1"
port = {mail_port}
security = "none"
sender = "madomori@city.example"
[[ladders]]
name = "alarms"
for = ["alarm"]
[[ladders.tiers]]
name = "課長"
name_en = "Section head"
seconds = 2
call = ["mail:{ADDRESS}"]
"""
    hub.config.write_text(head + hub.config.read_text() + tail)
    return hub


def test_one_incident_one_notification_and_both_pages_know(pair: Pair, mosquitto: Broker) -> None:
    first, second = pair.hubs
    sender = Sender(mosquitto).start()
    with (
        first.client() as here,
        second.client("suzuki", "鈴木 一郎") as there,
        Listener(here) as a,
        Listener(there) as b,
    ):
        sender.send(Panic())
        for stream in (a, b):
            wait_until(lambda stream=stream: stream.of("incident"), "each page shows it")  # type: ignore[misc]
        number = a.of("incident")[0]["id"]
        assert there.post(f"/api/v1/incidents/{number}/acknowledge").status_code == 200
        for stream in (a, b):
            wait_until(
                lambda stream=stream: stream.of("incident")[-1]["state"] == "acknowledged",  # type: ignore[misc]
                "each page knows who answers",
            )
            numbers = [seq for kind, seq, _ in stream.told if kind in ("incident", "counter") and seq]
            assert numbers == sorted(numbers), "what a page has seen it can name"
        assert here.post(f"/api/v1/incidents/{number}/acknowledge").status_code == 409
        wait_until(lambda: (lamp := sender.lamp()) and lamp.state == "coming", "the lamp knows")
        wait_until(lambda: len(pair.mail.mails) >= 2, "the alarm and the answer are told")
    sender.stop()
    assert pair.rows("select count(*) from incident") == [(1,)]
    assert pair.rows("select count(*) from event") == [(1,)]
    assert set(pair.told().values()) == {1}
    reasons = pair.rows("select payload::json->>'reason' from notices order by number")
    calls = [reason for (reason,) in reasons if reason != "escalation"]
    assert calls == ["alarm", "answered"]


def test_no_gap_when_either_is_killed(pair: Pair, mosquitto: Broker) -> None:
    senders = [Sender(mosquitto, unit).start() for unit in ("c1", "c2")]
    kills, rounds = 0, proofs.size(2, 12)
    for turn in range(rounds):
        victim, other = pair.hubs[turn % 2], pair.hubs[1 - turn % 2]
        for sender in senders:
            sender.send(Panic())
        victim.kill()
        kills += 1
        for sender in senders:
            sender.send(Panic())
            wait_until(
                lambda sender=sender: sender.covered(sender.sequence),  # type: ignore[misc]
                "the other one stores and says so",
            )
        called = len(pair.mail.mails)
        wait_until(lambda called=called: len(pair.mail.mails) > called, "and goes on calling")  # type: ignore[misc]
        assert other.is_ready()
        victim.start()
    sent = 2 * rounds
    assert pair.rows("select unit, count(*) from event group by unit order by unit") == [
        ("c1", sent),
        ("c2", sent),
    ]
    assert pair.rows("select unit, presses from incident order by unit") == [("c1", sent), ("c2", sent)]
    wait_until(
        lambda: pair.rows("select count(*) from notices where state = 'claimed'") == [(0,)],
        "what a killed hub had claimed is told by the other",
        within_s=40,
    )
    ids = [number for (number,) in pair.rows("select id from notices")]
    assert len(ids) == len(set(ids))
    twice = sum(times - 1 for times in pair.told().values())
    assert twice <= kills, "told twice only where a hub died before it could say that it had told"
    for sender in senders:
        wait_until(
            lambda sender=sender: (lamp := sender.lamp()) and lamp.state == "unanswered",  # type: ignore[misc]
            "the lamp says that nobody has answered",
        )
        sender.stop()
