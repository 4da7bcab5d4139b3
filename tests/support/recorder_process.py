"""A recorder in a process of its own, fed as fast as it takes it, until it is killed.

``python -m tests.support.recorder_process FOLDER BOOT RECIPIENT``; after each second of sound it prints the
recording and how many of its samples are certainly on the disk.
"""

import sys
from pathlib import Path

from tests.support.recorder import RecorderBench


def main(folder: str, boot: str, recipient: str) -> None:
    """Until it is killed."""
    bench = RecorderBench(Path(folder), pre_roll_s=0.0, boot=boot, recipient=recipient)
    bench.begins()
    while True:
        bench.hears(1, read_s=0.5)
        going = bench.recorder._open
        if going is not None and going.stored:
            print(bench.told[-1].recording, going.stored, flush=True)  # noqa: T201 - for the test


if __name__ == "__main__":
    main(*sys.argv[1:])
