"""The real board: GPIO of a Raspberry Pi through lgpio."""

import importlib
import os
from pathlib import Path
from typing import Any

from device.hardware.board import Board, HardwareUnavailable
from device.hardware.edge_thread import EdgeThread
from device.hardware.wiring import USUAL, Wiring
from device.inputs import Button
from wire.lights import Light

WORK_FOLDER = "LG_WD"
"""Environment variable with the folder in which lgpio keeps its pipe."""


class GpioBoard(Board):
    """A board whose edges come on lgpio's thread."""

    def __init__(
        self, factory: Any, buttons: dict[Button, int], lights: dict[Light, int], wiring: Wiring, lgpio: Any
    ) -> None:
        super().__init__(factory, buttons, lights, wiring)
        self.edges: EdgeThread = EdgeThread(lgpio)

    def stop(self, timeout_s: float) -> None:
        try:
            super().stop(timeout_s)
        finally:
            self.edges.close()


def open_board(
    buttons: dict[Button, int], lights: dict[Light, int], wiring: Wiring = USUAL, *, folder: Path
) -> Board:
    """Claim the pins; raises ``HardwareUnavailable``. ``folder`` is for lgpio's pipe, and this unit's alone:
    every process names its pipe alike.
    """
    try:
        lgpio = import_lgpio(folder)
        # Imported here: only a real unit has lgpio installed.
        from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415

        return GpioBoard(LGPIOFactory(), buttons, lights, wiring, lgpio)
    except Exception as error:  # gpiozero and lgpio raise types of their own without a common root
        raise HardwareUnavailable(f"hardware 'gpio': {type(error).__name__}: {error}") from error


def import_lgpio(folder: Path) -> Any:
    """lgpio, with its pipe in ``folder`` where the environment names no other. It is made when lgpio is first
    imported, in the working folder unless told otherwise: a service's is the root of a file system that it
    may not write.
    """
    os.environ.setdefault(WORK_FOLDER, str(folder))
    here = Path.cwd()
    try:
        return importlib.import_module("lgpio")
    finally:
        os.chdir(here)  # lgpio goes to its folder; ours is what paths in settings may be relative to
