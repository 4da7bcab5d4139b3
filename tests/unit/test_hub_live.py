"""What a watching browser gets: everything once, in order, and never more than it can take."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.store.journal import Row
from hub.telling import Framed, Telling, frame_of
from hub.watcher import PENDING_MAX, RESET, Watcher


def row(seq: int, key: str = "1", kind: str = "incident") -> Row:
    return Row(seq, kind, key, json.dumps({"n": seq}))


def framed(*rows: Row, area: str | None = None) -> list[Framed]:
    return [(one, frame_of(one), area) for one in rows]


def told(*rows: Row, area: str | None = None) -> Telling:
    return Telling(framed(*rows, area=area))


def taken(prepare: Callable[[Watcher], None]) -> list[bytes]:
    """Everything that a watcher gives after ``prepare``, until it is closed."""

    async def collect() -> list[bytes]:
        watcher = Watcher("s")
        prepare(watcher)
        chunks: list[bytes] = []

        async def read() -> None:
            async for chunk in watcher.chunks():
                chunks.append(chunk)
                watcher.close()

        await asyncio.wait_for(read(), 10)
        return chunks

    return asyncio.run(collect())


def ids(chunk: bytes) -> list[int]:
    return [int(line[4:]) for line in chunk.decode().splitlines() if line.startswith("id: ")]


def test_a_frame_has_id_kind_and_the_object_on_one_line() -> None:
    assert frame_of(row(12, "7")) == b'id: 12\nevent: incident\ndata: {"n": 12}\n\n'


def test_what_was_not_taken_is_kept_once_for_each_object_in_its_newest_state() -> None:
    def prepare(watcher: Watcher) -> None:
        watcher.tell(told(row(1, "a"), row(2, "b")))
        watcher.tell(told(row(3, "a")))

    (chunk,) = taken(prepare)
    assert ids(chunk) == [2, 3]


def test_a_replay_comes_before_what_came_meanwhile_and_nothing_twice() -> None:
    def prepare(watcher: Watcher) -> None:
        watcher.tell(told(row(8, "a")))
        watcher.replay(framed(row(5, "b"), row(8, "a")))
        watcher.tell(told(row(7, "c")))  # the replay had read further than this
        watcher.tell(told(row(9, "b")))

    (chunk,) = taken(prepare)
    assert ids(chunk) == [8, 9]
    assert b'"n": 5' not in chunk


def test_a_browser_that_cannot_keep_up_is_told_to_load_everything_anew() -> None:
    def prepare(watcher: Watcher) -> None:
        watcher.tell(told(*(row(n, str(n)) for n in range(1, PENDING_MAX + 2))))
        watcher.tell(told(row(PENDING_MAX + 2)))

    (chunk,) = taken(prepare)
    assert chunk.startswith(RESET)
    assert ids(chunk) == [PENDING_MAX + 2]


def chunks_of(steps: list[Callable[[Watcher], None]], *, ahead: bool = True) -> list[bytes]:
    """What a watcher gives after each step; empty where nothing wakes it."""

    async def collect() -> list[bytes]:
        watcher = Watcher("s", ahead=ahead)
        given = aiter(watcher.chunks())
        waiting = asyncio.ensure_future(anext(given))
        chunks = []
        for step in steps:
            step(watcher)
            for _ in range(5):  # turns of the loop: whatever woke has run
                await asyncio.sleep(0)
            chunks.append(waiting.result() if waiting.done() else b"")
            if waiting.done():
                waiting = asyncio.ensure_future(anext(given))
        waiting.cancel()
        return chunks

    return asyncio.run(collect())


def test_what_is_about_to_be_committed_comes_without_an_id_which_follows() -> None:
    first, committed, next_one = chunks_of(
        [
            lambda w: w.foretell(told(row(1, "a"), row(2, "b"))),
            lambda w: w.tell(told(row(1, "a"), row(2, "b"))),
            lambda w: w.tell_alive(b"event: alive\ndata: {}\n\n"),
        ]
    )
    assert ids(first) == []
    assert first.count(b"event: incident\n") == 2
    assert committed == b"", "the browser knows it: nothing wakes for the id alone"
    assert next_one == b"id: 2\n\nevent: alive\ndata: {}\n\n"


def test_what_was_foretold_and_not_yet_taken_comes_once_with_its_id() -> None:
    def both(watcher: Watcher) -> None:
        watcher.foretell(told(row(1, "a")))
        watcher.tell(told(row(1, "a")))

    (chunk,) = chunks_of([both])
    assert chunk == frame_of(row(1, "a"))


def test_a_stream_that_does_not_want_it_hears_only_what_is_committed() -> None:
    before, committed = chunks_of(
        [lambda w: w.foretell(told(row(1))), lambda w: w.tell(told(row(1)))], ahead=False
    )
    assert (before, ids(committed)) == (b"", [1])


def test_after_a_commit_that_failed_the_same_number_is_told_in_full() -> None:
    def unsay(watcher: Watcher) -> None:
        watcher.unsay()

    _, nothing, committed = chunks_of(
        [lambda w: w.foretell(told(row(1, "a"))), unsay, lambda w: w.tell(told(row(1, "b")))]
    )
    assert nothing == b""
    assert committed == frame_of(row(1, "b"))


def test_after_a_reset_nothing_counts_as_told() -> None:
    _, reset, committed = chunks_of(
        [
            lambda w: w.foretell(told(row(1, "a"))),
            lambda w: w.reset(),
            lambda w: w.tell(told(row(1, "a"))),
        ]
    )
    assert reset == RESET
    assert committed == frame_of(row(1, "a"))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["foretell", "commit", "fail", "act", "reset", "take", "replay", "alive"]),
        st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
    ),
    max_size=20,
)


@given(steps=STEPS)
def test_what_is_put_together_once_for_all_is_what_each_browser_would_get(
    steps: list[tuple[str, list[str]]],
) -> None:
    """One that answers for an area goes row by row, one that sees everything gets what was put together."""
    browsers = [Watcher("s", ahead=True), Watcher("s", areas={"here"}, ahead=True)]
    chunks: list[list[bytes]] = [[], []]
    seq, waiting = 0, None

    def rows(first: int, keys: list[str]) -> list[Framed]:
        return framed(*(row(first + n, key) for n, key in enumerate(keys)), area="here")

    for what, keys in steps:
        if what in ("foretell", "act"):
            waiting = waiting or Telling(rows(seq + 1, keys))
        told_now = waiting
        for watcher, gave in zip(browsers, chunks, strict=True):
            match what:
                case "foretell":
                    watcher.foretell(told_now) if told_now else None
                case "act" | "commit":
                    watcher.tell(told_now) if told_now else None
                case "fail":
                    watcher.unsay()
                case "reset":
                    watcher.reset()
                case "replay":
                    watcher.replay(rows(max(1, seq - len(keys) + 1), keys[:seq]))
                case "alive":
                    watcher.tell_alive(b"event: alive\ndata: {}\n\n")
                case "take":
                    gave.append(watcher.take())
        if what in ("act", "commit") and waiting:
            seq, waiting = waiting.last, None
        elif what == "fail":
            waiting = None
    assert chunks[0] == chunks[1]


def test_signs_of_life_and_counts_do_not_pile_up() -> None:
    def prepare(watcher: Watcher) -> None:
        for n in range(5):
            watcher.tell_alive(b"event: alive\ndata: %d\n\n" % n)
            watcher.tell_quarantined(b"event: quarantined\ndata: %d\n\n" % n)

    (chunk,) = taken(prepare)
    assert chunk == b"event: quarantined\ndata: 4\n\nevent: alive\ndata: 4\n\n"


def test_a_waiting_stream_ends_when_it_is_closed() -> None:
    async def wait() -> list[bytes]:
        watcher = Watcher("s")
        asyncio.get_running_loop().call_later(0.01, watcher.close)
        return [chunk async for chunk in watcher.chunks()]

    limited: Coroutine[Any, Any, list[bytes]] = asyncio.wait_for(wait(), 10)
    assert asyncio.run(limited) == []
