"""The recorder says that it stores exactly while what is heard ends up on the disk, whatever happens."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.proofs import size
from tests.support.recorder import RecorderBench, opened

DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("hears"), st.sampled_from([1.0, 4.0, 9.0, 12.0, 31.0])),
        st.tuples(st.just("begins"), st.just(0.0)),
        st.tuples(st.just("ends"), st.just(0.0)),
        st.tuples(st.just("deaf"), st.sampled_from([1.0, 8.0, 40.0])),
        st.tuples(st.just("breaks"), st.just(0.0)),
        st.tuples(st.just("mends"), st.just(0.0)),
    ),
    max_size=25,
)


class World:
    """A recorder, a disk that may fail, and what a person would say of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bench = RecorderBench(folder, pre_roll_s=2.0)
        self.broken = False
        self.wanted = False
        """Whether somebody wants a recording, and nothing has ended it."""
        self.heard = False
        """Whether there is any sound in what is recorded."""

    def does(self, what: str, seconds: float) -> None:
        bench = self.bench
        if what == "hears":
            self.heard = True
            bench.hears(seconds, read_s=1.0)
        elif what == "deaf":
            bench.deaf(seconds)
        elif what == "begins" and not self.wanted:
            self.wanted = True
            self.heard = bench.recorder.sound._ring_samples > 0
            bench.begins()
        elif what == "ends" and self.wanted:
            self.wanted = False
            bench.ends()
        elif what in ("breaks", "mends"):
            self.broken = what == "breaks"
        if self.wanted and bench.told[-1].end is not None:
            assert self.broken, "it ends by itself only when it cannot store"
            assert bench.recorder.fault(bench.monotonic) is not None, "and that is a fault"
            self.wanted = False

    def fsync(self, _handle: int) -> None:
        if self.broken:
            raise OSError(5, "the card does not answer")

    def judge(self) -> None:
        """Lit: what was heard since the start is on the disk or waits for its segment to be full."""
        bench = self.bench
        heard_at = bench.recorder.sound.heard_at
        hears = heard_at is not None and bench.monotonic - heard_at < 5.0
        assert bench.light is (self.wanted and hears and self.heard)

    def ends_well(self) -> None:
        """In the end every recording is whole, and nothing of it lies outside the times of the light."""
        self.does("mends", 0.0)
        self.does("ends", 0.0)
        self.bench.hears(40, read_s=1.0)
        assert self.bench.recorder.fault(self.bench.monotonic) is None
        stored = {told.recording: told.stored_s for told in self.bench.told if told.end and told.recording}
        for name, stored_s in stored.items():
            if (self.folder / name).exists():
                segments = opened(self.folder, name)
                assert sum(line.samples for line, _ in segments) / 16_000 == stored_s
                assert not segments or segments[-1][0].end is not None
            else:
                assert stored_s == 0
        assert {each.name for each in self.folder.iterdir() if each.is_dir()} <= set(stored)


@settings(max_examples=size(40, 600), deadline=None)
@given(DOINGS)
def test_the_light_is_lit_exactly_while_something_is_stored(doings: list[tuple[str, float]]) -> None:
    with tempfile.TemporaryDirectory(prefix="light-") as folder:
        world = World(Path(folder))
        with patch.object(os, "fsync", world.fsync):
            for what, seconds in doings:
                world.does(what, seconds)
                world.judge()
            world.ends_well()
