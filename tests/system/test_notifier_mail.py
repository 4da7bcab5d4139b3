"""Mail over a real SMTP server."""

import ssl
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from hub.notices import Both, Place
from hub.notifier_settings import MailSettings
from hub.notifiers.build import _trust
from hub.notifiers.mail import MailNotifier
from hub.notifiers.protocol import GiveUp, Retry
from tests.support.notices import notice, speech
from tests.support.receivers import MailServer, certificate

ADDRESS = "kacho@city.example"


def notifier(port: int, **settings: Any) -> MailNotifier:
    given = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "madomori@city.example",
        **settings,
    }
    password = given.pop("password", None)
    checked = MailSettings(**given)
    return MailNotifier(checked, password, _trust("mail.ca_file", checked.ca_file), speech())


def test_a_mail_says_where_what_when_and_who_answers() -> None:
    with MailServer() as server:
        notifier(server.port).send(notice(1, "mail", ADDRESS, answered_by="山田 花子", late_s=61))
        (mail,) = server.mails
    assert mail["From"] == "窓守 <madomori@city.example>"
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "【警報】市民課 1番 住民票 緊急ボタン 14:05"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["X-Priority"], mail["Importance"]) == ("1 (Highest)", "high")
    assert mail["Content-Language"] == "ja"
    assert parsedate_to_datetime(mail["Date"]) == notice().due.replace(microsecond=0)
    assert mail.get_content().splitlines() == [
        "窓口で警報が発生しました。",
        "場所: 市民課 1番 住民票",
        "内容: 緊急ボタン · 大声（機器の推定）",
        "発生: 2026年11月22日（日）14:05:32（3分5秒経過）",
        "遅れて到着: 1分1秒",
        "押下回数: 3回",
        "音量: 83 dB(A)",
        "連絡先: 課長（2巡目）",
        "対応者: 山田 花子",
        "次の行動: 見守り画面で「対応します」を押し、二人以上で窓口へ向かってください。"
        "画面を開けないときは、電話で連絡してください。",
        "身体に危険が及ぶおそれがあるときは、直ちに110番へ通報してください。",
        "画面: http://hub.example:8710/",
    ]


def test_in_english() -> None:
    with MailServer() as server:
        notifier(server.port).send(notice(1, "mail", ADDRESS, language="en", reason="escalation"))
        (mail,) = server.mails
    title = "[Alarm, not answered] Citizens' Affairs No. 1… Emergency button 14:05"
    assert mail["Subject"] == title
    assert "Since: Sun 22 Nov 2026 14:05:32 (3 min 5 s ago)" in mail.get_content()
    assert "Being called: Section head (round 2)" in mail.get_content()
    assert "Answered by: nobody yet" in mail.get_content()


def test_a_repeat_has_the_same_message_id_and_another_notice_another() -> None:
    with MailServer() as server:
        sender = notifier(server.port)
        for one in (notice(1, "mail", ADDRESS), notice(1, "mail", ADDRESS), notice(2, "mail", ADDRESS)):
            sender.send(one)
        first, again, other = (mail["Message-ID"] for mail in server.mails)
        threads = {mail["References"] for mail in server.mails}
    assert first == again == "<city.7-1-0-1.20261122T050532@city.example>"
    assert other != first
    assert len(threads) == 1, "mailboxes show one incident together"


def test_only_an_alarm_is_marked_urgent() -> None:
    with MailServer() as server:
        sender = notifier(server.port)
        sender.send(notice(1, "mail", ADDRESS, reason="trouble", severity="trouble", kinds=("microphone",)))
        sender.send(notice(2, "mail", ADDRESS, reason="test", severity="none", kinds=()))
        assert [(mail["X-Priority"], mail["Importance"]) for mail in server.mails] == [(None, None)] * 2
        assert server.mails[0]["Subject"] == "【機器の異常】市民課 1番 住民票 マイク 14:05"
        assert server.mails[1]["Subject"] == "【通知の試験】市民課 1番 住民票 14:05"


