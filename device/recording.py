"""When a recording starts and ends, and what is told of it. Whether anything is stored, the recorder says."""

from dataclasses import dataclass

from device.decisions import Decision, Hush, Speak, StartRecording, StopRecording, TakePictures
from device.inputs import Now, RecorderTold
from device.telling import Telling
from wire.evidence.line import End, Why
from wire.lights import OFF, STEADY, Pattern
from wire.messages.commands import NO_RECORDER, NOT_HEARING, RECORDER_FAILS
from wire.messages.events import RecordingEnded, RecordingStarted


@dataclass(frozen=True, slots=True)
class Policy:
    """What was settled for this counter."""

    limit_s: float
    """A recording lasts no longer, in seconds."""
    panic_s: float | None = None
    """A press of the panic button records at least so long, in seconds, and keeps a recording that goes on.
    None: it does neither."""
    sessions: bool = False
    """Whether every meeting is recorded from its start to its end."""
    notice_s: float = 0.0
    """Length of the sentence that tells visitors before anything is stored, in seconds; 0: none is spoken."""


@dataclass(slots=True)
class _Run:
    """One recording, from the order on."""

    order: int
    why: Why
    began: float
    command: str | None
    of_meeting: bool
    """Whether it is to go on until the meeting ends, and no longer."""
    spoken_until: float | None = None
    """When the sentence for visitors will have been spoken; None: the recorder has the order."""
    storing: bool = False
    told: bool = False
    """Whether its start has been told."""
    ends: tuple[float, End] | None = None
    """When it is to end, where that is known already."""


