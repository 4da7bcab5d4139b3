"""The lines of the simulated desk's socket: JSON objects, one a line. What comes is hostile until parsed."""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from device.inputs import Button

LINE_BYTES_MAX = 4 * 1024 * 1024
"""Longest line, in bytes: over a minute of sound in base64."""


class BadLine(ValueError):
    """A line that is none of the desk's; the message says why."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Move(_Line):
    button: Button
    at: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """When the finger moved, in seconds of this computer's monotonic clock, as the kernel tells it of a real
    contact. None: when the line is read.
    """


class Press(_Move):
    do: Literal["press"]


class Release(_Move):
    do: Literal["release"]


class Sound(_Line):
    """Play into the microphone."""

    do: Literal["sound"]
    pcm16: str
    """Base64 of little-endian 16-bit samples, 16 kHz mono."""
    level_dba: Annotated[float, Field(ge=0, le=140, allow_inf_nan=False)] | None = None
    """Active A-weighted level wanted at the microphone; None: as it is."""

    def samples(self) -> bytes:
        """The samples; raises ``BadLine``."""
        try:
            pcm = base64.b64decode(self.pcm16, validate=True)
        except binascii.Error as error:
            raise BadLine(f"pcm16 must be base64: {error}") from error
        if not pcm or len(pcm) % 2:
            raise BadLine(f"pcm16 must be whole 16-bit samples, at least one; given: {len(pcm)} bytes")
        return pcm


class Quiet(_Line):
    """Stop the sound."""

    do: Literal["quiet"]


DeskLine = Annotated[Press | Release | Sound | Quiet, Field(discriminator="do")]
_LINES: TypeAdapter[Any] = TypeAdapter(DeskLine)


def parse(line: bytes) -> Press | Release | Sound | Quiet:
    """Read one line; raises ``BadLine``."""
    try:
        parsed: Press | Release | Sound | Quiet = _LINES.validate_json(line)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        where = ".".join(map(str, faults[0]["loc"]))[:80]
        raise BadLine(f"{where}: {faults[0]['msg']}"[:300]) from error
    return parsed
