"""Answers packed with gzip for browsers that take it: a hundred counters come over a slow line too.

Pages hold no secret that an attacker could guess by the length of an answer: what a request brings is not
repeated in them, except on pages that a person's own form led to.
"""

import gzip
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WORTH_BYTES = 1400
"""What fits into one packet is not packed."""
LEVEL = 5
MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def takes_gzip(headers: Headers) -> bool:
    """Whether the answer may be packed (RFC 9110, section 12.5.3)."""
    for part in headers.get("accept-encoding", "")[:400].split(","):
        name, _, weight = part.partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def pack(request: Request, response: Response) -> None:
    """Pack the whole body of an answer."""
    response.headers["vary"] = "accept-encoding"
    if len(response.body) < WORTH_BYTES or not takes_gzip(request.headers):
        return
    response.body = gzip.compress(bytes(response.body), LEVEL, mtime=0)
    response.headers["content-encoding"] = "gzip"
    response.headers["content-length"] = str(len(response.body))


class PackedFiles(StaticFiles):
    """Static files; texts are packed once, at the start. Raises ``OSError`` when a file cannot be read."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        texts = (file for file in sorted(directory.iterdir()) if file.suffix in MEDIA)
        self._packed = {
            file.name: (gzip.compress(file.read_bytes(), 9, mtime=0), file.suffix) for file in texts
        }

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A packed one where the browser takes it, and nothing at all when it has it already."""
        headers = Headers(scope=scope)
        packed = self._packed.get(path)
        if packed is None or scope["method"] not in ("GET", "HEAD") or not takes_gzip(headers):
            return await super().get_response(path, scope)
        body, suffix = packed
        told = {"etag": f'"{sha256(body).hexdigest()[:32]}"', "vary": "accept-encoding"}
        if told["etag"] in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        return Response(body, headers=told | {"content-encoding": "gzip"}, media_type=MEDIA[suffix])
