"""Which transaction of a connection this is, so that two which follow each other can be told from two that do
not."""

from itertools import count

from sqlalchemy import Connection

_TURN = "turn"
_connections = count(0, 2**40)


def begin_turn(tx: Connection) -> None:
    """A transaction begins. After one that was not committed it does not count as the next."""
    turn, committed = tx.info.get(_TURN) or (next(_connections), True)
    tx.info[_TURN] = (turn + (1 if committed else 2), False)


def end_turn(tx: Connection) -> None:
    """It is committed."""
    tx.info[_TURN] = (turn_of(tx), True)


def turn_of(tx: Connection) -> int:
    """One more than that of the transaction before, if that was on this connection and was committed; another
    connection's never follows. 0: nobody counts here."""
    turn, _ = tx.info.get(_TURN, (0, True))
    return int(turn)
