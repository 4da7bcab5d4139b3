"""Boards with hands and eyes: the simulated one, and the real one over the kernel's simulated GPIO chip."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from device.hardware import gpio
from device.hardware.board import Board
from device.hardware.simulated import SimulatedBoard
from device.inputs import Button
from wire.lights import Light

BUTTONS = {Button.PANIC: 17, Button.ASSIST: 27}
LIGHTS = {Light.ALARM: 5, Light.LINK: 26}


class Hands(Protocol):
    """What a test does to a board, and sees of it."""

    def press(self, button: Button) -> None: ...
    def release(self, button: Button) -> None: ...
    def brightness(self, light: Light) -> float:
        """0 to 1, of the pin itself."""


class SimulatedHands:
    def __init__(self, board: SimulatedBoard) -> None:
        self._board = board

    def press(self, button: Button) -> None:
        self._board.press(button)

    def release(self, button: Button) -> None:
        self._board.release(button)

    def brightness(self, light: Light) -> float:
        return float(self._board._mock.pin(LIGHTS[light]).state)


@dataclass
class GpioSimHands:
    """Lines of the kernel module gpio-sim, through sysfs."""

    chip: Path

    def press(self, button: Button) -> None:
        (self.chip / f"sim_gpio{BUTTONS[button]}" / "pull").write_text("pull-down")

    def release(self, button: Button) -> None:
        (self.chip / f"sim_gpio{BUTTONS[button]}" / "pull").write_text("pull-up")

    def brightness(self, light: Light) -> float:
        return float((self.chip / f"sim_gpio{LIGHTS[light]}" / "value").read_text())


@contextmanager
def board_and_hands(kind: str) -> Iterator[tuple[Board, Hands]]:
    """A board of ``kind`` "simulated" or "gpio"; the latter skips the test where there is no chip for it."""
    board: Board
    hands: Hands
    if kind == "simulated":
        simulated = SimulatedBoard(BUTTONS, LIGHTS)
        board, hands = simulated, SimulatedHands(simulated)
    else:
        chips = sorted(Path("/sys/devices/platform").glob("gpio-sim.*/gpiochip*"))
        if not chips:
            pytest.skip("no GPIO chip of the kernel module gpio-sim: real pins cannot be pressed by a test")
        hands = GpioSimHands(chips[0])
        for button in BUTTONS:
            hands.release(button)
        board = gpio.open_board(BUTTONS, LIGHTS)
    try:
        yield board, hands
    finally:
        board.stop(15.0)
