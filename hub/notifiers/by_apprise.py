"""Whatever else apprise speaks: chats, pagers, text messages."""

import logging
from typing import Any

from hub.notices import Channel, Notice, Severity
from hub.notifiers.protocol import Retry
from hub.notifiers.speech import Speech
from hub.setting_types import BadSettings
from wire.topics import BadName, check_name

LINES_MAX = 100

_KINDS: dict[Severity, str] = {
    "alarm": "failure",
    "attention": "warning",
    "trouble": "warning",
    "drill": "info",
    "none": "success",
}
"""Severity to apprise's own kind of message, which chats show as a colour."""


class AppriseNotifier:
    """Tells one address of apprise's."""

    channel: Channel = "apprise"

    def __init__(self, service: Any, speech: Speech) -> None:
        self._service = service
        self._speech = speech

    def send(self, notice: Notice) -> None:
        """apprise says no more than whether it went well."""
        text = self._speech.text(notice)
        try:
            told = self._service.notify(
                title=text.title,
                body=text.body,
                notify_type=_KINDS[notice.severity],
                body_format="text",
            )
        except TypeError as error:  # what apprise raises for a message that it cannot send
            raise Retry("apprise did not take the message") from error
        if not told:
            raise Retry("apprise could not deliver it")

    def close(self) -> None:
        """apprise cannot be interrupted; its own timeouts are a few seconds."""


def read_urls(where: str, text: str) -> dict[str, str]:
    """Name to address, one a line: the name, a blank, the address. ``#`` begins a comment line.

    Raises ``BadSettings``, which names the line and never the address.
    """
    found: dict[str, str] = {}
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        raise BadSettings(f"{where} must have at most {LINES_MAX} lines; given: {len(lines)}")
    for number, line in enumerate(lines, 1):
        name, _, url = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        try:
            check_name("name", name)
        except BadName:
            raise BadSettings(f"{where}, line {number}: must begin with a name of a-z, 0-9 and '-'") from None
        if "://" not in url:
            raise BadSettings(f"{where}, line {number}: after the name an address of apprise's must follow")
        if name in found:
            raise BadSettings(f"{where}, line {number}: {name} is there already")
        found[name] = url.strip()
    return found


def apprise_services(where: str, urls: dict[str, str]) -> dict[str, Any]:
    """Name to what apprise makes of its address. Raises ``BadSettings``, which never repeats an address."""
    try:
        import apprise  # noqa: PLC0415 - it takes half a second and 20 MB, for those who use it
    except ImportError as error:
        raise BadSettings('apprise is not installed: pip install "madomori[apprise]"') from error
    for name in ("apprise", "urllib3", "requests"):
        # They log addresses, which hold secrets. What matters of it is in the notifier's health.
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
    asset = apprise.AppriseAsset(app_id="Madomori", app_desc="Madomori", async_mode=False)
    services = {}
    for name, url in urls.items():
        service = apprise.Apprise(asset=asset)
        if not service.add(url):
            raise BadSettings(f"{where}: apprise does not know what the address of {name} means")
        services[name] = service
    return services
