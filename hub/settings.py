"""The hub's settings, read from one TOML file and refused as a whole when anything in it is wrong."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from hub.calling_settings import CallingSettings
from hub.escalation.ladder import Callee
from hub.escalation.roster import Roster
from hub.house import House, SiteTexts
from hub.notices import Both, Language, Place
from hub.notifier_settings import File, WebAddress, once
from hub.recording_settings import RecordingSettings
from hub.setting_types import BadSettings, Name, Port, Shown, ShownOrNot, Strict, read_secret
from wire.evidence.keys import BadKey, read_public
from wire.link import LinkSettings


class BrokerSettings(Strict):
    """Where the broker is."""

    host: str = "127.0.0.1"
    port: Port = 1883
    username: str = "hub"
    password_file: File | None = None
    """File that holds the password; relative to the settings file. Never the password itself."""
    protocol: Literal["5", "3.1.1"] = "5"


class WebSettings(Strict):
    """Where the pages are served."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8710
    """0: any free port; the log line ``hub_ready`` names it."""
    public_url: WebAddress | None = None
    """How browsers reach the pages, for links in messages; without it messages have none."""


class Office(Strict):
    """The house as a whole: what is told to the police on the telephone."""

    name: ShownOrNot = ""
    name_en: ShownOrNot = ""
    address: ShownOrNot = ""
    """Where the officers must come to."""
    telephone: ShownOrNot = ""
    """At which they can call back."""


class Area(Strict):
    """A section of the office: its counters hear of each other's alarms."""

    id: Name
    name: Shown
    name_en: Shown
    address: ShownOrNot = ""
    """Where it is not that of the office."""
    building: ShownOrNot = ""
    building_en: ShownOrNot = ""
    floor: ShownOrNot = ""
    floor_en: ShownOrNot = ""
    telephone: ShownOrNot = ""


def _recording_key(value: str) -> str:
    try:
        read_public(value)
    except BadKey as error:
        raise ValueError(str(error)) from None
    return value


class Counter(Strict):
    """Where a unit stands."""

    unit: Name
    area: Name
    number: Shown
    number_en: Shown
    name: Shown
    name_en: Shown
    recording_key: Annotated[str, AfterValidator(_recording_key)] | None = None
    """Public key with which the unit signs its recordings, base64; without it the hub takes none of it."""


