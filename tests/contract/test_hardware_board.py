"""One suite over both boards: edges come in, lights go out."""

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from device.hardware import gpio
from device.hardware.board import BUSY_WAITS_S, Board, HardwareUnavailable
from device.hardware.simulated import SimulatedBoard
from device.hardware.wiring import Pull, Wiring
from device.inputs import Button
from device.panel import CHATTER_S, Contact
from tests.support.brokers import wait_until
from tests.support.unit_boards import BUTTONS, LIGHTS, Hands, board_and_hands
from wire.lights import COMING, OFF, STEADY, STORED, WAITING, Light, lit_at

FADE_OFF_MOST = 0.15
"""Brightness may be off by that much in a tenth of the cycle: a step of the fading, an emulated computer."""


@pytest.fixture(params=["simulated", "gpio"])
def panel(request: pytest.FixtureRequest) -> Iterator[tuple[Board, Hands]]:
    with board_and_hands(request.param) as both:
        yield both


def test_every_edge_is_told_in_order(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed, _at: edges.append((button, pressed)))
    expected = []
    for button in (Button.PANIC, Button.ASSIST, Button.PANIC):
        hands.press(button)
        expected.append((button, True))
        wait_until(lambda: edges == expected, "the press is told")
        hands.release(button)
        expected.append((button, False))
        wait_until(lambda: edges == expected, "the release is told")


