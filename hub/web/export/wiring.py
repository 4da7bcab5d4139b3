"""Exports, made of the hub's parts."""

from collections.abc import Callable, Mapping

from hub.clock import Clock
from hub.house import House
from hub.recordings.parts import Recordings
from hub.settings import Settings
from hub.store.database import Store
from hub.web.dates import Dates
from hub.web.export.exporting import Exporting
from hub.web.export.told import Records
from hub.words import read_words


def exporting_of(
    settings: Callable[[], Settings],
    house: House,
    recordings: Recordings | None,
    store: Store,
    clock: Clock,
) -> Exporting | None:
    """``settings`` as they are now. None: there are no recordings, or no key that could sign."""
    if recordings is None or recordings.archive is None or recordings.export_key is None:
        return None

    def units() -> Mapping[str, str]:
        known = settings().counters
        return {one.unit: one.recording_key for one in known if one.recording_key is not None}

    dates = Dates(read_words()["ja"], settings().zone)
    notice = recordings.settings.notice
    return Exporting(
        house.site,
        store,
        recordings.vault,
        recordings.archive,
        workers=recordings.workers,
        clock=clock,
        key=recordings.export_key,
        units=units,
        house=house,
        organisation=notice.organisation if notice is not None else house.site,
        dates=dates,
        source=Records(house, dates),
    )
