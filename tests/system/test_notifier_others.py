"""Annunciators over a real broker, apprise over real HTTP, and the start with what cannot be."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.notifiers.annunciator import AnnunciatorNotifier
from hub.notifiers.build import Hub, make_lanes
from hub.notifiers.by_apprise import AppriseNotifier, apprise_services, read_urls
from hub.notifiers.protocol import GiveUp, Retry
from hub.setting_types import BadSettings
from hub.settings import Settings, load
from tests.support.brokers import CLAIMED, Peer, Protocol, need, wait_until
from tests.support.hub import ROOT
from tests.support.messages import SITE
from tests.support.notices import FakeClock, notice, speech
from tests.support.receivers import HttpReceiver
from tools.demo.broker import Broker, Kind
from wire.messages import Announcement
from wire.topics import annunciator_subscriptions, annunciator_topic


@pytest.mark.parametrize(("kind", "protocol"), CLAIMED)
def test_an_annunciator_is_told_and_nobody_else(tmp_path: Path, kind: Kind, protocol: Protocol) -> None:
    need(kind)
    broker = Broker(kind, tmp_path / "broker", ["c1"], annunciators=["hall", "other"])
    broker.start()
    try:
        hub = Peer(broker, "hub", protocol).start()
        hall = Peer(broker, "hall", protocol, annunciator_subscriptions(SITE, "hall")).start()
        other = Peer(broker, "other", protocol, annunciator_subscriptions(SITE, "other")).start()
        clock = SystemClock()
        notifier = AnnunciatorNotifier("hall", hub.link, speech(), clock)
        now = clock.now().wall
        notifier.send(notice(1, "annunciator", "hall", due=now, opened=now))
        topic = annunciator_topic(SITE, "hall")
        wait_until(lambda: hall.payloads(topic), "it has arrived")
        said = Announcement.model_validate_json(hall.payloads(topic)[0])
        assert (said.severity, said.incident, said.subject) == ("alarm", 7, "incident-7")
        assert said.title.startswith("【警報】市民課 1番 住民票 緊急ボタン")
        assert said.expires - said.time == timedelta(seconds=600)
        assert not hall.arrived[0].retained
        assert other.arrived == []
        hub.stop()
        with pytest.raises(Retry, match="the broker did not confirm"):
            notifier.send(notice(2, "annunciator", "hall", due=now))
        hall.stop()
        other.stop()
    finally:
        broker.stop()


def test_an_old_announcement_is_not_made() -> None:
    clock = FakeClock()
    notifier = AnnunciatorNotifier("hall", None, speech(), clock)  # type: ignore[arg-type]
    with pytest.raises(GiveUp, match="older than 600 s"):
        notifier.send(notice(1, "annunciator", "hall", due=clock.now().wall - timedelta(minutes=11)))


def test_apprise_gets_title_and_text_as_plain_text() -> None:
    with HttpReceiver() as receiver:
        services = apprise_services("x", {"chat": f"json://127.0.0.1:{receiver.port}/token"})
        AppriseNotifier(services["chat"], speech()).send(notice(1, "apprise", "chat", note="<b>髙橋</b>"))
        told = json.loads(receiver.got[0].body)
    assert told["title"] == "【警報】市民課 1番 住民票 緊急ボタン 14:05"
    assert told["message"].splitlines()[0] == "窓口で警報が発生しました。"
    assert "メモ: <b>髙橋</b>" in told["message"]
    assert told["type"] == "failure"


def test_the_addresses_of_apprise_are_never_logged(capfd: pytest.CaptureFixture[str]) -> None:
    with HttpReceiver(status=500) as receiver:
        url = f"json://user:geheim-4711@127.0.0.1:{receiver.port}/geheim-4711"
        services = apprise_services("x", {"chat": url})
        with pytest.raises(Retry, match=r"^apprise could not deliver it$"):
            AppriseNotifier(services["chat"], speech()).send(notice(1, "apprise", "chat"))
    told = "".join(capfd.readouterr())
    assert "geheim" not in told
    assert str(receiver.port) not in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chat", r"urls, line 1: after the name an address"),
        ("# all\n\nChat json://geheim", r"urls, line 3: must begin with a name"),
        ("a json://geheim\na json://geheim", r"urls, line 2: a is there already"),
        ("x y\n" * 101, r"at most 100 lines; given: 101"),
    ],
)
def test_a_list_of_addresses_that_cannot_be_is_refused_without_quoting_it(text: str, told: str) -> None:
    with pytest.raises(BadSettings, match=told) as refused:
        read_urls("urls", text)
    assert "geheim" not in str(refused.value)


def test_an_address_that_apprise_does_not_know_is_refused_without_quoting_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(BadSettings, match="does not know what the address of chat means") as refused:
        apprise_services("urls", {"chat": "nosuch://geheim-4711"})
    assert "geheim" not in str(refused.value) + "".join(capfd.readouterr())


def hub() -> Hub:
    nothing: Any = None
    return Hub(SystemClock(), nothing, lambda _name: "none", lambda _key, _view: None, lambda _health: None)


DOCUMENT = (ROOT / "docs" / "notifiers.md").read_text()
FULL = 'site = "city"\nstate_dir = "state"\n' + DOCUMENT.partition("```toml\n")[2].partition("```")[0]
"""The document's own example, so that it is right."""


