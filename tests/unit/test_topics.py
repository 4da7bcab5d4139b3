"""Topic names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.topics import (
    FROM_UNIT,
    NAME_PATTERN,
    TO_UNIT,
    BadName,
    Channel,
    annunciator_subscriptions,
    annunciator_topic,
    area_topic,
    hub_subscriptions,
    parse,
    unit_subscriptions,
    unit_topic,
)

names = st.from_regex(NAME_PATTERN, fullmatch=True)


@given(names, names, st.sampled_from(Channel))
def test_a_units_topic_is_read_back(site: str, unit: str, channel: Channel) -> None:
    topic = unit_topic(site, unit, channel)
    assert str(parse(topic)) == topic


@given(names, names)
def test_an_areas_topic_is_read_back(site: str, area: str) -> None:
    assert str(parse(area_topic(site, area))) == area_topic(site, area)


@given(names, names)
def test_an_annunciators_topic_is_read_back_and_is_what_it_reads(site: str, name: str) -> None:
    topic = annunciator_topic(site, name)
    assert str(parse(topic)) == topic
    assert annunciator_subscriptions(site, name) == [(topic, 1)]


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "a_b", "窓口", "a" * 33, "a/b", "+", "#", "a\n", "a b", "ａ"], ids=repr
)
def test_a_bad_name_is_refused_with_what_is_allowed_and_what_was_given(name: str) -> None:
    with pytest.raises(BadName, match="1 to 32 characters of a-z"):
        unit_topic("city", name, Channel.EVENT)
    with pytest.raises(BadName, match="site must be"):
        area_topic(name, "desk")
    with pytest.raises(BadName, match="annunciator must be"):
        annunciator_topic("city", name)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "madomori/v1/city/unit/c1",
        "madomori/v1/city/unit/c1/event/more",
        "madomori/v2/city/unit/c1/event",
        "madomori/v1/city/unit/c1/alarm",
        "madomori/v1/city/area/a/event",
        "madomori/v1/city/desk/c1/event",
        "madomori/v1/city/annunciator/hall/alarm",
        "madomori/v1/city/unit/C1/event",
        "/madomori/v1/city/unit/c1/event",
        "$SYS/broker/load",
    ],
)
def test_a_topic_outside_the_contract_is_refused(topic: str) -> None:
    with pytest.raises(BadName):
        parse(topic)


def test_every_channel_has_one_direction() -> None:
    assert sorted([*FROM_UNIT, *TO_UNIT]) == sorted(Channel)


def test_each_side_reads_what_the_other_sends() -> None:
    assert [t.rsplit("/", 1)[1] for t, _ in hub_subscriptions()] == [c.value for c in FROM_UNIT]
    own = unit_subscriptions("city", "c1", "desk")
    assert {t for t, _ in own} == {unit_topic("city", "c1", c) for c in TO_UNIT} | {
        area_topic("city", "desk")
    }
    assert len(unit_subscriptions("city", "c1", None)) == len(TO_UNIT)
