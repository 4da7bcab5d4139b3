"""Puts the verifier into one file: Python and the package cryptography are all that it needs then."""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "madomori-verify.pyz"
SHEBANG = b"#!/usr/bin/env python3\n"
START = "import sys\nfrom wire.verifier.__main__ import main\n\nsys.exit(main())\n"
WHOLE = (2026, 1, 1, 0, 0, 0)
"""The same time for every file: the same verifier is the same file."""


def build(target: Path) -> Path:
    """Write the file; gives its path."""
    sources = [ROOT / "wire" / "__init__.py", ROOT / "wire" / "topics.py"]
    for folder in ("evidence", "verifier"):
        sources += sorted((ROOT / "wire" / folder).glob("*.py"))
    with target.open("wb") as out:
        out.write(SHEBANG)
        with zipfile.ZipFile(out, "w") as file:
            for source in sources:
                _add(file, source.relative_to(ROOT).as_posix(), source.read_bytes())
            _add(file, "LICENSE", (ROOT / "LICENSE").read_bytes())
            _add(file, "__main__.py", START.encode())
    target.chmod(0o755)
    return target


def _add(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    file.writestr(zipfile.ZipInfo(name, WHOLE), data, zipfile.ZIP_DEFLATED)


def main(arguments: list[str]) -> int:
    """``[FILE]``: where to; by default the current folder."""
    if len(arguments) > 1:
        print("at most one file is wanted", file=sys.stderr)
        return 2
    print(build(Path(arguments[0] if arguments else NAME)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
