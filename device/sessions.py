"""The meetings of one counter: what is told of them, noted for a restart, shown and sounded."""

from dataclasses import replace

from device.decisions import Beep, Decision, Note
from device.hearing.leq import Exposure
from device.inputs import Now
from device.notes import SessionNote
from device.panel import Act
from device.telling import Telling
from device.timer import Limits, Meeting, Session, timer_lights
from wire.lights import OFF, Light, Pattern
from wire.limits import MEETING_S_MAX
from wire.messages.commands import NO_SESSION_BUTTON, Meet
from wire.messages.events import EventData, GoingOn, SessionStarted, SessionStopped, SessionUnknown

WARN_BEEPS, LIMIT_BEEPS = 1, 2
"""How often the buzzer sounds as the amber and as the red light comes on."""


class Sessions:
    """Not thread-safe; times are monotonic seconds, so that setting the clock changes no meeting."""

    def __init__(self, telling: Telling, limits: Limits, *, button: bool = True) -> None:
        """``button``: staff have one to end a meeting with."""
        self._button = button
        self._telling = telling
        self._meeting = Meeting(limits)
        self._unknown = False
        self._booted = False
        self._begun = False
        """Whether a meeting has begun since the program started."""
        self._sounded: Light | None = None
        self._exposure = Exposure()
        self._exposure_before = Exposure()
        """What had been heard when the meeting began; nothing, where the program has begun since."""

    def use(self, limits: Limits) -> None:
        """From the next meeting on. One that runs keeps what was announced for it."""
        self._meeting.limits = limits

    def heard(self, exposure: Exposure) -> None:
        """All that this program has heard so far; told every second or so."""
        self._exposure = exposure

    @property
    def goes_on(self) -> bool:
        """Whether there is a meeting."""
        return self._meeting.session is not None

    @property
    def recorded(self) -> bool:
        """Whether it was agreed to record the meeting that goes on."""
        return self._meeting.session is not None and self._meeting.session.recorded

    @property
    def why_not(self) -> str:
        """Why no meeting can be begun by command; empty where it can."""
        return "" if self._button or self.goes_on else NO_SESSION_BUTTON

    def meet(self, asked: Meet, command: str, now: Now, *, recorded: bool) -> list[Decision]:
        """By command: a meeting begins under what was agreed, or the one that goes on is put under it."""
        if not self.goes_on:
            self._exposure_before = self._exposure
        return self._tell(self._meeting.agreed(asked, now.monotonic, command, recorded=recorded), now)

    def act(self, act: Act, at: Now, *, recorded: bool = False) -> list[Decision]:
        """Take a gesture of the session button. ``recorded``: whether a meeting that begins is recorded."""
        said = self._meeting.act(act, at.monotonic)
        if isinstance(said, SessionStarted):
            self._exposure_before = self._exposure
            said = said.model_copy(update={"recorded": recorded})
        elif isinstance(said, SessionStopped):
            said = self._with_level(said)
        return self._tell(said, at) if said else []

    def _with_level(self, said: SessionStopped) -> SessionStopped:
        laeq_dba = self._exposure.since(self._exposure_before)
        if laeq_dba is None:
            return said
        heard_s = self._exposure.seconds - self._exposure_before.seconds
        return said.model_copy(update={"laeq_dba": laeq_dba, "heard_s": heard_s})

    def extend(self, by_s: float | None, command: str, now: Now) -> str | list[Decision]:
        """By command; ``by_s`` None is what the button gives. Gives the reason when it cannot be."""
        session = self._meeting.session
        if session is None:
            return "no meeting goes on"
        by_s = self._meeting.limits.extend_s if by_s is None else by_s
        if session.limit_s + by_s > MEETING_S_MAX:
            return f"a meeting may last at most {MEETING_S_MAX:g} s"
        return self._tell(self._meeting.extend(session, by_s, command), now)

    def recover(self, note: SessionNote | None, now: Now) -> list[Decision]:
        """Go on with what the last run noted, if this boot still knows how long ago that was.

        After ``going_on`` was asked it is too late: the hub was told that nothing goes on. Likewise after a
        run that did not know. A meeting that has begun since leaves no question about the old one.
        """
        if note is None or self._begun:
            return []
        same_boot = note.boot == self._telling.identity.boot and note.began <= now.monotonic
        if same_boot and not note.unknown and not self._booted:
            started = (note.epoch, note.sequence) if note.epoch and note.sequence else None
            self._meeting.session = Session(
                note.began,
                note.limit_s,
                note.warn_s,
                note.grace_s,
                started,
                note.case,
                note.recorded,
            )
            self._sounded = self._lit(now.monotonic)
            return []
        self._unknown = True
        if note.unknown:
            return []
        said = SessionUnknown(epoch=note.epoch, sequence=note.sequence)
        return [Note("session", note.model_copy(update={"unknown": True})), *self._telling.say(said, now)]

    def going_on(self, now: Now) -> GoingOn | None:
        """What the start of the program says of the meeting. Of one whose beginning could not be told the hub
        knows nothing, and nothing is said.
        """
        self._booted = True
        session = self._meeting.session
        if session is None or session.started is None:
            return None
        return GoingOn(
            epoch=session.started[0],
            sequence=session.started[1],
            lasted_s=session.lasted_s(now.monotonic),
            limit_s=session.limit_s,
            warn_s=session.warn_s,
            grace_s=session.grace_s,
            case=session.case,
        )

    def lights(self, at: float) -> dict[Light, Pattern]:
        """What green, amber and red show."""
        return timer_lights(self._meeting.session, at, unknown=self._unknown)

    def sound(self, at: float) -> list[Decision]:
        """The buzzer at the moments when the amber and the red light come on; each is given once."""
        lit = self._lit(at)
        if lit is self._sounded:
            return []
        before, self._sounded = self._sounded, lit
        if lit is Light.AMBER and before is Light.GREEN:
            return [Beep(WARN_BEEPS)]
        return [Beep(LIMIT_BEEPS)] if lit is Light.RED and before is not None else []

    def _lit(self, at: float) -> Light | None:
        shown = timer_lights(self._meeting.session, at)
        return next((light for light, pattern in shown.items() if pattern is not OFF), None)

    def _tell(self, said: EventData, at: Now) -> list[Decision]:
        told = self._telling.say(said, at)
        session = self._meeting.session
        if isinstance(said, SessionStarted) and session is not None:
            self._unknown, self._begun = False, True
            started = (self._telling.identity.epoch, self._telling.sequence) if told else None
            self._meeting.session = session = replace(session, started=started)
        # Noted first: a meeting of which the hub hears and the disk does not would end with the program.
        return [Note("session", self._note(session)), *told]

    def _note(self, session: Session | None) -> SessionNote | None:
        if session is None:
            return None
        epoch, sequence = session.started or (None, None)
        return SessionNote(
            boot=self._telling.identity.boot,
            began=session.began,
            limit_s=session.limit_s,
            warn_s=session.warn_s,
            grace_s=session.grace_s,
            epoch=epoch,
            sequence=sequence,
            case=session.case,
            recorded=session.recorded,
        )