def test_names_from_outside_make_no_headers_and_no_lines() -> None:
    evil = "1番\r\nBcc: all@city.example\r\n\r\n\u202egnp.exe\u2066"
    with MailServer() as server:
        place = Place(Both("課\n課", "x"), Both(evil, evil), Both("\x00\x1b[31m赤", "x"))
        notifier(server.port).send(notice(1, "mail", ADDRESS, place=place, answered_by=evil, note=evil))
        (mail,) = server.mails
        assert server.recipients == [[ADDRESS]]
    assert mail["Bcc"] is None
    assert "1番 Bcc: all@city.example gnp.exe" in mail["Subject"]
    lines = mail.get_content().splitlines()
    assert len(lines) == 12, "one line for each thing, whatever it holds"
    assert not any(sign in mail.get_content() for sign in "\u202e\u2066\x00\x1b")


def test_several_recipients_get_one_mail() -> None:
    with MailServer() as server:
        notifier(server.port).send(notice(1, "mail", "a@city.example, b@city.example"))
        assert server.recipients == [["a@city.example", "b@city.example"]]


def test_one_refused_recipient_keeps_no_other_and_is_told_without_naming_them() -> None:
    with MailServer() as server:
        server.refuse["b@city.example"] = "550 no such mailbox b@city.example"
        with pytest.raises(GiveUp, match=r"^1 of 2 recipients were refused \(550\)$"):
            notifier(server.port).send(notice(1, "mail", "a@city.example,b@city.example"))
        assert server.recipients == [["a@city.example"]]


def test_for_now_is_not_for_good() -> None:
    with MailServer() as server:
        server.refuse[ADDRESS] = "451 greylisted"
        with pytest.raises(Retry, match=r"1 of 1 recipients were refused \(451\)"):
            notifier(server.port).send(notice(1, "mail", ADDRESS))
        server.refuse.clear()
        server.data_reply = "452 disk full"
        with pytest.raises(Retry, match=r"refused the mail \(452\)"):
            notifier(server.port).send(notice(1, "mail", ADDRESS))
        server.data_reply = "554 spam"
        with pytest.raises(GiveUp, match=r"refused the mail \(554\)"):
            notifier(server.port).send(notice(1, "mail", ADDRESS))


@pytest.mark.parametrize(
    "address", ["taro", "a@b@c", "a@city.example\u200b", "a b@city.example", "a@city.example,"]
)
def test_what_is_no_address_is_given_up_and_not_repeated(address: str) -> None:
    with pytest.raises(GiveUp, match=r"\d of \d recipients are no mail addresses") as refused:
        notifier(1).send(notice(1, "mail", address.replace("\u200b", "＠")))
    assert address not in str(refused.value)


@pytest.fixture
def secured(tmp_path: Path) -> Callable[..., tuple[MailServer, dict[str, Any]]]:
    context, cert = certificate(tmp_path)

    def make(*, starttls: bool, login: tuple[str, str] | None = None) -> tuple[MailServer, dict[str, Any]]:
        server = MailServer(tls=context, starttls=starttls, login=login)
        return server, {"security": "starttls" if starttls else "tls", "ca_file": cert}

    return make


@pytest.mark.parametrize("starttls", [True, False])
def test_over_tls_with_a_password(
    secured: Callable[..., tuple[MailServer, dict[str, Any]]], tmp_path: Path, starttls: bool
) -> None:
    server, settings = secured(starttls=starttls, login=("hub", "right"))
    settings |= {"username": "hub", "password_file": tmp_path / "unused"}
    with server:
        notifier(server.port, password="right", **settings).send(notice(1, "mail", ADDRESS))  # noqa: S106
        assert len(server.mails) == 1
        assert server.secure == [True] or not starttls, "with TLS from the start nothing else is understood"
        with pytest.raises(Retry, match=r"did not accept the user or password \(535\)"):
            notifier(server.port, password="wrong", **settings).send(notice(1, "mail", ADDRESS))  # noqa: S106


@pytest.mark.parametrize("starttls", [True, False])
def test_a_certificate_that_is_not_trusted_is_not_spoken_to(
    secured: Callable[..., tuple[MailServer, dict[str, Any]]], starttls: bool
) -> None:
    server, settings = secured(starttls=starttls)
    with server:
        with pytest.raises(Retry, match="SSLCertVerificationError"):
            notifier(server.port, security=settings["security"]).send(notice(1, "mail", ADDRESS))
        assert server.mails == []


def test_without_starttls_nothing_is_said() -> None:
    with MailServer() as server:
        with pytest.raises(Retry, match="offers neither STARTTLS"):
            notifier(server.port, security="starttls").send(notice(1, "mail", ADDRESS))
        assert server.mails == []


def test_the_context_checks_names() -> None:
    context = _trust("mail.ca_file", None)
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
