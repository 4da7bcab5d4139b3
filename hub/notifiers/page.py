"""The live page of whoever is signed in: a notice in the journal, which pages follow and can replay."""

from collections.abc import Callable
from typing import Any

from hub.notices import Channel, Notice
from hub.notifiers.speech import Speech
from hub.notifiers.view import notice_view


class PageNotifier:
    """Tells pages. ``note`` stores an object in the journal under a key and returns after COMMIT; it raises
    ``Retry`` when it could not."""

    channel: Channel = "page"

    def __init__(self, note: Callable[[str, dict[str, Any]], None], speech: Speech) -> None:
        self._note = note
        self._speech = speech

    def send(self, notice: Notice) -> None:
        """Pages get it as the event ``notice``, with the address it is for."""
        view = notice_view(notice, self._speech.site, self._speech.text(notice))
        self._note(notice.target.address, view | {"to": notice.target.address})

    def close(self) -> None:
        """Nothing is held."""
