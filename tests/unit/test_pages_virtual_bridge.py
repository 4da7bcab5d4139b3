"""The bridge to the desks: bounded, and honest about a unit that is not there."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tools.demo.virtual.bridge import WATCHERS_MAX, DeskAway, Hall, TooManyWatchers, Watcher
from tools.demo.virtual.library import read

DESK = {"say": "desk", "unit": "c1", "buttons": ["panic"], "lights": ["alarm"], "microphone": False}


async def heard(watcher: Watcher) -> list[tuple[str, dict[str, Any]]]:
    """The next chunk that says something, as (event, data)."""
    async for chunk in watcher.chunks():
        events = [block.split("\n") for block in chunk.decode().strip().split("\n\n")]
        told = [
            (name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events
        ]
        if told[0][0] != "alive":
            return told
    return []


class Unit:
    """A desk socket in the test's own loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writers: list[asyncio.StreamWriter] = []
        self.lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def start(self) -> None:
        self.server = await asyncio.start_unix_server(self._serve, self.path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        await self.say(DESK)
        while raw := await reader.readline():
            await self.lines.put(json.loads(raw))
        writer.close()

    async def say(self, *lines: dict[str, Any] | bytes) -> None:
        for line in lines:
            raw = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
            self.writers[-1].write(raw)

    async def stop(self) -> None:
        self.server.close()
        for writer in self.writers:
            writer.close()
        self.path.unlink(missing_ok=True)


def test_what_is_told_late_is_told_once_in_its_newest_state() -> None:
    watcher = Watcher()
    for n in range(10_000):
        watcher.tell("c1", "level", f"event: level\ndata: {n}\n\n".encode())
        watcher.tell("c1", "light alarm", f"event: light\ndata: {n}\n\n".encode())

    async def first() -> bytes:
        return await anext(aiter(watcher.chunks()))

    assert asyncio.run(first()) == b"event: level\ndata: 9999\n\nevent: light\ndata: 9999\n\n"


def test_a_unit_is_heard_commanded_lost_and_found_again(tmp_path: Path) -> None:
    async def story() -> None:
        unit = Unit(tmp_path / "c1.sock")
        hall = Hall({"c1": unit.path})
        await hall.start()
        watcher = hall.watch()
        assert await heard(watcher) == [("desk", {"unit": "c1", "running": False})]
        with pytest.raises(DeskAway):
            await hall.do("c1", do="quiet")
        await unit.start()
        assert (await heard(watcher))[0][1]["running"] is True
        await unit.say(
            b"no JSON\n", {"say": "light", "light": "alarm", "pattern": "stored"}, {"say": "new thing"}
        )
        assert await heard(watcher) == [
            ("light", {"unit": "c1", "running": True, "light": "alarm", "pattern": "stored"})
        ]
        await hall.do("c1", do="press", button="panic")
        assert await asyncio.wait_for(unit.lines.get(), 10) == {"do": "press", "button": "panic"}
        late = hall.watch()
        assert [name for name, _ in await heard(late)] == ["desk", "light"]
        await unit.stop()
        assert await heard(watcher) == [("desk", {"unit": "c1", "running": False})]
        await unit.start()
        assert (await heard(watcher))[0][1]["running"] is True
        await hall.stop()
        assert watcher.closed
        await unit.stop()

    asyncio.run(asyncio.wait_for(story(), 30))


def test_a_line_without_an_end_loses_the_unit_and_nothing_else(tmp_path: Path) -> None:
    async def story() -> None:
        unit = Unit(tmp_path / "c1.sock")
        await unit.start()
        hall = Hall({"c1": unit.path})
        await hall.start()
        watcher = hall.watch()
        while not (await heard(watcher))[0][1]["running"]:
            pass
        await unit.say(b"x" * (5 * 1024 * 1024))
        assert await heard(watcher) == [("desk", {"unit": "c1", "running": False})]
        await hall.stop()
        await unit.stop()

    asyncio.run(asyncio.wait_for(story(), 30))


def test_only_so_many_pages_look_at_once() -> None:
    hall = Hall({})
    watchers = [hall.watch() for _ in range(WATCHERS_MAX)]
    with pytest.raises(TooManyWatchers):
        hall.watch()
    hall.leave(watchers[0])
    hall.watch()


def test_sounds_are_those_that_are_there(tmp_path: Path) -> None:
    assert read(tmp_path) == []
    names = {"name": "音", "name_en": "sound", "level_dba": 60.0}
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "sounds.json").write_text(json.dumps([{"file": "a.wav"} | names, {"file": "b.wav"} | names]))
    assert [sound.file for sound in read(tmp_path)] == ["a.wav"]
    (tmp_path / "sounds.json").write_text(json.dumps([{"file": "../a.wav"} | names]))
    with pytest.raises(ValueError, match="file"):
        read(tmp_path)
