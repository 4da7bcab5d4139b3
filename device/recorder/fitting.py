"""The recorder that the settings name. What it needs is loaded only where there is one: 12 megabytes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from device.inputs import Now, RecorderTold
from device.settings import UnitSettings
from device.telling import Identity

if TYPE_CHECKING:
    from device.recorder.recordings import Recordings


def recordings_of(
    settings: UnitSettings,
    identity: Identity,
    now: Callable[[], Now],
    on_told: Callable[[RecorderTold], None],
) -> "Recordings | None":
    """None where the settings have no recorder; raises ``SettingsRefused``."""
    if settings.recorder is None:
        return None
    from device.recorder.recordings import Recordings  # noqa: PLC0415

    return Recordings(
        settings.recorder,
        Path(settings.state_dir),
        identity,
        now=now,
        on_told=on_told,
        camera=settings.camera,
    )
