"""What people ask of the unit from afar: done, or told why not, once for each command."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from device.decisions import Decision, Note, Restart, WatchLevel
from device.inputs import Now
from device.notes import COMMANDS_NOTED, CommandsNote
from device.recording import Recording
from device.sessions import Sessions
from device.telling import Telling
from wire.messages import Command
from wire.messages.commands import ARGUMENTS, NOT_RECORDED, Drill, Extend, Identify, Meet, Record, refusal
from wire.messages.commands import WatchLevel as WatchLevelArguments
from wire.messages.events import CommandAnswered


@dataclass(frozen=True, slots=True)
class Partly:
    """One half is to be done; ``why`` the other is not."""

    decided: list[Decision]
    why: str


Done = str | Partly | list[Decision]
"""Why not, or what is to be done."""


class Commands:
    """``take`` needs to know whether the alarm light says something and whether the microphone hears."""

    def __init__(self, telling: Telling, sessions: Sessions, recording: Recording) -> None:
        self._telling = telling
        self._recording = recording
        self._sessions = sessions
        self._answered: dict[str, None] = {}
        self._shown_until = float("-inf")
        self._drill = (float("inf"), float("-inf"))

    def recover(self, note: CommandsNote | None) -> list[Decision]:
        """What the last run has answered. The broker may deliver a command again after a restart: one that
        asks for a restart would never end.
        """
        if note is None:
            return []
        since = self._answered
        self._answered = dict.fromkeys([*note.ids, *since])
        # What was answered before the disk could be read was noted without what the disk had.
        return [self._note()] if since else []

    def take(self, command: Command, now: Now, *, alarm: bool, hears: bool) -> list[Decision]:
        """Do it and answer. A command that was answered already, or cannot be answered since the backlog is
        full, is left alone.
        """
        if command.id in self._answered or self._telling.full:
            return []
        self._answered[command.id] = None
        done = self._why_not(command, now) or self._do(command, now, alarm, hears)
        if isinstance(done, str):
            done = Partly([], done)
        elif isinstance(done, list):
            done = Partly(done, "")
        why = done.why
        said = CommandAnswered(command=command.id, name=command.name, done=not why, why=why)
        answer = self._telling.say(said, now)
        # What was done may have told of itself: events go out in the order of their sequences.
        end: list[Decision] = [Restart()] if command.name == "restart" and not why else []
        return [self._note(), *done.decided, *answer, *end]

    def showing(self, at: float) -> bool:
        """Whether the unit is to show where it is."""
        return at < self._shown_until

    def show_no_more(self) -> None:
        """An alarm needs the lights."""
        self._shown_until = float("-inf")

    def drill(self, at: float) -> bool:
        """Whether what was pressed then is practice."""
        begun, ends = self._drill
        return begun <= at < ends

    def _note(self) -> Note:
        for oldest in list(self._answered)[:-COMMANDS_NOTED]:
            del self._answered[oldest]
        return Note("commands", CommandsNote(ids=list(self._answered)))

    @staticmethod
    def _why_not(command: Command, now: Now) -> str:
        if not now.synced:
            return "the clock is not set: whether the command has expired is not known"
        return "expired" if now.wall > command.expires else ""

    def _do(self, command: Command, now: Now, alarm: bool, hears: bool) -> Done:
        try:
            arguments = ARGUMENTS[command.name].model_validate(command.arguments)
        except ValidationError as error:
            return refusal(error)
        do: dict[str, Callable[[Any], Done]] = {
            "identify": lambda asked: self._identify(asked, now, alarm),
            "watch-level": lambda asked: self._watch_level(asked, now, hears),
            "extend": lambda asked: self._extend(asked, command.id, now),
            "meet": lambda asked: self._meet(asked, command.id, now, hears),
            "drill": lambda asked: self._begin_drill(asked, now),
            "restart": lambda _asked: [],  # after the answer
            "record": lambda asked: self._record(asked, command.id, now, hears),
            "stop-record": lambda _asked: self._recording.asked_to_stop(),
        }
        return do[command.name](arguments)

    def _identify(self, asked: Identify, now: Now, alarm: bool) -> Done:
        if alarm:
            return "the alarm light has something to say"
        self._shown_until = now.monotonic + asked.seconds
        return []

    @staticmethod
    def _watch_level(asked: WatchLevelArguments, now: Now, hears: bool) -> Done:
        if not hears:
            return "no microphone that hears"
        return [WatchLevel(now.monotonic + asked.seconds)]

    def _extend(self, asked: Extend, command: str, now: Now) -> Done:
        return self._sessions.extend(asked.by_s, command, now)

    def _meet(self, asked: Meet, command: str, now: Now, hears: bool) -> Done:
        """The meeting begins whether it can be recorded or not: its limit protects staff all the same."""
        if why := self._sessions.why_not:
            return why
        why = ""
        recorded: list[Decision] = []
        if asked.record:
            agreed = self._recording.agreed(command, now, hears=hears)
            why, recorded = (agreed, []) if isinstance(agreed, str) else ("", agreed)
        if not self._sessions.goes_on:
            recorded = recorded or self._recording.session_began(now)
        met = self._sessions.meet(asked, command, now, recorded=self._recording.goes_on)
        return Partly([*met, *recorded], NOT_RECORDED + why if why else "")

    def _begin_drill(self, asked: Drill, now: Now) -> Done:
        self._drill = (now.monotonic, now.monotonic + asked.seconds)
        return []

    def _record(self, asked: Record, command: str, now: Now, hears: bool) -> Done:
        return self._recording.asked(asked.why, command, now, meeting=self._sessions.goes_on, hears=hears)
