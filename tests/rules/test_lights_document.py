"""The document of the lights is that which the code makes today."""

from tools.docs.lights import TARGET, rendered
from wire.lights import PATTERNS


def test_it_is_current() -> None:
    assert TARGET.read_text() == rendered(), "run: make docs"


def test_it_tells_every_pattern_and_its_meaning() -> None:
    rows = [line for line in TARGET.read_text().splitlines() if line.startswith("| ")]
    for pattern in PATTERNS.values():
        assert any(row.startswith(f"| {pattern.name} |") and pattern.means in row for row in rows), (
            pattern.name
        )
