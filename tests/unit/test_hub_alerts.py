"""From an event to an alert: the time at which it happened, and how late it is."""

from datetime import timedelta

import pytest

from hub.alerts import LATE_AFTER_S, alert_of, happened_at, lateness_s
from tests.support.messages import EVENT_EXAMPLES, MOMENT, event
from wire.messages.events import Bang, EventData, Panic, SessionStarted, Shout, Withdrawn

KINDS = {"panic", "withdrawn", "assist", "shout", "bang"}


@pytest.mark.parametrize("data", EVENT_EXAMPLES, ids=lambda data: type(data).__name__)
def test_every_event_type_is_an_alert_or_is_none(data: EventData) -> None:
    alert = alert_of("c1", event(data), data, MOMENT)
    name = type(data).__name__.lower()
    assert (alert.kind if alert else None) == (name if name in KINDS else None)


def test_an_event_of_an_unknown_type_is_no_alert() -> None:
    assert alert_of("c1", event(), None, MOMENT) is None


@pytest.mark.parametrize(
    ("after_s", "late_s"), [(0, 0.0), (LATE_AFTER_S - 0.001, 0.0), (LATE_AFTER_S, LATE_AFTER_S), (192, 192.0)]
)
def test_lateness_counts_from_five_seconds(after_s: float, late_s: float) -> None:
    received = MOMENT + timedelta(seconds=after_s)
    alert = alert_of("c1", event(), Panic(presses=2), received)
    assert alert is not None
    assert (alert.late_s, alert.happened, alert.presses) == (late_s, MOMENT, 2)
    assert alert.detail.get("late_s") == (late_s or None)


def test_a_clock_that_is_not_set_is_named_and_not_believed() -> None:
    said = event(clock="unsynced", time=MOMENT - timedelta(days=20_000))
    alert = alert_of("c1", said, Panic(), MOMENT)
    assert alert is not None
    assert (alert.happened, alert.late_s) == (MOMENT, 0.0)
    assert str(alert.detail["unsynced"]).endswith("Z")


def test_the_uptime_tells_the_true_time_where_the_start_of_the_boot_is_known() -> None:
    said = event(clock="unsynced", time=MOMENT - timedelta(days=20_000), uptime=600.0)
    alert = alert_of("c1", said, Panic(), MOMENT, MOMENT - timedelta(seconds=840))
    assert alert is not None
    assert (alert.happened, alert.late_s) == (MOMENT - timedelta(seconds=240), 240.0)
    assert str(alert.detail["unsynced"]).endswith("Z"), (
        "the timeline says that it was corrected, and from what"
    )
    assert happened_at(said, MOMENT, MOMENT) == MOMENT, "never in the future"


def test_a_clock_that_is_set_needs_no_correction() -> None:
    assert happened_at(event(), MOMENT, MOMENT - timedelta(days=9)) == MOMENT


def test_a_finding_keeps_every_reason_that_the_unit_gave() -> None:
    shouts = [data for data in EVENT_EXAMPLES if isinstance(data, Shout)]
    assert any(shout.pitch_hz is not None for shout in shouts)
    for data in [*shouts, *(data for data in EVENT_EXAMPLES if isinstance(data, Bang))]:
        alert = alert_of("c1", event(data), data, MOMENT)
        assert alert is not None
        assert alert.detail == data.model_dump(exclude_none=True, mode="json")


def test_nothing_happened_in_the_future() -> None:
    said = event(time=MOMENT + timedelta(hours=1))
    assert happened_at(said, MOMENT) == MOMENT
    assert lateness_s(happened_at(said, MOMENT), MOMENT) == 0.0


def test_a_withdrawal_names_its_press_and_a_finding_its_level() -> None:
    by_type = {type(data): data for data in EVENT_EXAMPLES}
    withdrawn = alert_of("c1", event(), by_type[Withdrawn], MOMENT)
    shout = alert_of("c1", event(), by_type[Shout], MOMENT)
    bang = alert_of("c1", event(), by_type[Bang], MOMENT)
    assert withdrawn is not None
    assert shout is not None
    assert bang is not None
    assert withdrawn.withdraws == ("a1b2c3d4e5f60718", 7)
    assert (shout.level_dba, shout.calibrated, shout.phase) == (84.5, True, "start")
    assert bang.level_dba is None, "a bang has a peak, not the level of a voice"
    assert alert_of("c1", event(), by_type[SessionStarted], MOMENT) is None
