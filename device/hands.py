"""What the heart decided, carried out: each decision by the part that it is for."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import structlog

from device.decisions import (
    Beep,
    Decision,
    HearWith,
    Hush,
    Note,
    Report,
    Restart,
    Send,
    Show,
    Speak,
    StartRecording,
    StopRecording,
    TakePictures,
    WatchLevel,
)
from device.hardware.board import Board
from device.inputs import Now
from device.loudspeaker import Loudspeaker
from device.microphone.ear import Ear
from device.outbox import Outbox
from device.uplink import Uplink

if TYPE_CHECKING:
    from device.recorder.recordings import Recordings

_log = structlog.get_logger()


class Hands:
    """Of one unit, on the owner's thread. ``stop`` ends the program."""

    def __init__(
        self,
        outbox: Outbox,
        uplink: Uplink,
        board: Board,
        ear: Ear,
        *,
        recordings: "Recordings | None",
        loudspeaker: Loudspeaker | None,
        stop: Callable[[], None],
    ) -> None:
        self._outbox = outbox
        self._uplink = uplink
        self._board = board
        self._ear = ear
        self._recordings = recordings
        self._loudspeaker = loudspeaker
        self._stop = stop
        self.level_until = float("-inf")
        """Until then somebody looks at the sound level; monotonic."""
        self.restart_asked = False

    def carry_out(self, decisions: Iterable[Decision], now: Now) -> None:
        """All of it, in order."""
        for decision in decisions:
            match decision:
                case Send(event):
                    self._outbox.put(self._uplink.send(event, now))
                    _log.info("event_made", type=event.type, sequence=event.sequence)
                case Show(light, pattern):
                    self._board.show(light, pattern)
                case Note(name, note):
                    self._outbox.note(name, note.model_dump_json().encode() if note else None)
                case Report(reported):
                    self._uplink.report(reported)
                case WatchLevel(until):
                    self.level_until = until
                case HearWith(sensitivity):
                    self._ear.hear_with(sensitivity)
                case Beep(times):
                    self._board.beep(times)
                case Speak() if self._loudspeaker is not None:
                    self._loudspeaker.say()
                case Hush() if self._loudspeaker is not None:
                    self._loudspeaker.hush()
                case StartRecording() | StopRecording() | TakePictures() if self._recordings is not None:
                    self._recordings.carry_out(decision, now)
                case Restart():
                    self.restart_asked = True
                    self._stop()
