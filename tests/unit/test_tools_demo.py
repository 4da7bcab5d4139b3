"""The parts of the demo's launcher."""

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pyrage
import pytest

import device.settings as unit_settings
import hub.settings as hub_settings
from device.recorder.recordings import key_of
from tools.demo.broker import Broker
from tools.demo.child import QUICK_DEATHS_MAX, Child, Deaths, DiesAgain, tail
from tools.demo.layout import AREAS, COUNTERS, Layout, NoPort, first_free_port, port_is_free
from tools.demo.settings import Place
from wire.evidence.keys import read_public

ROOT = Path(__file__).resolve().parents[2]


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"  # dead, and its new parent has not looked yet


def wait_until_gone(pid: int, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while not gone(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        assert port < first_free_port(port) <= port + 50


def test_ports_end() -> None:
    with pytest.raises(NoPort, match="65536"):
        first_free_port(65536)


def test_a_child_that_keeps_dying_is_given_up_with_the_end_of_its_log(tmp_path: Path) -> None:
    child = Child("unit", [sys.executable, "-c", "import sys; sys.exit('no such pin')"], tmp_path / "l", ROOT)
    child.start()
    for _ in range(QUICK_DEATHS_MAX - 1):
        assert child.wait(10)
        assert child.died() == 1
        child.revive()
    assert child.wait(10)
    with pytest.raises(DiesAgain, match=r"(?s)unit died 5 times in a row.*no such pin"):
        child.revive()


def test_a_child_that_lived_long_is_forgiven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("tools.demo.child.time.monotonic", lambda: clock[0])
    deaths = Deaths()
    for lived in [1.0, 1.0, 1.0, 1.0, 60.0, 1.0, 1.0, 1.0, 1.0]:
        deaths.started()
        clock[0] += lived
        deaths.note("hub", tmp_path / "none.log")
    deaths.started()
    with pytest.raises(DiesAgain):
        deaths.note("hub", tmp_path / "none.log")


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = Child("deaf", [sys.executable, "-c", deaf], tmp_path / "log", ROOT)
    child.start()
    deadline = time.monotonic() + 10
    while "deaf" not in tail(child.log) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.ask_to_stop()
    assert not child.wait(0.1)
    assert child.died() == -signal.SIGKILL


def test_children_die_with_a_killed_starter(tmp_path: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from tools.demo.child import Child
sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
child = Child("c", sleeper, Path({str(tmp_path / "log")!r}), Path("."))
child.start()
print(child.pid, flush=True)
time.sleep(60)
"""
    starter = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    assert not gone(pid)
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait(10)
    assert wait_until_gone(pid)


def test_a_large_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.demo.child.LOG_BYTES_MAX", 10)
    log = tmp_path / "hub.log"
    log.write_text("what happened long ago\n")
    child = Child("hub", [sys.executable, "-c", "print('new')"], log, ROOT)
    child.start()
    assert child.wait(10)
    assert log.read_text() == "new\n"
    assert (tmp_path / "hub.log.1").read_text() == "what happened long ago\n"


def test_sockets_have_a_short_path_however_deep_the_folder_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    layout = Layout.open(deep)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(layout.desk(COUNTERS[0].unit)))
    assert layout.sockets.stat().st_mode & 0o777 == 0o700
    layout.close()
    assert not layout.sockets.exists()


def test_the_sockets_of_a_killed_run_are_removed(tmp_path: Path) -> None:
    killed = Layout.open(tmp_path)
    after = Layout.open(tmp_path)
    assert not killed.sockets.exists()
    after.close()


def test_ports_are_remembered(tmp_path: Path) -> None:
    layout = Layout.open(tmp_path)
    assert layout.remembered("web", 8710) == 8710
    layout.remember(web=8712, broker=40000)
    assert layout.remembered("web", 8710) == 8712
    layout.close()


def test_settings_are_private_and_hold_no_password(tmp_path: Path) -> None:
    broker = Broker("mosquitto", tmp_path / "broker", [counter.unit for counter in COUNTERS], port=12345)
    place = Place("nishitokyo", tmp_path, broker)
    files = [place.hub(8710, AREAS, COUNTERS)]
    files += [place.unit(counter, tmp_path / "desk.sock") for counter in COUNTERS]
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        text = file.read_text()
        told = tomllib.loads(text)
        assert broker.password_of(told["broker"]["username"]) not in text
        password = Path(told["broker"]["password_file"])
        assert password.read_text() == broker.password_of(told["broker"]["username"])
        assert password.stat().st_mode & 0o777 == 0o600


def test_hub_and_units_accept_the_settings(tmp_path: Path) -> None:
    broker = Broker("amqtt", tmp_path / "broker", [counter.unit for counter in COUNTERS], port=12345)
    place = Place("nishitokyo", tmp_path, broker)
    hub = hub_settings.load(place.hub(8710, AREAS, COUNTERS, tower=10001))
    assert [(tower.name, tower.at_port) for tower in hub.towers] == [("office", 10001)]
    assert {call for ladder in hub.ladders for tier in ladder.tiers for call in tier.call} == {"tower:office"}
    assert [counter.unit for counter in hub.counters] == [counter.unit for counter in COUNTERS]
    for counter in COUNTERS:
        unit = unit_settings.read(place.unit(counter, tmp_path / "desk.sock"))
        assert (unit.unit, unit.area, unit.broker.protocol) == (counter.unit, counter.area, "3.1.1")


def test_units_of_the_demo_record_with_keys_that_are_made_once(tmp_path: Path) -> None:
    broker = Broker("amqtt", tmp_path / "broker", [counter.unit for counter in COUNTERS], port=12345)
    place = Place("nishitokyo", tmp_path, broker)
    first, again = (
        [unit_settings.read(place.unit(each, tmp_path / "desk.sock", hub_port=8710)) for each in COUNTERS]
        for _ in range(2)
    )
    assert first == again, "a second start makes no other keys"
    recorders = [unit.recorder for unit in first if unit.recorder is not None]
    assert len(recorders) == len(COUNTERS)
    assert {recorder.recipient for recorder in recorders} == {place.keys.recipient}
    identity = pyrage.x25519.Identity.from_str(place.keys.identity_file.read_text().splitlines()[1])
    assert str(identity.to_public()) == place.keys.recipient
    keys = {place.keys.recording_key(counter.unit) for counter in COUNTERS}
    assert len(keys) == len(COUNTERS)
    for recorder, counter in zip(recorders, COUNTERS, strict=True):
        signed = key_of(recorder).sign(b"something")
        read_public(place.keys.recording_key(counter.unit)).verify(signed, b"something")
    for file in (tmp_path / "keys").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
