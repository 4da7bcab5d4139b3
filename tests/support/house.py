"""The whole house on loopback: a broker, a hub and simulated units, each a real process of its own."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.brokers import make_broker
from tests.support.desk import Desk
from tests.support.hub import ROOT, SITE, RunningHub
from tools.demo.broker import Broker, Kind, free_port
from tools.demo.settings import Area, Counter, Place

AREA = Area("desk", "市民課", "Citizens' Affairs")


@dataclass
class Unit:
    """``madomori-unit run`` with a simulated desk."""

    config: Path
    socket: Path
    log: Path
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "device", "run", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
                env=self.environment,
            )

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)

    def desk(self, within_s: float = 20.0) -> Desk:
        """Sit down at the desk, as soon as it is there."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                return Desk(self.socket)
            except OSError:
                if time.monotonic() > deadline:
                    raise AssertionError(
                        f"no desk at {self.socket}:\n{self.log.read_text()[-3000:]}"
                    ) from None
                time.sleep(0.02)


@dataclass
class House:
    """``names`` are the units; everything lives under ``folder``."""

    folder: Path
    names: list[str]
    kind: Kind = "mosquitto"
    microphone: str = "none"
    records: bool = False
    """Units have a recorder, and the hub takes what they record."""
    environment: Mapping[str, str] | None = None
    """Of the units' processes; None: ours."""
    units: dict[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broker: Broker = make_broker(self.kind, self.folder, self.names)
        # Unix socket paths hold 108 characters; pytest's folders can be longer.
        self._sockets = tempfile.TemporaryDirectory(prefix="md-")
        place = Place(SITE, self.folder, self.broker)
        counters = [
            Counter(name, AREA.id, f"{n}番", f"No. {n}", f"窓口{n}", f"Counter {n}")
            for n, name in enumerate(self.names, 1)
        ]
        for name in ("hub", "units"):
            (self.folder / name).mkdir(exist_ok=True)
        port = free_port()
        config = place.hub(port, [AREA], counters, recordings=self.records)
        self.hub = RunningHub(config, self.folder / "hub", self.broker, port)
        for counter in counters:
            desk = Path(self._sockets.name) / f"{counter.unit}.sock"
            config = place.unit(counter, desk, self.microphone, port if self.records else None)
            log = self.folder / f"{counter.unit}.log"
            self.units[counter.unit] = Unit(config, desk, log, self.environment)

    def start(self) -> "House":
        """Everything up, every unit connected."""
        self.hub.start()
        for unit in self.units.values():
            unit.start()
        for unit in self.units.values():
            with unit.desk() as desk:
                desk.shows("link", "steady", within_s=30)
        return self

    def stop(self) -> None:
        """Everything down in order; whatever does not obey is an error."""
        for unit in self.units.values():
            unit.stop()
        self.hub.stop()
        self.broker.stop()
        self._sockets.cleanup()
