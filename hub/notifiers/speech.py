"""What every notifier needs to word a notice: the site, its words and its zone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from hub.house import SiteTexts
from hub.notices import Notice
from hub.notifiers.texts import Text, plain, text_of
from hub.words import Words


@dataclass(frozen=True, slots=True)
class Speech:
    """Words notices of one site."""

    site: str
    words: Mapping[str, Words]
    """By language."""
    zone: ZoneInfo
    own: Callable[[], SiteTexts] = SiteTexts
    """What the site says of itself at this moment."""

    def text(self, notice: Notice) -> Text:
        """In the notice's own language, between the site's own first and last line."""
        said = text_of(notice, self.words[notice.language], self.zone)
        own = self.own()
        before, after = plain(own.before(notice.language)), plain(own.after(notice.language))
        return replace(said, lines=tuple(line for line in (before, *said.lines, after) if line))
