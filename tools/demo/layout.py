"""What the demo consists of, and where its files lie."""

import json
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tools.demo.settings import Area, Counter

SITE = "nishitokyo"
FIRST_PORT = 8710
PORTS_TRIED = 50
NOTE = "sockets-folder"
"""File that names the sockets' folder of the run that goes on, or of one that was killed."""
PREFIX = "madomori-"


AREAS = (
    Area("shimin", "市民課", "Citizens' Affairs", "1階", "1st floor"),
    Area("nozei", "納税課", "Tax Payment", "2階", "2nd floor"),
)
COUNTERS = (
    Counter("counter-1", "shimin", "1番", "No. 1", "住民票", "Residence records"),
    Counter("counter-2", "shimin", "2番", "No. 2", "印鑑登録", "Seal registration"),
    Counter("counter-3", "nozei", "3番", "No. 3", "納税相談", "Tax consultation"),
)


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


def sweep(folder: Path) -> None:
    """Remove the sockets' folder that the note in ``folder`` names."""
    note = folder / NOTE
    if note.exists():
        sockets = Path(note.read_text())
        if sockets.name.startswith(PREFIX):
            shutil.rmtree(sockets, ignore_errors=True)  # gone after a reboot, and that is well
        note.unlink()


@dataclass
class Layout:
    """The demo's folder: settings, passwords, databases, logs. ``sockets`` is apart, because the path of
    a Unix socket may have 107 bytes at most and a home folder can be deep."""

    folder: Path
    sockets: Path

    @classmethod
    def open(cls, folder: Path) -> "Layout":
        """Make the folders. What a killed run left of its sockets is removed."""
        sweep(folder)
        runtime = os.environ.get("XDG_RUNTIME_DIR", "")
        short = bool(runtime) and len(runtime) < 60 and os.access(runtime, os.W_OK)
        sockets = Path(tempfile.mkdtemp(prefix=PREFIX, dir=runtime if short else "/tmp"))  # noqa: S108 private by mkdtemp
        (folder / NOTE).write_text(str(sockets))
        for part in ("log", "units", "hub"):
            (folder / part).mkdir(exist_ok=True, mode=0o700)
        return cls(folder, sockets)

    def close(self) -> None:
        """Remove the sockets' folder."""
        sweep(self.folder)

    def remembered(self, name: str, default: int) -> int:
        """A port of the last run."""
        file = self.folder / "ports.json"
        ports: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
        return ports.get(name, default)

    def remember(self, **ports: int) -> None:
        """Keep the ports for the next run, so that an open page finds its server again."""
        (self.folder / "ports.json").write_text(json.dumps(ports))

    @property
    def sounds(self) -> Path:
        """Where the sounds are that a person can play to a unit."""
        return self.folder / "sounds"

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.folder / "log" / f"{name}.log"

    def desk(self, unit: str) -> Path:
        """The socket of a simulated unit."""
        return self.sockets / f"{unit}.sock"
