"""Webhooks over real HTTP."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from hub.notifiers.build import _trust
from hub.notifiers.protocol import GiveUp, Retry
from hub.notifiers.webhook import WebhookNotifier, read_key
from hub.setting_types import BadSettings
from tests.support.messages import MOMENT
from tests.support.notices import FakeClock, notice, speech
from tests.support.receivers import HttpReceiver, certificate

KEY = bytes(range(32))


def notifier(url: str, context: Any = None) -> WebhookNotifier:
    return WebhookNotifier(url, KEY, context, speech(), FakeClock())


def test_a_receiver_can_check_who_sent_it_and_when() -> None:
    with HttpReceiver() as receiver:
        notifier(receiver.url).send(notice(note="髙橋"))
        (request,) = receiver.got
    assert request.line == "POST /hook?from=madomori HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "city.7-1-0-1.20261122T050532"
    assert request.headers["webhook-timestamp"] == str(int(MOMENT.timestamp()))
    # As the specification says, computed here by other means than the hub's.
    signed = (
        f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    )
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(request.body)
    assert (told["type"], told["timestamp"]) == ("notice.alarm", "2026-11-22T05:08:37.123Z")
    data = told["data"]
    assert data["id"] == request.headers["webhook-id"]
    assert (data["area"], data["number"]["en"]) == ({"ja": "市民課", "en": "Citizens' Affairs"}, "No. 1")
    assert (data["severity"], data["kinds"], data["incident"]) == ("alarm", ["panic", "shout"], 7)
    assert (data["opened"], data["running_s"], data["presses"]) == ("2026-11-22T05:05:32.123Z", 185.0, 3)
    assert data["note"] == "髙橋"
    assert data["lines"][0] == "窓口で警報が発生しました。"


def test_the_signature_of_the_specifications_own_example() -> None:
    """The example that the Standard Webhooks' libraries test themselves with."""
    from hub.notifiers.webhook import sign  # noqa: PLC0415

    key = read_key("x", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signature = sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_received(status: int) -> None:
    with HttpReceiver(status=status) as receiver:
        notifier(receiver.url).send(notice())


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, GiveUp),
        (302, GiveUp),
        (307, GiveUp),
        (400, GiveUp),
        (401, GiveUp),
        (404, GiveUp),
        (410, GiveUp),
        (408, Retry),
        (429, Retry),
        (500, Retry),
        (503, Retry),
    ],
)
def test_what_other_answers_mean(status: int, error: type[Exception]) -> None:
    with HttpReceiver() as other, HttpReceiver(status=status, headers={"location": other.url}) as receiver:
        with pytest.raises(error, match=str(status)):
            notifier(receiver.url).send(notice())
        assert len(receiver.got) == 1
        assert other.got == [], "redirects are not followed"


@pytest.mark.parametrize(
    ("asked", "waits"), [("7", 7.0), ("86400", 60.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)]
)
def test_a_receiver_may_ask_to_wait_but_not_for_long(asked: str, waits: float | None) -> None:
    with HttpReceiver(status=503, headers={"retry-after": asked}) as receiver:
        with pytest.raises(Retry) as error:
            notifier(receiver.url).send(notice())
        assert error.value.after_s == waits


def test_one_who_hangs_up_is_asked_again() -> None:
    with HttpReceiver(hangs_up=True) as receiver, pytest.raises(Retry, match="the connection failed"):
        notifier(receiver.url).send(notice())


def test_over_tls_only_to_whom_is_trusted(tmp_path: Path) -> None:
    context, cert = certificate(tmp_path)
    with HttpReceiver(tls=context) as receiver:
        with pytest.raises(Retry, match="SSLCertVerificationError"):
            notifier(receiver.url, _trust("x", None)).send(notice())
        assert receiver.got == []
        notifier(receiver.url, _trust("x", cert)).send(notice())
        assert len(receiver.got) == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with HttpReceiver() as receiver:
        notifier(receiver.url).send(notice())
        assert len(receiver.got) == 1


@pytest.mark.parametrize(
    "secret",
    ["", "password", "whsec_", "whsec_AAAA", "whsec_!!!!", "whsec_" + base64.b64encode(bytes(65)).decode()],
)
def test_a_secret_that_cannot_be_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(BadSettings, match="must hold whsec_ and the base64 of 24 to 64 bytes") as refused:
        read_key("webhooks.0.secret_file", secret)
    assert len(secret) < 7 or secret not in str(refused.value)
