"""A whole unit that is killed, restarted and told what to do from afar, with a real broker."""

import json
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.brokers import wait_until
from tests.support.unit_process import HandHub, UnitProcess
from tools.demo.broker import Broker
from wire.messages import Config, Health, Level, Reported
from wire.topics import Channel


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    unit = UnitProcess(mosquitto)
    yield unit
    unit.clean()


def noted(unit: UnitProcess, name: str) -> bytes | None:
    """What is on the disk for the next start."""
    with closing(sqlite3.connect(unit.folder / "state" / "outbox.sqlite")) as outbox:
        row = outbox.execute("SELECT said FROM note WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])


def test_a_meeting_outlives_a_kill_of_the_program(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("session")
        desk.shows("green", "steady")
        wait_until(lambda: hub.of_type("session-started"), "the start of the meeting arrives")
        [started] = hub.of_type("session-started")
        wait_until(lambda: noted(unit, "session"), "the meeting is on the disk")
        unit.kill()
        desk = unit.start()
        desk.shows("green", "steady")
        wait_until(lambda: len(hub.of_type("booted")) == 2, "the new start arrives")
        again = hub.of_type("booted")[1]
        session = again.data["session"]
        assert (session["epoch"], session["sequence"]) == (started.epoch, started.sequence)
        assert session["lasted_s"] == pytest.approx(again.uptime - started.uptime, abs=0.01)
        desk.press("session")
        desk.shows("green", "off")
        wait_until(lambda: hub.of_type("session-stopped"), "its end arrives")
        [stopped] = hub.of_type("session-stopped")
        assert stopped.data["lasted_s"] == pytest.approx(stopped.uptime - started.uptime, abs=0.1)
        wait_until(lambda: noted(unit, "session") is None, "nothing is left to go on with")


def test_after_a_power_loss_the_meeting_is_unknown(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("session")
        wait_until(lambda: noted(unit, "session"), "the meeting is on the disk")
        unit.kill()
        told = json.loads(noted(unit, "session") or b"{}")
        told["boot"] = "0123456789abcdef0123456789abcdef"
        with closing(sqlite3.connect(unit.folder / "state" / "outbox.sqlite")) as outbox:
            outbox.execute("UPDATE note SET said = ?", (json.dumps(told).encode(),))
            outbox.commit()
        desk = unit.start()
        desk.shows("amber", "unknown")
        wait_until(lambda: hub.of_type("session-unknown"), "it is said")
        wait_until(lambda: len(hub.of_type("booted")) == 2, "the new start arrives")
        assert "session" not in hub.of_type("booted")[1].data


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff\x00", b'{"boot":"x"}', b"[" * 9000])
def test_a_note_that_cannot_be_read_is_left_out(mosquitto: Broker, unit: UnitProcess, note: bytes) -> None:
    desk = unit.start()
    unit.terminate()
    with closing(sqlite3.connect(unit.folder / "state" / "outbox.sqlite")) as outbox:
        for name in ("session", "config", "commands"):
            outbox.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, note))
        outbox.commit()
    with HandHub(mosquitto, diligent=True):
        desk = unit.start()
        desk.shows("link", "steady")
        desk.press("panic")
        desk.shows("alarm", "stored")
    assert unit.log.read_text().count("note_unreadable") == 3


def test_commands_are_answered_and_done(mosquitto: Broker, unit: UnitProcess) -> None:
    unit.microphone = "simulated"
    unit.write_config()
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        hub.command("identify", 1, seconds=2)
        desk.shows("alarm", "identify")
        desk.shows("link", "identify")
        desk.shows("alarm", "off")
        desk.shows("link", "steady")
        wait_until(lambda: any(x["say"] == "level" and x["level_dba"] for x in list(desk.said)), "it hears")
        assert hub.said(Channel.LEVEL) == []
        hub.command("watch-level", 2, seconds=3)
        wait_until(lambda: len(hub.said(Channel.LEVEL)) >= 8, "levels come")
        times = [level.time for level in hub.said(Channel.LEVEL) if isinstance(level, Level)]
        assert (times[7] - times[0]).total_seconds() >= 7 / 8 - 0.05, "at most eight a second"
        hub.command("extend", 3)
        hub.command("record", 4)
        hub.command("record", 4)
        hub.command("identify", 5, expires_s=-5)
        hub.say_bytes(
            Channel.COMMAND, b'{"id":"0123456789","name":"explode","expires":"2030-01-01T00:00:00Z"}'
        )
        wait_until(lambda: len(hub.answers()) == 5, "every command is answered")
        assert hub.answers()[2:] == [("extend", False), ("record", False), ("identify", False)]


def test_a_restart_on_command_happens_once(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.shows("link", "steady")
        desk.press("session")
        desk.shows("green", "steady")
        hub.command("restart", 1)
        assert unit.process is not None
        assert unit.process.wait(15.0) == 75
        desk = unit.start()
        desk.shows("green", "steady")
        wait_until(lambda: hub.answers() == [("restart", True)], "it is answered")
        hub.command("restart", 1)
        hub.command("record", 2)
        wait_until(lambda: len(hub.answers()) == 2, "the next one is answered")
        assert unit.process.poll() is None, "the same command again is none"


def last_reported(hub: HandHub) -> Reported | None:
    said = [each for each in hub.said(Channel.REPORTED) if isinstance(each, Reported)]
    return said[-1] if said else None


def test_a_desired_configuration_is_applied_kept_and_reported(mosquitto: Broker, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        hub.say(Channel.CONFIG, Config(version=4, settings={"limit_s": 777.0}, signature=""))
        unit.start()
        wait_until(lambda: last_reported(hub) == Reported(version=4, applied=True), "it is applied")
        wait_until(lambda: noted(unit, "config"), "it is on the disk")
        hub.say(Channel.CONFIG, Config(version=5, settings={"limit_s": -1}, signature=""))
        wait_until(lambda: (told := last_reported(hub)) is not None and told.version == 5, "refused")
        told = last_reported(hub)
        assert told is not None
        assert (told.applied, "limit_s" in told.why) == (False, True)
        unit.kill()
        desk = unit.start()
        desk.press("session")
        wait_until(lambda: hub.of_type("session-started"), "a meeting begins")
        assert hub.of_type("session-started")[0].data["limit_s"] == 777.0
        wait_until(
            lambda: any(h.config == 4 for h in hub.said(Channel.HEALTH) if isinstance(h, Health)),
            "the heartbeat names it",
        )


def test_a_unit_without_a_key_refuses_every_configuration(mosquitto: Broker, unit: UnitProcess) -> None:
    unit.trust = "key"
    unit.write_config()
    with HandHub(mosquitto, diligent=True) as hub:
        unit.start()
        hub.say(Channel.CONFIG, Config(version=4, settings={"limit_s": 777.0}, signature="ed25519:00"))
        wait_until(lambda: (told := last_reported(hub)) is not None and told.version == 4, "answered")
        told = last_reported(hub)
        assert told is not None
        assert not told.applied
        assert "no key" in told.why


def test_the_service_manager_is_told_that_the_unit_is_ready_lives_and_stops(
    mosquitto: Broker, unit: UnitProcess
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="n-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        address = Path(folder) / "notify"
        systemd.bind(str(address))
        systemd.settimeout(15.0)
        unit.environment = {"NOTIFY_SOCKET": str(address)}
        unit.start()
        assert systemd.recv(100) == b"READY=1"
        assert [systemd.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        unit.terminate()
        while (said := systemd.recv(100)) == b"WATCHDOG=1":
            pass
        assert said == b"STOPPING=1"
