"""The unit's settings: a TOML file, read strictly. What is wrong is refused with what is allowed."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from device.inputs import Button
from wire.lights import Light
from wire.messages.base import Name

SOCKET_PATH_BYTES_MAX = 107
"""Longest path of a Unix socket on Linux, in bytes (``sun_path`` holds 108 with its final zero)."""

Pin = Annotated[int, Field(ge=0, le=27)]
"""A BCM number of the 40-pin header, 0 to 27."""

Span = Annotated[float, Field(gt=0, le=86_400)]
"""Seconds, at most a day."""


class SettingsRefused(ValueError):
    """The settings cannot be used; the message has one line for each fault."""


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


class BrokerSettings(_Table):
    """Where the broker is and who we are to it."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    """The unit's name when absent."""
    password_file: str
    """A file that holds the password and nothing else; relative to the settings file."""
    protocol: Literal["5", "3.1.1"] = "5"


class PanelSettings(_Table):
    """Pins of buttons and lights, as BCM numbers. What is absent is not fitted."""

    panic: Pin
    assist: Pin | None = None
    session: Pin | None = None
    record: Pin | None = None
    """Known, not yet used: this version has no recorder."""
    alarm_light: Pin | None = None
    green_light: Pin | None = None
    amber_light: Pin | None = None
    red_light: Pin | None = None
    rec_light: Pin | None = None
    """Known, not yet used."""
    link_light: Pin | None = None

    @model_validator(mode="after")
    def _no_pin_twice(self) -> Self:
        seen: dict[int, str] = {}
        for part, pin in self.pins().items():
            if pin in seen:
                raise ValueError(f"each pin may be named once; pin {pin} is both {seen[pin]} and {part}")
            seen[pin] = part
        return self

    def pins(self) -> dict[str, int]:
        """Part to pin, for every part that is named."""
        return {part: pin for part, pin in self if pin is not None}

    def buttons(self) -> dict[Button, int]:
        """The buttons that this version reads, with their pins."""
        named = {Button.PANIC: self.panic, Button.ASSIST: self.assist, Button.SESSION: self.session}
        return {button: pin for button, pin in named.items() if pin is not None}

    def lights(self) -> dict[Light, int]:
        """The lights that this version drives, with their pins."""
        named = {
            Light.ALARM: self.alarm_light,
            Light.GREEN: self.green_light,
            Light.AMBER: self.amber_light,
            Light.RED: self.red_light,
            Light.LINK: self.link_light,
        }
        return {light: pin for light, pin in named.items() if pin is not None}


class SessionSettings(_Table):
    """The time limit of a meeting at this counter, in seconds."""

    limit_s: Span = 1800.0
    warn_s: Annotated[float, Field(ge=0, le=86_400)] = 300.0
    """The amber light comes on this long before the limit."""
    grace_s: Annotated[float, Field(ge=0, le=86_400)] = 300.0
    """The red light begins to blink this long after the limit."""
    extend_s: Span = 600.0
    """What one extension adds."""

    @model_validator(mode="after")
    def _warning_inside_limit(self) -> Self:
        if self.warn_s > self.limit_s:
            raise ValueError(f"warn_s must be at most limit_s ({self.limit_s:g}); given: {self.warn_s:g}")
        return self


class MicrophoneSettings(_Table):
    """Where sound comes from and how loud full scale is."""

    source: Literal["pyaudio", "simulated", "none"] = "none"
    device: str = "default"
    """Part of a PyAudio device's name, or "default"."""
    full_scale_dba: Annotated[float, Field(ge=60, le=160)] = 120.0
    """dB SPL of a signal whose RMS is 1.0."""
    calibrated: bool = False
    """Whether ``full_scale_dba`` was measured at this counter."""


class SimulatedSettings(_Table):
    """What only the simulated hardware needs."""

    desk_socket: str
    """Path of the Unix socket that stands for the desk; relative to the settings file."""


class UnitSettings(_Table):
    """All of a unit's settings. Paths are absolute after ``read``."""

    site: Name
    unit: Name
    area: Name | None = None
    state_dir: str
    """Folder of the outbox; made when absent."""
    hardware: Literal["gpio", "simulated"]
    broker: BrokerSettings
    panel: PanelSettings
    session: SessionSettings = SessionSettings()
    microphone: MicrophoneSettings = MicrophoneSettings()
    simulated: SimulatedSettings | None = None

    @model_validator(mode="after")
    def _simulated_has_a_desk(self) -> Self:
        if self.hardware == "simulated" and self.simulated is None:
            raise ValueError("hardware 'simulated' needs the table [simulated] with desk_socket")
        if self.hardware == "gpio" and self.simulated is not None:
            raise ValueError("the table [simulated] is allowed only with hardware 'simulated'; given: 'gpio'")
        if self.hardware == "gpio" and self.microphone.source == "simulated":
            raise ValueError(
                "microphone.source 'simulated' is allowed only with hardware 'simulated'; given: 'gpio'"
            )
        return self

    @property
    def username(self) -> str:
        """The unit's name at the broker."""
        return self.broker.username or self.unit

    def password(self) -> str:
        """Read the broker password; raises ``SettingsRefused``."""
        file = Path(self.broker.password_file)
        try:
            word = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsRefused(f"broker.password_file: cannot be read: {file}: {error}") from error
        if not word:
            raise SettingsRefused(f"broker.password_file: must hold a password; {file} is empty")
        return word


def read(file: Path) -> UnitSettings:
    """Read a settings file; raises ``SettingsRefused`` with every fault on a line of its own."""
    try:
        tree = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRefused(f"{file}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsRefused(f"{file}: not TOML: {error}") from error
    try:
        settings = UnitSettings.model_validate(tree)
    except ValidationError as error:
        told = [_line(fault) for fault in error.errors(include_url=False)]
        raise SettingsRefused("\n".join(f"{file}: {line}" for line in told)) from error
    return _absolute(settings, file.resolve().parent)


def _absolute(settings: UnitSettings, base: Path) -> UnitSettings:
    broker = settings.broker.model_copy(update={"password_file": str(base / settings.broker.password_file)})
    simulated = settings.simulated
    if simulated is not None:
        desk = str(base / simulated.desk_socket)
        if len(desk.encode()) > SOCKET_PATH_BYTES_MAX:
            raise SettingsRefused(
                f"simulated.desk_socket: a socket's path is at most {SOCKET_PATH_BYTES_MAX} bytes; "
                f"given: {len(desk.encode())} bytes: {desk}"
            )
        simulated = simulated.model_copy(update={"desk_socket": desk})
    return settings.model_copy(
        update={"state_dir": str(base / settings.state_dir), "broker": broker, "simulated": simulated}
    )


_TABLES: dict[str, type[_Table]] = {
    "": UnitSettings,
    "broker": BrokerSettings,
    "panel": PanelSettings,
    "session": SessionSettings,
    "microphone": MicrophoneSettings,
    "simulated": SimulatedSettings,
}


def _line(fault: ErrorDetails) -> str:
    path = [str(step) for step in fault["loc"]]
    where = ".".join(path) or "settings"
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join(_TABLES[".".join(path[:-1])].model_fields)
        return f"{where}: unknown key; allowed here: {allowed}; given: {path[-1]}"
    if fault["type"] == "missing":
        return f"{where}: required, and not given"
    given: Any = fault["input"]
    # A table's own rule has already said what was given; the whole table would only bury it.
    told = "" if isinstance(given, dict | BaseModel) else f"; given: {given!r}"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}{told}"
