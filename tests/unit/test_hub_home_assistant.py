"""Units as devices of Home Assistant: one message each, read from the unit's own topics."""

import json

from hub.home_assistant import discovery, discovery_topic
from hub.house import House
from hub.words import read_words
from tests.support.calling import PLACE
from tests.support.messages import SITE

HOUSE = House(SITE, (), area_of={"c1": "desk"}, places={"c1": PLACE})


def test_the_message_is_of_the_device_based_form() -> None:
    assert discovery_topic("homeassistant", SITE, "c1") == f"homeassistant/device/madomori-{SITE}-c1/config"
    message = json.loads(discovery(HOUSE, "c1", read_words()["ja"], "ja"))
    assert (message["dev"]["name"], message["dev"]["sa"]) == ("1番 住民票", "市民課")
    assert message["dev"]["ids"] == [f"madomori-{SITE}-c1"]
    assert message["o"]["name"] == "madomori"
    parts = message["cmps"]
    assert set(parts) == {"alarm", "link", "faults", "level"}
    assert len({part["unique_id"] for part in parts.values()}) == len(parts)
    for part in parts.values():
        assert part["p"] in ("binary_sensor", "sensor")
        assert part["state_topic"].startswith(f"madomori/v1/{SITE}/unit/c1/")
        assert "command_topic" not in part, "nothing can be switched from there"
    assert parts["alarm"]["name"] == "警報"


def test_in_english_and_for_a_unit_without_a_place() -> None:
    english = json.loads(discovery(HOUSE, "c1", read_words()["en"], "en"))
    assert english["dev"]["name"] == "No. 1 Residence records"
    assert english["cmps"]["alarm"]["name"] == "Alarm"
    unknown = json.loads(discovery(HOUSE, "c7", read_words()["ja"], "ja"))
    assert unknown["dev"]["name"] == "c7 未登録の端末"
