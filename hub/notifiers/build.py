"""The lanes that the settings ask for. Everything that can be wrong with them is found here, at the start."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.clock import Clock
from hub.house import SiteTexts
from hub.notices import Severity
from hub.notifiers.annunciator import AnnunciatorNotifier, Delivers
from hub.notifiers.by_apprise import AppriseNotifier, apprise_services, read_urls
from hub.notifiers.lane import Lane, LaneHealth
from hub.notifiers.mail import MailNotifier
from hub.notifiers.page import PageNotifier
from hub.notifiers.protocol import Notifier
from hub.notifiers.speech import Speech
from hub.notifiers.tower import TowerNotifier
from hub.notifiers.webhook import WebhookNotifier, read_key
from hub.setting_types import BadSettings, read_secret
from hub.settings import Settings
from hub.words import read_words

URLS_BYTES_MAX = 65536


@dataclass(frozen=True, slots=True)
class Hub:
    """What notifiers need of the running hub."""

    clock: Clock
    link: Delivers
    standing: Callable[[str], Severity]
    """What stands for the tower of that name; raises ``Retry``. Called on a lane's thread, as ``note`` is."""
    note: Callable[[str, dict[str, Any]], None]
    """Tells pages; raises ``Retry``."""
    on_health: Callable[[LaneHealth], None]
    own: Callable[[], SiteTexts] = SiteTexts
    """What the site says of itself."""


def make_lanes(settings: Settings, hub: Hub) -> list[Lane]:
    """One lane for each notifier, not yet started. Raises ``BadSettings``."""
    speech = Speech(settings.site, read_words(), settings.zone, hub.own)
    named: list[tuple[str, Notifier]] = [("", PageNotifier(hub.note, speech))]
    if (mail := settings.mail) is not None:
        password = None
        if mail.password_file is not None:
            password = read_secret("mail.password_file", mail.password_file)
        named.append(("", MailNotifier(mail, password, _trust("mail.ca_file", mail.ca_file), speech)))
    for n, webhook in enumerate(settings.webhooks):
        where = f"webhooks.{n}"
        key = read_key(f"{where}.secret_file", read_secret(f"{where}.secret_file", webhook.secret_file))
        context = _trust(f"{where}.ca_file", webhook.ca_file) if webhook.url.startswith("https") else None
        named.append((webhook.name, WebhookNotifier(webhook.url, key, context, speech, hub.clock)))
    for tower in settings.towers:
        named.append((tower.name, TowerNotifier(tower, _of(hub.standing, tower.name), hub.clock)))
    for one in settings.annunciators:
        named.append((one.name, AnnunciatorNotifier(one.name, hub.link, speech, hub.clock)))
    if settings.apprise is not None:
        where = "apprise.urls_file"
        urls = read_urls(where, read_secret(where, settings.apprise.urls_file, URLS_BYTES_MAX))
        for name, service in apprise_services(where, urls).items():
            named.append((name, AppriseNotifier(service, speech)))
    return [Lane(notifier, name, hub.clock, on_health=hub.on_health) for name, notifier in named]


def _of(standing: Callable[[str], Severity], name: str) -> Callable[[], Severity]:
    return lambda: standing(name)


def _trust(where: str, file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise BadSettings(f"{where} cannot be used: {type(error).__name__}") from error
