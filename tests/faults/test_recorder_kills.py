"""The recorder is killed again and again while it writes: everything up to the open segment plays."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from device.recorder.durable import NEW
from tests.support.proofs import size
from tests.support.recorder import IDENTITY, RecorderBench, opened, sound_of
from wire.evidence.line import RATE_HZ

KILLS = size(3, 40)
ROOT = Path(__file__).resolve().parents[2]
SEGMENT_S = 10


def test_killed_while_it_writes(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(40)
    shelf = tmp_path / "shelf"
    certain: dict[str, int] = {}
    torn = 0
    for number in range(KILLS):
        said = tmp_path / "said"
        with said.open("wb") as out:
            words = [str(shelf), f"{number:016x}", str(IDENTITY.to_public())]
            command = [sys.executable, "-m", "tests.support.recorder_process", *words]
            recorder = subprocess.Popen(command, stdout=out, cwd=ROOT)
            until = time.monotonic() + 60
            while not said.stat().st_size and recorder.poll() is None and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.25))
            assert recorder.poll() is None, "it ends when it is killed, and not before"
            recorder.kill()
            recorder.wait()
        recording, stored = said.read_text().rpartition("\n")[0].rpartition("\n")[2].split()
        certain[recording] = int(stored)
        torn += bool(list(shelf.rglob(f"*{NEW}")))
    last = RecorderBench(shelf, boot="f" * 16)
    last.turns()
    assert last.recorder.fault(last.monotonic) is None
    seconds = 0.0
    assert len(certain) == KILLS
    for name, samples in certain.items():
        segments = opened(shelf, name)
        assert segments[-1][0].end == "power"
        sound = sound_of(segments)
        assert len(sound) >= samples, "what was once on the disk stays"
        assert len(sound) % (SEGMENT_S * RATE_HZ) == 0, "but for the open segment"
        assert np.array_equal(sound, (np.arange(len(sound)) % 30_000).astype("int16"))
        seconds += len(sound) / RATE_HZ
    record_property(
        "proved",
        f"{KILLS} kills, {torn} of them in the middle of a file; {seconds / 60:.0f} min of sound play, "
        "each recording up to its open segment",
    )
