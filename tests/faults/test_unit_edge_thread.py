"""lgpio's one thread: nudged it goes round, ended it is noticed; its pipe lies where the unit wants it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# In a program of its own: the thread is one for the whole process, and here it is ended.
PROGRAM = """
import os, sys, time
from pathlib import Path
from device.hardware.edge_thread import NOBODY, EdgeThread
from device.hardware.gpio import import_lgpio

folder, here = Path(sys.argv[1]), Path.cwd()
lgpio = import_lgpio(folder)
assert Path.cwd() == here, Path.cwd()
assert [path.name for path in folder.iterdir() if path.is_fifo()], "the pipe"

def until(true, what):
    deadline = time.monotonic() + 15
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)

edges = EdgeThread(lgpio)
assert (edges.turns, edges.ended) == (0, False)
for turn in (1, 2, 3):
    edges.nudge()
    until(lambda: edges.turns == turn, f"nudge {turn}")

def fails(*_edge):
    raise ValueError("whoever takes the edge fails")

lgpio.callback(NOBODY << 16, NOBODY, lgpio.BOTH_EDGES, fails)
edges.nudge()
until(lambda: edges.ended, "it has ended")
answered = edges.turns
for _ in range(100_000):  # more than a pipe holds
    edges.nudge()
assert edges.turns == answered
edges.close()
print("all well")
"""


def run(folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_it_goes_round_when_nudged_and_is_noticed_when_it_has_ended(tmp_path: Path) -> None:
    pytest.importorskip("lgpio", reason="lgpio is not installed")
    before = set(ROOT.iterdir())
    assert "all well" in run(tmp_path, {})
    assert set(ROOT.iterdir()) == before, "nothing is left in the working folder"


def test_the_folder_that_the_environment_names_is_used(tmp_path: Path) -> None:
    pytest.importorskip("lgpio", reason="lgpio is not installed")
    (tmp_path / "named").mkdir()
    said = run(tmp_path, {"LG_WD": str(tmp_path / "named")})
    assert "AssertionError: the pipe" in said, "not in the folder that was given"
    assert [path.name for path in (tmp_path / "named").iterdir()] == [".lgd-nfy0"]
