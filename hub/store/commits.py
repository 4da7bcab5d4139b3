"""What is to be told after COMMIT: noted on the connection while the transaction runs, dropped with it."""

from sqlalchemy import Connection

_NOTED = "after_commit"


def after_commit(tx: Connection, what: str) -> None:
    """Let those who listen for ``what`` hear of it once this transaction is committed."""
    tx.info.setdefault(_NOTED, set()).add(what)


def take_noted(tx: Connection) -> set[str]:
    """What was noted since the last time; it is forgotten by that."""
    noted: set[str] = tx.info.pop(_NOTED, set())
    return noted
