"""What every notifier needs to word a notice: the site, its words and its zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from hub.notices import Notice
from hub.notifiers.texts import Text, text_of
from hub.words import Words


@dataclass(frozen=True, slots=True)
class Speech:
    """Words notices of one site."""

    site: str
    words: Mapping[str, Words]
    """By language."""
    zone: ZoneInfo

    def text(self, notice: Notice) -> Text:
        """In the notice's own language."""
        return text_of(notice, self.words[notice.language], self.zone)
