"""What a sensitivity would have made of a day, from what was noted of each loud second. No sound is needed.

A second holds its highest level, the room, the highest score and three of its reasons. From so little no word
can be made: it takes some thousand numbers a second to say one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from device.hearing.figures import RELEASE_DB, RELEASE_S, SENSITIVITIES, SHOUT_MARGIN_DB, SensitivityName
from device.hearing.findings import Reasons

COLUMNS = ("time", "level_dba", "background_dba", "score", "pitch_hz", "tilt_db", "voiced")


class RowRefused(ValueError):
    """A row is not one of a kept second; the message says why."""


@dataclass(frozen=True, slots=True)
class Second:
    """One second in which it was loud enough that the hearing looked at the sound."""

    time: datetime
    """With its zone; the second's beginning."""
    level_dba: float
    """Highest fast level."""
    background_dba: float
    score: float
    """Highest score, 0 to 1; 0.5 lies on the threshold of the normal sensitivity."""
    reasons: Reasons
    """At the highest score."""

    def row(self) -> str:
        """A line of the file, in the order of ``COLUMNS``."""
        why = self.reasons
        pitch = "" if why.pitch_hz is None else f"{why.pitch_hz:.0f}"
        return (
            f"{self.time.isoformat(timespec='seconds')},{self.level_dba:.1f},{self.background_dba:.1f},"
            f"{self.score:.3f},{pitch},{why.tilt_db:.1f},{why.voiced:.2f}"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that there would have been."""

    began: datetime
    seconds: float
    level_dba: float
    score: float


def second_of(row: str) -> Second:
    """The second that a line of the file tells of; ``RowRefused``."""
    told = row.split(",")
    if len(told) != len(COLUMNS):
        raise RowRefused(f"a row must have {len(COLUMNS)} values; given: {row[:80]!r}")
    time, level, background, score, pitch, tilt, voiced = told
    try:
        second = Second(
            datetime.fromisoformat(time),
            float(level),
            float(background),
            float(score),
            Reasons(float(pitch) if pitch else None, float(tilt), float(voiced)),
        )
    except ValueError as error:
        raise RowRefused(f"a row must have {', '.join(COLUMNS)}; given: {row[:80]!r}") from error
    numbers = (
        second.level_dba,
        second.background_dba,
        second.score,
        second.reasons.tilt_db,
        second.reasons.voiced,
    )
    if second.time.tzinfo is None or not all(map(math.isfinite, numbers)) or not 0 <= second.score <= 1:
        raise RowRefused(f"a row must have a time with its zone and finite numbers; given: {row[:80]!r}")
    return second


def replay(seconds: Iterable[Second], sensitivity: SensitivityName) -> list[Found]:
    """The findings, in order of time. Within a second the unit hears finer than this: two cries less than
    ``RELEASE_S`` apart are one here as there, but a beginning is known to the second only."""
    chosen = SENSITIVITIES[sensitivity]
    found: list[Found] = []
    last: datetime | None = None
    for second in seconds:
        threshold_dba = max(chosen.floor_dba, second.background_dba + SHOUT_MARGIN_DB)
        decides = second.score >= chosen.score and second.level_dba >= threshold_dba
        if last is not None and second.time - last <= timedelta(seconds=RELEASE_S):
            newest = found[-1]
            if decides or second.level_dba >= max(threshold_dba, newest.level_dba - RELEASE_DB):
                last = second.time
                found[-1] = Found(
                    newest.began,
                    (second.time - newest.began).total_seconds() + 1.0,
                    max(newest.level_dba, second.level_dba),
                    max(newest.score, second.score),
                )
        elif decides:
            last = second.time
            found.append(Found(second.time, 1.0, second.level_dba, second.score))
    return found
