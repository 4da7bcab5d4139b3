"""Recordings in an S3-compatible store, by one URL."""

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store

from hub.recordings.shelf import NotThere, ShelfError
from hub.setting_types import BadSettings, read_secret

_RECORDING = re.compile(r"[0-9a-f]{32}")
TIMEOUT_S = 20
AT_ONCE = 1000
"""Names in one request to remove, as S3 allows."""
TRIES_FOR = timedelta(seconds=30)


class ObjectShelf:
    """Any store that obstore speaks to. A store counts as durable when it has answered."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, name: str, data: bytes) -> None:
        """See ``Shelf``."""
        with _told("keep"):
            obstore.put(self._store, name, data)

    def get(self, name: str) -> bytes:
        """See ``Shelf``."""
        with _told("read"):
            return bytes(obstore.get(self._store, name).bytes())

    def remove(self, recording: str) -> None:
        """See ``Shelf``."""
        if not _RECORDING.fullmatch(recording):
            raise ShelfError("not the name of a recording")
        with _told("remove"):
            listed = obstore.list(self._store, prefix=f"{recording}/")
            names = [each["path"] for part in listed for each in part]
            for start in range(0, len(names), AT_ONCE):
                obstore.delete(self._store, names[start : start + AT_ONCE])

    def recordings(self) -> list[str]:
        """See ``Shelf``."""
        with _told("list"):
            found = obstore.list_with_delimiter(self._store)["common_prefixes"]
        return sorted(name for each in found if _RECORDING.fullmatch(name := each.rstrip("/")))


def s3_shelf(url: str, secret_file: Path) -> ObjectShelf:
    """``s3://BUCKET/FOLDER?endpoint=…&region=…``. Raises ``BadSettings``."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    lines = read_secret("recordings.store_secret_file", secret_file).split()
    if len(lines) != 2:
        raise BadSettings("recordings.store_secret_file must hold an access key and its secret, one a line")
    config: dict[str, Any] = {
        "access_key_id": lines[0],
        "secret_access_key": lines[1],
        "region": options.get("region", "us-east-1"),
        "virtual_hosted_style_request": options.get("virtual_hosted", "false") == "true",
    }
    client: dict[str, Any] = {"timeout": f"{TIMEOUT_S}s"}
    if "endpoint" in options:
        config["endpoint"] = options["endpoint"]
        # Segments are sealed before they leave the hub, so a store inside the building may do without TLS.
        client["allow_http"] = options["endpoint"].startswith("http://")
    try:
        store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,  # type: ignore[arg-type]
            client_options=client,  # type: ignore[arg-type]
            retry_config={"max_retries": 3, "retry_timeout": TRIES_FOR},
        )
    except (BaseError, ValueError) as error:
        raise BadSettings(f"recordings.store cannot be used: {type(error).__name__}") from error
    return ObjectShelf(store)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NotThere("nothing of that name is kept") from error
    except BaseError as error:
        raise ShelfError(f"cannot {what}: {type(error).__name__}") from error
