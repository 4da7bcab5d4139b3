"""pytest inside the emulated machine: the board is said to be a Raspberry Pi, and a skip is no success."""

import os
import sys
from pathlib import Path

import pytest
from gpiozero.pins.lgpio import LGPIOFactory

REVISION = 0xC03111
"""A Raspberry Pi 4 B, 4 GB, as its boot loader writes it; gpiozero asks which pins the board has."""


class NothingSkipped:
    """Here the chip is there: a test that does not run proves nothing and must not look as if it did."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped.append(report.nodeid)


def main(arguments: list[str]) -> int:
    # lgpio, when it was imported, has gone to LG_WD.
    os.chdir(Path(__file__).resolve().parents[2])
    LGPIOFactory._get_revision = lambda _factory: REVISION
    nothing_skipped = NothingSkipped()
    options = ["-p", "no:cacheprovider", "--durations=5", "-v"]
    code = pytest.main([*options, *arguments], plugins=[nothing_skipped])
    if code == pytest.ExitCode.OK and nothing_skipped.skipped:
        print(f"skipped where all must run: {', '.join(nothing_skipped.skipped)}")
        return 1
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
