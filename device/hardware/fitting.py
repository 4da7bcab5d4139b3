"""The hardware that the settings name: a board, and for a simulated one the desk at which it is used."""

import os
from collections.abc import Callable
from pathlib import Path

from device.hardware import gpio
from device.hardware.board import Board
from device.hardware.desk import Desk, Loudness, Player
from device.hardware.simulated import SimulatedBoard
from device.settings import UnitSettings


def fit(
    settings: UnitSettings, player: Player | None, loudness: Callable[[], Loudness]
) -> tuple[Board, Desk | None]:
    """Claim the pins; raises ``HardwareUnavailable``. The desk still has to be started."""
    panel = settings.panel
    buttons, lights, wiring = panel.buttons(), panel.lights(), panel.wiring()
    if settings.simulated is None:
        # A service has a folder in memory, so that a broken disk keeps no button from working.
        folder = Path(os.environ.get("RUNTIME_DIRECTORY", settings.state_dir))
        return gpio.open_board(buttons, lights, wiring, folder=folder), None
    board = SimulatedBoard(buttons, lights, wiring)
    desk = Desk(Path(settings.simulated.desk_socket), settings.unit, board, player, loudness)
    board.edges = desk
    return board, desk
