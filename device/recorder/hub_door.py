"""Where segments are put: the hub's address, by HTTP. One connection, one segment at a time."""

import contextlib
import http.client
import json
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
"""A hub that says nothing for so long is not there, in seconds."""

CHUNK = 64 * 1024
"""Bytes that are sent at once."""

ANSWER_BYTES_MAX = 4096


class Away(Exception):
    """The hub cannot be reached, or what answers is no hub. The message is for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said."""

    status: int
    said: dict[str, Any]


class HubDoor:
    """``url`` as the settings give it; ``ca_file`` names the authorities that are trusted instead of the
    system's."""

    def __init__(self, url: str, ca_file: str | None = None) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._base = parts.path.rstrip("/")
        self._tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._connection: http.client.HTTPConnection | None = None

    def put(self, path: str, body: bytes, between: Callable[[], None] = lambda: None) -> Answer:
        """Raises ``Away``. ``between`` is called before each chunk; the sending waits for it."""
        connection = self._connection or self._connect()
        self._connection = connection
        try:
            connection.putrequest("PUT", self._base + path)
            connection.putheader("Content-Type", "application/octet-stream")
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders()
            for at in range(0, len(body), CHUNK):
                between()
                connection.send(body[at : at + CHUNK])
            response = connection.getresponse()
            said = response.read(ANSWER_BYTES_MAX)
            if response.will_close or not response.isclosed():
                self.close()
            return Answer(response.status, _json(said))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Away(f"{type(error).__name__}: {error}"[:200]) from error

    def close(self) -> None:
        """Let the connection go; from any thread, which makes a ``put`` that waits fail soon."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if connection.sock is not None:
            with contextlib.suppress(OSError):  # the hub has left already
                connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        return http.client.HTTPSConnection(self._host, self._port, timeout=TIMEOUT_S, context=self._tls)


def _json(said: bytes) -> dict[str, Any]:
    try:
        tree = json.loads(said)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}
