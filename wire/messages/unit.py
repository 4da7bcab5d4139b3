"""What a unit says besides events."""

from typing import Annotated, Literal

from pydantic import Field

from wire.messages.base import Decibel, Instant, Label, Message, Seconds, Text, Token


class Status(Message):
    """Retained; the last will says offline, so a dead unit's status tells the truth."""

    online: bool
    boot: Token
    """Boot id of the connection that this speaks of: an old will does not hide a new start."""
    epoch: Token
    time: Instant | None = None
    """When the connection was made; a will cannot know when it is sent."""
    uptime_s: Seconds | None = None
    """Monotonic seconds since boot at that moment: tells the true time of events of an unset clock."""


class Health(Message):
    """The heartbeat, every ``HEARTBEAT_S``."""

    time: Instant
    boot: Token
    uptime_s: Seconds
    clock: Literal["synced", "unsynced"]
    version: Label
    pending: Annotated[int, Field(ge=0)]
    """Events without a receipt."""
    pending_alarms: Annotated[int, Field(ge=0)]
    microphone: Literal["off", "hearing", "silent", "failed"]
    """``silent``: nothing but digital zero, or full scale, arrives; ``off``: not fitted."""
    level_dba: Decibel | None = None
    background_dba: Decibel | None = None
    laeq_minute_dba: Decibel | None = None
    """Mean level (LAeq) of the newest minute."""
    recording: bool = False
    """Whether anything is being stored."""
    segments_waiting: Annotated[int, Field(ge=0)] = 0
    """Segments of recordings that the hub has not confirmed."""
    disk_free_mb: Annotated[int, Field(ge=0)] | None = None
    memory_mb: Annotated[int, Field(ge=0)] | None = None
    faults: Annotated[list[Label], Field(max_length=32)] = Field(default_factory=list)
    """Parts with an open fault."""
    config: Annotated[int, Field(ge=0)] = 0
    """Version of the desired configuration that runs; 0: the unit's own settings."""
    system: Label | None = None
    """Version of the operating system's kernel."""
    cpu_c: Annotated[float, Field(ge=-100, le=300, allow_inf_nan=False)] | None = None
    """Temperature of the processor, degrees Celsius."""
    throttled: Annotated[list[Label], Field(max_length=8)] = Field(default_factory=list)
    """What slows it now: ``under-voltage``, ``frequency-capped``, ``throttled``, ``soft-limit``."""
    clock_offset_s: Annotated[float, Field(ge=-1e11, le=1e11, allow_inf_nan=False)] | None = None
    """What the kernel still has to correct, in seconds; None where it does not tell."""


class Level(Message):
    """The sound level, up to ``LEVEL_HZ_MAX`` times a second while somebody looks."""

    time: Instant
    level_dba: Decibel
    background_dba: Decibel
    calibrated: bool


class Reported(Message):
    """Retained: which configuration the unit runs."""

    version: Annotated[int, Field(ge=0)]
    applied: bool
    why: Text = ""
    """Why it was refused; empty when applied."""
