"""The hub with the virtual counters, as the demo runs it: ``SETTINGS SOUNDS UNIT=SOCKET…``."""

import sys
from pathlib import Path

from hub.app import run
from hub.settings import load
from tools.demo.virtual.extension import virtual_counters


def main(settings: str, sounds: str, *desks: str) -> int:
    """Until the hub is told to stop."""
    sockets = {unit: Path(socket) for unit, _, socket in (desk.partition("=") for desk in desks)}
    extension = virtual_counters(sockets, Path(sounds))
    return run(load(Path(settings)), extensions=(extension,))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
