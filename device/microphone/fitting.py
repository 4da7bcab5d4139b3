"""The ear that the settings name, with what was measured of it and what it may keep."""

from collections.abc import Callable
from pathlib import Path

from device.calibration import calibration_of
from device.feature_file import FeatureFile
from device.hearing.findings import Heard
from device.microphone.ear import Ear
from device.microphone.reader import OnSound
from device.settings import UnitSettings


def ear_of(settings: UnitSettings, on_heard: Callable[[Heard], None], on_sound: OnSound | None = None) -> Ear:
    """Still to be started. ``on_sound`` see ``Reader``."""
    folder, fitted = Path(settings.state_dir), settings.microphone
    features = FeatureFile(folder) if fitted.keep_features else None
    calibration = calibration_of(folder, fitted)
    return Ear(fitted, on_heard, calibration=calibration, features=features, on_sound=on_sound)
