"""A network between two programs on loopback that can be cut, also in the middle of what is being sent."""

import contextlib
import socket
import threading
from types import TracebackType


class Relay:
    """Callers of ``port`` reach 127.0.0.1:``to``, until it is cut."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._left: int | None = None
        """Bytes towards ``to`` that still go through; None: any number."""
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self.refused = 0
        """Calls that came while it was cut."""
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, name="relay", daemon=True)

    def __enter__(self) -> "Relay":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._hang_up()
        self._thread.join(10)

    @property
    def cut(self) -> bool:
        """Whether nothing goes through."""
        return self._left == 0

    def cut_after(self, count: int) -> None:
        """So many bytes more go to the other side, then nothing."""
        self._left = count
        if self.cut:
            self._hang_up()

    def mend(self) -> None:
        """As if nothing had been."""
        self._left = None

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                caller, _ = self._server.accept()
                if self.cut:
                    self.refused += 1
                    caller.close()
                    continue
                called = socket.create_connection(("127.0.0.1", self._to))
                self._open += [caller, called]
                for pair in ((caller, called, True), (called, caller, False)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):  # hung up
            while data := source.recv(16_384):
                if counted and self._left is not None:
                    data = data[: self._left]
                    self._left -= len(data)
                sink.sendall(data)
                if self.cut:
                    break
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()
