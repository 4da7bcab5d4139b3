"""Mail through the building's own server (SMTP, RFC 5321)."""

import re
import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from hub.notices import Channel, Notice
from hub.notifier_settings import MAIL_ADDRESS, MailSettings
from hub.notifiers.lines import Exchange, Lines
from hub.notifiers.protocol import GiveUp, Retry
from hub.notifiers.speech import Speech

MAIL_S = 10.0
"""Longest conversation with the server."""
RECIPIENTS_MAX = 50
_ADDRESS = re.compile(MAIL_ADDRESS)


class MailNotifier:
    """A connection for each mail: they are few, and a connection that idles is one that fails when needed."""

    channel: Channel = "mail"

    def __init__(
        self, settings: MailSettings, password: str | None, context: ssl.SSLContext, speech: Speech
    ) -> None:
        self._settings = settings
        self._password = password
        self._context = context
        self._speech = speech
        self._lines = Lines()

    def send(self, notice: Notice) -> None:
        """One mail to all addresses of the target.

        Returns when the server has taken it for every one. Raises ``GiveUp`` when it refused some for good;
        the others have it then.
        """
        recipients = recipients_of(notice)
        message = compose(notice, recipients, self._settings, self._speech).as_bytes()
        with self._lines.within(MAIL_S) as exchange:
            refused = self._hand_over(exchange, recipients, message)
        if refused:
            codes = sorted(set(refused.values()))
            why = f"{len(refused)} of {len(recipients)} recipients were refused ({_listed(codes)})"
            raise (GiveUp if min(codes) >= 500 else Retry)(why)

    def close(self) -> None:
        """Let go of the conversation that is under way."""
        self._lines.close()

    def _hand_over(self, exchange: Exchange, recipients: list[str], message: bytes) -> dict[str, int]:
        """Address to the code of its refusal, for those that were refused."""
        settings = self._settings
        server = _Server(settings.host, exchange, self._context if settings.security == "tls" else None)
        try:
            server.connect(settings.host, settings.port)
            if settings.security == "starttls":
                server.starttls(context=self._context)
            if settings.username is not None and self._password is not None:
                server.login(settings.username, self._password)
            refused = server.sendmail(settings.sender, recipients, message)
        except smtplib.SMTPRecipientsRefused as error:
            return {address: code for address, (code, _said) in error.recipients.items()}
        except smtplib.SMTPAuthenticationError as error:
            raise Retry(f"the server did not accept the user or password ({error.smtp_code})") from error
        except smtplib.SMTPNotSupportedError as error:
            raise Retry("the server offers neither STARTTLS nor a way to sign in") from error
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
            raise Retry(f"the server did not let us in ({error.smtp_code})") from error
        except smtplib.SMTPResponseException as error:
            kind = GiveUp if error.smtp_code >= 500 else Retry
            raise kind(f"the server refused the mail ({error.smtp_code})") from error
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Retry(exchange.why(error)) from error
        finally:
            server.close()
        return {address: code for address, (code, _said) in refused.items()}


class _Server(smtplib.SMTP):
    """smtplib over a connection that has a deadline as a whole."""

    def __init__(self, host: str, exchange: Exchange, tls: ssl.SSLContext | None) -> None:
        self._exchange = exchange
        self._tls = tls
        name = socket.gethostname()
        # Given, since smtplib would ask the DNS for it, which can take long.
        super().__init__(timeout=exchange.seconds, local_hostname=name if name.isascii() else "localhost")
        self._host = host  # what STARTTLS checks the certificate for; smtplib sets it in one of two ways only

    def _get_socket(self, host: str, port: int, _timeout: float) -> Any:
        connected = self._exchange.connect(host, port)
        return connected if self._tls is None else self._tls.wrap_socket(connected, server_hostname=host)


def recipients_of(notice: Notice) -> list[str]:
    """The addresses of a notice's target. Raises ``GiveUp``."""
    addresses = [address.strip() for address in notice.target.address.split(",")]
    if len(addresses) > RECIPIENTS_MAX:
        raise GiveUp(f"at most {RECIPIENTS_MAX} recipients; given: {len(addresses)}")
    wrong = sum(_ADDRESS.fullmatch(address) is None for address in addresses)
    if wrong:
        raise GiveUp(f"{wrong} of {len(addresses)} recipients are no mail addresses")
    return addresses


def compose(notice: Notice, recipients: list[str], settings: MailSettings, speech: Speech) -> EmailMessage:
    """The mail. The same notice gives the same Message-ID, so that a mailbox can drop the repeat of one.

    ``Auto-Submitted`` (RFC 3834) keeps out-of-office notes from answering.
    """
    text = speech.text(notice)
    domain = settings.sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = [Address(addr_spec=address) for address in recipients]
    message["Subject"] = text.title
    message["Date"] = format_datetime(notice.due)
    message["Message-ID"] = f"<{notice.key(speech.site)}@{domain}>"
    # Mailboxes show what belongs to one incident together.
    message["References"] = f"<{speech.site}.{_token(notice.subject)}.{notice.opened:%Y%m%dT%H%M%S}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if notice.severity == "alarm" and notice.reason != "test":
        message["X-Priority"] = "1 (Highest)"
        message["Importance"] = "high"
    message.set_content(text.body, charset="utf-8", cte="base64")
    message["Content-Language"] = notice.language  # set_content drops what is said of content before
    return message


def _token(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "_", text)


def _listed(codes: list[int]) -> str:
    return ", ".join(map(str, codes))
