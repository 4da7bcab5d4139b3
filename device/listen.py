"""``madomori-unit listen``: hear the unit's microphone, or a recording, and show what comes of it."""

import signal
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from device.hearing.figures import SensitivityName
from device.hearing.hearing import Frames, Hearing
from device.hearing.model import Model, ParametersRefused, model_of
from device.meter import Display, Findings, JsonLines, Lines
from device.sound_file import FileRefused, read

if TYPE_CHECKING:
    from device.settings import UnitSettings

FULL_SCALE_DBA = 120.0
"""What a recording's full scale is taken for when nobody says; as in the unit's settings."""


def model_in(file: Path) -> Model:
    """The model of a parameter file that ``make train-hearing`` wrote; ``FileRefused``."""
    try:
        return model_of(file.read_bytes())
    except OSError as error:
        raise FileRefused(f"{file}: cannot be read: {error.strerror}") from error
    except ParametersRefused as refusal:
        raise FileRefused(f"{file}: {refusal}") from refusal


def recording(
    file: Path,
    full_scale_dba: float | None,
    sensitivity: SensitivityName,
    *,
    as_json: bool,
    model: Path | None = None,
) -> None:
    """Hear a recording as fast as it can be read, with the unit's model or a file's; ``FileRefused``."""
    calibrated = full_scale_dba is not None
    full_scale_dba = FULL_SCALE_DBA if full_scale_dba is None else full_scale_dba
    judge = None if model is None else model_in(model)
    hearing = Hearing(full_scale_dba, calibrated, sensitivity=sensitivity, model=judge)
    _listen(read(file), hearing, _display(as_json=as_json, quick=True, calibrated=calibrated))


def microphone(
    settings: "UnitSettings", sensitivity: SensitivityName, *, as_json: bool, model: Path | None = None
) -> None:
    """Hear the unit's microphone until Ctrl-C; ``SourceFailed``, ``FileRefused``."""
    # Imported here: a recording is heard without waiting for what it does not need.
    from device.calibration import calibration_of  # noqa: PLC0415
    from device.microphone.live import live, source_of  # noqa: PLC0415

    fitted = settings.microphone
    calibration = calibration_of(Path(settings.state_dir), fitted)
    judge = None if model is None else model_in(model)
    hearing = Hearing(
        calibration.full_scale_dba, calibration.calibrated, sensitivity=sensitivity, model=judge
    )
    display = _display(as_json=as_json, quick=False, calibrated=calibration.calibrated)
    with closing(live(source_of(fitted))) as pieces:
        _listen(pieces, hearing, display)


def _display(*, as_json: bool, quick: bool, calibrated: bool) -> Display:
    if as_json:
        return JsonLines(sys.stdout)
    return Lines(sys.stdout, terminal=sys.stdout.isatty(), quick=quick, calibrated=calibrated)


def _listen(pieces: Iterable[Frames], hearing: Hearing, display: Display) -> None:
    findings = Findings()
    at_s = 0.0
    for number in (signal.SIGINT, signal.SIGTERM):  # also where whoever started it had them ignored
        signal.signal(number, signal.default_int_handler)
    try:
        for piece in pieces:
            for step in hearing.follow(piece):
                at_s = step.at_s
                display.step(step, hearing)
                for heard in step.said:
                    if (record := findings.take(at_s, heard)) is not None:
                        display.finding(record)
    except KeyboardInterrupt:
        pass  # the way to end it
    for record in findings.rest(at_s):
        display.finding(record)
    display.end(at_s, hearing)
