"""The same hub on PostgreSQL, by changing one URL; and when the server drops its connections."""

from pathlib import Path

import psycopg

from tests.support.brokers import wait_until
from tests.support.hub import start_hub
from tests.support.hub_peers import Listener, Sender
from tests.support.postgres import running_postgres
from tools.demo.broker import Broker
from wire.messages.events import Panic


def test_a_press_all_the_way_and_on_after_the_server_dropped_us(tmp_path: Path, mosquitto: Broker) -> None:
    sender = Sender(mosquitto).start()
    with (
        running_postgres() as url,
        start_hub(tmp_path, mosquitto, database=url) as hub,
        hub.client() as page,
        Listener(page) as stream,
    ):
        sender.send(Panic())
        wait_until(lambda: stream.of("incident"), "the page shows it")
        number = stream.of("incident")[0]["id"]
        assert page.post(f"/api/v1/incidents/{number}/acknowledge").json()["state"] == "acknowledged"
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
            others = "select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user"
            admin.execute(f"{others} and pid <> pg_backend_pid()".encode())
            sender.send(Panic(presses=2))
            wait_until(lambda: sender.covered(2), "the next press is stored")
            wait_until(lambda: stream.of("incident")[-1]["presses"] == 3, "and shown")
            assert page.get("/api/v1/live").status_code == 200, "pages are served as ever"
            assert admin.execute("select count(*) from event").fetchone() == (2,)
    sender.stop()
