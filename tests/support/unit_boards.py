"""Boards with hands and eyes: the simulated one, and the real one over the kernel's simulated GPIO chip."""

import time
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


BOUNCE_S = 0.002
"""Between two edges of a contact that chatters; the kernel may tell faster ones as one."""


class Hands(Protocol):
    """What a test does to a board, and sees of it."""

    def press(self, button: Button) -> None: ...
    def release(self, button: Button) -> None: ...
    def chatter(self, button: Button, bounces: int) -> None:
        """Close the contact as a worn one does: it opens and closes again ``bounces`` times on its way."""

    def brightness(self, light: Light) -> float:
        """0 to 1, of the pin itself."""


class SimulatedHands:
    def __init__(self, board: SimulatedBoard) -> None:
        self._board = board

    def press(self, button: Button) -> None:
        self._board.press(button)

    def release(self, button: Button) -> None:
        self._board.release(button)

    def chatter(self, button: Button, bounces: int) -> None:
        for _ in range(bounces):
            self.press(button)
            time.sleep(BOUNCE_S)
            self.release(button)
            time.sleep(BOUNCE_S)
        self.press(button)

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

    def chatter(self, button: Button, bounces: int) -> None:
        # Opened once: what a path costs each time would stretch the train beyond what chatter is.
        with (self.chip / f"sim_gpio{BUTTONS[button]}" / "pull").open("wb", buffering=0) as line:
            for _ in range(bounces):
                line.write(b"pull-down")
                time.sleep(BOUNCE_S)
                line.write(b"pull-up")
                time.sleep(BOUNCE_S)
            line.write(b"pull-down")

    def brightness(self, light: Light) -> float:
        return float((self.chip / f"sim_gpio{LIGHTS[light]}" / "value").read_text())


def gpio_hands() -> GpioSimHands:
    """Hands at the simulated chip, every button up; skips the test where there is no such chip."""
    chips = sorted(Path("/sys/devices/platform").glob("gpio-sim.*/gpiochip*"))
    if not chips:
        pytest.skip("no GPIO chip of the kernel module gpio-sim (make test-gpio makes one in a machine)")
    hands = GpioSimHands(chips[0])
    for button in BUTTONS:
        hands.release(button)
    return hands


@contextmanager
def board_and_hands(kind: str) -> Iterator[tuple[Board, Hands]]:
    """A board of ``kind`` "simulated" or "gpio"; the latter skips the test where there is no chip for it."""
    board: Board
    hands: Hands
    if kind == "simulated":
        simulated = SimulatedBoard(BUTTONS, LIGHTS)
        board, hands = simulated, SimulatedHands(simulated)
    else:
        hands = gpio_hands()
        board = gpio.open_board(BUTTONS, LIGHTS, folder=Path.cwd())
    try:
        yield board, hands
    finally:
        board.stop(15.0)
