"""Segments reach the hub whatever the network does, and leave the unit only when the hub has them."""

import os
from pathlib import Path

import numpy as np
import pytest

from device.recorder.uploader import (
    AWAY_FAULT_S,
    GIVE_WAY_S,
    LAST_RETRY_S,
    REFUSED_RETRY_S,
    Uploader,
)
from tests.support import recorder as support
from tests.support.recorder import ListHub, RecorderBench
from wire.evidence.line import RATE_HZ


@pytest.fixture(autouse=True)
def _a_disk_that_need_not_be_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _handle: None)


class Sending(support.Sending):
    """To a hub that is a list."""

    def __init__(self, folder: Path) -> None:
        self.hub = ListHub()
        super().__init__(RecorderBench(folder, pre_roll_s=0.0), self.hub)


def whole(sending: Sending, recording: str | None) -> None:
    """Everything heard is at the hub and nothing is left here."""
    assert recording is not None
    sound = sending.hub.sound(recording)
    assert np.array_equal(sound, (np.arange(len(sound)) % 30_000).astype("int16"))
    assert len(sound) == sending.bench.room.at
    assert sending.hub.heads[recording].end is not None
    assert sending.bench.shelf.waiting == 0
    assert sending.bench.shelf.used == 0


def test_segments_are_sent_while_the_recording_goes_on(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hears(35)
    assert sum(len(kept) for kept in sending.hub.kept.values()) == 3
    assert len(list(tmp_path.rglob("*.segment"))) == 1, "only the newest stays, by which the chain is known"
    recording = sending.bench.ends().recording
    sending.hears(2)
    sending.bench.room.at -= 2 * RATE_HZ
    whole(sending, recording)
    assert not list(tmp_path.iterdir())


def test_an_hour_without_network_in_mid_recording_costs_nothing(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hears(60)
    sending.hub.away = True
    sending.hears(3600)
    assert sending.hub.puts < 60 + 3600 / LAST_RETRY_S + 20, "it does not knock all the time"
    assert "cannot be sent" in str(sending.fault())
    sending.hub.away = False
    sending.hears(LAST_RETRY_S + 60)
    assert sending.fault() is None
    sending.bench.recorder.finish(1, "staff")
    sending.bench.turns()
    sending.due = 0.0
    sending.sends()
    whole(sending, sending.bench.told[-1].recording)


def test_an_answer_that_is_lost_only_costs_a_repetition(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hub.breaks = 3
    sending.hears(35)
    recording = sending.bench.ends().recording
    heard = sending.bench.room.at
    sending.hears(10)
    sending.bench.room.at = heard
    whole(sending, recording)


def test_a_restart_goes_on_where_the_last_run_stood(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.hub.away = True
    sending.bench.begins()
    sending.hears(45)
    recording = sending.bench.ends().recording
    again = Sending(tmp_path)
    again.hub = ListHub()
    again.uploader = Uploader(again.bench.shelf, again.hub, lambda: again.bench.monotonic)
    again.bench.turns()
    again.sends()
    again.bench.room.at = sending.bench.room.at
    whole(again, recording)


@pytest.mark.parametrize("status", [403, 422, 413])
def test_what_the_hub_refuses_stays_and_is_told_and_others_go_on(tmp_path: Path, status: int) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hub.answers = [status]
    sending.hears(12)
    assert "refuses" in str(sending.fault())
    first = sending.bench.ends().recording
    sending.bench.begins()
    sending.hears(12)
    second = sending.bench.ends().recording
    sending.hears(2)
    assert first is not None
    assert second is not None
    assert second in sending.hub.kept
    assert first not in sending.hub.kept
    assert len(list((tmp_path / first).glob("*.segment"))) == 2, "nothing of it is deleted"
    sending.hears(REFUSED_RETRY_S)
    assert sending.hub.heads[first].end == "staff", "a person has put it right meanwhile"
    assert sending.fault() is None


def test_a_hub_without_room_is_asked_again(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hub.answers = [507, 507]
    sending.hears(10)
    assert "no room" in str(sending.fault())
    sending.hears(10)
    assert sending.fault() is None
    assert sending.bench.shelf.waiting == 0


def test_a_hub_that_misses_a_segment_gets_it_if_it_is_still_here(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.hub.away = True
    sending.bench.begins()
    sending.hears(35)
    sending.hub.away = False
    sending.uploader.turn()
    sending.hub.kept.clear()
    sending.hub.heads.clear()
    sending.due = 0.0
    sending.sends()
    assert "has confirmed before" in str(sending.fault()), "it is gone here: a person must know"


def test_anything_but_a_confirmation_deletes_nothing(tmp_path: Path) -> None:
    sending = Sending(tmp_path)
    sending.bench.begins()
    sending.hub.answers = [201, 204, 302, 400, 404, 500, 503, 409]
    sending.hears(10)
    sending.bench.ends()
    for _ in range(7):
        sending.bench.monotonic += LAST_RETRY_S
        sending.uploader.turn()
    assert sending.bench.shelf.waiting == 2
    sending.bench.monotonic += AWAY_FAULT_S
    assert sending.fault() is not None


def test_an_alarm_under_way_goes_first(tmp_path: Path) -> None:
    """With the true clock, since it is the waiting that is tested."""
    import time  # noqa: PLC0415

    bench = RecorderBench(tmp_path, pre_roll_s=0.0)
    bench.begins()
    bench.hears(10)
    hub = ListHub()
    uploader = Uploader(bench.shelf, hub, time.monotonic)
    uploader.give_way(alarm=True)
    uploader.start()
    try:
        time.sleep(1.0)
        assert hub.puts == 0
        uploader.give_way(alarm=False)
        until = time.monotonic() + 30
        while not hub.puts and time.monotonic() < until:
            time.sleep(0.02)
        assert hub.puts
        assert GIVE_WAY_S >= 2.0
    finally:
        uploader.stop(30.0)
