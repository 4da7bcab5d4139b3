"""The model of what people ask of a unit from afar: commands, drills, desired limits."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from device.inputs import Now
from tests.support.unit_heart import LIMITS
from tests.support.unit_meetings import Timer
from tests.support.unit_recorder import Recorder
from wire.lights import OFF, Pattern
from wire.limits import MEETING_S_MAX
from wire.messages import Command, Config, Reported
from wire.messages.events import CommandAnswered

Settings = dict[str, float]


@dataclass
class Asked:
    """Of one run of the program. ``answered`` and ``config`` outlive it on the disk."""

    timer: Timer
    recorder: Recorder
    hears: Callable[[], bool]
    """Whether the microphone works."""
    answered: list[str] = field(default_factory=list)
    config: tuple[int, Settings] = (0, {})
    identify_until: float = -inf
    _drill: tuple[float, float] = (inf, -inf)
    _answer: tuple[str, bool] | None = None
    """Command and whether it must be done; None when no answer is due."""
    _report: tuple[int, bool] = (0, True)

    def drill(self, at: float) -> bool:
        """Whether a press at ``at`` is practice."""
        begun, ends = self._drill
        return begun <= at < ends

    # Commands.

    def arrives(self, command: Command, now: Now, *, full: bool, alarm: Pattern) -> None:
        """A command is about to be handed to the unit."""
        if command.id in self.answered or full:
            return
        self.answered.append(command.id)
        may = now.synced and now.wall <= command.expires
        self._answer = command.id, may and self._does(command, now, alarm)

    def _does(self, command: Command, now: Now, alarm: Pattern) -> bool:
        at, seconds = now.monotonic, command.arguments.get("seconds", 0.0)
        self.timer.passes(at)
        meeting = self.timer.meeting
        match command.name:
            case "drill":
                self._drill = at, at + seconds
            case "identify":
                if alarm is not OFF:
                    return False
                self.identify_until = at + seconds
            case "extend":
                by_s = command.arguments.get("by_s", self.timer.limits.extend_s)
                if meeting is None or meeting.limit_s + by_s > MEETING_S_MAX:
                    return False
                self.timer.extend(by_s)
            case "meet":
                self.timer.agrees(at, command.arguments)
                return not command.arguments.get("record") or self.recorder.keeps_for_meeting(self.hears())
            case "record":
                return self.recorder.wanted is None and self.hears()
            case "stop-record":
                if self.recorder.wanted is None:
                    return False
                self.recorder.kept_until = -inf
        return True

    def made(self, answer: CommandAnswered) -> None:
        """The unit answered."""
        assert (answer.command, answer.done) == self._answer, "done or not as it must be, and once"
        assert bool(answer.why) is not answer.done
        self._answer = None

    def handled(self) -> None:
        """All that follows from the last input is done."""
        assert self._answer is None, "every command is answered"

    # The desired configuration.

    def desires(self, config: Config) -> None:
        """A configuration is about to be handed to the unit."""
        version, settings = self.config
        if config.version > version:
            applied = self._use(config.version, dict(config.settings))
        else:
            applied = config.version == version and config.settings == settings
        self._report = config.version, applied

    def reported(self, reported: Reported) -> None:
        assert (reported.version, reported.applied) == self._report

    def _use(self, version: int, settings: Settings) -> bool:
        limits = replace(LIMITS, **settings)
        if limits.warn_s > limits.limit_s:
            return False
        self.config, self.timer.limits = (version, settings), limits
        return True

    def recovers(self, answered: list[str], config: tuple[int, Settings]) -> None:
        """The disk was read."""
        self.answered = [*answered, *(each for each in self.answered if each not in answered)]
        if config[0] > self.config[0]:
            self._use(*config)
            self._report = config[0], True
