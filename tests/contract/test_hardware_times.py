"""Over the kernel's pins: an edge has the kernel's time, however late the program comes to it."""

import threading
import time
from pathlib import Path

from device.hardware import gpio
from device.inputs import Button
from device.panel import CHATTER_S, Contact
from tests.support.brokers import wait_until
from tests.support.unit_boards import BUTTONS, LIGHTS, gpio_hands


def test_edges_that_come_late_in_one_burst_keep_their_times() -> None:
    hands = gpio_hands()
    board = gpio.open_board(BUTTONS, LIGHTS, folder=Path.cwd())
    goes_on = threading.Event()
    told: list[tuple[bool, float]] = []

    def taker(_button: Button, pressed: bool, at: float) -> None:
        told.append((pressed, at))
        goes_on.wait(15.0)

    board.start(taker)
    moved = []
    for move in (hands.press, hands.release, hands.press, hands.release):
        moved.append(time.monotonic())
        move(Button.PANIC)
        time.sleep(2 * CHATTER_S)
    late = time.monotonic()
    goes_on.set()
    wait_until(lambda: len(told) == len(moved), "the burst is told")
    contact = Contact()
    counted = [change.pressed for pressed, at in told for change in contact.edge(pressed, at)]
    assert counted == [True, False, True, False], "two presses, as the finger made them"
    assert all(
        before <= at < after for before, (_, at), after in zip(moved, told, [*moved[1:], late], strict=True)
    ), "by the kernel's clock, which is ours"
    board.stop(15.0)


def test_the_thread_that_brings_edges_answers_a_nudge() -> None:
    gpio_hands()
    board = gpio.open_board(BUTTONS, LIGHTS, folder=Path.cwd())
    board.start(lambda _button, _pressed, _at: None)
    assert board.edges is not None
    for turn in (1, 2):
        board.edges.nudge()
        wait_until(lambda turn=turn: board.edges is not None and board.edges.turns == turn, "it goes round")  # type: ignore[misc]
    assert board.deaf is None
    board.stop(15.0)
