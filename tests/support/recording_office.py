"""A real hub process that takes recordings, and people who sign in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.recording_settings import RecordingSettings
from hub.recordings.keys import make_keys
from tests.support.brokers import make_broker
from tests.support.hub import RunningHub, write_config
from tests.support.recordings import RecordingUnit, Sent
from wire.evidence.keys import public_text

NOTICE = """
[recordings.notice]
organisation = "例市役所 市民課"
organisation_en = "Example City Hall, Citizens' Affairs"
contact = "総務課 電話 042-000-0000"
contact_en = "General Affairs, telephone 042-000-0000"
"""


@dataclass
class RecordingOffice:
    """``hub`` with one unit, c1, that records."""

    hub: RunningHub
    recipient: str
    key: Ed25519PrivateKey
    people: dict[str, httpx.Client] = field(default_factory=dict)

    def unit(self, started: datetime, **changes: object) -> RecordingUnit:
        """A new recording."""
        return RecordingUnit(self.recipient, key=self.key, started=started, **changes)  # type: ignore[arg-type]

    def put(self, sent: Sent, body: bytes | None = None) -> httpx.Response:
        """As the unit sends it: no cookie."""
        return httpx.put(self.hub.url + sent.path, content=sent.body if body is None else body, timeout=30)

    def put_all(self, *sent: Sent) -> None:
        for one in sent:
            assert self.put(one).json() == {"stored": True}

    def person(self, role: str) -> httpx.Client:
        """Signed in, once for each role."""
        if role not in self.people:
            self.people[role] = self.hub.client(role, f"{role}の人", role)
        return self.people[role]


@contextmanager
def recording_office(folder: Path, more: str = "") -> Iterator[RecordingOffice]:
    """Its keys lie beside the folder of its data."""
    key = Ed25519PrivateKey.generate()
    files = {name: folder / "keys" / name for name in ("identity.txt", "master.key")}
    wanted = RecordingSettings(identity_file=files["identity.txt"], master_key_file=files["master.key"])
    keys, _ = make_keys(wanted)
    broker = make_broker("mosquitto", folder, ["c1", "c2"])
    hub = write_config(folder, broker, ["c1", "c2"], ladder_s=3600.0, database=None)
    text = hub.config.read_text().replace(
        'unit = "c1"\n', f'unit = "c1"\nrecording_key = "{public_text(key)}"\n'
    )
    table = f'[recordings]\nidentity_file = "{wanted.identity_file}"\n'
    table += f'master_key_file = "{wanted.master_key_file}"\n'
    hub.config.write_text(text + table + more + NOTICE)
    office = RecordingOffice(hub, keys.recipient, key)
    try:
        hub.start()
        yield office
        assert hub.stop() == 0
    finally:
        for client in office.people.values():
            client.close()
        hub.kill()
        broker.stop()


def ago(seconds: float, now: datetime) -> datetime:
    """Before now, with whole milliseconds as lines write them."""
    return (now - timedelta(seconds=seconds)).replace(microsecond=0)
