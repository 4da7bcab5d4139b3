"""What was noted of each loud second, a file a day: written where the settings say so, never any sound.

The ear hands over seconds; a thread of its own writes them, since a disk that is slow must not make it deaf.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import structlog

from device.hearing.figures import SensitivityName
from device.hearing.findings import Reasons
from device.hearing.replay import COLUMNS, Found, RowRefused, Second, replay, second_of

FOLDER = "features"
DAYS_KEPT = 7
BYTES_MAX = 8_000_000
"""Of one day: a day that is loud without a pause has 5 MB."""

QUEUE_SECONDS = 600
"""Seconds that wait for a slow disk; newer ones are dropped."""

_LOOK_S = 0.2
"""How often the writer looks whether it is to leave."""

HEAD = ",".join(COLUMNS) + "\n"

_log = structlog.get_logger()


class FeatureFile:
    """Takes what the hearing saw in every tenth of a second, writes a row for each second."""

    def __init__(
        self, state_dir: Path, now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    ) -> None:
        self._folder = state_dir / FOLDER
        self._now = now
        self._newest: Second | None = None
        self._waiting: queue.Queue[Second] = queue.Queue(QUEUE_SECONDS)
        self._leaving = threading.Event()
        self._dropped = False
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="features", daemon=True)

    def start(self) -> None:
        """Begin to write; files of days long gone are deleted with each new day."""
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """Write what waits and end; False when that took too long."""
        if self._newest is not None:
            self._offer(self._newest)
            self._newest = None
        self._leaving.set()
        if self._thread.ident:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def look(self, level_dba: float, background_dba: float, score: float, reasons: Reasons) -> None:
        """What was seen just now; returns at once."""
        time = self._now().replace(microsecond=0)
        before = self._newest
        if before is not None and before.time != time:
            self._offer(before)
            before = None
        if before is not None:
            level_dba = max(level_dba, before.level_dba)
            if score < before.score:
                score, reasons = before.score, before.reasons
        self._newest = Second(time, level_dba, background_dba, score, reasons)

    def _offer(self, second: Second) -> None:
        try:
            self._waiting.put_nowait(second)
        except queue.Full:
            if not self._dropped:
                _log.warning("feature_rows_dropped", queue=QUEUE_SECONDS)
            self._dropped = True

    def _run(self) -> None:
        while True:
            try:
                second = self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                if self._leaving.is_set():
                    return
                continue
            try:
                self._write(second)
                self._failed = False
            except OSError as error:
                if not self._failed:
                    _log.error("feature_rows_not_written", error=str(error))
                self._failed = True

    def _write(self, second: Second) -> None:
        file = self._folder / f"{second.time.date().isoformat()}.csv"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._folder.glob("*.csv"))[: -(DAYS_KEPT - 1)]:
                old.unlink()
            file.write_text(HEAD)
        if file.stat().st_size < BYTES_MAX:
            with file.open("a") as lines:
                lines.write(second.row() + "\n")


class FileRefused(ValueError):
    """The file is not one of kept seconds; the message says where."""


def read(file: Path) -> Iterator[Second]:
    """The kept seconds of a file; ``FileRefused``. A last row cut short by a power cut is left away."""
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{file.name} cannot be read: {error}") from error
    if not text.startswith(HEAD):
        raise FileRefused(f"{file.name} must begin with {HEAD.strip()}; given: {text[:80]!r}")
    for number, row in enumerate(text[len(HEAD) :].split("\n")[:-1], start=2):
        try:
            yield second_of(row)
        except RowRefused as refusal:
            raise FileRefused(f"{file.name}, line {number}: {refusal}") from refusal


def told(file: Path, sensitivities: list[SensitivityName]) -> list[str]:
    """Lines for people: how many findings each sensitivity would have made; those of a single one, too."""
    seconds = list(read(file))
    lines = [f"{len(seconds)} loud seconds in {file.name}"]
    for name in sensitivities:
        found = replay(seconds, name)
        lines.append(f"{name}: {len(found)} findings")
        if len(sensitivities) == 1:
            lines += [_line(one) for one in found]
    return lines


def _line(found: Found) -> str:
    return (
        f"  {found.began.isoformat(timespec='seconds')}  {found.seconds:.0f} s  {found.level_dba:.1f} dB(A)  "
        f"score {found.score:.2f}"
    )
