"""The ear: reads frames, runs the hearing over them, and knows how the microphone is."""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import structlog

from device.feature_file import FeatureFile
from device.hearing.calibration import Calibration
from device.hearing.figures import FRAME_S, SensitivityName
from device.hearing.findings import Heard
from device.hearing.hearing import Hearing
from device.hearing.leq import Exposure
from device.microphone.portaudio import PortAudioMicrophone
from device.microphone.reader import OnSound, Reader
from device.microphone.simulated import SimulatedMicrophone
from device.microphone.source import READ_FRAMES, Source
from device.settings import MicrophoneSettings

GIVE_UP_S = 10.0
"""A microphone that gives nothing for so long has failed."""

SILENT_S = 5.0
"""Digital zero, or full scale, for so long is no room: a muted or dead microphone, a broken wire."""

RETRY_FIRST_S = 1.0
RETRY_MOST_S = 30.0
"""Waits between attempts to open a failed source double from the first to the last."""

HUNG_MOST = 2
"""Readers that may hang at once. A hung read cannot be ended: every further attempt may leave one more."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EarStatus:
    """How the microphone is at this moment."""

    state: Literal["off", "hearing", "silent", "failed"]
    """``off``: none is fitted, or the ear is stopped. Between the start and the first sound it is ``hearing``
    without a level."""
    level_dba: float | None = None
    background_dba: float | None = None
    threshold_dba: float | None = None
    """From this level on a sustained sound may be a shout."""
    minute_dba: float | None = None
    """LAeq of the newest minute."""
    exposure: Exposure | None = None
    """All that was heard since the start."""
    clips: bool = False
    """Sound lies beyond full scale: levels read too low."""
    gain_turns: bool = False
    """The microphone turns its own gain: levels cannot be relied on."""
    detail: str = ""
    """What is wrong; empty when nothing is."""


class Ear:
    """One microphone and the hearing behind it, on a thread of their own.

    ``on_heard`` is called on that thread and must return at once. What it raises ends the hearing: the
    status then says failed.
    """

    def __init__(
        self,
        settings: MicrophoneSettings,
        on_heard: Callable[[Heard], None],
        new_source: Callable[[], Source] | None = None,
        *,
        calibration: Calibration | None = None,
        features: FeatureFile | None = None,
        on_sound: OnSound | None = None,
        give_up_s: float = GIVE_UP_S,
        silent_s: float = SILENT_S,
        retry_first_s: float = RETRY_FIRST_S,
    ) -> None:
        """``new_source`` replaces the source that the settings name; it is called for every opening.
        ``calibration`` replaces what the settings say of full scale. ``features`` keeps what the hearing saw;
        ``on_sound`` see ``Reader``.
        """
        self.calibration = calibration or Calibration(settings.full_scale_dba, settings.calibrated)
        """What the levels are reckoned by."""
        self.simulated: SimulatedMicrophone | None = None
        """The microphone to play into, where the settings say ``simulated``."""
        if settings.source == "simulated":
            self.simulated = SimulatedMicrophone(settings.full_scale_dba)
        self._fitted = settings.source != "none"
        self._device = settings.device
        self._hearing = Hearing(
            self.calibration.full_scale_dba, self.calibration.calibrated, sensitivity=settings.sensitivity
        )
        self._on_heard = on_heard
        self._features = features
        self._on_sound = on_sound
        self._new_source = new_source or self._source_of_settings
        self._give_up_s = give_up_s
        self._silent_reads = round(silent_s / (READ_FRAMES * FRAME_S))
        self._retry_first_s = retry_first_s
        self._dead = 0
        self._turns = 0
        self._status = EarStatus("off")
        self._stop = threading.Event()
        self._reader: Reader | None = None
        self._hung: list[Reader] = []
        self._thread = threading.Thread(target=self._run, name="ear", daemon=True)

    @property
    def fitted(self) -> bool:
        """Whether the settings name a microphone."""
        return self._fitted

    @property
    def turns(self) -> int:
        """How often the ear has gone round, hearing or waiting; never less than once in some seconds."""
        return self._turns

    def nudge(self) -> None:
        """Nothing to do: it goes round by itself."""

    def start(self) -> None:
        """Begin to listen; nothing happens where no microphone is fitted."""
        if self._fitted:
            self._status = EarStatus("hearing")
            if self._features is not None:
                self._features.start()
            self._thread.start()

    def hear_with(self, sensitivity: SensitivityName) -> None:
        """From now on be so sensitive; from any thread."""
        self._hearing.hear_with(sensitivity)

    def status(self) -> EarStatus:
        """The newest status; from any thread."""
        if self._fitted and self._thread.ident and not self._thread.is_alive() and not self._stop.is_set():
            return EarStatus("failed", detail="the hearing ended by an error; see the log")
        return self._status

    def stop(self, timeout_s: float) -> None:
        """End within ``timeout_s``; a microphone that hangs is left behind, which the log calls an error."""
        deadline = time.monotonic() + timeout_s
        self._stop.set()
        if self._thread.ident:
            self._thread.join(timeout_s)
        if self._reader is not None:
            self._reader.leave()
            self._hung.append(self._reader)
        for reader in self._hung:
            if not reader.join(max(0.0, deadline - time.monotonic())):
                _log.error("microphone_thread_hangs", timeout_s=timeout_s)
        if self._thread.is_alive():
            _log.error("ear_thread_hangs", timeout_s=timeout_s)
        if self._features is not None and not self._features.stop(max(0.1, deadline - time.monotonic())):
            _log.error("feature_file_hangs", timeout_s=timeout_s)
        self._status = EarStatus("off")

    def _source_of_settings(self) -> Source:
        return self.simulated or PortAudioMicrophone(self._device)

    def _run(self) -> None:
        wait_s = self._retry_first_s
        while not self._stop.is_set():
            reader = Reader(self._new_source(), self._on_sound)
            self._reader = reader
            reader.start()
            heard_any, why = self._listen(reader)
            if self._stop.is_set():
                return
            self._fail(why)
            reader.leave()
            if not reader.ended:
                self._hung.append(reader)
            self._reader = None
            if heard_any:
                wait_s = self._retry_first_s
            self._wait_to_retry(wait_s)
            wait_s = min(2.0 * wait_s, RETRY_MOST_S)

    def _listen(self, reader: Reader) -> tuple[bool, str]:
        """Hear until the reader fails or the ear is stopped: whether anything came, and what went wrong."""
        heard_any = False
        wait_s = min(0.2, self._give_up_s / 4)
        # Waits are counted, not seconds: a machine that was suspended has not lost its microphone.
        waits = 0
        while not self._stop.is_set():
            self._turns += 1
            try:
                read = reader.reads.get(timeout=wait_s)
            except queue.Empty:
                waits += 1
                if reader.ended:
                    return (
                        heard_any,
                        reader.failure or "the microphone's thread ended by an error; see the log",
                    )
                if waits * wait_s >= self._give_up_s:
                    return heard_any, f"gave nothing for {self._give_up_s:g} s"
                continue
            waits = 0
            heard_any = True
            self._hear(np.frombuffer(read, dtype="<i2").astype(np.int16, copy=False))
        return heard_any, ""

    def _hear(self, read: npt.NDArray[np.int16]) -> None:
        findings = self._hearing.feed(read)
        nothing_but = self._hearing.nothing_but
        self._dead = self._dead + 1 if nothing_but else 0
        silent = self._dead >= self._silent_reads
        before = self._status.state
        hearing = self._hearing
        self._status = EarStatus(
            "silent" if silent else "hearing",
            hearing.level_dba,
            hearing.background_dba,
            hearing.threshold_dba,
            hearing.minute_dba,
            hearing.exposure,
            hearing.clips,
            hearing.gain_turns,
            f"nothing but {nothing_but}" if silent else "",
        )
        if before != self._status.state:
            _log.info("microphone_state", state=self._status.state)
        for heard in findings:
            self._on_heard(heard)
        reasons = hearing.reasons
        if self._features is not None and reasons is not None:
            self._features.look(hearing.level_dba, hearing.background_dba, hearing.score, reasons)

    def _fail(self, why: str) -> None:
        if self._status.state != "failed":
            _log.error("microphone_failed", why=why)
        self._status = EarStatus("failed", detail=why)

    def _wait_to_retry(self, wait_s: float) -> None:
        """Until it is time to try again and few enough readers hang; at once when one came back to life."""
        began = time.monotonic()
        while not self._stop.wait(min(0.2, wait_s)):
            self._turns += 1
            hung = [reader for reader in self._hung if not reader.ended]
            came_back = len(hung) < len(self._hung)
            self._hung = hung
            waited = time.monotonic() - began >= wait_s
            if came_back or (waited and len(self._hung) < HUNG_MOST):
                return
