"""What the hearing makes of a sound, shown as it goes along: to people, or as JSON lines."""

import json
import math
from typing import Protocol, TextIO

from device.hearing.figures import FRAME_S
from device.hearing.findings import Heard
from device.hearing.hearing import Hearing, Step
from device.hearing.leq import Exposure

TOLD_S = 0.1
"""The score and the level are told this often, as the highest of the time between."""

_TOLD_FRAMES = round(TOLD_S / FRAME_S)


class Findings:
    """Puts the steps of findings together: one record for each, when it is over.

    ``decided_s`` is the end of the frame after which the finding was made, in seconds of sound: before it
    nothing was known. A unit, which reads five frames at a time, knows it up to 0.08 s later.
    """

    def __init__(self) -> None:
        self._open: dict[str, dict[str, object]] = {}

    def take(self, at_s: float, heard: Heard) -> dict[str, object] | None:
        """One step; gives the record of a finding that has ended."""
        record = self._open.setdefault(heard.finding, {})
        if heard.phase == "start":
            record |= {"start_s": max(0.0, at_s - heard.duration_s), "decided_s": at_s, "kind": heard.kind}
        start_s = record["start_s"]
        assert isinstance(start_s, float)  # noqa: S101 - set above
        record |= {"end_s": start_s + heard.duration_s, "level_dba": heard.level_dba, "score": heard.score}
        record |= {
            "background_dba": heard.background_dba,
            "voice_share": heard.voice_share,
            "pitch_hz": heard.pitch_hz,
            "tilt_db": heard.tilt_db,
            "calibrated": heard.calibrated,
            "model": heard.model,
        }
        if heard.phase == "end" or heard.kind == "bang":
            return self._open.pop(heard.finding)
        return None

    def rest(self, at_s: float) -> list[dict[str, object]]:
        """Findings that still go on when the sound ends."""
        records = list(self._open.values())
        self._open.clear()
        return [record | {"end_s": at_s} for record in records]


class Display(Protocol):
    """Where it is shown."""

    def step(self, step: Step, hearing: Hearing) -> None:
        """Every frame."""

    def finding(self, record: dict[str, object]) -> None:
        """A finding is over."""

    def end(self, at_s: float, hearing: Hearing) -> None:
        """The sound is over."""


class JsonLines:
    """A line for each finding, and ten times a second one with the time, the score and the level."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._frames = 0
        self._score, self._level_dba = 0.0, -math.inf

    def step(self, step: Step, _hearing: Hearing) -> None:
        self._score = max(self._score, step.score)
        self._level_dba = max(self._level_dba, step.level_dba)
        self._frames += 1
        if self._frames % _TOLD_FRAMES == 0:
            # Not json.dumps: these are most of the lines, and numbers that are finite.
            self._out.write(
                f'{{"t": {step.at_s:.2f}, "score": {self._score:.6g}, "level_dba": {self._level_dba:.1f}}}\n'
            )
            self._score, self._level_dba = 0.0, -math.inf

    def finding(self, record: dict[str, object]) -> None:
        rounded = {name: round(v, 4) if isinstance(v, float) else v for name, v in record.items()}
        self._out.write(json.dumps(rounded) + "\n")

    def end(self, _at_s: float, _hearing: Hearing) -> None:
        self._out.flush()


METER_DBA = (30.0, 110.0)
METER_COLUMNS = 32


def meter(level_dba: float, background_dba: float, threshold_dba: float) -> str:
    """A bar of ``METER_COLUMNS``: the level, with ``b`` at the background and ``!`` at the threshold."""
    low, high = METER_DBA

    def column(dba: float) -> int:
        share = (dba - low) / (high - low)
        return min(max(round(share * METER_COLUMNS), 0), METER_COLUMNS - 1)

    bar = ["#" if place < column(level_dba) else "." for place in range(METER_COLUMNS)]
    bar[column(background_dba)] = "b"
    bar[column(threshold_dba)] = "!"
    return "".join(bar)


class Lines:
    """For people: the meter, a line for each step of a finding, and a summary. 80 columns suffice.

    On a terminal the meter stays in one line; otherwise it is a line a second, or left away where ``quick``:
    a recording that is read faster than it was made.
    """

    def __init__(self, out: TextIO, *, terminal: bool, quick: bool, calibrated: bool) -> None:
        self._out = out
        self._calibrated = calibrated
        self._terminal = terminal
        self._every = 0 if quick else _TOLD_FRAMES if terminal else round(1.0 / FRAME_S)
        self._frames = 0
        self._most_dba = -math.inf
        self._found = 0

    def step(self, step: Step, hearing: Hearing) -> None:
        if not self._frames and not self._calibrated:
            self._say("Not calibrated: the levels may be off by many decibels.")
        self._most_dba = max(self._most_dba, step.level_dba)
        self._frames += 1
        for heard in step.said:
            self._say(_told(step.at_s, heard))
        if self._every and self._frames % self._every == 0:
            self._meter(step, hearing)

    def finding(self, _record: dict[str, object]) -> None:
        self._found += 1

    def end(self, at_s: float, hearing: Hearing) -> None:
        if self._terminal:
            self._out.write("\n")
        mean = hearing.exposure.since(Exposure())
        laeq = f"{mean:.1f} dB(A)" if mean is not None else "unknown"
        self._say(
            f"{_clock(at_s)} heard: LAeq {laeq}, highest fast level {self._most_dba:.1f} dB(A), "
            f"findings {self._found}"
        )
        if hearing.clips:
            self._say("The sound was beyond full scale again and again: its levels read too low.")
        if hearing.gain_turns:
            self._say("The microphone turns its own gain: none of these levels can be relied on.")
        self._out.flush()

    def _meter(self, step: Step, hearing: Hearing) -> None:
        background, threshold = hearing.background_dba, hearing.threshold_dba
        bar = meter(step.level_dba, background, threshold)
        line = (
            f"{_clock(step.at_s)} {step.level_dba:5.1f} dB(A) [{bar}] "
            f"room {background:4.1f}  shout {threshold:4.1f}"
        )
        self._out.write(f"\r{line}" if self._terminal else f"{line}\n")
        self._out.flush()

    def _say(self, line: str) -> None:
        self._out.write(f"\r{line:<79}\n" if self._terminal else f"{line}\n")
        self._out.flush()


def _told(at_s: float, heard: Heard) -> str:
    return (
        f"{_clock(at_s)} {heard.kind} {heard.phase}: {heard.level_dba:.1f} dB(A), "
        f"room {heard.background_dba:.1f}, {heard.duration_s:.1f} s, "
        f"voice {100 * heard.voice_share:.0f} %, score {heard.score:.2f}"
    )


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(at_s, 60.0)
    return f"{int(minutes):2d}:{seconds:04.1f}"
