"""Random histories: nobody waits longer than their tier says, and nobody is called in vain."""

from collections import Counter

import pytest

from tests.support import proofs
from tests.support.histories import History
from tests.support.memory_hub import MemoryHub

HISTORIES = proofs.size(200, 10_000)

HAPPENS = {
    *("panic", "assist", "shout", "late press", "acknowledge", "come", "arrive", "hand-over", "give-back"),
    *(
        "snooze",
        "note",
        "resolve",
        "people left",
        "everybody left",
        "killed in a step",
        "killed between steps",
    ),
    *("told: alarm", "told: escalation", "told: arrival", "told: sign"),
}


def test_nobody_waits_longer_than_their_tier_and_nobody_is_called_in_vain(
    record_property: pytest.TestReport,
) -> None:
    happened: Counter[str] = Counter()
    pages = 0
    for seed in range(HISTORIES):
        history = History(MemoryHub(), seed)
        try:
            pages += history.run().pages
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error
        happened.update(history.done)
    assert set(happened) >= HAPPENS, f"never happened: {HAPPENS - set(happened)}"
    record_property("proved", f"{HISTORIES} histories, {pages} pages, {sum(happened.values())} happenings")  # type: ignore[operator]
