"""Around every request: security headers, and no unsafe request that another site made a browser send."""

from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wire.evidence.upload import BODY_BYTES_MAX as UPLOAD_BYTES_MAX

BODY_BYTES_MAX = max(UPLOAD_BYTES_MAX, 4 * 1024 * 1024 + 16 * 1024)
"""Largest body of a request, in bytes: a segment of a recording, or a drawing of 4 MiB with its form."""

_SELF = ("script-src", "style-src", "media-src", "connect-src", "font-src", "manifest-src", "form-action")
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{what} 'self'" for what in _SELF),
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware. Not starlette's BaseHTTPMiddleware: that one copies every chunk of a stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses with 403 or 413, or passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                # Nothing a signed-in person sees stays in a shared computer's cache. Files may, but are asked
                # for again each time: after an upgrade an old script must not meet new markup.
                kept = scope["path"].startswith("/static/")
                headers.setdefault("cache-control", "no-cache" if kept else "no-store")
            await send(message)

        refusal = _refusal(scope, Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
            return
        await self._app(scope, _bounded(receive), send_guarded)


def _refusal(scope: Scope, headers: Headers) -> JSONResponse | None:
    if scope["method"] in _SAFE:
        return None
    if not _same_origin(headers):
        return JSONResponse({"error": "cross-site"}, 403)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 18 or int(length) > BODY_BYTES_MAX:
        return JSONResponse({"error": "too-large", "most": BODY_BYTES_MAX}, 413)
    return None


def _same_origin(headers: Headers) -> bool:
    """Browsers send both headers and pages cannot forge them; a program that sends neither carries no
    cookie that it was not given. The scheme may differ behind a proxy that ends TLS."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _bounded(receive: Receive) -> Receive:
    """A body without a length counts as it comes; too much looks like a client that went away."""
    got = 0

    async def receive_bounded() -> Any:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        return message if got <= BODY_BYTES_MAX else {"type": "http.disconnect"}

    return receive_bounded
