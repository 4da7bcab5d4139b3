"""The ear over a microphone with levers: it tells the truth about it and comes back by itself."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from structlog.testing import capture_logs

from device.hearing.figures import SENSITIVITIES
from device.hearing.findings import Heard
from device.microphone import ear as ear_module
from device.microphone.ear import Ear, EarStatus
from device.settings import MicrophoneSettings
from tests.support.brokers import wait_until
from tests.support.sound import at_level, in_room, shout
from tests.support.sound_source import LeverSource

SETTINGS = MicrophoneSettings(source="simulated", full_scale_dba=120.0, calibrated=True)
GIVE_UP_S = 1.0


@pytest.fixture
def source() -> Iterator[LeverSource]:
    made = LeverSource()
    yield made
    made.gives.set()


@pytest.fixture
def start(source: LeverSource) -> Iterator[Callable[..., Ear]]:
    """Makes a started ear over ``source``; stops it afterwards."""
    ears: list[Ear] = []

    def make(on_heard: Callable[[Heard], None] = lambda _: None) -> Ear:
        ears.append(
            Ear(SETTINGS, on_heard, lambda: source, give_up_s=GIVE_UP_S, silent_s=0.5, retry_first_s=0.05)
        )
        ears[-1].start()
        return ears[-1]

    yield make
    source.gives.set()
    for each in ears:
        each.stop(10)


def hears(ear: Ear) -> bool:
    return ear.status().state == "hearing" and ear.status().level_dba is not None


def test_it_hears_a_shout_and_tells_the_levels(source: LeverSource, start: Callable[..., Ear]) -> None:
    said: list[Heard] = []
    source.play(in_room(at_level(shout(), 86.0)))

    ear = start(said.append)

    wait_until(
        lambda: [heard.phase for heard in said] == ["start", "update", "end"], "a shout begins and ends"
    )
    status = ear.status()
    assert status.level_dba is not None
    assert status.background_dba == pytest.approx(47, abs=4)
    assert status.threshold_dba == SENSITIVITIES["normal"].floor_dba


def test_a_hung_read_is_a_failure_and_the_sound_coming_back_ends_it(
    source: LeverSource, start: Callable[..., Ear]
) -> None:
    ear = start()
    wait_until(lambda: hears(ear), "it hears")

    source.gives.clear()
    wait_until(lambda: ear.status().state == "failed", "the hang is noticed", 10 + GIVE_UP_S)
    assert ear.status() == EarStatus("failed", detail="gave nothing for 1 s")

    source.gives.set()
    wait_until(lambda: hears(ear), "it hears again")


def test_however_long_it_hangs_few_threads_hang_with_it(
    source: LeverSource, start: Callable[..., Ear], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ear_module, "RETRY_MOST_S", 0.1)
    ear = start()
    wait_until(lambda: hears(ear), "it hears")

    source.gives.clear()
    wait_until(lambda: source.opened == 2, "it tries once more", 10 + GIVE_UP_S)
    time.sleep(1.5 * GIVE_UP_S)  # time enough for more attempts, were they made

    assert source.opened == 2
    assert sum(thread.name == "microphone" for thread in threading.enumerate()) == ear_module.HUNG_MOST


@pytest.mark.parametrize("fault", ["next_read_fails", "refuses_to_open"])
def test_a_microphone_that_breaks_is_opened_again(
    source: LeverSource, start: Callable[..., Ear], fault: str
) -> None:
    if fault == "refuses_to_open":
        source.refuses_to_open = "no such device"
    ear = start()
    if fault == "next_read_fails":
        wait_until(lambda: hears(ear), "it hears")
        source.refuses_to_open = "no such device"
        source.next_read_fails = "unplugged"

    wait_until(lambda: ear.status().detail == "no such device", "it says what is wrong")
    assert ear.status().state == "failed"
    source.refuses_to_open = ""

    wait_until(lambda: hears(ear), "it hears again")
    assert ear.status().detail == ""
    assert source.closed == source.opened - 1


def test_waits_between_attempts_grow(source: LeverSource, start: Callable[..., Ear]) -> None:
    source.refuses_to_open = "no such device"
    opened: list[float] = []
    really_open = source.open

    def note() -> None:
        opened.append(time.monotonic())
        really_open()

    source.open = note  # type: ignore[method-assign]

    start()

    wait_until(lambda: len(opened) >= 6, "six attempts")
    waits = [after - before for before, after in itertools.pairwise(opened)]
    assert waits[4] > 2 * waits[0]


def test_nothing_but_digital_zero_is_silent(source: LeverSource, start: Callable[..., Ear]) -> None:
    source.zeros = True
    ear = start()

    wait_until(lambda: ear.status().state == "silent", "silence is noticed")
    assert ear.status().detail == "nothing but digital zero"

    source.zeros = False
    wait_until(lambda: hears(ear), "it hears again")


def test_nothing_but_full_scale_is_silent_too(source: LeverSource, start: Callable[..., Ear]) -> None:
    source.play(np.ones(16_000))
    ear = start()

    wait_until(lambda: ear.status().detail == "nothing but full scale", "the broken wire is noticed")
    assert ear.status().state == "silent"

    wait_until(lambda: hears(ear), "it hears again")


def test_without_a_microphone_it_is_off() -> None:
    ear = Ear(MicrophoneSettings(source="none"), lambda _: None)

    ear.start()

    assert ear.status() == EarStatus("off")
    assert ear.simulated is None
    ear.stop(1)


def test_it_stops_at_once_and_closes_the_microphone(source: LeverSource, start: Callable[..., Ear]) -> None:
    ear = start()
    wait_until(lambda: hears(ear), "it hears")

    ear.stop(10)

    assert ear.status() == EarStatus("off")
    assert source.closed == source.opened == 1
    assert not [t for t in threading.enumerate() if t.name in ("ear", "microphone")]


def test_it_stops_in_time_though_the_read_hangs_and_calls_that_an_error(
    source: LeverSource, start: Callable[..., Ear]
) -> None:
    ear = start()
    wait_until(lambda: hears(ear), "it hears")
    source.gives.clear()
    began = time.monotonic()

    with capture_logs() as logs:
        ear.stop(1.0)

    assert time.monotonic() - began < 5
    assert [(line["log_level"], line["event"]) for line in logs] == [("error", "microphone_thread_hangs")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_listener_that_breaks_is_a_failure_not_a_silence(
    source: LeverSource, start: Callable[..., Ear]
) -> None:
    def broken(_: Heard) -> None:
        raise RuntimeError("the listener broke")

    source.play(in_room(at_level(shout(), 86.0)))

    ear = start(broken)

    wait_until(lambda: ear.status().state == "failed", "the failure shows")
    assert "see the log" in ear.status().detail


def test_an_ear_that_is_late_loses_the_newest_sound_and_says_so(
    source: LeverSource, start: Callable[..., Ear]
) -> None:
    busy = threading.Event()
    source.play(in_room(at_level(shout(), 86.0)))

    with capture_logs() as logs:
        ear = start(lambda _: busy.wait(10) and None)
        wait_until(
            lambda: [line for line in logs if line["event"] == "microphone_sound_dropped"],
            "sound is dropped",
        )
        busy.set()

    wait_until(lambda: hears(ear), "it goes on")
