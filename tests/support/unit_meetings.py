"""The model of the session button: a meeting as the person at the button means it, through restarts."""

from dataclasses import dataclass, field, replace
from typing import Any

from device.timer import Limits
from tests.support.unit_heart import LIMITS
from wire.lights import BLINK, OFF, STEADY, UNKNOWN, Light, Pattern
from wire.messages.events import GoingOn

HOLD_S = 1.5
"""Holding the session button this long extends."""

Key = tuple[str, int]


@dataclass(frozen=True)
class Meeting:
    began: float
    limit_s: float
    warn_s: float
    grace_s: float
    started: Key | None = None
    """The event that told of its beginning; None when there was no room for one."""
    case: int | None = None
    """What was agreed for it; then with ``recorded``, whether that asks for a recording."""
    recorded: bool = False


@dataclass(frozen=True)
class Kept:
    """What the disk knows: a meeting, the boot whose clock it goes by, and whether it was given up."""

    boot: str
    meeting: Meeting
    unknown: bool = False


@dataclass
class Timer:
    """Of one run of the program."""

    boot: str
    limits: Limits = LIMITS
    """Of the next meeting."""
    meeting: Meeting | None = None
    unknown: Kept | None = None
    """The meeting of which nothing is known any more, until the next one begins."""
    lasted: list[float] = field(default_factory=list)
    _begun: bool = False
    _booted: bool = False
    _down: float | None = None
    _started_it: bool = False
    _held: bool = False

    def press(self, at: float) -> None:
        self._down, self._held, self._started_it = at, False, self.meeting is None
        if self.meeting is None:
            limits = self.limits
            self.meeting = Meeting(at, limits.limit_s, limits.warn_s, limits.grace_s)
            self.unknown, self._begun = None, True

    def passes(self, at: float) -> None:
        """Time has come to ``at``."""
        if self._down is not None and not self._held and at - self._down >= HOLD_S:
            self._held = True
            if not self._started_it:
                self.extend(self.limits.extend_s)

    def release(self, at: float) -> None:
        self.passes(at)
        self._down = None
        if not self._held and not self._started_it and self.meeting is not None:
            self.lasted.append(at - self.meeting.began)
            self.meeting = None

    def extend(self, by_s: float) -> None:
        """By the button or by command."""
        if self.meeting is not None:
            self.meeting = replace(self.meeting, limit_s=self.meeting.limit_s + by_s)

    def agrees(self, at: float, asked: dict[str, Any]) -> None:
        """By command: a meeting under what was agreed."""
        before, limits, limit_s = self.meeting, self.limits, asked.get("limit_s")
        if before is None:
            before = Meeting(at, limits.limit_s, limits.warn_s, limits.grace_s)
            self.unknown, self._begun = None, True
        if limit_s is not None:
            before = replace(before, limit_s=limit_s, warn_s=min(limits.warn_s, limit_s / 2))
        recorded = before.recorded or bool(asked.get("record"))
        self.meeting = replace(before, case=asked["case"], recorded=recorded)

    def told(self, key: Key) -> None:
        """An event has told that the meeting began."""
        if self.meeting is not None:
            self.meeting = replace(self.meeting, started=key)

    # A restart.

    @property
    def kept(self) -> Kept | None:
        """What must be on the disk once it has written."""
        if self.meeting is not None:
            return Kept(self.boot, self.meeting)
        return self.unknown

    def recovers(self, kept: Kept | None) -> Kept | None:
        """The disk was read. Gives the meeting that must be said to be unknown."""
        if kept is None or self._begun:
            return None
        if kept.boot == self.boot and not kept.unknown and not self._booted:
            self.meeting = kept.meeting
            return None
        self.unknown = replace(kept, unknown=True)
        return None if kept.unknown else kept

    def going_on(self, at: float) -> GoingOn | None:
        """What the start must name."""
        self._booted = True
        meeting = self.meeting
        if meeting is None or meeting.started is None:
            return None
        epoch, sequence = meeting.started
        return GoingOn(
            epoch=epoch,
            sequence=sequence,
            lasted_s=at - meeting.began,
            limit_s=meeting.limit_s,
            warn_s=meeting.warn_s,
            grace_s=meeting.grace_s,
            case=meeting.case,
        )

    # What is shown.

    def lights(self, at: float) -> dict[Light, Pattern]:
        """What the three lights must show."""
        lit: tuple[Light, Pattern] | None = (Light.AMBER, UNKNOWN) if self.unknown else None
        if self.meeting is not None:
            lasted_s, limit_s = at - self.meeting.began, self.meeting.limit_s
            if lasted_s < limit_s - self.meeting.warn_s:
                lit = Light.GREEN, STEADY
            elif lasted_s < limit_s:
                lit = Light.AMBER, STEADY
            else:
                lit = Light.RED, STEADY if lasted_s < limit_s + self.meeting.grace_s else BLINK
        return {
            light: lit[1] if lit and lit[0] is light else OFF
            for light in (Light.GREEN, Light.AMBER, Light.RED)
        }
