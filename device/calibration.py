"""The unit's calibration: a small file in the state folder, made by ``madomori-unit calibrate``.

It is used from the next start on, in place of what the settings say, as long as they name the microphone
that it was made with.
"""

import json
import os
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field, ValidationError

from device.hearing.calibration import Calibration, Reference, Unfit
from device.hearing.figures import FULL_SCALE_RANGE_DBA
from device.hearing.hearing import Frames
from device.panel_settings import Table
from device.settings import MicrophoneSettings

FILE = "calibration.toml"
METHOD_CHARS_MAX = 200
_LOW_DBA, _HIGH_DBA = FULL_SCALE_RANGE_DBA


class Kept(Table):
    """What the file holds."""

    full_scale_dba: Annotated[float, Field(ge=_LOW_DBA, le=_HIGH_DBA)]
    level_dba: float
    """The reference at the microphone, by the meter."""
    spread_db: float
    seconds: int
    date: AwareDatetime
    method: Annotated[str, Field(min_length=1, max_length=METHOD_CHARS_MAX)]
    """How, in the words of whoever did it."""
    source: str
    device: str
    """With ``source``: the microphone, as the settings named it."""


def calibration_of(state_dir: Path, microphone: MicrophoneSettings) -> Calibration:
    """What levels are to be reckoned by. A file that is of no use is a fault: levels were taken for right,
    and those by the settings are not.
    """
    try:
        kept = kept_in(state_dir)
    except Unfit as error:
        return Calibration(microphone.full_scale_dba, False, str(error))
    if kept is None:
        return Calibration(microphone.full_scale_dba, microphone.calibrated)
    if (kept.source, kept.device) != (microphone.source, microphone.device):
        told = f"{FILE} was made with another microphone ({kept.source}, {kept.device}): calibrate again"
        return Calibration(microphone.full_scale_dba, False, told)
    return Calibration(kept.full_scale_dba, True)


def kept_in(state_dir: Path) -> Kept | None:
    """The file's content, None where there is no file; ``Unfit`` when it cannot be read."""
    try:
        text = (state_dir / FILE).read_text(encoding="utf-8")
        return Kept.model_validate(tomllib.loads(text))
    except (FileNotFoundError, NotADirectoryError):
        return None  # never made; that there is no folder is the disk's fault
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise Unfit(f"{FILE}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Unfit(f"{FILE}: cannot be read: {error}") from error


def calibrate(
    pieces: Iterable[Frames],
    state_dir: Path,
    microphone: MicrophoneSettings,
    *,
    level_dba: float,
    method: str,
    seconds: int,
    now: datetime,
) -> Kept:
    """Measure while the reference sounds, and keep what was found; ``Unfit`` when it is of no use, which
    leaves an earlier file as it was.
    """
    if not (0 < len(method) <= METHOD_CHARS_MAX and method.isprintable()):
        raise Unfit(f"the method must be 1 to {METHOD_CHARS_MAX} characters in one line; given: {method!r}")
    reference = Reference(level_dba, seconds)
    for piece in pieces:
        reference.feed(piece)
        if reference.enough:
            break
    measured = reference.measured()
    kept = Kept(
        full_scale_dba=round(measured.full_scale_dba, 2),
        level_dba=level_dba,
        spread_db=round(measured.spread_db, 2),
        seconds=seconds,
        date=now,
        method=method,
        source=microphone.source,
        device=microphone.device,
    )
    _write(state_dir, kept)
    return kept


def _toml(value: object) -> str:
    """A date stands bare; JSON's numbers and strings are TOML's as well."""
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)


def _write(state_dir: Path, kept: Kept) -> None:
    """Whole or not at all, whenever the power fails."""
    lines = [
        '# Made by "madomori-unit calibrate"; used from the next start of the unit on.',
        *(f"{name} = {_toml(value)}" for name, value in kept.model_dump().items()),
    ]
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = state_dir / f"{FILE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(state_dir / FILE)
    folder = os.open(state_dir, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
