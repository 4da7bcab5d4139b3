"""What the hub takes for a moment it gives back."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
from hub.memory import give_back
from hub.people import Hasher

def held():
    for line in open("/proc/self/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024

if "give" in sys.argv:
    assert give_back()
before = held()
for _ in range(3):
    thread = threading.Thread(target=lambda: Hasher().hash("seven strange words"))
    thread.start()
    thread.join()
print(held() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc and glibc are Linux's")
def test_what_a_password_needs_is_given_back() -> None:
    def kept(*words: str) -> int:
        command = [sys.executable, "-c", PROGRAM, *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
        return int(done.stdout)

    assert kept("give") <= 8, "MB that stay"
    assert kept() >= 15, "otherwise this test finds nothing"
