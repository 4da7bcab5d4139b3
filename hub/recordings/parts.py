"""The parts that take in, keep, play and destroy recordings, made of the settings."""

from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hub.clock import Clock
from hub.evidence.refusals import NOBODY
from hub.house import HUB, House
from hub.notices import Notice, Target
from hub.recording_settings import RecordingSettings
from hub.recordings.archive import Archive
from hub.recordings.intake import Intake
from hub.recordings.keeper import Keeper, Rules
from hub.recordings.keys import BadKeys, load_export_key, load_keys
from hub.recordings.listening import Listening
from hub.recordings.shelf import Folder, Shelf
from hub.recordings.stamping import Authority
from hub.recordings.vault import Vault
from hub.recordings.workers import Workers
from hub.settings import Settings
from hub.store.database import Store
from hub.store.recordings_ledger import Day
from wire.evidence.canonical import digest
from wire.evidence.keys import read_public

_log = structlog.get_logger()


class Recordings:
    """All of them. ``problem`` says why there are none although the settings want some: an alarm is worth
    more than a recording, so the hub starts all the same and tells it as a trouble."""

    def __init__(self, settings: Settings, wanted: RecordingSettings, store: Store, clock: Clock) -> None:
        """Raises ``BadSettings`` for a store that cannot be."""
        self.settings = wanted
        self.problem = ""
        self._areas = settings.area_of
        self._workers = Workers("recordings")
        self.export_key: Ed25519PrivateKey | None = None
        """None: nothing can be taken away."""
        self._no_exports = ""
        self._intake: Intake | None = None
        self._keeper: Keeper | None = None
        try:
            keys = load_keys(wanted)
        except BadKeys as error:
            self.problem = str(error)
            _log.error("no_recordings", why=self.problem)
            return
        site = settings.site
        self._vault = vault = Vault(keys, _shelf(settings, wanted))
        days = wanted.retention.days()
        self._intake = Intake(
            site,
            keys=_keys_of(settings),
            store=store,
            vault=vault,
            clock=clock,
            workers=self._workers,
        )
        self._archive = Archive(
            site, store, vault, workers=self._workers, clock=clock, days=days, area_of=self._area_of
        )
        self._listening = Listening(vault, self._workers, self._archive.altered)
        authority = None
        if wanted.timestamp_url is not None and wanted.timestamp_ca_file is not None:
            authority = Authority(wanted.timestamp_url, wanted.timestamp_ca_file)
        try:
            self.export_key = load_export_key(wanted)
        except BadKeys as error:
            self._no_exports = str(error)
            _log.error("no_exports", why=self._no_exports)
        rules = Rules(site, days, authority, wanted.root_mail, root_notice(settings.house()))
        self._keeper = Keeper(
            rules,
            store,
            vault,
            workers=self._workers,
            clock=clock,
            altered=self._archive.altered,
            forget=self._listening.forget,
            tell_refused=self._intake.tell_left,
        )

    @property
    def intake(self) -> Intake | None:
        """None: nothing can be taken in."""
        return self._intake

    @property
    def archive(self) -> Archive | None:
        """None: nothing can be heard."""
        return self._archive if self._intake is not None else None

    @property
    def listening(self) -> Listening | None:
        """None: nothing can be heard."""
        return self._listening if self._intake is not None else None

    @property
    def vault(self) -> Vault:
        """Only where something can be taken in."""
        return self._vault

    @property
    def workers(self) -> Workers:
        """For what takes the processor or the disk."""
        return self._workers

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for ever."""
        return [self._keeper.keep_looking()] if self._keeper is not None else []

    def troubles(self, now_s: float) -> Iterable[tuple[str, str, str]]:
        """Unit or hub, part, and what was seen."""
        if self._intake is None or self._keeper is None:
            return [(HUB, "recording-keys", self.problem)]
        found = [
            (unit if unit != NOBODY else HUB, "recording-refused", words)
            for unit, words in self._intake.refusals.standing(now_s).items()
        ]
        found += [(unit, "recording-altered", str(count)) for unit, count in self._keeper.altered.items()]
        for part, why in (
            ("recording-store", self._intake.trouble),
            ("recording-deletion", self._keeper.deletion_trouble),
            ("recording-stamp", self._keeper.stamp_trouble),
            ("recording-exports", self._no_exports),
        ):
            if why:
                found.append((HUB, part, why))
        return found

    def know(self, settings: Settings) -> None:
        """Another house rules: other counters, other keys."""
        self._areas = settings.area_of
        if self._intake is not None:
            self._intake.know(_keys_of(settings))

    def _area_of(self, unit: str) -> str | None:
        return self._areas.get(unit)

    def close(self) -> None:
        """Threads end with what they do."""
        self._workers.close()


def no_recordings(_now_s: float) -> Iterable[tuple[str, str, str]]:
    """Nothing is wrong with what nobody wants."""
    return ()


def _keys_of(settings: Settings) -> dict[str, Ed25519PublicKey]:
    """Unit to the key that it signs with."""
    keys = {counter.unit: counter.recording_key for counter in settings.counters}
    return {unit: read_public(key) for unit, key in keys.items() if key is not None}


def _shelf(settings: Settings, wanted: RecordingSettings) -> Shelf:
    if wanted.store is not None and wanted.store_secret_file is not None:
        from hub.recordings.object_store import s3_shelf  # noqa: PLC0415 - memory that a folder does not need

        return s3_shelf(wanted.store, wanted.store_secret_file)
    return Folder(wanted.folder_in(settings.state_dir))


def root_notice(house: House) -> Callable[[Day, str, datetime], Notice]:
    """A day's root as a message."""

    def notice(day: Day, address: str, now: datetime) -> Notice:
        ended = datetime.fromisoformat(day.day).replace(tzinfo=UTC) + timedelta(days=1)
        return Notice(
            id=f"root-{day.day}-{digest(address.encode())[:12]}",
            due=now,
            target=Target("mail", address),
            reason="root",
            severity="none",
            place=house.place_of_trouble((HUB, "ledger")),
            unit=HUB,
            opened=ended,
            running_s=max(0.0, (now - ended).total_seconds()),
            note=f"{house.site} {day.day} (UTC) {day.seq} {day.hash}",
        )

    return notice
