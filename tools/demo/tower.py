"""A simulated PATLITE signal tower: real TCP and HTTP, and levers for what a real one may do wrong."""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Self

LIGHTS = ("red", "amber", "green", "blue", "white")
PATTERNS = {0: "off", 1: "on", 2: "flash", 3: "fast"}
NO_CHANGE = 9
FRAME_HEAD = 6

Protocol = Literal["pns-ab", "pns-xx", "http"]


@dataclass
class SimulatedTower:
    """Understands what ``protocol`` says and nothing else. Levers may be set at any time."""

    protocol: Protocol
    port: int = 0
    refuses: bool = False
    """Answers that it does not understand."""
    mute: bool = False
    """Takes a command and never answers."""
    drips: bool = False
    """Answers with a byte that never becomes an answer, again and again."""
    garbage: bool = False
    shown: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    """What it was told to show, oldest first: six figures for red, amber, green, blue, white and buzzer."""
    on_change: Callable[[dict[str, str]], None] = lambda _lights: None
    """Gets ``lights`` whenever it was told to show something; called on a thread of the tower's."""

    def __post_init__(self) -> None:
        self._state = [0] * 6
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._off = threading.Event()
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        return self.on()

    def __exit__(self, *_: object) -> None:
        self.off()

    def on(self) -> Self:
        """Give it power; it forgets what it had shown."""
        self._off.clear()
        self._state = [0] * 6
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(8)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), name="tower", daemon=True).start()
        return self

    def off(self) -> None:
        """Take its power away."""
        self._off.set()
        if self._listener is not None:
            # A close alone does not wake a thread that waits in accept.
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    @property
    def lights(self) -> dict[str, str]:
        """What shines now, in words; what is off is left out."""
        lit = {name: PATTERNS[code] for name, code in zip(LIGHTS, self._state[:5], strict=True) if code}
        return lit | ({"buzzer": str(self._state[5])} if self._state[5] else {})

    def _accept(self, listener: socket.socket) -> None:
        while not self._off.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), name="tower-line", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.settimeout(30)
                while self._http(connection) if self.protocol == "http" else self._pns(connection):
                    pass
        except OSError:
            pass  # the other side is gone, or our power is
        finally:
            with self._lock:
                self._open.discard(connection)

    def _pns(self, connection: socket.socket) -> bool:
        head = _exactly(connection, FRAME_HEAD)
        if head is None:
            return False
        data = _exactly(connection, int.from_bytes(head[4:6], "big"))
        wanted = self.protocol.removeprefix("pns-").upper().encode() + b"S\x00"
        good = head[:4] == wanted and data is not None and len(data) == 6
        if self._disturbed(connection):
            return False
        if self.refuses or not good or data is None:
            connection.sendall(b"\x15")
            return True
        self._show(list(data))
        connection.sendall(b"\x06")
        return True

    def _http(self, connection: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            more = connection.recv(4096)
            if not more:
                return False
            request += more
        method, _, rest = request.decode("latin-1").partition(" ")
        path, _, value = rest.partition(" ")[0].partition("?alert=")
        digits = value.isdecimal() and len(value) == 6
        if self._disturbed(connection):
            return False
        good = (method, path) == ("GET", "/api/control") and digits and not self.refuses
        if good:
            self._show([int(digit) for digit in value])
        body = b"Success." if good else b"Error."
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        return False

    def _disturbed(self, connection: socket.socket) -> bool:
        if self.garbage:
            connection.sendall(b"\x00 what?\r\n\r\n")
            return True
        while (self.mute or self.drips) and not self._off.is_set():
            if self.drips:
                connection.sendall(b"H" if self.protocol == "http" else b"")
            time.sleep(0.05)
        return False

    def _show(self, codes: list[int]) -> None:
        self.shown.append("".join(map(str, codes)))
        self._state = [old if new == NO_CHANGE else new for old, new in zip(self._state, codes, strict=True)]
        self.on_change(self.lights)


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    got = b""
    while len(got) < size:
        more = connection.recv(size - len(got))
        if not more:
            return None
        got += more
    return got
