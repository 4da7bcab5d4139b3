"""Time stamps (RFC 3161) of the days' roots: somebody outside says that the ledger was so at that time."""

import http.client
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

TIMEOUT_S = 15.0
ANSWER_BYTES_MAX = 64 * 1024


class NotStamped(Exception):
    """There is no time stamp this time; the message says why, without what the other side said."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the authority has answered."""

    response: bytes
    """DER."""
    at: datetime
    """By its clock."""


class Authority:
    """A time-stamping authority and the roots that it must lead to."""

    def __init__(self, url: str, ca_file: Path) -> None:
        self._url = urlsplit(url)
        self._ca_file = ca_file

    def stamp(self, said: bytes) -> Stamp:
        """Ask for a stamp of ``said`` and check it; blocks. Raises ``NotStamped``."""
        from rfc3161_client import (  # noqa: PLC0415 - memory that a hub without an authority does not need
            HashAlgorithm,
            TimestampRequestBuilder,
            VerificationError,
            VerifierBuilder,
            decode_timestamp_response,
        )

        request = TimestampRequestBuilder().data(said).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = self._ask(request.as_bytes())
        try:
            response = decode_timestamp_response(answer)
            builder = VerifierBuilder.from_request(request)
            for root in self._roots():
                builder = builder.add_root_certificate(root)
            builder.build().verify_message(response, said)
            return Stamp(answer, response.tst_info.gen_time)
        except VerificationError as error:
            raise NotStamped("the answer is no stamp that the certificates prove") from error
        except ValueError as error:
            raise NotStamped("the answer is no time stamp") from error

    def _roots(self) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(self._ca_file.read_bytes())
        except (OSError, ValueError) as error:
            raise NotStamped("timestamp_ca_file holds no certificates") from error

    def _ask(self, body: bytes) -> bytes:
        host = self._url.hostname or ""
        connection: http.client.HTTPConnection
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, self._url.port, timeout=TIMEOUT_S, context=context)
        else:
            connection = http.client.HTTPConnection(host, self._url.port, timeout=TIMEOUT_S)
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            connection.request("POST", path, body, {"content-type": "application/timestamp-query"})
            response = connection.getresponse()
            if response.status != http.client.OK:
                raise NotStamped(f"the authority answered {response.status}")
            return response.read(ANSWER_BYTES_MAX)
        except (OSError, http.client.HTTPException) as error:
            raise NotStamped(f"the authority cannot be reached: {type(error).__name__}") from error
        finally:
            connection.close()
