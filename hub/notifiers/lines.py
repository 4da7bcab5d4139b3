"""Connections with one deadline for the whole exchange.

A timeout of a socket starts anew with every byte: a peer that sends one byte now and then could hold a
notifier for ever. Here the connection is cut when the time is over, or when the hub stops.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Exchange:
    """One conversation. After ``cut`` whatever waits for the peer fails with ``OSError``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.was_cut = False
        self._lock = threading.Lock()
        self._twin: socket.socket | None = None

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection that ``cut`` reaches, whatever is wrapped around it. Raises ``OSError``."""
        connected = socket.create_connection((host, port), timeout=self.seconds)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            # TLS detaches the socket it is given; a duplicate still names the same connection.
            self._twin = connected.dup()
        if self.was_cut:
            self.cut()
        return connected

    def cut(self) -> None:
        """End it; from any thread."""
        self.was_cut = True
        with self._lock:
            if self._twin is not None:
                try:
                    self._twin.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # it has ended already

    def end(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._twin is not None:
                self._twin.close()
                self._twin = None

    def why(self, error: Exception) -> str:
        """What to tell of a conversation that failed: kinds of errors, never what the peer said."""
        if self.was_cut or isinstance(error, TimeoutError):
            return f"no answer within {self.seconds:g} s"
        if isinstance(error, socket.gaierror):
            return "the host name is not known"
        if isinstance(error, ConnectionRefusedError):
            return "the connection was refused"
        return f"the connection failed ({type(error).__name__})"


class Lines:
    """The conversations of one notifier: one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._exchange: Exchange | None = None
        self._closed = False

    @contextmanager
    def within(self, seconds: float) -> Iterator[Exchange]:
        """A conversation that takes so long at most."""
        exchange = Exchange(seconds)
        timer = threading.Timer(seconds, exchange.cut)
        timer.daemon = True
        with self._lock:
            self._exchange = exchange
            if self._closed:
                exchange.was_cut = True
        timer.start()
        try:
            yield exchange
        finally:
            timer.cancel()
            with self._lock:
                self._exchange = None
            exchange.end()

    def close(self) -> None:
        """Cut what is under way, and whatever may be begun."""
        with self._lock:
            self._closed = True
            exchange = self._exchange
        if exchange is not None:
            exchange.cut()
