"""Random histories on the real tables: what a transaction decides is told once, and told in the end."""

from collections.abc import Callable

from tests.support import proofs
from tests.support.histories import History
from tests.support.hub_store import Database
from tests.support.store_hub import StoreHub, drain, left_over

HISTORIES = proofs.size(5, 400)


def test_the_database_keeps_the_promises_of_the_heart(
    store: Database, record_property: Callable[[str, object], None]
) -> None:
    pages = 0
    sent: dict[str, int] = {}
    for seed in range(HISTORIES):
        hub = StoreHub(store, f"u{seed}", seed)
        history = History(hub, seed, steps=30)
        try:
            pages += history.run().pages
        except AssertionError as error:
            raise AssertionError(f"history {seed}: {error}") from error
        drain(hub, history.now + 1000.0)
        assert left_over(store) == [], f"history {seed}"
        for number, times in hub.sent.items():
            sent[number] = sent.get(number, 0) + times
    assert pages > HISTORIES
    assert store.rows("select count(*) from notices where state = 'sent'") <= [(len(sent),)]
    record_property("proved", f"{HISTORIES} histories with {pages} pages on {store.engine.dialect.name}")
