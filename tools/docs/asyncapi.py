"""Write ``docs/asyncapi.json`` from the code."""

import json
import sys
from pathlib import Path

from wire.asyncapi import document

TARGET = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.json"


def rendered() -> str:
    """The document as the file holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered())
    sys.stdout.write(f"{TARGET.name} written\n")