def folder(tmp_path: Path, text: str = FULL) -> Settings:
    (tmp_path / "mail-password").write_text("geheim-4711\n")
    (tmp_path / "webhook-secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    (tmp_path / "urls").write_text("# chats\nchat json://127.0.0.1/x\n")
    file = tmp_path / "hub.toml"
    file.write_text(text)
    return load(file)


def test_everything_that_is_set_up_has_its_lane(tmp_path: Path) -> None:
    lanes = make_lanes(folder(tmp_path), hub())
    assert [str(lane) for lane in lanes] == [
        "page",
        "mail",
        "webhook/desk",
        "tower/hall",
        "annunciator/office",
        "apprise/chat",
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('security = "starttls"', ""), r"mail\.security: Field required"),
        (('"starttls"', '"none"'), r'mail: a password needs security = "starttls" or "tls"'),
        (('username = "hub"', ""), r"mail: username and password_file must be given together"),
        (('"madomori@city.example"', '"madomori"'), r"mail\.sender: .*given: 'madomori'"),
        (("https://desk", "ftp://geheim@desk"), r"webhooks\.0\.url: must begin with http:// or https://"),
        (("https://desk", "https://u:geheim@desk"), r"webhooks\.0\.url: must hold no user, password"),
        (("https://desk.city", "https://desk.city:x"), r"webhooks\.0\.url: must be an address"),
        (('name = "desk"', 'name = "Desk"'), r"webhooks\.0\.name: name must be 1 to 32"),
        (('"pns-ab"', '"rsh"'), r"towers\.0\.protocol: .*'pns-ab', 'pns-xx' or 'http'; given: 'rsh'"),
        (("buzzer = 1", "buzzer = 12"), r"towers\.0\.alarm\.buzzer: .*less than or equal to 11; given: '12'"),
        (('red = "flash"', 'red = "blink"'), r"towers\.0\.alarm\.red: .*'flash' or 'fast'; given: 'blink'"),
        (('red = "flash"', 'pink = "on"'), r"towers\.0\.alarm\.pink: unknown setting"),
        (
            ("[apprise]", '[[annunciators]]\nname = "office"\n[apprise]'),
            r"annunciators: name must be named once; given more than once: office",
        ),
        (('"Asia/Tokyo"', '"Asia/Nishitokyo"'), r"time_zone must be a name as Asia/Tokyo; given: 'Asia/Nish"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in FULL
    with pytest.raises(BadSettings, match=told) as refused:
        folder(tmp_path, FULL.replace(*change))
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("mail-password", None, r"mail\.password_file cannot be read"),
        ("mail-password", "\n", r"mail\.password_file must hold 1 to 4096 characters; given: 0"),
        ("webhook-secret", "geheim-4711", r"webhooks\.0\.secret_file must hold whsec_"),
        ("urls", "chat nosuch://geheim", r"apprise\.urls_file: apprise does not know"),
        ("urls", None, r"apprise\.urls_file cannot be read"),
    ],
)
def test_files_that_cannot_be_are_named_at_the_start(
    tmp_path: Path, file: str, text: str | None, told: str
) -> None:
    settings = folder(tmp_path)
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text)
    with pytest.raises(BadSettings, match=told) as refused:
        make_lanes(settings, hub())
    assert "geheim" not in str(refused.value)
