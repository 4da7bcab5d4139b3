"""The hardware suite over real lgpio, in an emulated machine with a GPIO chip of the kernel."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.setup import system
from tools.test_gpio import kernel
from tools.test_gpio.__main__ import CACHE, PACKAGES, WHY_NOT, unsupported

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 600.0
"""More than the machine is given: then it ends by itself and says how far it came."""


def test_buttons_and_lights_over_the_kernels_pins(record_property: Callable[[str, object], None]) -> None:
    if why := unsupported():
        pytest.skip(why)
    if kernel.built(CACHE) is None or system.missing(PACKAGES):
        why = WHY_NOT.read_text(encoding="utf-8") if WHY_NOT.exists() else "make test makes it ready"
        pytest.skip(f"the machine is not there: {why}")
    done = subprocess.run(
        [sys.executable, "-m", "tools.test_gpio"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-2000:]}"
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    record_property("proved", f"{passed[1]} tests over real lgpio")
