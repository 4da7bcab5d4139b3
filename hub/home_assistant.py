"""Units as devices of Home Assistant: one retained discovery message for each, in its device-based form
(Home Assistant 2024.11 and later). Everything is read from the unit's own topics; nothing can be switched.
"""

from importlib.metadata import version
from typing import Any

from pydantic_core import to_json

from hub.house import House
from hub.notices import Language
from hub.settings import Settings
from hub.words import Words, read_words
from wire.topics import Channel, unit_topic

LAMP_LIT = "{{ 'ON' if value_json.state in ('stored', 'coming', 'unanswered') else 'OFF' }}"
IS_ONLINE = "{{ 'ON' if value_json.online else 'OFF' }}"
HAS_FAULTS = "{{ 'ON' if value_json.faults else 'OFF' }}"


def discoveries(settings: Settings, house: House) -> dict[str, bytes]:
    """Topic to retained message for every unit of the house; nothing where Home Assistant is not set up."""
    if (home := settings.home_assistant) is None:
        return {}
    words = read_words()[home.language]
    return {
        discovery_topic(home.prefix, settings.site, unit): discovery(house, unit, words, home.language)
        for unit in house.area_of
    }


def discovery_topic(prefix: str, site: str, unit: str) -> str:
    """Where the message is retained."""
    return f"{prefix}/device/madomori-{site}-{unit}/config"


def discovery(house: House, unit: str, words: Words, language: Language) -> bytes:
    """The message for one unit, JSON."""
    place = house.place(unit)
    name = " ".join(part for part in (place.number(language), place.name(language)) if part)
    identity = f"madomori-{house.site}-{unit}"

    def component(key: str, named: str, channel: Channel, **more: Any) -> dict[str, Any]:
        topic = unit_topic(house.site, unit, channel)
        return {"name": words(named), "unique_id": f"{identity}-{key}", "state_topic": topic, **more}

    diagnostic = {"entity_category": "diagnostic"}
    is_true = {"p": "binary_sensor", "payload_on": "ON", "payload_off": "OFF"}
    silent = {"expire_after": 30}
    components = {
        "alarm": component(
            "alarm", "Alarm", Channel.LAMP, **is_true, device_class="safety", value_template=LAMP_LIT
        ),
        "link": component(
            "link",
            "Link",
            Channel.STATUS,
            **is_true,
            **diagnostic,
            device_class="connectivity",
            value_template=IS_ONLINE,
        ),
        "faults": component(
            "faults",
            "Equipment trouble",
            Channel.HEALTH,
            **is_true,
            **diagnostic,
            **silent,
            device_class="problem",
            value_template=HAS_FAULTS,
        ),
        "level": component(
            "level",
            "Sound level",
            Channel.HEALTH,
            p="sensor",
            **silent,
            device_class="sound_pressure",
            unit_of_measurement="dBA",
            state_class="measurement",
            value_template="{{ value_json.level_dba | default(none) }}",
        ),
    }
    return to_json(
        {
            "dev": {
                "ids": [identity],
                "name": name or unit,
                "mf": "Madomori",
                "mdl": words("Madomori"),
                "sa": place.area(language),
            },
            "o": {"name": "madomori", "sw": version("madomori")},
            "cmps": components,
            "qos": 1,
        }
    )
