"""The hub's settings, read from one TOML file and refused as a whole when anything in it is wrong."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from hub.escalation import DEFAULT_LADDER, Tier
from wire.link import LinkSettings
from wire.topics import check_name

LADDER_TIERS_MAX = 20


class BadSettings(Exception):
    """The file cannot be used. The message has one line for each fault: where, what is allowed, what was
    given."""


def _name(value: str) -> str:
    return check_name("name", value)


Name = Annotated[str, AfterValidator(_name)]
Shown = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""Text for people, as it appears on pages."""
Port = Annotated[int, Field(ge=1, le=65535)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class BrokerSettings(_Strict):
    """Where the broker is."""

    host: str = "127.0.0.1"
    port: Port = 1883
    username: str = "hub"
    password_file: Path | None = None
    """File that holds the password; relative to the settings file. Never the password itself."""
    protocol: Literal["5", "3.1.1"] = "5"


class WebSettings(_Strict):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8710
    """0: any free port; the log line ``hub_ready`` names it."""


class Area(_Strict):
    """A section of the office: its counters hear of each other's alarms."""

    id: Name
    name: Shown
    name_en: Shown


class Counter(_Strict):
    """Where a unit stands."""

    unit: Name
    area: Name
    number: Shown
    number_en: Shown
    name: Shown
    name_en: Shown


class LadderTier(_Strict):
    """Who is called, and for how long before the next."""

    name: Shown
    name_en: Shown
    seconds: Annotated[float, Field(ge=1, le=3600)]


class Settings(_Strict):
    """Everything that a hub needs to start."""

    site: Name
    state_dir: Path
    database: str | None = None
    """SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``; by default SQLite in ``state_dir``."""
    broker: BrokerSettings = BrokerSettings()
    web: WebSettings = WebSettings()
    areas: list[Area] = []
    counters: list[Counter] = []
    ladder: Annotated[list[LadderTier], Field(max_length=LADDER_TIERS_MAX)] = []

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        areas = [area.id for area in self.areas]
        _once("areas: id", areas)
        _once("counters: unit", [counter.unit for counter in self.counters])
        for counter in self.counters:
            if counter.area not in areas:
                raise ValueError(
                    f"counters: area of {counter.unit} must be one of {', '.join(sorted(areas))}; "
                    f"given: {counter.area!r}"
                )
        if self.database is not None and not self.database.startswith(
            ("sqlite:///", "postgresql+psycopg://")
        ):
            raise ValueError(
                "database must begin with sqlite:/// or postgresql+psycopg://; "
                f"given: {self.database.partition(':')[0]!r}"
            )
        return self

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.state_dir / 'hub.sqlite'}"

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The ladder, or the default one."""
        return tuple(Tier(t.name, t.name_en, t.seconds) for t in self.ladder) or DEFAULT_LADDER

    @property
    def area_of(self) -> dict[str, str]:
        """Unit to the area of its counter."""
        return {counter.unit: counter.area for counter in self.counters}

    def link(self) -> LinkSettings:
        """How to reach the broker; reads the password file. Raises ``BadSettings``."""
        broker = self.broker
        password = None
        if broker.password_file is not None:
            try:
                password = broker.password_file.read_text().strip()
            except OSError as error:
                raise BadSettings(f"broker.password_file cannot be read: {error}") from error
        return LinkSettings(
            host=broker.host,
            port=broker.port,
            client_id=f"{broker.username}-{self.site}",
            username=broker.username,
            password=password,
            protocol=broker.protocol,
        )


def load(file: Path) -> Settings:
    """Read ``file``; relative paths in it start from its folder. Raises ``BadSettings``."""
    try:
        raw = tomllib.loads(file.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{file} is not TOML: {error}") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise BadSettings("\n".join(_told(fault) for fault in error.errors(include_url=False))) from error
    here = file.resolve().parent
    broker = settings.broker
    if broker.password_file is not None:
        broker = broker.model_copy(update={"password_file": here / broker.password_file})
    return settings.model_copy(update={"state_dir": here / settings.state_dir, "broker": broker})


def _told(fault: ErrorDetails) -> str:
    """One fault in one line. A URL may hold a password, so the database is never quoted."""
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown setting"
    if not where or where == "database":
        return fault["msg"].removeprefix("Value error, ")
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}; given: {str(fault['input'])[:80]!r}"


def _once(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what} must be named once; given more than once: {', '.join(twice)}")
