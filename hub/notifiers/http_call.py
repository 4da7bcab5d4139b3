"""One HTTP request over a connection with a deadline. Redirects are not followed, proxies not used."""

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult

from hub.notifiers.lines import Exchange
from hub.notifiers.protocol import Retry

ANSWER_BYTES_MAX = 1024
"""What is read of an answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    """Its beginning."""
    retry_after: str | None


def call(
    exchange: Exchange,
    method: str,
    url: SplitResult,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Raises ``Retry`` when no answer came."""
    host = url.hostname or ""
    secure = url.scheme == "https"
    if secure and context is None:
        raise ValueError("https needs a context")
    port = url.port or (443 if secure else 80)
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(host, port, timeout=exchange.seconds)
    try:
        connected = exchange.connect(host, port)
        connection.sock = connected
        if secure and context is not None:
            connection.sock = context.wrap_socket(connected, server_hostname=host)
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request(method, path, body, {**headers, "connection": "close"})
        response = connection.getresponse()
        return Answer(response.status, response.read(ANSWER_BYTES_MAX), response.getheader("retry-after"))
    except (OSError, http.client.HTTPException) as error:
        raise Retry(exchange.why(error)) from error
    finally:
        connection.close()
