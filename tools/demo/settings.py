"""Settings files of the hub and of units, written for programs that run on this computer only."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.demo.broker import Broker
from tools.demo.keys import RecordingKeys

OFFICE = {
    "name": "窓守市役所（デモ）",
    "name_en": "Madomori City Hall (demo)",
    "address": "窓守市中央町1丁目1番1号",
    "telephone": "0120-000-000",
}
"""A city that does not exist."""

PINS = {
    "panic": 17,
    "assist": 27,
    "session": 22,
    "record": 23,
    "alarm_light": 5,
    "green_light": 6,
    "amber_light": 13,
    "red_light": 19,
    "rec_light": 21,
    "link_light": 26,
}

NOTICE = {
    "organisation": "体験市役所 市民課",
    "organisation_en": "Trial City Hall, Citizens' Affairs",
    "contact": "総務課",
    "contact_en": "General Affairs",
}


_TOWER = """
[[towers]]
name = "office"
host = "127.0.0.1"
port = {port}
protocol = "pns-ab"
alarm = {{ red = "flash", buzzer = 1 }}
none = {{ green = "on" }}

[[ladders]]
name = "demo"
for = ["alarm", "attention", "trouble"]
tiers = [
  {{ name = "係長", name_en = "Team leader", seconds = 30, call = ["tower:office"] }},
  {{ name = "課長", name_en = "Section head", seconds = 60, call = ["tower:office"] }},
  {{ name = "部長", name_en = "Department head", seconds = 120, call = ["tower:office"] }},
]
"""
"""A tower of the office, which shows what stands at any counter."""


@dataclass(frozen=True)
class Area:
    """A section of the office."""

    id: str
    name: str
    name_en: str
    floor: str = ""
    floor_en: str = ""


@dataclass(frozen=True)
class Counter:
    """A counter with a unit."""

    unit: str
    area: str
    number: str
    number_en: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Place:
    """Where the files of one installation lie, and its broker, which has its port."""

    site: str
    folder: Path
    broker: Broker

    def hub(
        self,
        port: int,
        areas: Iterable[Area],
        counters: Iterable[Counter],
        tower: int | None = None,
        *,
        recordings: bool = False,
    ) -> Path:
        """Write the hub's settings; return the file. ``tower``: the port of a signal tower that everybody's
        ladder calls."""
        tables = "".join(f"\n[[areas]]\n{_toml(vars(area))}" for area in areas)
        for counter in counters:
            signs = {"recording_key": self.keys.recording_key(counter.unit)} if recordings else {}
            tables += f"\n[[counters]]\n{_toml({**vars(counter), **signs})}"
        tables += _TOWER.format(port=tower) if tower is not None else ""
        if recordings:
            tables += f"\n[recordings]\n{_toml(self._recordings())}\n[recordings.notice]\n{_toml(NOTICE)}"
        return self._write(
            "hub",
            f"{_toml({'site': self.site, 'state_dir': str(self.folder / 'hub')})}"
            f"\n{self._connection('hub')}"
            f"\n[web]\n{_toml({'host': '127.0.0.1', 'port': port})}"
            f"\n[office]\n{_toml(OFFICE)}{tables}",
        )

    def unit(
        self, counter: Counter, desk: Path, microphone: str = "simulated", hub_port: int | None = None
    ) -> Path:
        """Write a simulated unit's settings, its microphone's source apart; return the file. With the port of
        the hub's pages it has a recorder.
        """
        state = self.folder / "units" / counter.unit
        top = {"site": self.site, "unit": counter.unit, "area": counter.area, "state_dir": str(state)}
        return self._write(
            counter.unit,
            f"{_toml({**top, 'hardware': 'simulated'})}"
            f"\n{self._connection(counter.unit)}"
            f"\n[panel]\n{_toml(PINS)}"
            f"\n[microphone]\n{_toml({'source': microphone})}{self._recorder(counter.unit, hub_port)}"
            f"\n[config]\n{_toml({'trust': 'none'})}"
            f"\n[simulated]\n{_toml({'desk_socket': str(desk)})}",
        )

    @property
    def keys(self) -> RecordingKeys:
        """The keys of recordings."""
        return RecordingKeys(self.folder / "keys")

    def _recordings(self) -> dict[str, str]:
        keys = self.keys
        return {
            "identity_file": str(keys.identity_file),
            "master_key_file": str(keys.master_key_file),
            "export_key_file": str(keys.export_key_file),
        }

    def _recorder(self, unit: str, hub_port: int | None) -> str:
        if hub_port is None:
            return ""
        values: dict[str, str | int | bool] = {
            "signing_key": str(self.keys.signing_key(unit)),
            "recipient": self.keys.recipient,
            "hub_url": f"http://127.0.0.1:{hub_port}",
            "on_panic": True,
        }
        return f"\n[recorder]\n{_toml(values)}"

    def password_file(self, user: str) -> Path:
        """Write the broker password of ``user`` to a file only the owner reads; return the file."""
        file = self.folder / f"{user}.password"
        _write_private(file, self.broker.password_of(user))
        return file

    def _connection(self, user: str) -> str:
        values: dict[str, str | int] = {
            "host": "127.0.0.1",
            "port": self.broker.port,
            "username": user,
            "password_file": str(self.password_file(user)),
            "protocol": "5" if self.broker.kind == "mosquitto" else "3.1.1",
        }
        return f"[broker]\n{_toml(values)}"

    def _write(self, name: str, text: str) -> Path:
        file = self.folder / f"{name}.toml"
        _write_private(file, text)
        return file


def _toml(values: Mapping[str, str | int | bool]) -> str:
    """Key = value lines. JSON's strings, whole numbers and truths are TOML's as well."""
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
