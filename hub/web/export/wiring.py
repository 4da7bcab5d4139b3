"""Exports, made of the hub's parts."""

from hub.clock import Clock
from hub.recordings.parts import Recordings
from hub.settings import Settings
from hub.store.database import Store
from hub.web.dates import Dates
from hub.web.export.exporting import Exporting
from hub.web.export.told import PlainSource
from hub.words import read_words


def exporting_of(
    settings: Settings, recordings: Recordings | None, store: Store, clock: Clock
) -> Exporting | None:
    """None: there are no recordings, or no key that could sign."""
    if recordings is None or recordings.archive is None or recordings.export_key is None:
        return None
    house, dates = settings.house(), Dates(read_words()["ja"], settings.zone)
    notice = recordings.settings.notice
    return Exporting(
        settings.site,
        store,
        recordings.vault,
        recordings.archive,
        workers=recordings.workers,
        clock=clock,
        key=recordings.export_key,
        units={
            counter.unit: counter.recording_key
            for counter in settings.counters
            if counter.recording_key is not None
        },
        house=house,
        organisation=notice.organisation if notice is not None else settings.site,
        dates=dates,
        source=PlainSource(settings.site, house, dates),
    )
