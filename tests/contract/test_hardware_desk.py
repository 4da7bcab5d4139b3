"""The simulated desk's socket: what it says, what it takes, and what it refuses."""

import base64
import json
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from device.hardware.board import HardwareUnavailable
from device.hardware.desk import CLIENTS_MAX, Desk, Loudness
from device.hardware.desk_lines import LINE_BYTES_MAX
from device.hardware.simulated import SimulatedBoard
from device.inputs import Button
from tests.support.brokers import wait_until
from tests.support.unit_boards import BUTTONS, LIGHTS
from wire.lights import WAITING, Light


@dataclass
class FakePlayer:
    played: list[tuple[bytes, float | None]] = field(default_factory=list)
    refuses: bool = False
    playing: bool = False

    def play(self, pcm16: bytes, level_dba: float | None) -> None:
        if self.refuses:
            raise ValueError("at most 60 s may wait")
        self.played.append((pcm16, level_dba))
        self.playing = True

    def quiet(self) -> None:
        self.playing = False


class Client:
    """Raw lines, one at a time."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(15.0)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def send(self, line: bytes) -> None:
        self._socket.sendall(line)

    def next(self, say: str) -> dict[str, Any]:
        """The next line of a kind; others go by."""
        for raw in self._lines:
            line: dict[str, Any] = json.loads(raw)
            if line["say"] == say:
                return line
        raise AssertionError(f"the desk closed before it said {say}")

    def closed(self) -> bool:
        return all(json.loads(raw) for raw in self._lines)

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@dataclass
class Setup:
    board: SimulatedBoard
    player: FakePlayer
    path: Path
    edges: list[tuple[Button, bool]]
    moments: list[float]
    clients: list[Client] = field(default_factory=list)

    def client(self) -> Client:
        self.clients.append(Client(self.path))
        return self.clients[-1]


@pytest.fixture
def folder() -> Iterator[Path]:
    # Short: a socket's path holds 107 bytes, and pytest's own folders can be longer.
    with tempfile.TemporaryDirectory(prefix="desk-") as short:
        yield Path(short)


@pytest.fixture
def desk(folder: Path) -> Iterator[Setup]:
    board, player = SimulatedBoard(BUTTONS, LIGHTS), FakePlayer()
    edges: list[tuple[Button, bool]] = []
    moments: list[float] = []

    def took(button: Button, pressed: bool, at: float) -> None:
        edges.append((button, pressed))
        moments.append(at)

    desk = Desk(folder / "d.sock", "c1", board, player, lambda: Loudness(51.25, 44.0, 75.0))
    desk.start()
    board.start(took)
    setup = Setup(board, player, folder / "d.sock", edges, moments)
    yield setup
    for client in setup.clients:
        client.close()
    desk.stop(15.0)
    board.stop(15.0)
    assert not setup.path.exists()


def test_it_greets_with_what_is_fitted_and_every_light(desk: Setup) -> None:
    desk.board.show(Light.ALARM, WAITING)
    client = desk.client()
    assert client.next("desk") == {
        "say": "desk",
        "unit": "c1",
        "buttons": ["panic", "assist"],
        "lights": ["alarm", "link"],
        "microphone": True,
    }
    assert client.next("light") == {"say": "light", "light": "alarm", "pattern": "waiting"}
    assert client.next("light") == {"say": "light", "light": "link", "pattern": "off"}


def test_a_press_is_a_pin_edge_and_every_client_sees_it(desk: Setup) -> None:
    one, other = desk.client(), desk.client()
    other.next("desk")
    one.send(b'{"do":"press","button":"panic"}\n{"do":"release","button":"panic"}\n')
    for client in (one, other):
        assert client.next("button") == {"say": "button", "button": "panic", "pressed": True}
        assert client.next("button") == {"say": "button", "button": "panic", "pressed": False}
    assert desk.edges == [(Button.PANIC, True), (Button.PANIC, False)]


def test_a_sound_reaches_the_microphone(desk: Setup) -> None:
    client = desk.client()
    pcm = base64.b64encode(b"\x01\x02" * 100).decode()
    client.send(json.dumps({"do": "sound", "pcm16": pcm, "level_dba": 84}).encode() + b"\n")
    wait_until(lambda: desk.player.played == [(b"\x01\x02" * 100, 84.0)], "the sound is played")
    wait_until(lambda: client.next("level")["playing"], "the level line says that it plays")
    client.send(b'{"do":"quiet"}\n')
    wait_until(lambda: not desk.player.playing, "quiet")


def test_levels_are_told(desk: Setup) -> None:
    level = desk.client().next("level")
    assert level == {
        "say": "level",
        "level_dba": 51.25,
        "background_dba": 44.0,
        "threshold_dba": 75.0,
        "playing": False,
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "JSON"),
        (b"hello", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        (b"[]", "object"),
        (b'{"do":"explode"}', "press"),
        (b'{"do":"press"}', "button"),
        (b'{"do":"press","button":"siren"}', "panic"),
        (b'{"do":"press","button":"session"}', "fitted are: panic, assist; given: session"),
        (b'{"do":"press","button":"panic","hard":true}', "Extra"),
        (b'{"do":"sound","pcm16":"?"}', "base64"),
        (b'{"do":"sound","pcm16":"AAAA"}', "16-bit"),
        (b'{"do":"sound","pcm16":"AAA=","level_dba":1e999}', "level_dba"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_a_bad_line_is_refused_and_the_connection_stays(desk: Setup, line: bytes, why: str) -> None:
    client = desk.client()
    client.send(line + b"\n")
    assert why in client.next("refused")["why"]
    client.send(b'{"do":"press","button":"panic"}\n')
    assert client.next("button")["pressed"] is True


def test_what_the_microphone_refuses_is_told(desk: Setup) -> None:
    desk.player.refuses = True
    client = desk.client()
    client.send(b'{"do":"sound","pcm16":"AAA="}\n')
    assert client.next("refused")["why"] == "at most 60 s may wait"


def test_a_line_beyond_the_limit_is_refused(desk: Setup) -> None:
    client = desk.client()
    client.send(b"x" * (LINE_BYTES_MAX + 100_000) + b"\n")
    assert str(LINE_BYTES_MAX) in client.next("refused")["why"]
    client.send(b'{"do":"press","button":"panic"}\n')
    assert client.next("button")["pressed"] is True


def test_one_client_too_many_is_told_and_closed(desk: Setup) -> None:
    for _ in range(CLIENTS_MAX):
        desk.client().next("desk")
    late = desk.client()
    assert "16" in late.next("refused")["why"]
    assert late.closed()


def test_a_client_that_does_not_read_is_dropped_and_others_are_served(desk: Setup) -> None:
    deaf, other = desk.client(), desk.client()
    deaf.send(b"{}\n" * 20_000)
    other.send(b'{"do":"press","button":"panic"}\n')
    assert other.next("button")["pressed"] is True


def test_a_client_that_goes_in_the_middle_of_a_line_harms_nobody(desk: Setup) -> None:
    desk.client().send(b'{"do":"pre')
    desk.clients.pop().close()
    other = desk.client()
    other.send(b'{"do":"press","button":"panic"}\n')
    assert other.next("button")["pressed"] is True


def test_a_line_may_say_when_the_finger_moved(desk: Setup) -> None:
    client = desk.client()
    now = time.monotonic()
    moves: list[tuple[str, float | None]] = [
        ("press", now - 2.0),
        ("release", None),
        ("press", now + 1000.0),
        ("release", 0.0),
    ]
    for do, at in moves:
        client.send(json.dumps({"do": do, "button": "panic", "at": at}).encode() + b"\n")
        client.next("button")
    after = time.monotonic()
    assert desk.moments[0] == now - 2.0
    assert all(now <= at <= after for at in desk.moments[1:]), (
        "no time, or one that cannot be: when it was read"
    )


def test_without_a_microphone_sounds_are_refused(folder: Path) -> None:
    board = SimulatedBoard(BUTTONS, LIGHTS)
    desk = Desk(folder / "d.sock", "c1", board, None, lambda: Loudness(None, None, None))
    desk.start()
    board.start(lambda _button, _pressed, _at: None)
    client = Client(folder / "d.sock")
    assert client.next("desk")["microphone"] is False
    client.send(b'{"do":"sound","pcm16":"AAA="}\n')
    assert "no simulated microphone" in client.next("refused")["why"]
    client.close()
    desk.stop(15.0)
    board.stop(15.0)


def test_a_socket_left_by_a_killed_run_is_taken_over_a_living_one_is_not(folder: Path) -> None:
    path = folder / "d.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    board = SimulatedBoard(BUTTONS, LIGHTS)
    desk = Desk(path, "c1", board, None, lambda: Loudness(None, None, None))
    desk.start()
    with pytest.raises(HardwareUnavailable, match="another unit answers"):
        Desk(path, "c1", board, None, lambda: Loudness(None, None, None)).start()
    Client(path).close()
    desk.stop(15.0)
    board.start(lambda _button, _pressed, _at: None)
    board.stop(15.0)


def test_only_the_owner_may_use_the_socket(desk: Setup) -> None:
    assert desk.path.stat().st_mode & 0o777 == 0o600
