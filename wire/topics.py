"""Topic names, built and parsed in one place.

``madomori/v1/{site}/unit/{unit}/{channel}`` for a unit, ``madomori/v1/{site}/area/{area}/alarm`` for the
neighbours, ``madomori/v1/{site}/annunciator/{name}/notice`` for a display or loudspeaker. The site comes
first because sites are the unit of sharding.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

ROOT = "madomori/v1"
NAME_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?"
"""Names of sites, units, areas and annunciators: 1 to 32 of a-z, 0-9 and "-", no "-" at either end.

Lower-case ASCII because the name is also a broker user, a certificate subject and a file name."""

_NAME = re.compile(NAME_PATTERN)


class Channel(StrEnum):
    """What a unit's topic carries. The comment says who publishes, quality of service, retained or not."""

    EVENT = "event"  # unit, QoS 1
    STATUS = "status"  # unit, QoS 1, retained, last will
    HEALTH = "health"  # unit, QoS 0
    LEVEL = "level"  # unit, QoS 0
    REPORTED = "reported"  # unit, QoS 1, retained
    RECEIPT = "receipt"  # hub, QoS 1
    LAMP = "lamp"  # hub, QoS 1, retained
    COMMAND = "command"  # hub, QoS 1
    CONFIG = "config"  # hub, QoS 1, retained


_CHANNELS = frozenset(c.value for c in Channel)
FROM_UNIT = (Channel.EVENT, Channel.STATUS, Channel.HEALTH, Channel.LEVEL, Channel.REPORTED)
TO_UNIT = (Channel.RECEIPT, Channel.LAMP, Channel.COMMAND, Channel.CONFIG)


NAMES_KEPT = 8192
"""Topics that are remembered once they were read or written: a unit says the same few all day."""


class BadName(ValueError):
    """A site, unit, area or annunciator name outside ``NAME_PATTERN``, or a topic outside the contract."""


def check_name(kind: str, name: str) -> str:
    """Return ``name`` unchanged, or raise ``BadName`` saying what is allowed and what was given."""
    if not _NAME.fullmatch(name):
        raise BadName(
            f"{kind} must be 1 to 32 characters of a-z, 0-9 and '-', "
            f"without '-' at either end; given: {name[:64]!r}"
        )
    return name


@dataclass(frozen=True, slots=True)
class UnitTopic:
    """One channel of one unit."""

    site: str
    unit: str
    channel: Channel

    def __str__(self) -> str:
        return f"{ROOT}/{self.site}/unit/{self.unit}/{self.channel.value}"


@dataclass(frozen=True, slots=True)
class AreaTopic:
    """The alarm of an area, which its units read."""

    site: str
    area: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.site}/area/{self.area}/alarm"


@dataclass(frozen=True, slots=True)
class AnnunciatorTopic:
    """What a display or loudspeaker is told."""

    site: str
    annunciator: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.site}/annunciator/{self.annunciator}/notice"


Topic = UnitTopic | AreaTopic | AnnunciatorTopic


@lru_cache(maxsize=NAMES_KEPT)
def unit_topic(site: str, unit: str, channel: Channel) -> str:
    """The topic's name; raises ``BadName``."""
    return str(UnitTopic(check_name("site", site), check_name("unit", unit), channel))


def area_topic(site: str, area: str) -> str:
    """The topic's name; raises ``BadName``."""
    return str(AreaTopic(check_name("site", site), check_name("area", area)))


def annunciator_topic(site: str, annunciator: str) -> str:
    """The topic's name; raises ``BadName``."""
    return str(AnnunciatorTopic(check_name("site", site), check_name("annunciator", annunciator)))


def source_of(site: str, unit: str) -> str:
    """The CloudEvents ``source`` of a unit: a URI reference, unique in the installation."""
    return f"/{ROOT}/{site}/unit/{unit}"


@lru_cache(maxsize=NAMES_KEPT)
def parse(topic: str) -> Topic:
    """Read a topic's name; raises ``BadName`` for anything that this contract does not define."""
    parts = topic.split("/")
    if len(parts) == 6 and "/".join(parts[:2]) == ROOT:
        _, _, site, family, name, channel = parts
        check_name("site", site)
        check_name(family if family in ("unit", "area", "annunciator") else "name", name)
        if family == "area" and channel == "alarm":
            return AreaTopic(site, name)
        if family == "annunciator" and channel == "notice":
            return AnnunciatorTopic(site, name)
        if family == "unit" and channel in _CHANNELS:
            return UnitTopic(site, name, Channel(channel))
    raise BadName(f"topic is not of this contract: {topic[:120]!r}")


def hub_subscriptions(site: str = "+") -> list[tuple[str, int]]:
    """``(filter, qos)`` pairs for all that units publish at ``site`` ("+" for every site)."""
    qos = {Channel.HEALTH: 0, Channel.LEVEL: 0}
    return [(f"{ROOT}/{site}/unit/+/{c.value}", qos.get(c, 1)) for c in FROM_UNIT]


def unit_subscriptions(site: str, unit: str, area: str | None) -> list[tuple[str, int]]:
    """``(filter, qos)`` pairs for all that a unit reads."""
    own = [(unit_topic(site, unit, channel), 1) for channel in TO_UNIT]
    return [*own, (area_topic(site, area), 1)] if area else own


def annunciator_subscriptions(site: str, annunciator: str) -> list[tuple[str, int]]:
    """``(filter, qos)`` pairs for all that an annunciator reads."""
    return [(annunciator_topic(site, annunciator), 1)]
