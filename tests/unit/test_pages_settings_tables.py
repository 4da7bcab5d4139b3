"""How a form of the settings pages changes a line of the house."""

import pytest

from hub.web.pages.desk import stamp
from hub.web.pages.settings.tables import Meanwhile, Taken, put

LINE = {"unit": "desk", "name": "窓口", "recording_key": "key"}


def test_what_a_form_does_not_show_stays_as_it_is() -> None:
    tables = {"counters": [dict(LINE)]}
    deed = put("counters", "unit", "counter", {"unit": "desk", "name": "相談"}, stamp(LINE))(tables)
    assert tables["counters"] == [LINE | {"name": "相談"}]
    assert (deed.before, deed.after) == (LINE, LINE | {"name": "相談"})


def test_who_saves_second_or_adds_what_is_there_is_refused() -> None:
    tables = {"counters": [LINE | {"name": "相談"}]}
    with pytest.raises(Meanwhile):
        put("counters", "unit", "counter", dict(LINE), stamp(LINE))(tables)
    with pytest.raises(Taken):
        put("counters", "unit", "counter", dict(LINE), "")(tables)
