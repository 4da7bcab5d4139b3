"""What a simulated desk says on its socket, one JSON object a line, as typed values."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LINE_BYTES_MAX = 4 * 1024 * 1024
"""Longest line, in either direction."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class DeskLine(_Line):
    """The first line: what the unit has."""

    say: Literal["desk"]
    unit: str
    buttons: list[str]
    lights: list[str]
    microphone: bool

    @property
    def key(self) -> str:
        """Lines with the same key replace each other."""
        return "desk"


class LightLine(_Line):
    """A light shows another pattern of ``wire.lights``."""

    say: Literal["light"]
    light: str
    pattern: str

    @property
    def key(self) -> str:
        """One for each light."""
        return f"light {self.light}"


class ButtonLine(_Line):
    """A button went down or up, whoever pressed it."""

    say: Literal["button"]
    button: str
    pressed: bool

    @property
    def key(self) -> str:
        """One for each button."""
        return f"button {self.button}"


class LevelLine(_Line):
    """What the microphone hears, in dB(A)."""

    say: Literal["level"]
    level_dba: float | None
    background_dba: float | None
    threshold_dba: float | None
    playing: bool

    @property
    def key(self) -> str:
        """The newest counts."""
        return "level"


class RefusedLine(_Line):
    """The unit did not take a line."""

    say: Literal["refused"]
    why: str

    @property
    def key(self) -> str:
        """The newest counts."""
        return "refused"


Line = DeskLine | LightLine | ButtonLine | LevelLine | RefusedLine
_ADAPTER: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="say")])


def parse(raw: bytes) -> Line:
    """One line of a desk; raises ``pydantic.ValidationError``."""
    return _ADAPTER.validate_json(raw)
