"""The unit's settings: a TOML file, read strictly. What is wrong is refused with what is allowed."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from device.hearing.figures import SensitivityName
from device.panel_settings import PanelSettings, Table, part_of
from device.recorder_settings import CameraSettings, NoticeSettings, RecorderSettings
from wire.link import LinkSettings
from wire.messages.base import Name

SOCKET_PATH_BYTES_MAX = 107
"""Longest path of a Unix socket on Linux, in bytes (``sun_path`` holds 108 with its final zero)."""

Span = Annotated[float, Field(gt=0, le=86_400)]
"""Seconds, at most a day."""


class SettingsRefused(ValueError):
    """The settings cannot be used; the message has one line for each fault."""


class BrokerSettings(Table):
    """Where the broker is and who we are to it."""

    host: Annotated[str, Field(min_length=1, max_length=253)]
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    username: str | None = None
    """The unit's name when absent."""
    password_file: str
    """A file that holds the password and nothing else; relative to the settings file."""
    protocol: Literal["5", "3.1.1"] = "5"


class SessionSettings(Table):
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


class MicrophoneSettings(Table):
    """Where sound comes from and how loud full scale is."""

    source: Literal["pyaudio", "simulated", "none"] = "none"
    device: str = "default"
    """Part of a PyAudio device's name, or "default"."""
    full_scale_dba: Annotated[float, Field(ge=60, le=160)] = 120.0
    """dB SPL of a signal whose RMS is 1.0."""
    calibrated: bool = False
    """Whether ``full_scale_dba`` was measured at this counter."""
    sensitivity: SensitivityName = "normal"
    """When a loud sound is a finding; ``device.hearing.figures`` has the numbers behind the words."""
    keep_features: bool = False
    """Whether a row of figures is kept of each loud second, a week long, for ``madomori-unit replay``. Never
    sound, and nothing that could be made into sound."""


class ConfigSettings(Table):
    """Whether the hub may configure this unit."""

    trust: Literal["key", "none"] = "key"
    """``key``: only what is signed with the hub's key, which comes with enrolment; without one nothing is
    applied. ``none``: signatures are not checked; allowed only with hardware ``simulated``."""


class SimulatedSettings(Table):
    """What only the simulated hardware needs."""

    desk_socket: str
    """Path of the Unix socket that stands for the desk; relative to the settings file."""


class UnitSettings(Table):
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
    config: ConfigSettings = ConfigSettings()
    recorder: RecorderSettings | None = None
    """Absent: nothing is ever recorded."""
    camera: CameraSettings | None = None
    """Absent: no picture is ever taken."""
    notice: NoticeSettings | None = None
    """Absent: nothing is spoken when a recording begins."""
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
        if self.hardware == "gpio" and self.config.trust == "none":
            raise ValueError("config.trust 'none' is allowed only with hardware 'simulated'; given: 'gpio'")
        if self.recorder is not None and self.microphone.source == "none":
            raise ValueError("the table [recorder] needs a microphone; given: microphone.source 'none'")
        if self.camera is not None and not (self.recorder is not None and self.recorder.on_panic):
            raise ValueError("the table [camera] needs recorder.on_panic = true: pictures are part of that")
        if self.notice is not None and self.recorder is None:
            raise ValueError("the table [notice] needs the table [recorder]: it tells of what is recorded")
        if self.notice is not None and self.notice.output == "simulated" and self.hardware == "gpio":
            raise ValueError(
                "notice.output 'simulated' is allowed only with hardware 'simulated'; given: 'gpio'"
            )
        if self.recorder is not None and self.panel.rec_light is None:
            raise ValueError(
                "the table [recorder] needs panel.rec_light: nothing is recorded without a light"
            )
        return self

    @property
    def username(self) -> str:
        """The unit's name at the broker."""
        return self.broker.username or self.unit

    def link(self) -> LinkSettings:
        """How to reach the broker; raises ``SettingsRefused``."""
        return LinkSettings(
            host=self.broker.host,
            port=self.broker.port,
            client_id=f"unit-{self.site}-{self.unit}",
            username=self.username,
            password=self.password(),
            protocol=self.broker.protocol,
        )

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
        update={
            "state_dir": str(base / settings.state_dir),
            "broker": broker,
            "recorder": settings.recorder.absolute(base) if settings.recorder else None,
            "notice": settings.notice.absolute(base) if settings.notice else None,
            "simulated": simulated,
        }
    )


_TABLES: dict[str, type[Table]] = {
    "": UnitSettings,
    "broker": BrokerSettings,
    "panel": PanelSettings,
    "session": SessionSettings,
    "microphone": MicrophoneSettings,
    "config": ConfigSettings,
    "recorder": RecorderSettings,
    "camera": CameraSettings,
    "notice": NoticeSettings,
    "simulated": SimulatedSettings,
}


def _line(fault: ErrorDetails) -> str:
    path = [str(step) for step in fault["loc"]]
    where = ".".join(path) or "settings"
    if fault["type"] == "extra_forbidden":
        table = _TABLES.get(".".join(path[:-1])) or part_of(path[1])
        allowed = ", ".join(table.model_fields)
        return f"{where}: unknown key; allowed here: {allowed}; given: {path[-1]}"
    if fault["type"] == "missing":
        return f"{where}: required, and not given"
    given: Any = fault["input"]
    # A table's own rule has already said what was given; the whole table would only bury it.
    told = "" if isinstance(given, dict | BaseModel) else f"; given: {given!r}"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}{told}"
