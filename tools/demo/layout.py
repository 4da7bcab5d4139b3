"""What the demo consists of, and the files that tell its programs so. Everything lies in one folder."""

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.demo.broker import Broker

SITE = "nishitokyo"
FIRST_PORT = 8710
PORTS_TRIED = 50


@dataclass(frozen=True)
class Area:
    """A section of the office."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Counter:
    """A counter with a unit."""

    unit: str
    area: str
    number: str
    number_en: str
    name: str
    name_en: str


AREAS = (Area("shimin", "市民課", "Citizens' Affairs"), Area("nozei", "納税課", "Tax Payment"))
COUNTERS = (
    Counter("counter-1", "shimin", "1番", "No. 1", "住民票", "Residence records"),
    Counter("counter-2", "shimin", "2番", "No. 2", "印鑑登録", "Seal registration"),
    Counter("counter-3", "nozei", "3番", "No. 3", "納税相談", "Tax consultation"),
)
PINS = {"panic": 17, "assist": 27, "session": 22, "alarm_light": 5, "green_light": 6, "amber_light": 13}
PINS |= {"red_light": 19, "link_light": 26}


class NoPort(RuntimeError):
    """Every port tried is taken."""


def port_is_free(port: int) -> bool:
    """Whether a server could listen on loopback here now."""
    with socket.socket() as probe:
        # A port whose last connections are still fading (TIME_WAIT) is free for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def first_free_port(wanted: int) -> int:
    """``wanted`` or the next that is free; raises ``NoPort``."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        if port_is_free(port):
            return port
    raise NoPort(f"no free port from {wanted} to {wanted + PORTS_TRIED - 1}")


@dataclass
class Layout:
    """The demo's folder: settings, passwords, databases, logs. ``sockets`` is apart, because the path of
    a Unix socket may have 107 bytes at most and a home folder can be deep."""

    folder: Path
    sockets: Path

    @classmethod
    def open(cls, folder: Path) -> "Layout":
        """Make the folders. What a killed run left of its sockets is removed."""
        note = folder / "sockets-folder"
        if note.exists():
            shutil.rmtree(note.read_text(), ignore_errors=True)  # gone after a reboot, and that is well
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        short = bool(runtime) and len(runtime) < 60 and os.access(runtime, os.W_OK)
        sockets = Path(tempfile.mkdtemp(prefix="madomori-", dir=runtime if short else "/tmp"))  # noqa: S108 private by mkdtemp
        note.write_text(str(sockets))
        for part in ("log", "units", "hub"):
            (folder / part).mkdir(exist_ok=True, mode=0o700)
        return cls(folder, sockets)

    def close(self) -> None:
        """Remove the sockets' folder."""
        shutil.rmtree(self.sockets, ignore_errors=True)
        (self.folder / "sockets-folder").unlink(missing_ok=True)

    def remembered(self, name: str, default: int) -> int:
        """A port of the last run."""
        file = self.folder / "ports.json"
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        return ports.get(name, default)

    def remember(self, **ports: int) -> None:
        """Keep the ports for the next run, so that an open page finds its server again."""
        (self.folder / "ports.json").write_text(json.dumps(ports))

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.folder / "log" / f"{name}.log"

    def desk(self, unit: str) -> Path:
        """The socket of a simulated unit."""
        return self.sockets / f"{unit}.sock"

    def settings_of(self, name: str) -> Path:
        """The settings of ``hub`` or of a unit."""
        return self.folder / f"{name}.toml"

    def write_settings(self, broker: Broker, port: int) -> None:
        """Settings of the hub and of each unit, for a broker that has its port."""
        _write_private(self.settings_of("hub"), self._hub(broker, port))
        for counter in COUNTERS:
            _write_private(self.settings_of(counter.unit), self._unit(broker, counter))

    def _hub(self, broker: Broker, port: int) -> str:
        areas = "".join(f"\n[[areas]]\n{_toml(vars(area))}" for area in AREAS)
        counters = "".join(f"\n[[counters]]\n{_toml(vars(counter))}" for counter in COUNTERS)
        return (
            f"{_toml({'site': SITE, 'state_dir': str(self.folder / 'hub')})}"
            f"\n{self._broker(broker, 'hub')}"
            f"\n[web]\n{_toml({'host': '127.0.0.1', 'port': port})}{areas}{counters}"
        )

    def _unit(self, broker: Broker, counter: Counter) -> str:
        state = self.folder / "units" / counter.unit
        top = {"site": SITE, "unit": counter.unit, "area": counter.area, "state_dir": str(state)}
        return (
            f"{_toml({**top, 'hardware': 'simulated'})}"
            f"\n{self._broker(broker, counter.unit)}"
            f"\n[panel]\n{_toml(PINS)}"
            f"\n[microphone]\n{_toml({'source': 'simulated'})}"
            f"\n[simulated]\n{_toml({'desk_socket': str(self.desk(counter.unit))})}"
        )

    def _broker(self, broker: Broker, user: str) -> str:
        password = self.folder / f"{user}.password"
        _write_private(password, broker.password_of(user))
        values: dict[str, str | int] = {
            "host": "127.0.0.1",
            "port": broker.port,
            "username": user,
            "password_file": str(password),
            "protocol": "5" if broker.kind == "mosquitto" else "3.1.1",
        }
        return f"[broker]\n{_toml(values)}"


def _toml(values: Mapping[str, str | int]) -> str:
    """Key = value lines. JSON's strings and whole numbers are TOML's as well."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
