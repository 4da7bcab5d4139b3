"""What every notifier keeps to, whatever it speaks: told, or why not, in time, and nothing secret said."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.notices import Channel, Severity
from hub.notifier_settings import MailSettings, TowerSettings
from hub.notifiers import by_apprise, mail, tower, webhook
from hub.notifiers.annunciator import AnnunciatorNotifier
from hub.notifiers.build import _trust
from hub.notifiers.mail import MailNotifier
from hub.notifiers.protocol import GiveUp, Notifier, Retry
from hub.notifiers.tower import TowerNotifier
from hub.notifiers.webhook import WebhookNotifier
from tests.support.notices import notice, speech
from tests.support.receivers import HttpReceiver, MailServer, a_server_that_says_nothing
from tools.demo.broker import free_port
from tools.demo.tower import SimulatedTower

WITHIN_S = 0.5
"""Deadline of a conversation in these tests."""
SECRET = "geheim-4711"  # noqa: S105 - must not be told
KINDS = ("mail", "webhook", "tower-pns-ab", "tower-pns-xx", "tower-http", "annunciator", "apprise")


@dataclass
class FakeLink:
    """A link whose broker confirms or does not."""

    confirms: bool = True
    sent: list[bytes] = field(default_factory=list)

    def deliver(
        self,
        _topic: str,
        payload: bytes,
        *,
        timeout_s: float,  # noqa: ARG002
        expires_s: int | None = None,  # noqa: ARG002
    ) -> bool:
        self.sent.append(payload)
        return self.confirms


@dataclass
class Side:
    """A notifier and the other side it speaks to."""

    channel: Channel
    notifier: Notifier
    arrived: Callable[[], int]
    """How much has arrived there."""
    refuses: Callable[[], None]
    """From now on it refuses."""
    address: str = "desk"


@pytest.fixture(params=KINDS)
def side(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    monkeypatch.setattr(mail, "MAIL_S", 5.0)
    with ExitStack() as stack:
        yield make(request.param, stack)


def make(kind: str, stack: ExitStack) -> Side:
    if kind == "mail":
        server = stack.enter_context(MailServer())
        return Side(
            "mail",
            mail_notifier(server.port),
            lambda: len(server.raw),
            lambda: setattr(server, "data_reply", f"554 no {SECRET}"),
            "a@city.example",
        )
    if kind in ("webhook", "apprise"):
        receiver = stack.enter_context(HttpReceiver())
        notifier: Notifier
        if kind == "webhook":
            notifier = webhook_notifier(receiver.url)
        else:
            services = by_apprise.apprise_services("x", {"a": f"json://127.0.0.1:{receiver.port}/{SECRET}"})
            notifier = by_apprise.AppriseNotifier(services["a"], speech())
        return Side(
            "webhook" if kind == "webhook" else "apprise",
            notifier,
            lambda: len(receiver.got),
            lambda: setattr(receiver, "status", 410),
        )
    if kind == "annunciator":
        link = FakeLink()
        return Side(
            "annunciator",
            AnnunciatorNotifier("hall", link, speech(), SystemClock()),
            lambda: len(link.sent),
            lambda: setattr(link, "confirms", False),
        )
    simulated = stack.enter_context(SimulatedTower(kind.removeprefix("tower-")))  # type: ignore[arg-type]
    return Side(
        "tower",
        tower_notifier(simulated.protocol, simulated.port),
        lambda: len(simulated.shown),
        lambda: setattr(simulated, "refuses", True),
    )


def mail_notifier(port: int) -> MailNotifier:
    settings = MailSettings(host="127.0.0.1", port=port, security="none", sender="madomori@city.example")
    return MailNotifier(settings, None, _trust("x", None), speech())


def webhook_notifier(url: str) -> WebhookNotifier:
    return WebhookNotifier(url, SECRET.encode(), None, speech(), SystemClock())


def tower_notifier(protocol: Any, port: int, stands: Severity = "alarm") -> TowerNotifier:
    settings = TowerSettings(name="hall", host="127.0.0.1", port=port, protocol=protocol)
    return TowerNotifier(settings, lambda: stands, SystemClock())


def now(**changes: Any) -> Any:
    """A notice that is due now."""
    return notice(**({"due": SystemClock().now().wall, "opened": SystemClock().now().wall} | changes))


def test_it_returns_when_the_other_side_has_it(side: Side) -> None:
    side.notifier.send(now(channel=side.channel, address=side.address))
    assert side.arrived() == 1
    side.notifier.send(now(number=2, channel=side.channel, address=side.address))
    assert side.arrived() == 2


def test_a_refusal_is_told_without_what_the_other_side_said(side: Side) -> None:
    side.refuses()
    with pytest.raises((Retry, GiveUp)) as refused:
        side.notifier.send(now(channel=side.channel, address=side.address))
    said = str(refused.value)
    assert 0 < len(said) < 200
    assert SECRET not in said
    assert side.address not in said or side.address == "desk"


UNREACHABLE: dict[str, Callable[[int], Notifier]] = {
    "mail": mail_notifier,
    "webhook": lambda port: webhook_notifier(f"http://127.0.0.1:{port}/"),
    "tower-pns-ab": lambda port: tower_notifier("pns-ab", port),
    "tower-http": lambda port: tower_notifier("http", port),
}


@pytest.fixture(params=UNREACHABLE)
def reach(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Notifier]:
    for module, name in ((mail, "MAIL_S"), (webhook, "WEBHOOK_S"), (tower, "TOWER_S")):
        monkeypatch.setattr(module, name, WITHIN_S)
    return UNREACHABLE[request.param]


def address(notifier: Notifier) -> str:
    return "a@city.example" if notifier.channel == "mail" else "desk"


def test_nobody_there_is_a_retry(reach: Callable[[int], Notifier]) -> None:
    notifier = reach(free_port())
    with pytest.raises(Retry, match="the connection was refused"):
        notifier.send(now(channel=notifier.channel, address=address(notifier)))


def test_one_who_says_nothing_is_left_when_the_time_is_over(reach: Callable[[int], Notifier]) -> None:
    with a_server_that_says_nothing() as port:
        notifier = reach(port)
        began = time.monotonic()
        with pytest.raises(Retry, match=r"no answer within 0\.5 s"):
            notifier.send(now(channel=notifier.channel, address=address(notifier)))
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("kind", ["webhook", "tower-http"])
def test_one_who_drips_is_left_when_the_time_is_over(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte would begin a timeout of the socket anew."""
    monkeypatch.setattr(webhook, "WEBHOOK_S", WITHIN_S)
    monkeypatch.setattr(tower, "TOWER_S", WITHIN_S)
    with HttpReceiver(drips=True) as receiver:
        notifier = UNREACHABLE[kind](receiver.port)
        began = time.monotonic()
        with pytest.raises(Retry, match=r"no answer within 0\.5 s"):
            notifier.send(now(channel=notifier.channel))
        assert time.monotonic() - began < 10


def test_closed_in_the_middle_it_lets_go(
    reach: Callable[[int], Notifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((mail, "MAIL_S"), (webhook, "WEBHOOK_S"), (tower, "TOWER_S")):
        monkeypatch.setattr(module, name, 60.0)
    with a_server_that_says_nothing() as port:
        notifier = reach(port)
        threading.Timer(0.3, notifier.close).start()
        began = time.monotonic()
        with pytest.raises(Retry):
            notifier.send(now(channel=notifier.channel, address=address(notifier)))
        assert time.monotonic() - began < 20
        with pytest.raises(Retry):
            notifier.send(now(channel=notifier.channel, address=address(notifier)))
