"""One suite over both boards: edges come in, lights go out."""

from collections.abc import Iterator

import pytest

from device.hardware import gpio
from device.hardware.board import Board, HardwareUnavailable
from device.hardware.simulated import SimulatedBoard
from device.inputs import Button
from tests.support.brokers import wait_until
from tests.support.unit_boards import BUTTONS, LIGHTS, Hands, board_and_hands
from wire.lights import COMING, OFF, STEADY, STORED, WAITING, Light


@pytest.fixture(params=["simulated", "gpio"])
def panel(request: pytest.FixtureRequest) -> Iterator[tuple[Board, Hands]]:
    with board_and_hands(request.param) as both:
        yield both


def test_every_edge_is_told_in_order(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed: edges.append((button, pressed)))
    expected = []
    for button in (Button.PANIC, Button.ASSIST, Button.PANIC):
        hands.press(button)
        expected.append((button, True))
        wait_until(lambda: edges == expected, "the press is told")
        hands.release(button)
        expected.append((button, False))
        wait_until(lambda: edges == expected, "the release is told")


def test_a_button_down_at_the_start_counts_as_pressed(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    hands.press(Button.PANIC)
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed: edges.append((button, pressed)))
    wait_until(lambda: edges == [(Button.PANIC, True)], "the press is told")


def test_lights_show_their_patterns(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    board.start(lambda _button, _pressed: None)
    board.show(Light.LINK, STEADY)
    wait_until(lambda: hands.brightness(Light.LINK) == 1.0, "steady light")
    board.show(Light.ALARM, WAITING)
    wait_until(lambda: hands.brightness(Light.ALARM) == 1.0, "a blink")
    wait_until(lambda: hands.brightness(Light.ALARM) == 0.0, "dark after it")
    board.show(Light.ALARM, STORED)
    wait_until(lambda: hands.brightness(Light.ALARM) == 1.0, "steady again")
    board.show(Light.ALARM, OFF)
    wait_until(lambda: hands.brightness(Light.ALARM) == 0.0, "dark")


def test_only_what_is_fitted_is_there(panel: tuple[Board, Hands]) -> None:
    board, _ = panel
    assert set(board.buttons) == set(BUTTONS)
    assert set(board.lights) == set(LIGHTS)
    board.start(lambda _button, _pressed: None)
    board.show(Light.REC, STEADY)
    assert board.fault is None


def test_a_deaf_board_tells_nothing(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed: edges.append((button, pressed)))
    board.deafen()
    hands.press(Button.PANIC)
    hands.release(Button.PANIC)
    assert edges == []


def test_the_alarm_light_fades() -> None:
    with board_and_hands("simulated") as (board, hands):
        board.start(lambda _button, _pressed: None)
        board.show(Light.ALARM, COMING)
        seen: set[float] = set()

        def three_between() -> bool:
            seen.add(hands.brightness(Light.ALARM))
            return len([value for value in seen if 0.0 < value < 1.0]) >= 3

        wait_until(three_between, "brightness between dark and full")


def test_the_simulated_board_tells_its_watchers() -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    told: list[object] = []
    board.watch(lambda part, state: told.append((part, state)))
    board.start(lambda _button, _pressed: None)
    board.show(Light.ALARM, WAITING)
    board.press(Button.PANIC)
    board.release(Button.PANIC)
    assert told == [(Light.ALARM, WAITING), (Button.PANIC, True), (Button.PANIC, False)]
    assert board.patterns == {Light.ALARM: WAITING, Light.LINK: OFF}
    board.stop(15.0)


def test_no_chip_is_an_error_never_a_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    lgpio_pins = pytest.importorskip("gpiozero.pins.lgpio", reason="lgpio is not installed")

    def no_chip(*_arguments: object) -> None:
        raise OSError("can not open gpiochip")

    monkeypatch.setattr(lgpio_pins.LGPIOFactory, "__init__", no_chip)
    with pytest.raises(HardwareUnavailable, match="can not open gpiochip"):
        gpio.open_board(BUTTONS, LIGHTS)
