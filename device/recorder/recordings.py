"""All that records on one unit, wired: shelf, recorder, uploader."""

import os
import ssl
import stat
from collections.abc import Callable
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.decisions import StartRecording, StopRecording
from device.inputs import Now, RecorderTold
from device.recorder.hub_door import HubDoor
from device.recorder.recorder import Recorder
from device.recorder.sealing import BadRecipient, Sealer
from device.recorder.shelf import Shelf
from device.recorder.uploader import Uploader
from device.recorder_settings import RecorderSettings
from device.settings import SettingsRefused
from device.telling import Identity
from device.watchdog import Loop
from wire.evidence.keys import BadKey, read_signing_key

FOLDER = "recordings"
"""Folder of the segments, in the unit's state folder."""

_log = structlog.get_logger()


class Recordings:
    """Raises ``SettingsRefused`` when a key cannot be used. ``on_told`` must return at once; it comes on the
    recorder's thread.
    """

    def __init__(
        self,
        settings: RecorderSettings,
        state_dir: Path,
        identity: Identity,
        *,
        now: Callable[[], Now],
        on_told: Callable[[RecorderTold], None],
    ) -> None:
        self._now = now
        self.shelf = Shelf(
            state_dir / FOLDER,
            most_bytes=settings.disk_mb * 1_000_000,
            reserve_bytes=settings.reserve_mb * 1_000_000,
        )
        self.uploader = Uploader(self.shelf, door_of(settings), lambda: now().monotonic)
        self.recorder = Recorder(
            identity,
            self.shelf,
            sealer_of(settings),
            key_of(settings),
            now=now,
            pre_roll_s=settings.pre_roll_s,
            on_told=on_told,
            on_segment=self.uploader.nudge,
        )
        self._looked: RecorderTold | None = None

    def start(self) -> None:
        """Begin to serve."""
        self.recorder.start()
        self.uploader.start()

    def heard(self, pcm: bytes, fresh: bool) -> None:
        """Sound of the microphone, on its thread."""
        self.recorder.sound.heard(pcm, fresh)

    def carry_out(self, decision: StartRecording | StopRecording, now: Now) -> None:
        """What the heart decided."""
        if isinstance(decision, StartRecording):
            self.recorder.begin(decision.order, decision.why, now)
        else:
            self.recorder.finish(decision.order, decision.end)

    def look(self, *, alarm: bool) -> RecorderTold | None:
        """How the recording stands, where that has changed without a word of the recorder: it stands still,
        or hears nothing. ``alarm``: whether one is under way.
        """
        self.uploader.give_way(alarm)
        told = self.recorder.look(self._now().monotonic)
        if told == self._looked:
            return None
        self._looked = told
        return told

    @property
    def loops(self) -> dict[str, Loop]:
        """For the watchdog."""
        return {"recorder": self.recorder, "uploader": self.uploader}

    @property
    def storing(self) -> bool:
        """As last looked at."""
        return self._looked is not None and self._looked.storing

    def faults(self) -> dict[str, str | None]:
        """Part to what is wrong with it."""
        at = self._now().monotonic
        return {"recorder": self.recorder.fault(at), "upload": self.uploader.fault(at)}

    def stop(self, timeout_s: float) -> None:
        """Close what is open, end all; raises ``TimeoutError``."""
        try:
            self.recorder.stop(0.8 * timeout_s)
        finally:
            self.uploader.stop(0.2 * timeout_s)


def key_of(settings: RecorderSettings) -> Ed25519PrivateKey:
    """Raises ``SettingsRefused``."""
    file = Path(settings.signing_key)
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) and os.name == "posix":
            _log.warning("signing_key_readable_by_others", file=str(file))
        return read_signing_key(file.read_bytes())
    except (OSError, BadKey) as error:
        raise SettingsRefused(f"recorder.signing_key: cannot be used: {file}: {error}") from error


def sealer_of(settings: RecorderSettings) -> Sealer:
    """Raises ``SettingsRefused``."""
    try:
        return Sealer(settings.recipient)
    except BadRecipient as error:
        raise SettingsRefused(f"recorder.recipient: {error}") from error


def door_of(settings: RecorderSettings) -> HubDoor:
    """Raises ``SettingsRefused``."""
    try:
        return HubDoor(settings.hub_url, settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsRefused(f"recorder.ca_file: cannot be used: {settings.ca_file}: {error}") from error
