"""Each promise names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISES = (ROOT / "docs" / "promises.md").read_text()
PROOFS = re.findall(r"`(tests/[^`]+)`", PROMISES)


@pytest.mark.parametrize("proof", sorted(set(PROOFS)))
def test_the_named_proof_exists(proof: str) -> None:
    file, _, name = proof.partition("::")
    assert (ROOT / file).is_file()
    assert not name or f"def {name}(" in (ROOT / file).read_text()


def test_no_promise_is_without_a_proof() -> None:
    rows = [line for line in PROMISES.splitlines() if line.startswith("| ") and "promise" not in line]
    assert rows
    assert [row for row in rows if "`tests/" not in row] == []