def test_an_edge_is_told_with_the_time_at_which_it_happened(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    told: list[float] = []
    board.start(lambda _button, _pressed, at: told.append(at))
    for edge, move in enumerate((hands.press, hands.release)):
        before = time.monotonic()
        move(Button.PANIC)
        wait_until(lambda edge=edge: len(told) > edge, "the edge is told")  # type: ignore[misc]
        assert before <= told[edge] <= time.monotonic()


def test_a_button_down_at_the_start_counts_as_pressed(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    hands.press(Button.PANIC)
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed, _at: edges.append((button, pressed)))
    wait_until(lambda: edges == [(Button.PANIC, True)], "the press is told")


def test_lights_show_their_patterns(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    board.start(lambda _button, _pressed, _at: None)
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
    board.start(lambda _button, _pressed, _at: None)
    board.show(Light.REC, STEADY)
    assert board.fault is None


def test_a_deaf_board_tells_nothing(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed, _at: edges.append((button, pressed)))
    board.deafen()
    hands.press(Button.PANIC)
    hands.release(Button.PANIC)
    assert edges == []


def test_a_chatter_train_is_one_press(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[float, bool]] = []
    board.start(lambda _button, pressed, at: edges.append((at, pressed)))

    def rests(pressed: bool) -> bool:
        return edges[-1][1] is pressed and time.monotonic() - edges[-1][0] > 2 * CHATTER_S

    def train() -> list[tuple[float, bool]] | None:
        """The edges of one closing; None when a busy computer made more of it than chatter."""
        begin = len(edges)
        longest_s = hands.chatter(Button.PANIC, bounces=6)
        wait_until(lambda: rests(True), "the contact is closed")
        closing = edges[begin:]
        hands.release(Button.PANIC)
        wait_until(lambda: rests(False), "the contact is open")
        return closing if longest_s < CHATTER_S else None

    trains: list[list[tuple[float, bool]]] = []
    until = time.monotonic() + 60.0
    while len(trains) < 3:
        assert time.monotonic() < until, "this computer is too busy for chatter to be chatter"
        trains += filter(None, [train()])
    assert min(len(closing) for closing in trains) >= 5, "the trains have come through as trains"
    contact = Contact()
    changes = [change for at, pressed in edges for change in contact.edge(pressed, at)]
    counted = [change.at for change in changes if change.pressed]
    for closing in trains:
        first, last = closing[0][0], closing[-1][0]
        assert [at for at in counted if first <= at <= last] == [first], "once, at once, at its first edge"


def test_the_alarm_light_fades_up_and_down(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    board.start(lambda _button, _pressed, _at: None)
    cycle_ms = sum(COMING.rhythm_ms)

    def as_wanted() -> bool:
        """One cycle, looked at in ten spans. A busy computer may miss one."""
        board.show(Light.ALARM, OFF)
        board.show(Light.ALARM, COMING)
        began = time.monotonic()
        spans: list[list[tuple[float, float]]] = [[] for _ in range(10)]
        while (elapsed_ms := (time.monotonic() - began) * 1000.0) < cycle_ms:
            seen, wanted = hands.brightness(Light.ALARM), lit_at(COMING, elapsed_ms)
            spans[int(elapsed_ms * len(spans) / cycle_ms)].append((seen, wanted))
        # A real pin only knows on and off: its brightness is the mean of many looks.
        return all(spans) and all(
            abs(mean(seen for seen, _ in span) - mean(wanted for _, wanted in span)) <= FADE_OFF_MOST
            for span in spans
        )

    wait_until(as_wanted, "the light fades as the table of patterns says", 60.0)


def test_a_taker_that_fails_makes_no_button_deaf(panel: tuple[Board, Hands]) -> None:
    board, hands = panel
    edges: list[tuple[Button, bool]] = []

    def taker(button: Button, pressed: bool, _at: float) -> None:
        edges.append((button, pressed))
        if len(edges) == 1:
            raise ValueError("the taker fails at the first edge")

    board.start(taker)
    hands.press(Button.PANIC)
    wait_until(lambda: len(edges) == 1, "the edge at which the taker fails")
    hands.release(Button.PANIC)
    wait_until(lambda: len(edges) == 2, "the next edge of this button")
    hands.press(Button.ASSIST)
    wait_until(lambda: edges[2:] == [(Button.ASSIST, True)], "an edge of another button")


def test_the_simulated_board_tells_its_watchers() -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    told: list[object] = []
    board.watch(lambda part, state: told.append((part, state)))
    board.start(lambda _button, _pressed, _at: None)
    board.show(Light.ALARM, WAITING)
    board.press(Button.PANIC)
    board.release(Button.PANIC)
    assert told == [(Light.ALARM, WAITING), (Button.PANIC, True), (Button.PANIC, False)]
    assert board.patterns == {Light.ALARM: WAITING, Light.LINK: OFF}
    board.stop(15.0)


POLARITIES: list[tuple[Pull, bool]] = [
    ("up", False),
    ("up", True),
    ("down", True),
    ("down", False),
    ("none", True),
    ("none", False),
]


@pytest.mark.parametrize(("pull", "active_high"), POLARITIES)
@pytest.mark.parametrize("held", [False, True])
def test_every_way_to_wire_a_button(pull: Pull, active_high: bool, held: bool) -> None:
    wiring = Wiring(pulls={Button.PANIC: pull}, active_high={Button.PANIC: active_high})
    board = SimulatedBoard(BUTTONS, LIGHTS, wiring)
    edges: list[tuple[Button, bool]] = []
    if held:
        board.press(Button.PANIC)
    assert board.down == ([Button.PANIC] if held else [])
    board.start(lambda button, pressed, _at: edges.append((button, pressed)))
    if not held:
        board.press(Button.PANIC)
    assert bool(board._mock.pin(BUTTONS[Button.PANIC]).state) is active_high, "the pin itself"
    assert edges == [(Button.PANIC, True)], "once, also when it was down at the start"
    board.release(Button.PANIC)
    assert edges[1:] == [(Button.PANIC, False)]
    board.stop(15.0)


def test_two_buttons_held_at_the_start_both_count() -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    for button in BUTTONS:
        board.press(button)
    edges: list[tuple[Button, bool]] = []
    board.start(lambda button, pressed, _at: edges.append((button, pressed)))
    assert edges == [(button, True) for button in BUTTONS]
    board.stop(15.0)


@pytest.mark.parametrize("active_high", [True, False])
def test_lights_and_buzzer_follow_their_polarity(active_high: bool) -> None:
    parts: dict[Button | Light, bool] = {Light.ALARM: active_high, Light.LINK: active_high}
    board = SimulatedBoard(
        BUTTONS, LIGHTS, Wiring(active_high=parts, buzzer=12, buzzer_active_high=active_high)
    )
    pins = {name: board._mock.pin(pin) for name, pin in (("alarm", 5), ("link", 26), ("buzzer", 12))}
    dark, lit = float(not active_high), float(active_high)
    assert {name: pin.state for name, pin in pins.items()} == dict.fromkeys(pins, dark)
    board.start(lambda _button, _pressed, _at: None)
    for light, name in ((Light.ALARM, "alarm"), (Light.LINK, "link")):
        board.show(light, STEADY)
        wait_until(lambda name=name: pins[name].state == lit, f"{name} is lit")  # type: ignore[misc]
    sounded = len(pins["buzzer"].states)
    board.beep(2)
    wait_until(lambda: len(pins["buzzer"].states) >= sounded + 4, "on, off, on, off")
    assert [each.state for each in pins["buzzer"].states[sounded:]] == [lit, dark, lit, dark]
    board.stop(15.0)


@pytest.mark.parametrize("times", [len(BUSY_WAITS_S), len(BUSY_WAITS_S) + 1])
def test_a_pin_that_is_busy_is_freed_a_moment_later(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    board.start(lambda _button, _pressed, _at: None)
    tried: list[object] = []

    def busy() -> None:
        tried.append(None)
        if len(tried) <= times:
            raise RuntimeError("GPIO busy")

    monkeypatch.setattr(board._pins[Button.PANIC], "_disable_event_detect", busy)
    if times > len(BUSY_WAITS_S):
        with pytest.raises(RuntimeError, match="GPIO busy"):
            board.stop(15.0)
    else:
        board.stop(15.0)


def test_without_a_buzzer_nothing_sounds() -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    board.beep(2)
    board.stop(15.0)


def test_no_chip_is_an_error_never_a_fallback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lgpio_pins = pytest.importorskip("gpiozero.pins.lgpio", reason="lgpio is not installed")

    def no_chip(*_arguments: object) -> None:
        raise OSError("can not open gpiochip")

    monkeypatch.setattr(lgpio_pins.LGPIOFactory, "__init__", no_chip)
    with pytest.raises(HardwareUnavailable, match="can not open gpiochip"):
        gpio.open_board(BUTTONS, LIGHTS, folder=tmp_path)
