"""The whole house on loopback: a broker, a hub and simulated units, each a real process of its own."""

import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.brokers import make_broker, wait_until
from tests.support.desk import Desk
from tools.demo.broker import Broker, Kind, free_port

SITE = "city"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Process:
    """A program that can be started, stopped in order, and killed as a power cut does."""

    module: str
    config: Path
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", self.module, "run", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def kill(self) -> None:
        if self.running is not None:
            self.running.send_signal(signal.SIGKILL)
            self.running.wait()

    def stop(self, within_s: float = 10.0) -> float:
        """End it by SIGTERM; returns the seconds it took. Raises when it does not end."""
        began = time.monotonic()
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(within_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        return time.monotonic() - began


@dataclass
class House:
    """``units`` names the counters; everything lives under ``folder``."""

    folder: Path
    units: list[str]
    kind: Kind = "mosquitto"
    limits: str = ""
    """TOML lines for each unit's [session]."""
    microphone: str = 'source = "none"'
    web_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.broker: Broker = make_broker(self.kind, self.folder, self.units)
        # Unix socket paths hold 108 characters; pytest's folders can be longer.
        self._sockets = tempfile.TemporaryDirectory(prefix="md-")
        self.hub = Process("hub", self._hub_config(), self.folder / "hub.log")
        self.unit = {
            name: Process("device", self._unit_config(name), self.folder / f"{name}.log")
            for name in self.units
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def database(self) -> Path:
        return self.folder / "hub" / "hub.sqlite"

    def start(self) -> "House":
        """Everything up, every unit connected."""
        self.hub.start()
        for process in self.unit.values():
            process.start()
        for name in self.units:
            with self.desk(name) as desk:
                desk.shows("link", "steady", within_s=30)
        return self

    def stop(self) -> None:
        """Everything down in order."""
        for process in (*self.unit.values(), self.hub):
            process.stop()
        self.broker.stop()
        self._sockets.cleanup()

    def socket_of(self, unit: str) -> Path:
        return Path(self._sockets.name) / f"{unit}.sock"

    def desk(self, unit: str, within_s: float = 20.0) -> Desk:
        """Sit down at a unit's desk, as soon as it is there."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                return Desk(self.socket_of(unit))
            except OSError:
                if time.monotonic() > deadline:
                    log = self.unit[unit].log.read_text()[-3000:]
                    raise AssertionError(f"the desk of {unit} is not there:\n{log}") from None
                time.sleep(0.02)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Read the hub's database from outside; nothing before it exists."""
        if not self.database.exists():
            return []
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10) as store:
            return store.execute(sql).fetchall()

    def wait_for(self, sql: str, expected: object, within_s: float = 20.0) -> None:
        """Wait until the first value that ``sql`` gives is ``expected``."""

        def now() -> object:
            try:
                rows = self.query(sql)
            except sqlite3.OperationalError:
                return None  # the hub is making its tables
            return rows[0][0] if rows else None

        wait_until(lambda: now() == expected, f"{sql} gives {expected} (gives {now()})", within_s)

    def one_time_password(self, login: str = "demo", role: str = "supervisor") -> str:
        """A fresh password from the hub's own command."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "hub",
                "one-time-password",
                "--config",
                str(self.hub.config),
                "--login",
                login,
                "--name",
                "山田 花子",
                "--role",
                role,
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        return done.stdout.strip().splitlines()[-1].strip()

    def _hub_config(self) -> Path:
        counters = "".join(
            f'[[counters]]\nunit = "{unit}"\narea = "desk"\nnumber = "{n}番"\nnumber_en = "No. {n}"\n'
            f'name = "窓口{n}"\nname_en = "Counter {n}"\n'
            for n, unit in enumerate(self.units, 1)
        )
        return self._write(
            "hub",
            f"""site = "{SITE}"
state_dir = "{self.folder / "hub"}"
[broker]
host = "127.0.0.1"
port = {self.broker.port}
username = "hub"
password_file = "{self._password("hub")}"
protocol = "{self._protocol}"
[web]
host = "127.0.0.1"
port = {self.web_port}
[[areas]]
id = "desk"
name = "市民課"
name_en = "Citizens' Affairs"
{counters}""",
        )

    def _unit_config(self, unit: str) -> Path:
        return self._write(
            unit,
            f"""site = "{SITE}"
unit = "{unit}"
area = "desk"
state_dir = "{self.folder / unit}"
hardware = "simulated"
[broker]
host = "127.0.0.1"
port = {self.broker.port}
password_file = "{self._password(unit)}"
protocol = "{self._protocol}"
[panel]
panic = 17
assist = 27
session = 22
alarm_light = 5
green_light = 6
amber_light = 13
red_light = 19
link_light = 26
[session]
{self.limits}
[microphone]
{self.microphone}
[simulated]
desk_socket = "{self.socket_of(unit)}"
""",
        )

    @property
    def _protocol(self) -> str:
        return "3.1.1" if self.kind == "amqtt" else "5"

    def _password(self, user: str) -> Path:
        file = self.folder / f"{user}.password"
        file.touch(mode=0o600)
        file.write_text(self.broker.password_of(user))
        return file

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / f"{name}.toml"
        file.write_text(text)
        (self.folder / name).mkdir(parents=True, exist_ok=True)
        return file
