"""Starts the demo's programs in order, watches them and stops them in order."""

import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tools.demo.broker import Broker, Kind, free_port
from tools.demo.child import Child, Deaths, python_command, tail
from tools.demo.layout import AREAS, COUNTERS, FIRST_PORT, SITE, Layout, first_free_port, port_is_free
from tools.demo.settings import Place
from tools.setup.say import say

READY_WITHIN_S = 60.0
"""From start to ready, in seconds; a fresh machine first compiles what it imports."""
STOP_WITHIN_S = 5.0
"""Each program has this long to end in order, in seconds."""
POLL_S = 0.1
LOGIN = "demo"
ROOT = Path(__file__).resolve().parents[2]


class Stopped(Exception):
    """A person asked to stop while the demo was starting."""


class NotReady(RuntimeError):
    """A program runs but does not become ready; the message holds the end of its log."""


class Demo:
    """Broker, hub and one process for each unit."""

    def __init__(self, folder: Path, *, broker: Kind, port: int | None) -> None:
        self._folder = folder
        self._kind = broker
        self._port = port
        self._broker: Broker | None = None
        self._layout: Layout | None = None
        self._hub: Child | None = None
        self._hub_settings = folder / "hub.toml"
        self._units: list[Child] = []
        self._broker_deaths = Deaths()

    def start(self, stop: threading.Event) -> tuple[str, str, str]:
        """Return the address of the pages, the login and its one-time password when everything is ready.

        Raises ``Stopped``, ``NotReady``, ``DiesAgain``, ``NoPort`` or ``BrokerFailed``.
        """
        layout = self._layout = Layout.open(self._folder)
        self._make_sounds(layout)
        remembered = layout.remembered("broker", 0)
        broker = self._broker = Broker(
            self._kind,
            self._folder / "broker",
            [counter.unit for counter in COUNTERS],
            port=remembered if remembered and port_is_free(remembered) else free_port(),
            dies_with_starter=True,
        )
        port = first_free_port(self._port or layout.remembered("web", FIRST_PORT))
        url = f"http://127.0.0.1:{port}/"
        place = Place(SITE, self._folder, broker)
        tower = layout.remembered("tower", 0)
        tower = tower if tower and port_is_free(tower) else free_port()
        hub_settings = self._hub_settings = place.hub(port, AREAS, COUNTERS, tower, recordings=True)
        layout.remember(broker=broker.port, web=port, tower=tower)

        say(f"ブローカー（{self._kind}）を起動します", f"Starting the broker ({self._kind})")
        broker.start()
        self._broker_deaths.started()
        say("ハブと端末3台を起動します", "Starting the hub and three units")
        self._hub = Child("hub", self._hub_command(hub_settings, layout), layout.log("hub"), ROOT)
        self._units = [
            Child(unit, python_command("device", "run", "--config", str(settings)), layout.log(unit), ROOT)
            for unit, settings in [
                (c.unit, place.unit(c, layout.desk(c.unit), hub_port=port)) for c in COUNTERS
            ]
        ]
        for child in self._children:
            child.start()
        self._await(stop, self._hub, lambda: hub_is_ready(port))
        for unit in self._units:
            self._await(stop, unit, partial(unit_is_connected, layout.desk(unit.name)))
        password = one_time_password(hub_settings)
        (self._folder / "url").write_text(url)
        return url, LOGIN, password

    def password_of(self, login: str, name: str, role: str) -> str:
        """A fresh one-time password of somebody, who is made where there is none; raises ``NotReady``."""
        return one_time_password(self._hub_settings, login, name, role)

    def watch(self, stop: threading.Event) -> None:
        """Until ``stop``: what dies is started again; raises ``DiesAgain`` when that is no use."""
        while not stop.wait(POLL_S):
            self._revive()

    def stop(self) -> None:
        """Units, then hub, then broker. Each has ``STOP_WITHIN_S``; what does not obey is killed."""
        (self._folder / "url").unlink(missing_ok=True)
        if self._broker is None:
            return
        say("端末を止めます", "Stopping the units")
        for unit in self._units:
            unit.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN_S
        for unit in self._units:
            _wait_for(unit, deadline - time.monotonic())
        if self._hub is not None:
            say("ハブを止めます", "Stopping the hub")
            self._hub.ask_to_stop()
            _wait_for(self._hub, STOP_WITHIN_S)
        say("ブローカーを止めます", "Stopping the broker")
        self._broker.stop(STOP_WITHIN_S)
        if self._layout is not None:
            self._layout.close()
        say("すべて止まりました", "Everything has stopped")

    @property
    def _children(self) -> list[Child]:
        return [child for child in (self._hub, *self._units) if child is not None]

    @staticmethod
    def _hub_command(settings: Path, layout: Layout) -> list[str]:
        desks = [f"{counter.unit}={layout.desk(counter.unit)}" for counter in COUNTERS]
        return python_command("tools.demo.hub", str(settings), str(layout.sounds), *desks)

    def _await(self, stop: threading.Event, child: Child, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not ready():
            if stop.wait(POLL_S):
                raise Stopped
            self._revive()
            if time.monotonic() > deadline:
                late = f"{child.name} is not ready after {READY_WITHIN_S:.0f} s"
                raise NotReady(f"{late}. Its log ends:\n{tail(child.log)}")

    def _revive(self) -> None:
        for child in self._children:
            code = child.died()
            if code is not None:
                say(
                    f"{child.name} が止まったため起動し直します",
                    f"{child.name} ended unexpectedly (exit code {code}); starting it again",
                )
                child.revive()
        broker = self._broker
        if broker is not None and broker.process is not None and broker.process.poll() is not None:
            say("ブローカーが止まったため起動し直します", "The broker ended unexpectedly; starting it again")
            self._broker_deaths.note("broker", broker.log)
            broker.start()
            self._broker_deaths.started()

    @staticmethod
    def _make_sounds(layout: Layout) -> None:
        # Every time: it takes a fraction of a second, and what an older version made may not fit.
        command = python_command("tools.sounds", str(layout.sounds))
        _run(command, "no sounds")


def one_time_password(
    settings: Path, login: str = LOGIN, name: str = "体験 監督者", role: str = "supervisor"
) -> str:
    """A fresh one from the hub's own command; raises ``NotReady``."""
    who = ["--login", login, "--name", name, "--role", role]
    command = python_command("hub", "one-time-password", "--config", str(settings), *who)
    return _run(command, "no one-time password").strip().splitlines()[-1]


def _run(command: list[str], otherwise: str) -> str:
    """What a short command prints; raises ``NotReady``."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C is for the launcher
    )
    if done.returncode:
        raise NotReady(f"{otherwise}: {done.stderr[-2000:]}")
    return done.stdout


def _wait_for(child: Child, timeout_s: float) -> None:
    if not child.wait(max(0.0, timeout_s)):
        say(
            f"{child.name} が止まらないため終了させました", f"{child.name} did not end in time and was killed"
        )


def hub_is_ready(port: int) -> bool:
    """Whether the hub says that it reads the broker and can store."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def unit_is_connected(desk: Path) -> bool:
    """Whether the unit's link light is on: the unit itself says that it has the broker."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(desk))
            with client.makefile("rb") as lines:
                for line in lines:
                    told = json.loads(line)
                    if told.get("say") == "light" and told.get("light") == "link":
                        return bool(told["pattern"] != "off")
        except OSError:
            return False
    return False
