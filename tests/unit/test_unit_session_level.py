"""How loud a meeting was is told with its end: the mean level (LAeq) of what the microphone heard of it."""

import pytest

from device.hearing.leq import Exposure
from device.inputs import Button, Recovered, Started
from device.notes import Notes
from tests.support.unit_heart import OLD_EPOCH, Bench
from wire.messages.events import SessionStopped


def heard(seconds: float, level_dba: float, before: Exposure | None = None) -> Exposure:
    """So many seconds at that level, after what was heard ``before``."""
    so_far = before or Exposure()
    return Exposure(so_far.seconds + seconds, so_far.energy + seconds * 10 ** (level_dba / 10))


def stopped(bench: Bench) -> SessionStopped:
    return [data for data in bench.said() if isinstance(data, SessionStopped)][-1]


def test_it_is_of_the_meeting_and_of_nothing_before() -> None:
    bench = Bench()
    bench.tell(noisy_morning := heard(7200.0, 75.0))
    bench.tap(Button.SESSION, 1.0)
    bench.tell(heard(600.0, 62.0, noisy_morning))
    bench.tap(Button.SESSION, 601.0)

    assert stopped(bench).laeq_dba == pytest.approx(62.0)
    assert stopped(bench).heard_s == pytest.approx(600.0)


def test_the_next_meeting_starts_anew() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.tell(loud := heard(60.0, 80.0))
    bench.tap(Button.SESSION, 61.0)
    bench.tap(Button.SESSION, 70.0)
    bench.tell(heard(60.0, 55.0, loud))
    bench.tap(Button.SESSION, 130.0)

    assert stopped(bench).laeq_dba == pytest.approx(55.0)


def test_without_a_microphone_nothing_is_said_of_it() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.tap(Button.SESSION, 61.0)

    assert (stopped(bench).laeq_dba, stopped(bench).heard_s) == (None, None)


def test_a_microphone_that_failed_meanwhile_shows_in_the_time_heard() -> None:
    bench = Bench()
    bench.tap(Button.SESSION, 1.0)
    bench.tell(heard(20.0, 60.0))
    bench.tap(Button.SESSION, 901.0)

    assert stopped(bench).lasted_s == pytest.approx(900.0, abs=0.2)
    assert stopped(bench).heard_s == pytest.approx(20.0)


def test_after_a_restart_it_is_of_what_was_heard_since() -> None:
    before = Bench()
    before.tap(Button.SESSION, 1.0)
    before.tell(heard(600.0, 80.0))
    bench = Bench()
    bench.at = 700.0
    bench.tell(Recovered((OLD_EPOCH,), (), Notes(session=before.notes["session"])))
    bench.tell(Started("0.1.0", "simulated", (), ()))
    bench.tell(heard(300.0, 58.0))
    bench.tap(Button.SESSION, 1001.0)

    assert stopped(bench).lasted_s == pytest.approx(1000.0, abs=0.2)
    assert stopped(bench).laeq_dba == pytest.approx(58.0)
    assert stopped(bench).heard_s == pytest.approx(300.0)
