"""All that records on one unit, wired: shelf, recorder, uploader."""

import os
import ssl
import stat
from collections.abc import Callable
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device.camera.camera import Camera
from device.camera.picamera import PiCamera
from device.camera.pictures import Pictures
from device.decisions import StartRecording, StopRecording, TakePictures
from device.ending import in_order
from device.inputs import Now, RecorderTold
from device.recorder.hub_door import HubDoor
from device.recorder.recorder import Recorder
from device.recorder.sealing import BadRecipient, Sealer
from device.recorder.shelf import Shelf
from device.recorder.uploader import Uploader
from device.recorder.writing import Writer
from device.recorder_settings import CameraSettings, RecorderSettings
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
        camera: CameraSettings | None = None,
        new_camera: Callable[[float], Camera] = PiCamera,
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
            Writer(identity, self.shelf, sealer_of(settings), key_of(settings), now),
            now=now,
            pre_roll_s=settings.pre_roll_s,
            on_told=on_told,
            on_segment=self.uploader.nudge,
        )
        self.pictures: Pictures | None = None
        if camera is not None:
            self.pictures = Pictures(
                new_camera(camera.pre_roll_s),
                pre_roll_s=camera.pre_roll_s,
                clip_s=camera.clip_s,
                now=now,
                on_picture=self.recorder.picture,
            )
        self._looked: RecorderTold | None = None

    def start(self) -> None:
        """Begin to serve."""
        self.recorder.start()
        self.uploader.start()
        if self.pictures is not None:
            self.pictures.start()

    def heard(self, pcm: bytes, fresh: bool) -> None:
        """Sound of the microphone, on its thread."""
        self.recorder.sound.heard(pcm, fresh)

    def carry_out(self, decision: StartRecording | StopRecording | TakePictures, now: Now) -> None:
        """What the heart decided."""
        match decision:
            case StartRecording(order, why):
                self.recorder.begin(order, why, now)
            case StopRecording(order, end):
                self.recorder.finish(order, end)
            case TakePictures() if self.pictures is not None:
                self.pictures.take()

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
        told = {"recorder": self.recorder.fault(at), "upload": self.uploader.fault(at)}
        return told | ({"camera": self.pictures.fault(at)} if self.pictures else {})

    def stop(self, timeout_s: float) -> None:
        """Close what is open, end all; raises ``TimeoutError``."""
        try:
            self.recorder.stop(0.7 * timeout_s)
        finally:
            steps = [("uploader", lambda: self.uploader.stop(0.2 * timeout_s))]
            if self.pictures is not None:
                pictures = self.pictures
                steps.append(("camera", lambda: pictures.stop(0.1 * timeout_s)))
            if not in_order(steps):
                raise TimeoutError("the uploader or the camera did not end in time")


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
