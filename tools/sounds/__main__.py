"""``python -m tools.sounds FOLDER``: make the demo's sounds."""

import argparse
from pathlib import Path

from tools.sounds.catalogue import write


def main() -> None:
    """Write them and say what was written."""
    parser = argparse.ArgumentParser(prog="python -m tools.sounds", description="Make the demo's sounds.")
    parser.add_argument("folder", type=Path, help="made when absent")
    for entry in write(parser.parse_args().folder):
        print(f"{entry.file}: {entry.seconds:.1f} s, to be played at {entry.level_dba:g} dB(A)")


if __name__ == "__main__":
    main()
