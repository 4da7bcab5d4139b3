"""The real board: GPIO of a Raspberry Pi through lgpio."""

from device.hardware.board import Board, HardwareUnavailable
from device.hardware.wiring import USUAL, Wiring
from device.inputs import Button
from wire.lights import Light


def open_board(buttons: dict[Button, int], lights: dict[Light, int], wiring: Wiring = USUAL) -> Board:
    """Claim the pins; raises ``HardwareUnavailable``."""
    try:
        # Imported here: only a real unit has lgpio installed.
        from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415

        return Board(LGPIOFactory(), buttons, lights, wiring)
    except Exception as error:  # gpiozero and lgpio raise types of their own without a common root
        raise HardwareUnavailable(f"hardware 'gpio': {type(error).__name__}: {error}") from error
