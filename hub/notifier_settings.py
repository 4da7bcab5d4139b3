"""Settings of what carries notices out of the hub. Secrets are in files; the settings only name them."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from hub.notices import Severity
from hub.setting_types import Host, Name, Port, Shown, Strict

NOTIFIERS_MAX = 100
"""Of one kind: each has a thread of its own."""


def _here(value: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder")
    return value if folder is None else Path(folder) / value


File = Annotated[Path, AfterValidator(_here)]
"""Relative to the settings file."""

MAIL_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}$"


class MailSettings(Strict):
    """The mail server of the building."""

    host: Host
    port: Port
    security: Literal["none", "starttls", "tls"]
    """No default: whether mail about incidents crosses the network in the clear is for a person to say."""
    sender: Annotated[str, Field(pattern=MAIL_ADDRESS)]
    sender_name: Shown = "窓守"
    username: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    password_file: File | None = None
    ca_file: File | None = None
    """Certificates to trust instead of the system's, PEM."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file must be given together or not at all")
        if self.password_file is not None and self.security == "none":
            raise ValueError('a password needs security = "starttls" or "tls"; given: "none"')
        return self


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - looks at it, which raises where it is no number
    except ValueError:
        raise ValueError("must be an address http://… or https://…") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not value.isascii():
        raise ValueError("must begin with http:// or https:// and name a host, in ASCII")
    if parts.username is not None or parts.fragment:
        raise ValueError("must hold no user, password or #fragment")
    return value


WebAddress = Annotated[str, Field(max_length=500, pattern=r"^[!-~]+$"), AfterValidator(_web_address)]


class WebhookSettings(Strict):
    """A program that is told by an HTTP request, signed as Standard Webhooks are."""

    name: Name
    url: WebAddress
    secret_file: File
    """Holds ``whsec_`` and the base64 of 24 to 64 random bytes."""
    ca_file: File | None = None


Light = Literal["off", "on", "flash", "fast"]


class Lights(Strict):
    """What a tower shows."""

    red: Light = "off"
    amber: Light = "off"
    green: Light = "off"
    blue: Light = "off"
    white: Light = "off"
    buzzer: Annotated[int, Field(ge=0, le=11)] = 0
    """Pattern of the buzzer; 0: silent, as everything near a counter is unless somebody decides otherwise."""


class TowerSettings(Strict):
    """A PATLITE signal tower. Where a tower has colours by tier, red is tier 1 and white tier 5."""

    name: Name
    host: Host
    protocol: Literal["pns-ab", "pns-xx", "http"]
    """``pns-ab``: LA6-POE, LR5-LAN; ``pns-xx``: the NH series; ``http``: the HTTP command of either."""
    port: Port | None = None
    """By default 10000 for PNS and 80 for HTTP."""
    alarm: Lights = Lights(red="flash")
    attention: Lights = Lights(amber="flash")
    trouble: Lights = Lights(amber="on")
    drill: Lights = Lights(green="flash")
    none: Lights = Lights()

    def lights(self, severity: Severity) -> Lights:
        """What is shown for it."""
        lights: Lights = getattr(self, severity)
        return lights

    @property
    def at_port(self) -> int:
        """The port, or the default one of the protocol."""
        return self.port or (80 if self.protocol == "http" else 10000)


class AnnunciatorSettings(Strict):
    """A display or loudspeaker that reads notices from the broker."""

    name: Name


class AppriseSettings(Strict):
    """Everything that apprise speaks."""

    urls_file: File
    """One a line: a name, a blank, the address. The addresses hold secrets, so they are not settings."""


class NotifierSettings(Strict):
    """All of them."""

    mail: MailSettings | None = None
    webhooks: list[WebhookSettings] = Field(default_factory=list, max_length=NOTIFIERS_MAX)
    towers: list[TowerSettings] = Field(default_factory=list, max_length=NOTIFIERS_MAX)
    annunciators: list[AnnunciatorSettings] = Field(default_factory=list, max_length=NOTIFIERS_MAX)
    apprise: AppriseSettings | None = None

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        once("webhooks: name", [one.name for one in self.webhooks])
        once("towers: name", [one.name for one in self.towers])
        once("annunciators: name", [one.name for one in self.annunciators])
        return self


def once(what: str, names: list[str]) -> None:
    """Raises ``ValueError`` when a name is there twice."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what} must be named once; given more than once: {', '.join(twice)}")
