"""What every message shares: how strictly it is read, and the types of its fields."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

from wire.limits import TEXT_CHARS_MAX
from wire.topics import NAME_PATTERN

Name = Annotated[str, StringConstraints(pattern=rf"^{NAME_PATTERN}$")]
"""A site, unit or area."""

Text = Annotated[str, StringConstraints(max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Free text for people, without control characters."""

Label = Annotated[str, StringConstraints(max_length=40, pattern=r"^[!-~]*$")]
"""A short machine-made word of printable ASCII: a version, a part, a model."""


def _utc_in_range(value: datetime) -> datetime:
    if not 1970 <= value.year <= 2999:
        raise ValueError(f"the year must be 1970 to 2999; given: {value.year}")
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_utc_in_range)]
"""A moment with its offset, kept in UTC. A unit whose clock was never set says 1970, so 1970 is allowed."""

Token = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,32}$")]
"""An identity made by a machine: lower-case hexadecimal, 8 to 32 characters."""

Sequence = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""A place in an epoch, from 1. No larger than JSON carries exactly."""

CaseNumber = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""What the hub calls an agreement with a visitor by. Who that is stays with the hub."""

Range = tuple[Sequence, Sequence]
"""First and last sequence, both included."""

Decibel = Annotated[float, Field(ge=-50.0, le=200.0, allow_inf_nan=False)]
"""dB(A) SPL once calibrated; else relative to the default calibration, and the message says so."""

Seconds = Annotated[float, Field(ge=0.0, le=1e10, allow_inf_nan=False)]

Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]


SecondsText = Annotated[
    float,
    Field(ge=0.0, le=1e10, allow_inf_nan=False),
    PlainSerializer(lambda v: f"{v:.3f}", return_type=str),
]
"""Seconds written as decimal text, since CloudEvents attributes know no fractions."""


class Message(BaseModel):
    """A payload of the contract.

    Types are read strictly (no "1" for 1), values within their limits. Fields this version does not know
    are ignored, never refused: a newer unit's alarm must not be lost on an older hub.
    """

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        ser_json_inf_nan="null",
    )