class Recording:
    """One recording at a time. Times are monotonic seconds."""

    def __init__(self, telling: Telling, policy: Policy | None) -> None:
        """``policy`` None: there is no recorder."""
        self._telling = telling
        self._policy = policy
        self._orders = 0
        self._run: _Run | None = None
        """What is to be recorded at this moment."""
        self._runs: dict[int, _Run] = {}
        """All that the recorder has not yet said the end of."""
        self._kept_until = float("-inf")
        """Until then nobody at the counter can end it: an aggressor can force a hand."""
        self.silent = False
        """Whether an alarm of this unit is under way: then nothing is spoken."""
        self.fails = False
        """Whether the recorder has told that it cannot store."""

    @property
    def light(self) -> Pattern:
        """Lit exactly while the recorder says that it stores."""
        return STEADY if any(run.storing for run in self._runs.values()) else OFF

    @property
    def goes_on(self) -> bool:
        """Whether a recording was ordered and not ended."""
        return self._run is not None

    @property
    def of_sessions(self) -> bool:
        """Whether every meeting is recorded."""
        return self._policy is not None and self._policy.sessions

    # What people do.

    def button(self, at: Now) -> list[Decision]:
        """The record button: starts one, or ends it whoever started it, unless the panic button keeps it."""
        if self._run is None:
            return self._start("staff", at)
        return [] if at.monotonic < self._kept_until else self._stop("staff")

    def panic(self, at: Now) -> list[Decision]:
        """The panic button was pressed."""
        at_once = self._spoken(hush=True)
        if self._policy is None or self._policy.panic_s is None:
            return at_once
        self._kept_until = max(self._kept_until, at.monotonic + self._policy.panic_s)
        return [*at_once, *([] if self._run else self._start("panic", at)), TakePictures()]

    def session_began(self, at: Now, *, agreed: bool = False) -> list[Decision]:
        """A meeting begins, or goes on after the program started anew. ``agreed``: it was agreed to record
        it."""
        if self._run is not None or not (self.of_sessions or agreed):
            return []
        return self._start("case" if agreed else "session", at, of_meeting=True)

    def agreed(self, command: str, now: Now, *, hears: bool) -> str | list[Decision]:
        """It was agreed to record the meeting: by command. A recording that goes on becomes the meeting's.
        Gives the reason when nothing can be recorded.
        """
        if self._policy is None:
            return NO_RECORDER
        if self._run is not None:
            self._run.of_meeting, self._run.ends = True, None
            return []
        if self.fails:
            return RECORDER_FAILS
        return self._start("case", now, command, of_meeting=True) if hears else NOT_HEARING

    def session_ended(self, at: Now) -> list[Decision]:
        """What was begun for the meeting ends with it, or when the panic button no longer keeps it."""
        if self._run is None or not self._run.of_meeting:
            return []
        if at.monotonic < self._kept_until:
            self._run.ends = (self._kept_until, "session")
            return []
        return self._stop("session")

    def asked(self, why: Why, command: str, now: Now, *, meeting: bool, hears: bool) -> str | list[Decision]:
        """By command. Gives the reason when it cannot be."""
        if self._policy is None:
            return NO_RECORDER
        if not hears:
            return NOT_HEARING
        if self._run is not None:
            return "a recording goes on"
        if why == "session" and not meeting:
            return "no meeting goes on"
        return self._start(why, now, command, of_meeting=why == "session")

    def asked_to_stop(self) -> str | list[Decision]:
        """By command, whatever keeps it. Gives the reason when there is nothing to end."""
        if self._policy is None:
            return NO_RECORDER
        if self._run is None:
            return "nothing is recorded"
        self._kept_until = float("-inf")
        return self._stop("hub")

    def tick(self, now: Now) -> list[Decision]:
        """Time has passed."""
        run, policy, at = self._run, self._policy, now.monotonic
        if run is None or policy is None:
            return []
        if run.spoken_until is not None:
            return self._spoken(hush=self.silent) if self.silent or at >= run.spoken_until else []
        if run.why == "panic" and not run.of_meeting and at >= self._kept_until:
            return self._stop("limit")
        if run.ends is not None and at >= max(run.ends[0], self._kept_until):
            return self._stop(run.ends[1])
        if at < run.began + policy.limit_s:
            return []
        ended = self._stop("limit")
        # The panic button's time is not over: what it keeps goes on as a recording of its own.
        return ended + self._start("panic", now) if at < self._kept_until else ended

    # What the recorder says.

    def told(self, told: RecorderTold, now: Now) -> list[Decision]:
        """What has become of an order; told as often as one likes."""
        run = self._runs.get(told.order)
        if run is None:
            # Of an earlier run of the program, closed now; anything else has been told.
            return [*self._ended(told, now)] if told.order == 0 else []
        run.storing = told.storing
        decided: list[Decision] = []
        if told.recording is not None and not run.told:
            run.told = True
            said = RecordingStarted(
                recording=told.recording, why=run.why, pre_roll_s=told.pre_roll_s, command=run.command
            )
            decided += self._telling.say(said, now.back_to(run.began))
        if told.end is not None:
            decided += self._ended(told, now)
            del self._runs[run.order]
            if self._run is run:
                self._run = None
        return decided

    def _ended(self, told: RecorderTold, now: Now) -> list[Decision]:
        if told.recording is None or told.end is None:
            return []
        said = RecordingEnded(
            recording=told.recording, end=told.end, stored_s=told.stored_s, missing_s=told.missing_s
        )
        return [*self._telling.say(said, now)]

    # Orders.

    def _start(
        self, why: Why, at: Now, command: str | None = None, *, of_meeting: bool = False
    ) -> list[Decision]:
        if self._policy is None:
            return []
        self._orders += 1
        self._run = run = _Run(self._orders, why, at.monotonic, command, of_meeting)
        self._runs[self._orders] = run
        if self._policy.notice_s and why != "panic" and not self.silent:
            run.spoken_until = at.monotonic + self._policy.notice_s
            return [Speak()]
        return [StartRecording(run.order, why)]

    def _spoken(self, *, hush: bool) -> list[Decision]:
        """Store now what waited for the sentence: it has been spoken, or nothing may sound any more."""
        run = self._run
        if run is None or run.spoken_until is None:
            return []
        run.spoken_until = None
        return [*([Hush()] if hush else []), StartRecording(run.order, run.why)]

    def _stop(self, end: End) -> list[Decision]:
        run, self._run = self._run, None
        if run is not None and run.spoken_until is not None:
            del self._runs[run.order]
            return [Hush()]
        return [StopRecording(run.order, end)] if run else []
