"""A week without a hub: nothing is refused, memory stays small, and all of it arrives soon afterwards."""

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from device.backlog import ORDINARY_MAX, Backlog, Entry
from device.outbox import FILE
from device.outbox_file import OutboxFile
from tests.support.brokers import wait_until
from tests.support.fast_hub import FastHub
from tests.support.messages import event
from tests.support.unit_heart import OLD_EPOCH, heard
from tests.support.unit_process import SITE, UNIT, UnitProcess
from tools.bench.processes import cpu_seconds
from tools.demo.broker import Broker
from wire.codec import encode
from wire.messages.events import Bang, Panic
from wire.topics import source_of

WEEK = 7 * 24 * 60
"""Events of a week at one a minute."""


@pytest.fixture
def unit(mosquitto: Broker) -> Iterator[UnitProcess]:
    unit = UnitProcess(mosquitto, microphone="simulated")
    yield unit
    unit.clean()


def entries(count: int) -> list[Entry]:
    """Findings of an earlier run, every hundredth an alarm."""
    found = heard("bang")
    bang = Bang(
        finding=found.finding,
        level_dba=found.level_dba,
        background_dba=found.background_dba,
        duration_s=found.duration_s,
        score=found.score,
        calibrated=found.calibrated,
        model=found.model,
    )
    made = []
    for sequence in range(1, count + 1):
        said = event(
            Panic() if sequence % 100 == 0 else bang,
            source=source_of(SITE, UNIT),
            epoch=OLD_EPOCH,
            sequence=sequence,
            uptime=60.0 * sequence,
        )
        said = said.model_copy(update={"time": said.time + timedelta(minutes=sequence)})
        made.append(Entry(OLD_EPOCH, sequence, said.is_alarm, encode(said)))
    return made


def fill(unit: UnitProcess, count: int) -> None:
    """Leave events in the outbox as an earlier run does."""
    state = unit.folder / "state"
    state.mkdir(mode=0o700)
    file = OutboxFile(state / FILE, OLD_EPOCH)
    file.write(entries(count), ())
    file.close()


def memory_mb(unit: UnitProcess) -> float:
    assert unit.process is not None
    pages = int(Path(f"/proc/{unit.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def test_a_week_at_an_event_a_minute_is_accepted() -> None:
    backlog = Backlog()
    for entry in entries(WEEK):
        backlog.add(entry)
    assert not backlog.full
    assert WEEK < ORDINARY_MAX


def test_a_weeks_events_fit_into_memory_and_arrive_within_ten_seconds(
    mosquitto: Broker, unit: UnitProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(unit, WEEK)
    mosquitto.kill()
    began = time.monotonic()
    unit.start()
    ready_s = time.monotonic() - began
    held_mb = memory_mb(unit)
    mosquitto.start()
    with FastHub(mosquitto) as hub:
        wait_until(lambda: hub.arrived, "the unit comes back", 30.0)
        began = time.monotonic()
        wait_until(lambda: hub.through(OLD_EPOCH) == WEEK, "all arrive", 60.0)
        drained_s = time.monotonic() - began
        wait_until(lambda: unit.pending_on_disk() == 0, "the outbox is empty", 60.0)
        told = f"ready {ready_s:.2f} s, {held_mb:.0f} MB, {WEEK} drained in {drained_s:.1f} s"
        with capsys.disabled():
            sys.stdout.write(f"\n{told}, {hub.arrived - WEEK} repeated, then {memory_mb(unit):.0f} MB\n")
        # The goal is 10 s on a machine that has nothing else to do; a test must pass on a busy one.
        assert drained_s < 40.0, told
        assert held_mb < 110.0, told


def test_an_idle_unit_with_its_microphone_needs_little(
    mosquitto: Broker, unit: UnitProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    with FastHub(mosquitto):
        began = time.monotonic()
        desk = unit.start()
        ready_s = time.monotonic() - began
        desk.close()
        assert unit.process is not None
        pid = unit.process.pid
        time.sleep(2.0)  # what a start leaves to do
        used, began = cpu_seconds(pid), time.monotonic()
        time.sleep(8.0)
        share = (cpu_seconds(pid) - used) / (time.monotonic() - began)
        with capsys.disabled():
            sys.stdout.write(
                f"\nready {ready_s:.2f} s, {100 * share:.1f} % of a core, {memory_mb(unit):.0f} MB\n"
            )
        # The goals are 3 % and 2 s on a quiet machine; a test must pass on a busy one.
        assert share < 0.09
        assert memory_mb(unit) < 80.0
