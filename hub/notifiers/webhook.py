"""Webhooks, signed as the Standard Webhooks specification says.

``webhook-id`` is the same whenever a notice is repeated, ``webhook-timestamp`` the seconds since 1970 of this
attempt, ``webhook-signature`` is ``v1,`` and the base64 of HMAC-SHA256 over ``{id}.{timestamp}.{body}``. The
receiver computes the same from the bytes it got, compares in constant time, refuses a timestamp that is more
than some minutes off, and ignores an id that it has seen.
"""

import base64
import binascii
import hashlib
import hmac
import ssl
from urllib.parse import urlsplit

from pydantic_core import to_json

from hub.clock import Clock
from hub.notices import Channel, Notice
from hub.notifiers.http_call import Answer, call
from hub.notifiers.lines import Lines
from hub.notifiers.protocol import GiveUp, Retry
from hub.notifiers.speech import Speech
from hub.notifiers.view import notice_view
from hub.setting_types import BadSettings
from hub.views import iso

WEBHOOK_S = 5.0
"""Longest conversation with the receiver."""
WAIT_MOST_S = 60.0
"""Longest that a receiver may ask us to wait."""
SECRET_PREFIX = "whsec_"  # noqa: S105 - the specification's name for what follows
SECRET_BYTES = (24, 64)

_LATER = frozenset({408, 425, 429})


class WebhookNotifier:
    """Tells one receiver."""

    channel: Channel = "webhook"

    def __init__(
        self, url: str, key: bytes, context: ssl.SSLContext | None, speech: Speech, clock: Clock
    ) -> None:
        self._url = urlsplit(url)
        self._key = key
        self._context = context
        self._speech = speech
        self._clock = clock
        self._lines = Lines()

    def send(self, notice: Notice) -> None:
        """Any answer 2xx means that the receiver has it."""
        body = to_json(
            {
                "type": f"notice.{notice.reason}",
                "timestamp": iso(notice.due),
                "data": notice_view(notice, self._speech.site, self._speech.text(notice)),
            }
        )
        key, timestamp = notice.key(self._speech.site), int(self._clock.now().wall.timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "Madomori",
            "webhook-id": key,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._key, key, timestamp, body),
        }
        with self._lines.within(WEBHOOK_S) as exchange:
            answer = call(exchange, "POST", self._url, headers=headers, body=body, context=self._context)
        judge(answer)

    def close(self) -> None:
        """Let go of the conversation that is under way."""
        self._lines.close()


def sign(key: bytes, notice: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = hmac.digest(key, f"{notice}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def judge(answer: Answer) -> None:
    """Raises what an answer means."""
    status = answer.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise GiveUp(f"the receiver answered {status}; redirects are not followed")
    if status in _LATER or status >= 500:
        after = answer.retry_after or ""
        wait = min(float(after), WAIT_MOST_S) if after.isdecimal() and len(after) < 10 else None
        raise Retry(f"the receiver answered {status}", wait)
    raise GiveUp(f"the receiver answered {status}")


def read_key(where: str, secret: str) -> bytes:
    """The key that a secret stands for. Raises ``BadSettings``, which does not repeat it."""
    least, most = SECRET_BYTES
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not least <= len(key) <= most:
        raise BadSettings(f"{where} must hold {SECRET_PREFIX} and the base64 of {least} to {most} bytes")
    return key
