"""What can go wrong with the database: whether to try again is part of the type."""


class StoreError(Exception):
    """The database did not do what it was asked."""


class StoreUnavailable(StoreError):
    """Try again: it is locked, full, read-only, or the connection is gone. Nothing was stored."""


class StoreRefused(StoreError):
    """Give up: the same work would fail again. Nothing was stored."""


class StoreClosed(StoreError):
    """The hub is stopping."""
