"""A log that cannot be written loses its own lines, says how many, and stops nothing."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest
import structlog

from wire.logs import LOST, log_to


@pytest.fixture
def log(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "log").open("w", encoding="utf-8") as stream:
        yield stream
    structlog.reset_defaults()


def told(log: TextIO) -> list[str]:
    return Path(log.name).read_text(encoding="utf-8").splitlines()


def test_lines_that_could_not_be_written_are_counted_in_the_next_that_could(log: TextIO) -> None:
    log_to(log, json=True)
    away = os.dup(log.fileno())
    structlog.get_logger().info("first", unit="c1")
    full = os.open("/dev/full", os.O_WRONLY)  # every write fails: no space left on device
    os.dup2(full, log.fileno())
    structlog.get_logger().info("second")
    structlog.get_logger().info("third")
    os.dup2(away, log.fileno())
    structlog.get_logger().info("fourth")
    structlog.get_logger().info("fifth")
    os.close(full)
    os.close(away)
    first, fourth, fifth = [json.loads(line) for line in told(log)]
    assert (first["event"], first["unit"], first["level"]) == ("first", "c1", "info")
    assert (fourth["event"], fourth[LOST]) == ("fourth", 2)
    assert LOST not in fifth


def test_a_line_is_key_and_value_and_any_text_can_be_written(log: TextIO) -> None:
    log_to(log)
    structlog.get_logger().debug("not told")
    structlog.get_logger().warning("odd", why="ア\ud800")
    (line,) = told(log)
    assert "level=warning event=odd why=" in line
