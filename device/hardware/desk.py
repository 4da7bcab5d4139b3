"""The simulated desk: a Unix socket over which buttons are pressed, sounds played and lights seen.

It has a thread with an asyncio loop of its own. Clients are not trusted: a bad line is refused, one that
does not read is dropped, and the unit lives on.
"""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from device.hardware.board import HardwareUnavailable
from device.hardware.desk_lines import LINE_BYTES_MAX, BadLine, Press, Quiet, Release, Sound, parse
from device.hardware.simulated import SimulatedBoard
from device.inputs import Button
from wire.lights import Light, Pattern
from wire.limits import LEVEL_HZ_MAX

_log = structlog.get_logger()

CLIENTS_MAX = 16
UNREAD_BYTES_MAX = 256 * 1024
"""A client that leaves this much unread is dropped."""
START_WITHIN_S = 5.0


class Player(Protocol):
    """The simulated microphone."""

    @property
    def playing(self) -> bool: ...
    def play(self, pcm16: bytes, level_dba: float | None) -> None:
        """``ValueError`` for what cannot be played."""

    def quiet(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Loudness:
    """What the hearing makes of the room, dB(A); None where it does not know."""

    level_dba: float | None
    background_dba: float | None
    threshold_dba: float | None


class Desk:
    """The socket of one simulated unit. ``loudness`` is asked up to eight times a second."""

    def __init__(
        self,
        path: Path,
        unit: str,
        board: SimulatedBoard,
        player: Player | None,
        loudness: Callable[[], Loudness],
    ) -> None:
        self._path = path
        self._unit = unit
        self._board = board
        self._player = player
        self._loudness = loudness
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._up = threading.Event()
        self._failed: OSError | None = None
        self._turns = 0
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Open the socket; raises ``HardwareUnavailable``."""
        self._thread.start()
        if not self._up.wait(START_WITHIN_S) or self._failed:
            raise HardwareUnavailable(f"the desk's socket {self._path} cannot be opened: {self._failed}")
        self._board.watch(self._changed)

    def stop(self, timeout_s: float) -> None:
        """Close all; raises ``TimeoutError`` when the thread does not end in ``timeout_s``."""
        with contextlib.suppress(RuntimeError):  # the loop has ended already: nothing to tell it
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the desk's thread did not end within {timeout_s} s")

    @property
    def turns(self) -> int:
        """How often the desk's thread has gone round: at least twice a second."""
        return self._turns

    @property
    def ended(self) -> bool:
        """Whether the desk's thread has ended: then no button can be pressed."""
        return self._thread.ident is not None and not self._thread.is_alive()

    def nudge(self) -> None:
        """Nothing to do: it goes round by itself."""

    def _changed(self, part: Light | Button, state: Pattern | bool) -> None:
        """From any thread, after the board has changed."""
        line = _light(part, state) if isinstance(state, Pattern) else _button(part, state)
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to be told
            self._loop.call_soon_threadsafe(self._say, line)

    # All below runs on the desk's thread.

    def _run(self) -> None:
        try:
            # The runner also ends what clients were doing.
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._serve())
        finally:
            self._up.set()

    async def _serve(self) -> None:
        try:
            listener = await asyncio.to_thread(_listener, self._path)
            server = await asyncio.start_unix_server(self._client, sock=listener, limit=LINE_BYTES_MAX)
        except OSError as error:
            self._failed = error
            return
        self._up.set()
        try:
            while not self._end.is_set():
                self._turns += 1
                await self._level()
        finally:
            server.close()
            for writer in list(self._writers):
                writer.transport.abort()
            await asyncio.to_thread(self._path.unlink, missing_ok=True)

    async def _level(self) -> None:
        """Tell the level while somebody looks; without clients only wait to be ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._end.wait(), 1 / LEVEL_HZ_MAX if self._writers else 0.5)
        if self._player is not None and self._writers:
            heard = self._loudness()
            self._say(
                {
                    "say": "level",
                    "level_dba": heard.level_dba,
                    "background_dba": heard.background_dba,
                    "threshold_dba": heard.threshold_dba,
                    "playing": self._player.playing,
                }
            )

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= CLIENTS_MAX:
            _send(writer, {"say": "refused", "why": f"at most {CLIENTS_MAX} clients"})
            writer.close()
            return
        self._greet(writer)
        self._writers.add(writer)
        try:
            while True:
                try:
                    line = await reader.readline()
                except ValueError:  # asyncio's word for a line beyond the limit; it has thrown it away
                    _send(writer, {"say": "refused", "why": f"a line is at most {LINE_BYTES_MAX} bytes"})
                    continue
                if not line:
                    break
                self._take(line, writer)
        except ConnectionError:
            _log.info("desk_client_gone")
        finally:
            self._writers.discard(writer)
            writer.close()

    def _greet(self, writer: asyncio.StreamWriter) -> None:
        board = self._board
        _send(
            writer,
            {
                "say": "desk",
                "unit": self._unit,
                "buttons": [button.value for button in board.buttons],
                "lights": [light.value for light in board.lights],
                "microphone": self._player is not None,
            },
        )
        for light, pattern in dict(board.patterns).items():
            _send(writer, _light(light, pattern))

    def _take(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            self._do(parse(line))
        except ValueError as refusal:  # BadLine, or what the microphone cannot play
            _send(writer, {"say": "refused", "why": str(refusal)[:300]})

    def _do(self, line: Press | Release | Sound | Quiet) -> None:
        match line:
            case Press(button=button, at=at):
                self._board.press(self._fitted(button), at)
            case Release(button=button, at=at):
                self._board.release(self._fitted(button), at)
            case Sound():
                self._microphone().play(line.samples(), line.level_dba)
            case Quiet():
                self._microphone().quiet()

    def _fitted(self, button: Button) -> Button:
        if button not in self._board.buttons:
            fitted = ", ".join(b.value for b in self._board.buttons)
            raise BadLine(f"the buttons fitted are: {fitted}; given: {button.value}")
        return button

    def _microphone(self) -> Player:
        if self._player is None:
            raise BadLine("this unit has no simulated microphone")
        return self._player

    def _say(self, line: dict[str, Any]) -> None:
        for writer in list(self._writers):
            _send(writer, line)


def _listener(path: Path) -> socket.socket:
    """Bind, over the socket of a run that was killed but never over one that answers."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.is_socket():
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                path.unlink()
            else:
                raise OSError("another unit answers there")
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o600)
    except OSError:
        listener.close()
        raise
    return listener


def _light(light: Light | Button, pattern: Pattern) -> dict[str, Any]:
    return {"say": "light", "light": light.value, "pattern": pattern.name}


def _button(button: Light | Button, pressed: bool) -> dict[str, Any]:
    return {"say": "button", "button": button.value, "pressed": pressed}


def _send(writer: asyncio.StreamWriter, line: dict[str, Any]) -> None:
    transport = writer.transport
    if transport.is_closing():
        return
    if transport.get_write_buffer_size() > UNREAD_BYTES_MAX:
        _log.warning("desk_client_too_slow")
        transport.abort()
        return
    writer.write(json.dumps(line).encode() + b"\n")
