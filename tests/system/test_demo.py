"""The demo as a person has it: one command, one address, one press; and its end in every way it can end."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.brokers import wait_until
from tools.demo.broker import Kind, free_port, mosquitto_path
from tools.demo.layout import COUNTERS, sweep

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+/)sign-in\?next=/counters#(\w+):(\S+)")
READY_WITHIN_S = 90.0


def below(pid: int) -> list[int]:
    """Processes that ``pid`` has started, and theirs."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found[1:]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Launcher:
    """``tools.demo`` with a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._output = folder.with_name(f"{folder.name}-{time.monotonic_ns()}.txt")
        command = [sys.executable, "-m", "tools.demo", "--folder", str(folder), *options]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)

    @property
    def said(self) -> str:
        return self._output.read_text()

    def ready(self) -> "Launcher":
        wait_until(
            lambda: ADDRESS.search(self.said) or self.process.poll() is not None, "an address", READY_WITHIN_S
        )
        assert self.process.poll() is None, self.said
        return self

    @property
    def url(self) -> str:
        match = ADDRESS.search(self.said)
        assert match is not None, self.said
        return match[1]

    @contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        match = ADDRESS.search(self.said)
        assert match is not None, self.said
        with httpx.Client(
            base_url=match[1], headers={"Origin": match[1].rstrip("/")}, timeout=10.0
        ) as client:
            answer = client.post("/api/v1/sign-in", json={"login": match[2], "password": match[3]})
            assert answer.status_code == httpx.codes.OK, answer.text
            yield client

    def children(self) -> dict[str, int]:
        """Log name to process, told from the command lines."""
        named: dict[str, int] = {}
        for pid in below(self.process.pid):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except FileNotFoundError:
                continue  # it ended meanwhile
            if "tools.demo.hub" in command:
                named["hub"] = pid
            elif "device" in command:
                named[Path(command[command.index("--config") + 1]).stem] = pid
            elif any("mosquitto" in word or "amqtt" in word for word in command):
                named["broker"] = pid
        return named

    def press(self, unit: str, button: str = "panic") -> None:
        folder = (self.folder / "sockets-folder").read_text()
        with socket.socket(socket.AF_UNIX) as desk:
            desk.connect(f"{folder}/{unit}.sock")
            for do in ("press", "release"):
                desk.sendall(json.dumps({"do": do, "button": button}).encode() + b"\n")
                time.sleep(0.1)  # a finger
            desk.shutdown(socket.SHUT_WR)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def launchers() -> Iterator[list[Launcher]]:
    """Whatever a test starts is ended."""
    started: list[Launcher] = []
    yield started
    for launcher in started:
        if launcher.process.poll() is None:
            launcher.end()
        sweep(launcher.folder)  # what a killed one left


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "our demo"


def open_incidents(client: httpx.Client) -> list[dict[str, Any]]:
    """None as well while the hub is away."""
    try:
        incidents: list[dict[str, Any]] = client.get("/api/v1/live").json()["incidents"]
    except httpx.TransportError:
        return []
    return incidents


def test_one_press_arrives_and_the_next_start_goes_on(folder: Path, launchers: list[Launcher]) -> None:
    first = Launcher(folder)
    launchers.append(first)
    first.ready()
    with first.signed_in() as client:
        assert client.get("/counters").status_code == 200
        live = client.get("/api/v1/live").json()
        assert {counter["unit"] for counter in live["counters"]} == {counter.unit for counter in COUNTERS}
        assert not live["incidents"]
        first.press("counter-2")
        wait_until(lambda: open_incidents(client), "the press is an incident")
    sockets = Path((folder / "sockets-folder").read_text())
    children = first.children()
    assert set(children) == {"broker", "hub", *(counter.unit for counter in COUNTERS)}
    assert first.end(signal.SIGINT) == 0, first.said
    assert "did not end in time" not in first.said
    assert not [name for name, pid in children.items() if lives(pid)]
    assert not sockets.exists()
    order = [
        first.said.index(word) for word in ("Stopping the units", "Stopping the hub", "Stopping the broker")
    ]
    assert order == sorted(order)

    second = Launcher(folder)
    launchers.append(second)
    second.ready()
    assert second.url == first.url, "an open page must find its server again"
    with second.signed_in() as client:
        assert [(each["unit"], each["state"]) for each in open_incidents(client)] == [("counter-2", "open")]


def test_a_second_start_says_where_the_first_one_is(folder: Path, launchers: list[Launcher]) -> None:
    first = Launcher(folder)
    launchers.append(first)
    first.ready()
    second = Launcher(folder)
    assert second.process.wait(20) == 1
    assert first.url in second.said
    assert "running already" in second.said
    third = Launcher(folder, "--reset")
    assert third.process.wait(20) == 1, "what runs must not be taken from under it"
    assert first.process.poll() is None


def test_nothing_outlives_a_killed_launcher(folder: Path, launchers: list[Launcher]) -> None:
    launcher = Launcher(folder)
    launchers.append(launcher)
    children = launcher.ready().children()
    assert len(children) == len(COUNTERS) + 2
    os.kill(launcher.process.pid, signal.SIGKILL)
    launcher.process.wait(10)
    wait_until(lambda: not [pid for pid in children.values() if lives(pid)], "all children are gone")


@pytest.mark.parametrize("name", ["hub", "counter-1", "broker"])
def test_what_dies_is_started_again_and_said(folder: Path, launchers: list[Launcher], name: str) -> None:
    launcher = Launcher(folder)
    launchers.append(launcher)
    before = launcher.ready().children()
    with launcher.signed_in() as client:
        os.kill(before[name], signal.SIGKILL)
        wait_until(lambda: "ended unexpectedly" in launcher.said, "a line that says so")
        wait_until(lambda: launcher.children().get(name, before[name]) != before[name], "another process")
        launcher.press("counter-3")
        wait_until(lambda: open_incidents(client), "a press after that arrives", 30)
    assert launcher.end() == 0


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_both_brokers_carry_a_press(folder: Path, launchers: list[Launcher], kind: Kind) -> None:
    if kind == "mosquitto" and mosquitto_path() is None:
        pytest.skip("mosquitto is not installed (make test installs it)")
    launcher = Launcher(folder, "--broker", kind)
    launchers.append(launcher)
    launcher.ready()
    assert f"({kind})" in launcher.said
    with launcher.signed_in() as client:
        launcher.press("counter-1", "assist")
        wait_until(lambda: open_incidents(client), "the press is an incident")
        assert open_incidents(client)[0]["kinds"] == ["assist"]


def test_a_taken_port_gives_the_next_one(folder: Path, launchers: list[Launcher]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        taken.listen()
        port = taken.getsockname()[1]
        launcher = Launcher(folder, "--port", str(port))
        launchers.append(launcher)
        launcher.ready()
        assert launcher.url != f"http://127.0.0.1:{port}/"


def test_reset_forgets(folder: Path, launchers: list[Launcher]) -> None:
    first = Launcher(folder)
    launchers.append(first)
    first.ready()
    with first.signed_in() as client:
        first.press("counter-1")
        wait_until(lambda: open_incidents(client), "the press is an incident")
    assert first.end() == 0
    second = Launcher(folder, "--reset")
    launchers.append(second)
    second.ready()
    with second.signed_in() as client:
        assert not open_incidents(client)


def test_stopped_while_starting_it_stops(folder: Path, launchers: list[Launcher]) -> None:
    launcher = Launcher(folder)
    launchers.append(launcher)
    wait_until(lambda: "Starting the hub" in launcher.said, "it is starting", READY_WITHIN_S)
    pids = below(launcher.process.pid)
    assert launcher.end() == 0, launcher.said
    assert not [pid for pid in pids if lives(pid)]


@pytest.mark.parametrize("options", [["--port", "0"], ["--port", "70000"], ["--broker", "other"]])
def test_bad_options_are_refused(folder: Path, options: list[str]) -> None:
    launcher = Launcher(folder, *options)
    assert launcher.process.wait(20) == 2
    assert "usage" in launcher.said
