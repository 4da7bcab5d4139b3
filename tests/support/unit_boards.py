"""Boards with hands and eyes: the simulated one, and the real one over the kernel's simulated GPIO chip."""

import time
from collections.abc import Callable, Iterator, Sequence
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
    def chatter(self, button: Button, bounces: int) -> float:
        """Close the contact as a worn one does: it opens and closes again ``bounces`` times on its way. Gives
        the longest pause in it, in seconds: on a busy computer that may be too long for chatter.
        """

    def brightness(self, light: Light) -> float:
        """0 to 1, of the pin itself."""


class SimulatedHands:
    def __init__(self, board: SimulatedBoard) -> None:
        self._board = board

    def press(self, button: Button) -> None:
        self._board.press(button)

    def release(self, button: Button) -> None:
        self._board.release(button)

    def chatter(self, button: Button, bounces: int) -> float:
        moves = [*(self.press, self.release) * bounces, self.press]
        return _train([lambda move=move: move(button) for move in moves])  # type: ignore[misc]

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

    def chatter(self, button: Button, bounces: int) -> float:
        # Opened once: what a path costs each time would stretch the train beyond what chatter is.
        with (self.chip / f"sim_gpio{BUTTONS[button]}" / "pull").open("wb", buffering=0) as line:
            moves = [*(b"pull-down", b"pull-up") * bounces, b"pull-down"]
            return _train([lambda move=move: line.write(move) for move in moves])  # type: ignore[misc]

    def brightness(self, light: Light) -> float:
        return float((self.chip / f"sim_gpio{LIGHTS[light]}" / "value").read_text())


def _train(moves: Sequence[Callable[[], object]]) -> float:
    """Make the moves, a bounce apart; gives the longest time from the begin of one to the end of the next."""
    longest_s, began = 0.0, time.monotonic()
    for number, move in enumerate(moves):
        if number:
            time.sleep(BOUNCE_S)
        before = time.monotonic()
        move()
        longest_s, began = max(longest_s, time.monotonic() - began), before
    return longest_s


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
