"""Settings of recordings: where they are kept, with which keys, how long, and what visitors are told."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, model_validator

from hub.evidence.retention import DAYS, Kept
from hub.notifier_settings import MAIL_ADDRESS, File, WebAddress
from hub.setting_types import Shown, Strict

Days = Annotated[int, Field(ge=1, le=36_500)]

STORE_OPTIONS = ("endpoint", "region", "virtual_hosted")


class RetentionSettings(Strict):
    """Days from the end of a recording to its deletion. Holds and open incidents come first."""

    none: Days = DAYS[Kept.NONE]
    """No incident at the counter in that time."""
    dismissed: Days = DAYS[Kept.DISMISSED]
    """A false alarm, a fault or a drill."""
    incident: Days = DAYS[Kept.INCIDENT]
    """An incident whose outcome nobody has decided."""
    complaint: Days = DAYS[Kept.COMPLAINT]
    """A legitimate complaint."""
    harassment: Days = DAYS[Kept.HARASSMENT]
    case: Days = DAYS[Kept.CASE]

    def days(self) -> dict[Kept, int]:
        """For every class."""
        return {kept: int(getattr(self, kept.value)) for kept in Kept}


class NoticeSettings(Strict):
    """What the notice at the counter says besides the rules: who answers for the recordings."""

    organisation: Shown
    organisation_en: Shown
    contact: Shown
    """Office and telephone number."""
    contact_en: Shown


def _store(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "s3" or not parts.netloc or parts.username is not None:
        raise ValueError("store must be s3://BUCKET/FOLDER?endpoint=https://…; without it a local folder")
    unknown = sorted({name for name, _ in parse_qsl(parts.query)} - set(STORE_OPTIONS))
    if unknown:
        raise ValueError(f"store may have the options {', '.join(STORE_OPTIONS)}; given: {unknown[0][:40]!r}")
    return value


StoreUrl = Annotated[str, Field(max_length=500, pattern=r"^[!-~]+$"), AfterValidator(_store)]


class RecordingSettings(Strict):
    """Without this table the hub takes no recordings."""

    identity_file: File
    """The age identity to which units seal. Outside the folder of the data."""
    master_key_file: File
    """What wraps the key of each recording. Outside the folder of the data."""
    export_key_file: File | None = None
    """What signs whatever is handed out (Ed25519, PEM); by default ``export.pem`` beside the master key."""
    folder: File | None = None
    """Where recordings are kept; by default in ``state_dir``."""
    store: StoreUrl | None = None
    """An S3-compatible store instead of a folder: ``s3://BUCKET/FOLDER?endpoint=https://…``."""
    store_secret_file: File | None = None
    """Access key and secret, one a line."""
    timestamp_url: WebAddress | None = None
    """A time-stamping authority (RFC 3161), asked for each day's root of the ledger."""
    timestamp_ca_file: File | None = None
    """Its root certificates, PEM. Without them its answers are kept but not believed."""
    root_mail: list[Annotated[str, Field(pattern=MAIL_ADDRESS)]] = Field(default_factory=list, max_length=10)
    """Who gets each day's root of the ledger, outside the machine."""
    retention: RetentionSettings = RetentionSettings()
    notice: NoticeSettings | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.store is None) != (self.store_secret_file is None):
            raise ValueError("store and store_secret_file must be given together or not at all")
        if self.store is not None and self.folder is not None:
            raise ValueError("give folder or store, not both")
        if (self.timestamp_url is None) != (self.timestamp_ca_file is None):
            raise ValueError("timestamp_url and timestamp_ca_file must be given together or not at all")
        if self.identity_file == self.master_key_file:
            raise ValueError("identity_file and master_key_file must be two files")
        return self

    def folder_in(self, state_dir: Path) -> Path:
        """Where recordings are kept on this machine."""
        return self.folder or state_dir / "recordings"

    @property
    def export_key(self) -> Path:
        """The file of the key that signs exports."""
        return self.export_key_file or self.master_key_file.with_name("export.pem")

    def check_keys_apart(self, state_dir: Path) -> None:
        """A copy of the data must not hold the keys. Raises ``ValueError``."""
        for name in ("identity_file", "master_key_file", "export_key"):
            file: Path = getattr(self, name).resolve()
            for folder in (state_dir, self.folder_in(state_dir)):
                if file.is_relative_to(folder.resolve()):
                    raise ValueError(f"recordings: {name} must not lie in the folder of the data, {folder}")
