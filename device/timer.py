"""The session timer: how long a meeting has lasted, and what its three lights say.

Times are monotonic seconds, so that setting the clock changes no meeting.
"""

from dataclasses import dataclass, replace
from typing import Self

from device.panel import Act
from wire.lights import BLINK, OFF, STEADY, UNKNOWN, Light, Pattern
from wire.messages.commands import Meet
from wire.messages.events import (
    EventData,
    SessionAgreed,
    SessionExtended,
    SessionStarted,
    SessionStopped,
)

TIMER_LIGHTS = (Light.GREEN, Light.AMBER, Light.RED)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a meeting at this counter, in seconds."""

    limit_s: float
    warn_s: float
    grace_s: float
    extend_s: float


@dataclass(frozen=True, slots=True)
class Session:
    """A meeting that runs."""

    began: float
    limit_s: float
    """From the start, with all extensions."""
    warn_s: float
    grace_s: float
    started: tuple[str, int] | None = None
    """Epoch and sequence of the event that started it; None when there was no room for that event."""
    case: int | None = None
    """The agreement with the visitor under which it goes on."""
    recorded: bool = False
    """Whether that asks for a recording until the meeting ends."""

    def extended(self, by_s: float) -> Self:
        """The same meeting with more time."""
        return replace(self, limit_s=self.limit_s + by_s)

    def lasted_s(self, at: float) -> float:
        """Never negative, whatever order edges and ticks came in."""
        return max(0.0, at - self.began)


class Meeting:
    """The session button: a press starts a meeting at once; then a tap stops it, a hold extends it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        """Of the next meeting; one that runs keeps its own."""
        self.session: Session | None = None
        """None while no meeting runs."""
        self._starting = False
        """Whether the button is still down from the press that started the meeting."""

    def act(self, act: Act, at: float) -> EventData | None:
        """Take a gesture of the session button; gives what is to be told of it."""
        session, limits = self.session, self.limits
        if session is None:
            if act is not Act.SESSION_DOWN:
                return None
            self._starting = True
            self.session = Session(at, limits.limit_s, limits.warn_s, limits.grace_s)
            return SessionStarted(limit_s=limits.limit_s, warn_s=limits.warn_s, grace_s=limits.grace_s)
        if act is Act.SESSION_DOWN:
            self._starting = False
        elif self._starting:
            return None
        elif act is Act.SESSION_HOLD:
            return self.extend(session, limits.extend_s)
        elif act is Act.SESSION_TAP:
            self.session = None
            return SessionStopped(lasted_s=session.lasted_s(at))
        return None

    def agreed(
        self, asked: Meet, at: float, command: str, *, recorded: bool
    ) -> SessionStarted | SessionAgreed:
        """A meeting begins under what was agreed, or the one that runs is put under it. ``recorded``: whether
        it is recorded from now on. A limit that is agreed comes with an amber light no earlier than half way,
        else a short meeting would have no green one.
        """
        session, own = self.session, self.limits
        limit_s, warn_s = asked.limit_s, own.warn_s
        if limit_s is not None:
            warn_s = min(warn_s, limit_s / 2)
        if session is None:
            limit_s = own.limit_s if limit_s is None else limit_s
            self._starting = False
            self.session = Session(at, limit_s, warn_s, own.grace_s, case=asked.case, recorded=asked.record)
            return SessionStarted(
                limit_s=limit_s,
                warn_s=warn_s,
                grace_s=own.grace_s,
                recorded=recorded,
                case=asked.case,
                command=command,
            )
        if limit_s is None:
            limit_s, warn_s = session.limit_s, session.warn_s
        keeps = session.recorded or asked.record
        self.session = replace(session, limit_s=limit_s, warn_s=warn_s, case=asked.case, recorded=keeps)
        return SessionAgreed(
            case=asked.case,
            limit_s=limit_s,
            warn_s=warn_s,
            grace_s=session.grace_s,
            recorded=recorded,
            command=command,
        )

    def extend(self, session: Session, by_s: float, command: str | None = None) -> SessionExtended:
        """Give the running ``session`` more time."""
        self.session = session.extended(by_s)
        return SessionExtended(by_s=by_s, limit_s=self.session.limit_s, command=command)


def timer_lights(session: Session | None, at: float, *, unknown: bool = False) -> dict[Light, Pattern]:
    """What green, amber and red show: exactly one is lit while a meeting runs. ``unknown``: there was one
    before the power failed, and no new one has begun.
    """
    shown = dict.fromkeys(TIMER_LIGHTS, OFF)
    if session is None:
        if unknown:
            shown[Light.AMBER] = UNKNOWN
        return shown
    lasted_s = session.lasted_s(at)
    if lasted_s < session.limit_s - session.warn_s:
        shown[Light.GREEN] = STEADY
    elif lasted_s < session.limit_s:
        shown[Light.AMBER] = STEADY
    elif lasted_s < session.limit_s + session.grace_s:
        shown[Light.RED] = STEADY
    else:
        shown[Light.RED] = BLINK
    return shown
