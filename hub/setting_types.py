"""What settings are made of: strict tables, names, text for people, files that hold a secret."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from wire.topics import check_name

SECRET_BYTES_MAX = 4096


class BadSettings(Exception):
    """The file cannot be used. The message has one line for each fault: where, what is allowed, what was
    given."""


class Strict(BaseModel):
    """A table whose every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def _name(value: str) -> str:
    return check_name("name", value)


Name = Annotated[str, AfterValidator(_name)]
Shown = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Text for people, as it appears on pages."""
ShownOrNot = Annotated[str, Field(max_length=160, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""The same, or empty."""
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""A host name or an address of IPv4 or IPv6."""


def read_secret(where: str, file: Path, most: int = SECRET_BYTES_MAX) -> str:
    """What a file holds, without white space at its ends. Raises ``BadSettings``, which does not quote it."""
    try:
        with file.open("rb") as source:
            text = source.read(most + 1).decode().strip()
    except OSError as error:
        raise BadSettings(f"{where} cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"{where} cannot be read: it is not UTF-8") from error
    if not text or len(text) > most:
        raise BadSettings(f"{where} must hold 1 to {most} characters; given: {len(text)}")
    return text
