"""One line of progress for a person, in Japanese and in English."""

import sys


def say(japanese: str, english: str) -> None:
    """Print one line at once. A terminal that cannot show a character gets "?", never a crash."""
    encoding = sys.stdout.encoding or "ascii"
    line = f"{japanese} / {english}"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)
