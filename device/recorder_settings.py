"""The recorder in the settings: whose keys, which hub, what is recorded and how long."""

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from device.panel_settings import Table
from device.recording import Policy

LIMIT_S_MAX = 86_400.0


class RecorderSettings(Table):
    """Present: this unit can record. Paths are relative to the settings file."""

    signing_key: str
    """The unit's Ed25519 key (PEM, PKCS #8), with which it signs what it recorded."""
    recipient: Annotated[str, Field(pattern=r"^age1[0-9a-z]{58}$")]
    """The hub's public key of age: only the hub can open what is recorded."""
    hub_url: str
    """Where segments are put: ``https://…``; plain ``http://`` only to this computer itself."""
    ca_file: str | None = None
    """Authorities that sign the hub's certificate, PEM; absent: those that the system trusts."""
    pre_roll_s: Annotated[float, Field(ge=0, le=60)] = 20.0
    """Sound from before the start that belongs to a recording, kept in memory only; 0 for none."""
    limit_s: Annotated[float, Field(ge=10, le=LIMIT_S_MAX)] = 7200.0
    """Longest recording, in seconds."""
    on_panic: bool = False
    """Whether the panic button starts a recording, and keeps one that goes on."""
    panic_s: Annotated[float, Field(ge=10, le=7200)] = 600.0
    """How long it does, from the last press, in seconds."""
    on_session: Literal["never", "always"] = "never"
    """Whether meetings are recorded from their start to their end."""
    disk_mb: Annotated[int, Field(ge=10, le=1_000_000)] = 4000
    """Most that segments take which the hub has not confirmed."""
    reserve_mb: Annotated[int, Field(ge=10, le=1_000_000)] = 200
    """What recordings leave free on the disk, for alarms."""

    @field_validator("hub_url")
    @classmethod
    def _safe_address(cls, given: str) -> str:
        try:
            parts = urlsplit(given)
            named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            raise ValueError("must be like https://hub.example:8710") from None
        if (
            parts.scheme not in ("http", "https")
            or not named
            or parts.query
            or parts.fragment
            or parts.username
        ):
            raise ValueError("must be like https://hub.example:8710")
        if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
            raise ValueError("http:// is allowed only to this computer itself; use https://")
        return given

    @model_validator(mode="after")
    def _ca_only_with_tls(self) -> Self:
        if self.ca_file is not None and not self.hub_url.startswith("https:"):
            raise ValueError("ca_file is allowed only with an https:// hub_url")
        return self

    def policy(self, notice_s: float = 0.0) -> Policy:
        """For the heart; ``notice_s`` is the length of the sentence for visitors."""
        return Policy(
            limit_s=self.limit_s,
            panic_s=self.panic_s if self.on_panic else None,
            sessions=self.on_session == "always",
            notice_s=notice_s,
        )

    def absolute(self, base: Path) -> "RecorderSettings":
        """With paths from ``base``."""
        paths: dict[str, Any] = {"signing_key": str(base / self.signing_key)}
        if self.ca_file is not None:
            paths["ca_file"] = str(base / self.ca_file)
        return self.model_copy(update=paths)


class CameraSettings(Table):
    """Present: at a press of the panic button the camera gives a still and a clip to the recording."""

    source: Literal["picamera2"]
    pre_roll_s: Annotated[float, Field(ge=0, le=10)] = 5.0
    """How much of a clip lies before the press, kept in memory only."""
    clip_s: Annotated[float, Field(ge=0, le=20)] = 10.0
    """How long a clip goes on after the press; 0: stills only."""


class NoticeSettings(Table):
    """Present: visitors are told by a sentence before anything is stored, unless there is an alarm."""

    spoken: str
    """The sentence: a WAV file, 16 bits, one or two channels, at most 15 s; relative to the settings file."""
    output: Literal["pyaudio", "simulated"]
    device: str = "default"
    """Part of a PyAudio device's name, or "default"."""

    def absolute(self, base: Path) -> "NoticeSettings":
        """With the path from ``base``."""
        return self.model_copy(update={"spoken": str(base / self.spoken)})


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
