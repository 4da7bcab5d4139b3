"""Why somebody cannot do with a recording what they asked for."""


class NotAllowed(Exception):
    """The person may hear it, but not do this with it."""


class NotGranted(Exception):
    """There is no reason given for this sign-in, or it is used up."""


class AlreadySo(Exception):
    """It is held already, or it is not held."""
