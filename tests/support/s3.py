"""A small server that speaks as much of S3 as the hub uses, and checks the signature of every request (AWS
Signature Version 4) and the digest of every body."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

SECRET = ("hub", "0123456789abcdef")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        if (body := self._checked()) is not None:
            self.objects[self._key] = body
            self._answer(200, headers={"etag": f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'})

    def do_GET(self) -> None:
        if self._checked() is None:
            return
        if "list-type" in self._query:
            self._list()
            return
        found = self.objects.get(self._key)
        if found is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, found, {"etag": '"x"', "last-modified": "Sun, 22 Nov 2026 05:00:00 GMT"})

    def do_DELETE(self) -> None:
        if self._checked() is not None:
            self.objects.pop(self._key, None)
            self._answer(204)

    def do_POST(self) -> None:
        body = self._checked()
        if body is None:
            return
        names = [part.split("</Key>")[0] for part in body.decode().split("<Key>")[1:]]
        for name in names:
            self.objects.pop(name, None)
        done = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in names)
        self._answer(200, f"<DeleteResult>{done}</DeleteResult>".encode())

    def _list(self) -> None:
        prefix, delimiter = self._query.get("prefix", ""), self._query.get("delimiter", "")
        names = sorted(name for name in self.objects if name.startswith(prefix))
        folders = (
            sorted({prefix + n[len(prefix) :].split(delimiter)[0] + delimiter for n in names})
            if delimiter
            else []
        )
        shown = [] if delimiter else names
        contents = "".join(
            f"<Contents><Key>{escape(n)}</Key><LastModified>2026-11-22T05:00:00.000Z</LastModified>"
            f"<ETag>x</ETag><Size>{len(self.objects[n])}</Size></Contents>"
            for n in shown
        )
        common = "".join(f"<CommonPrefixes><Prefix>{escape(f)}</Prefix></CommonPrefixes>" for f in folders)
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}{common}</ListBucketResult>"
        self._answer(200, text.encode(), {"content-type": "application/xml"})

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/bucket/")

    @property
    def _query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def _checked(self) -> bytes | None:
        """The body; None: refused, and answered."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        stated = self.headers.get("x-amz-content-sha256", "")
        fits = stated in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest())
        if fits and self.headers.get("authorization") == self._authorization(stated):
            return body
        self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return None

    def _authorization(self, stated: str) -> str:
        given = self.headers.get("authorization", "")
        signed = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
        scope = given.partition("Credential=")[2].partition(",")[0].partition("/")[2]
        parts = urlsplit(self.path)
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
        )
        headers = "".join(f"{name}:{' '.join((self.headers.get(name) or '').split())}\n" for name in signed)
        request = "\n".join([self.command, parts.path, query, headers, ";".join(signed), stated])
        moment = self.headers.get("x-amz-date", "")
        told = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        key = f"AWS4{SECRET[1]}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.new(key, told.encode(), "sha256").hexdigest()
        return (
            f"AWS4-HMAC-SHA256 Credential={SECRET[0]}/{scope}, "
            f"SignedHeaders={';'.join(signed)}, Signature={signature}"
        )

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def running_s3() -> Iterator[str]:
    """Its address; one bucket, ``bucket``."""
    handler = type("Handler", (_Handler,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, name="s3", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