Wording = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text for people; it may be empty."""


class TextsSettings(Strict):
    """What a site says of itself in notices and on the card for calling 110."""

    building: Wording = ""
    building_en: Wording = ""
    address: Wording = ""
    address_en: Wording = ""
    before: Wording = ""
    """First line of every notice."""
    before_en: Wording = ""
    after: Wording = ""
    """Last line of every notice."""
    after_en: Wording = ""

    def texts(self) -> SiteTexts:
        """As the house knows them."""
        return SiteTexts(
            Both(self.building, self.building_en),
            Both(self.address, self.address_en),
            Both(self.before, self.before_en),
            Both(self.after, self.after_en),
        )


class HomeAssistantSettings(Strict):
    """Units appear as devices in Home Assistant, which reads the same broker."""

    prefix: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_/-]+$")] = (
        "homeassistant"
    )
    """Its discovery prefix; the hub needs the right to write below it."""
    language: Language = "ja"


class Settings(CallingSettings):
    """Everything that a hub needs to start."""

    site: Name
    state_dir: File
    database: str | None = None
    """SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+psycopg://…``; by default SQLite in ``state_dir``."""
    shared_database: bool = False
    """Another hub works on the same database, and each follows what the other has stored."""
    instance: Name | None = None
    """Which of several hubs this is; the broker keeps a session for each."""
    configuration_key: File | None = None
    """PEM file of the key that signs configurations, the same for all hubs; by default in ``state_dir``."""
    certificates: Annotated[list[File], Field(max_length=20)] = Field(default_factory=list)
    """PEM files whose end is a trouble a month before: the broker's, the web server's."""
    time_zone: str = "Asia/Tokyo"
    """Zone of the times in messages; a name of the IANA database."""
    broker: BrokerSettings = BrokerSettings()
    web: WebSettings = WebSettings()
    home_assistant: HomeAssistantSettings | None = None
    office: Office = Office()
    recordings: RecordingSettings | None = None
    areas: list[Area] = Field(default_factory=list)
    counters: list[Counter] = Field(default_factory=list)
    texts: TextsSettings = TextsSettings()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        areas = [area.id for area in self.areas]
        once("areas: id", areas)
        once("counters: unit", [counter.unit for counter in self.counters])
        for counter in self.counters:
            if counter.area not in areas:
                raise ValueError(
                    f"counters: area of {counter.unit} must be one of {', '.join(sorted(areas))}; "
                    f"given: {counter.area!r}"
                )
        for ladder in self.ladders:
            if unknown := sorted(set(ladder.areas) - set(areas)):
                raise ValueError(
                    f"ladders: areas of {ladder.name} must be of {', '.join(sorted(areas))}; "
                    f"given: {', '.join(unknown)}"
                )
        try:
            self.zone  # noqa: B018 - looks for it
        except (OSError, ValueError, KeyError) as error:
            raise ValueError(
                f"time_zone must be a name as Asia/Tokyo; given: {self.time_zone[:80]!r}"
            ) from error
        if self.recordings is not None:
            self.recordings.check_keys_apart(self.state_dir)
            if self.recordings.root_mail and self.mail is None:
                raise ValueError("recordings: root_mail needs a mail server, [mail]")
        postgresql = (self.database or "").startswith("postgresql")
        if self.shared_database and not (postgresql and self.instance and self.configuration_key):
            raise ValueError(
                "shared_database = true needs a postgresql database, an instance and a configuration_key"
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
    def zone(self) -> ZoneInfo:
        """The zone of the times in messages."""
        return ZoneInfo(self.time_zone)

    @property
    def key_file(self) -> Path:
        """The key that signs configurations."""
        return self.configuration_key or self.state_dir / "configuration-key.pem"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.state_dir / 'hub.sqlite'}"

    @property
    def roster(self) -> Roster:
        """Everybody who can be called, without absences: those are in the database."""
        return Roster(
            members=self.members,
            groups={group.id: tuple(login.lower() for login in group.members) for group in self.groups},
            holidays=frozenset(self.holidays),
            zone=self.zone,
            fallback=tuple(Callee.parse(call) for call in self.fallback),
        )

    @property
    def places(self) -> dict[str, Place]:
        """Unit to where it stands, as messages say it."""
        areas = {area.id: Both(area.name, area.name_en) for area in self.areas}
        return {
            counter.unit: Place(
                areas[counter.area],
                Both(counter.number, counter.number_en),
                Both(counter.name, counter.name_en),
            )
            for counter in self.counters
        }

    @property
    def area_of(self) -> dict[str, str]:
        """Unit to the area of its counter."""
        return {counter.unit: counter.area for counter in self.counters}

    def house(self) -> House:
        """What the decisions depend on."""
        return House(
            self.site,
            self.all_ladders,
            self.roster,
            area_of=self.area_of,
            places=self.places,
            url=self.web.public_url,
            texts=self.texts.texts(),
        )

    def link(self) -> LinkSettings:
        """How to reach the broker; reads the password file. Raises ``BadSettings``."""
        broker = self.broker
        password = None
        if broker.password_file is not None:
            password = read_secret("broker.password_file", broker.password_file)
        return LinkSettings(
            host=broker.host,
            port=broker.port,
            client_id="-".join(filter(None, (broker.username, self.site, self.instance))),
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
    return read(raw, file.resolve().parent)


def read(raw: Mapping[str, Any], folder: Path | None = None) -> Settings:
    """Check tables; relative paths in them start from ``folder``. Raises ``BadSettings``."""
    try:
        return Settings.model_validate(raw, context={"folder": folder})
    except ValidationError as error:
        raise BadSettings("\n".join(_told(fault) for fault in error.errors(include_url=False))) from error


def _told(fault: ErrorDetails) -> str:
    """One fault in one line. A URL may hold a password, so addresses and whole tables are never quoted."""
    where = ".".join(str(part) for part in fault["loc"])
    said, given = fault["msg"].removeprefix("Value error, "), fault["input"]
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown setting"
    if not where or where == "database":
        return said
    if where.endswith("url") or not isinstance(given, str | int | float):
        return f"{where}: {said}"
    return f"{where}: {said}; given: {str(given)[:80]!r}"
