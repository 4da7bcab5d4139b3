"""The hub with the virtual counters, as the demo runs it: ``SETTINGS SOUNDS UNIT=SOCKET…``."""

import sys
from pathlib import Path

from hub.app import CannotStart, run
from hub.setting_types import BadSettings
from hub.settings import load
from tools.demo.tower import SimulatedTower
from tools.demo.virtual.extension import virtual_counters
from wire.logs import log_to


def main(settings: str, sounds: str, *desks: str) -> int:
    """Until the hub is told to stop; 1 when it cannot run."""
    log_to(sys.stdout)
    sockets = {unit: Path(socket) for unit, _, socket in (desk.partition("=") for desk in desks)}
    try:
        known = load(Path(settings))
        towers = [SimulatedTower(tower.protocol, tower.at_port) for tower in known.towers]
        run(known, extensions=(virtual_counters(sockets, Path(sounds), next(iter(towers), None)),))
    except (BadSettings, CannotStart) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
