"""The other sides of notifiers, real servers on loopback with levers for what they may do wrong."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


@dataclass
class Request:
    """One HTTP request that came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpReceiver:
    """Answers every request with ``status``."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    mute: bool = False
    drips: bool = False
    hangs_up: bool = False
    tls: ssl.SSLContext | None = None
    got: list[Request] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._off = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="receiver", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._off.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/hook?from=madomori"

    def _accept(self) -> None:
        while not self._off.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="receiving", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(20)
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as line:
                self._answer(line)
        except (OSError, ValueError):
            pass  # the hub hung up, which is for the test to notice

    def _answer(self, line: socket.socket) -> None:
        with line.makefile("rb") as stream:
            first = stream.readline().decode().strip()
            headers = {}
            while (header := stream.readline().decode().strip()) != "":
                name, _, value = header.partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
        self.got.append(Request(first, headers, body))
        while (self.mute or self.drips) and not self._off.is_set():
            if self.drips:
                line.sendall(b"H")
            time.sleep(0.05)
        if self.hangs_up:
            return
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        line.sendall(f"HTTP/1.1 {self.status} Said\r\ncontent-length: 2\r\n{more}\r\nok".encode())


class MailServer:
    """An SMTP server. ``refuse`` maps an address to the reply of its RCPT."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        starttls: bool = False,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.refuse: dict[str, str] = {}
        self.data_reply = "250 OK"
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.secure: list[bool] = []
        options: dict[str, Any] = {"enable_SMTPUTF8": False}
        if tls is not None and starttls:
            options |= {"tls_context": tls, "require_starttls": True}
        if login is not None:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": starttls,
            }
            self._login = login
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            ssl_context=None if starttls else tls,
            **options,
        )

    def __enter__(self) -> Self:
        # aiosmtpd tries the port out by itself and cannot do so with port 0.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._controller.port = self.port
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.raw]

    # What aiosmtpd calls.

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data_reply.startswith("250"):
            content = envelope.content
            self.raw.append(content if isinstance(content, bytes) else str(content).encode())
            self.recipients.append(list(envelope.rcpt_tos))
            self.secure.append(session.ssl is not None)
        return self.data_reply

    def _authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        good = (
            isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self._login
        )
        return AuthResult(success=good, handled=good)


@contextmanager
def a_server_that_says_nothing() -> Iterator[int]:
    """Takes connections and never speaks; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1, and the certificate to trust. Made for this test only."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, cert = folder / "key.pem", folder / "cert.pem"
    wanted = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [openssl, "req", "-x509", *wanted, *named, "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
