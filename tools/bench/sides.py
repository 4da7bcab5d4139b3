"""The two sides of the bench: the floor and ours, each with a broker of its own, all on loopback."""

import sqlite3
import subprocess
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path
from typing import Literal

from tools.bench.processes import cpu_seconds, peak_mb
from tools.demo.broker import Broker, available, free_port
from tools.demo.child import Child, python_command, tail
from tools.demo.conductor import hub_is_ready, one_time_password, unit_is_connected
from tools.demo.layout import port_is_free
from tools.demo.settings import Area, Counter, Place

SITE = "bench"
ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60.0


class NotReady(RuntimeError):
    """A program did not become ready; the message holds the end of its log."""


class Side(ABC):
    """A broker and the program that takes presses from it to a page."""

    name: str
    confirmed_by: Literal["receipt", "puback"]

    def __init__(self, folder: Path, units: list[str]) -> None:
        if available() != "mosquitto":
            raise NotReady("the bench needs mosquitto: apt-get install mosquitto")
        folder.mkdir(parents=True, mode=0o700)
        self.broker = Broker("mosquitto", folder / "broker", units, dies_with_starter=True)
        self.broker.start()
        self.port = free_port()
        self.place = Place(SITE, folder, self.broker)
        self.child = self._program(folder)
        self.child.start()
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._ready():
            if self.child.died() is not None or time.monotonic() > deadline:
                raise NotReady(f"{self.name} is not ready. Its log ends:\n{tail(self.child.log)}")
            time.sleep(0.1)

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self.port}/"

    def processes(self) -> dict[str, int]:
        """What it runs."""
        assert self.broker.process is not None  # noqa: S101 started above
        assert self.child.pid is not None  # noqa: S101
        return {"broker": self.broker.process.pid, self.name: self.child.pid}

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds of each process so far."""
        return {name: cpu_seconds(pid) for name, pid in self.processes().items()}

    def peak_mb(self) -> dict[str, float]:
        """Peak resident memory of each process in MB."""
        return {name: peak_mb(pid) for name, pid in self.processes().items()}

    @abstractmethod
    def stored(self) -> tuple[int, int]:
        """Events of the fleet in its database, and how many of them are there twice."""

    @abstractmethod
    def committed(self) -> int:
        """Events in its database, found at so little cost that it may be asked all the time."""

    def stop(self) -> None:
        """Program first, then broker."""
        self.child.ask_to_stop()
        self.child.wait(5.0)
        self.broker.stop()

    @abstractmethod
    def _program(self, folder: Path) -> Child: ...

    @abstractmethod
    def _ready(self) -> bool: ...


class Floor(Side):
    """See ``tools.bench.floor``."""

    name = "floor"
    module = "tools.bench.floor"
    confirmed_by = "puback"

    def stored(self) -> tuple[int, int]:
        return _count(self._database, "SELECT count(*), count(DISTINCT id) FROM event")

    def committed(self) -> int:
        with urllib.request.urlopen(f"{self.url}count", timeout=10.0) as answer:  # noqa: S310 our own, on loopback
            return int(answer.read())

    def _program(self, folder: Path) -> Child:
        self._database = folder / "floor.sqlite"
        password = self.place.password_file("hub")
        arguments = [str(self.broker.port), str(password), str(self._database), str(self.port)]
        return Child("floor", python_command(self.module, *arguments), folder / "floor.log", ROOT)

    def _ready(self) -> bool:
        return not port_is_free(self.port)


class LibraryFloor(Floor):
    """See ``tools.bench.library_floor``."""

    name = "libraries"
    module = "tools.bench.library_floor"


class Ours(Side):
    """The real hub, with every unit on its books."""

    name = "hub"
    confirmed_by = "receipt"

    def stored(self) -> tuple[int, int]:
        return self.stored_of("bench-%")

    def committed(self) -> int:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as store:
            # Its numbers have no holes.
            return int(store.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0])

    def stored_of(self, units: str, kind: str = "panic", saying: str = "%") -> tuple[int, int]:
        """As ``stored``, of units whose names are like ``units``: events of a ``kind`` with a payload like
        ``saying`` (both SQL).
        """
        return _count(
            self._database,
            "SELECT count(*), count(DISTINCT unit || ' ' || epoch || ' ' || sequence) FROM event "
            "WHERE unit LIKE ? AND type = ? AND payload LIKE ?",
            units,
            f"io.madomori.{kind}.v1",
            saying,
        )

    def _program(self, folder: Path) -> Child:
        areas = [Area(f"area-{number}", f"{number}課", f"Section {number}") for number in range(10)]
        counters = [
            Counter(unit, areas[i % 10].id, f"{i + 1}番", f"No. {i + 1}", f"窓口{i + 1}", f"Counter {i + 1}")
            for i, unit in enumerate(self.broker.units)
        ]
        self.areas, self.counters = areas, counters
        self.settings = self.place.hub(self.port, areas, counters)
        self._database = folder / "hub" / "hub.sqlite"
        # Makes the tables, so that a hub as it runs is measured: the first start of a version loads for once
        # what makes them.
        one_time_password(self.settings)
        command = python_command("hub", "run", "--config", str(self.settings))
        return Child("hub", command, folder / "hub.log", ROOT)

    def _ready(self) -> bool:
        return hub_is_ready(self.port)

    def password(self) -> str:
        """A fresh one-time password for ``LOGIN``."""
        return one_time_password(self.settings)


def _count(database: Path, query: str, *values: str) -> tuple[int, int]:
    """Different rows, and rows too many; ``query`` gives all and different."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        rows, different = store.execute(query, values).fetchone()
    return int(different), int(rows) - int(different)


def start_unit(child: Child, desk: Path) -> None:
    """Start a unit and wait until it has the broker; raises ``NotReady``."""
    child.start()
    deadline = time.monotonic() + READY_WITHIN_S
    while not unit_is_connected(desk):
        if child.died() is not None or time.monotonic() > deadline:
            raise NotReady(f"the unit is not ready. Its log ends:\n{tail(child.log)}")
        time.sleep(0.1)


class Beside:
    """A process of the bench that runs beside the sides and prints what it did at its end."""

    def __init__(self, module: str, order_json: str) -> None:
        self._module = module
        # Into files: a pipe that nobody reads meanwhile takes 64 KiB, and uvloop loses the rest.
        self._printed, self._said = tempfile.TemporaryFile("w+"), tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            python_command(module, order_json),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=self._said,
        )

    @property
    def runs(self) -> bool:
        """Whether it is still at work."""
        return self._process.poll() is None

    def end(self, timeout_s: float) -> str:
        """Wait for its end, which it may reach because its input ends; raises ``NotReady``."""
        with self._printed, self._said:
            try:
                self._process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                raise NotReady(
                    f"{self._module} did not end within {timeout_s:g} s:\n{self._tail()}"
                ) from None
            if self._process.returncode:
                raise NotReady(f"{self._module} failed:\n{self._tail()}")
            self._printed.seek(0)
            return self._printed.read()

    def _tail(self) -> str:
        self._said.seek(0)
        return self._said.read()[-3000:]


def run_fleet(order_json: str, timeout_s: float) -> str:
    """Run a fleet process to its end and return what it printed."""
    return Beside("tools.bench.fleet", order_json).end(timeout_s)
