"""The owner's queue: what comes first, and what gives way when it is full."""

import threading
import time

from device.inputs import Button, CommandArrived, Edge
from device.intake import COMMANDS_MAX, EDGES_MAX, HEARD_MAX, KINDS_MAX, Intake
from tests.support.messages import MOMENT
from tests.support.unit_heart import heard, reading
from wire.messages import Command


def edge(pressed: bool, button: Button = Button.PANIC, at: float = 0.0) -> Edge:
    return Edge(button, pressed, reading(at))


def everything(intake: Intake[str]) -> list[object]:
    taken: list[object] = []
    while (one := intake.take(0.0)) is not None:
        taken.append(one)
    return taken


def test_edges_come_before_all_else() -> None:
    intake: Intake[str] = Intake()
    intake.heard(heard("shout"))
    intake.news("lamp", "news")
    intake.edge(edge(True))
    assert everything(intake) == [edge(True), "news", heard("shout")]


def test_the_newest_of_each_kind_waits() -> None:
    intake: Intake[str] = Intake()
    for kind, news in (("lamp", "lamp 1"), ("area", "area 1"), ("lamp", "lamp 2")):
        intake.news(kind, news)
    assert everything(intake) == ["lamp 2", "area 1"]
    assert intake.dropped == 0


def test_no_edge_gives_way_to_a_flood_of_anything_else() -> None:
    intake: Intake[str] = Intake()
    for n in range(KINDS_MAX + 10):
        intake.news(n, str(n))
        intake.heard(heard("shout", "update"))
    edges = [edge(n % 2 == 0, at=n) for n in range(EDGES_MAX)]
    for each in edges:
        intake.edge(each)
    assert [each for each in everything(intake) if isinstance(each, Edge)] == edges


def test_too_many_edges_replace_the_newest_of_their_button() -> None:
    intake: Intake[str] = Intake()
    intake.edge(edge(True, Button.SESSION))
    for n in range(EDGES_MAX - 1):
        intake.edge(edge(n % 2 == 0, at=n))
    intake.edge(edge(True, Button.PANIC, at=-1.0))
    taken = everything(intake)
    assert len(taken) == EDGES_MAX
    assert taken[0] == edge(True, Button.SESSION)
    assert taken[-1] == edge(True, Button.PANIC, at=-1.0), "the button's last state is true"
    assert intake.dropped == 1


def test_updates_of_findings_give_way_before_starts_and_ends() -> None:
    intake: Intake[str] = Intake()
    for _ in range(HEARD_MAX):
        intake.heard(heard("shout", "update"))
    for _ in range(HEARD_MAX):
        intake.heard(heard("shout", "end"))
    phases = [getattr(each, "phase", None) for each in everything(intake)]
    assert phases.count("update") == HEARD_MAX // 2
    assert phases.count("end") == HEARD_MAX // 2
    assert intake.dropped == HEARD_MAX


def test_too_many_kinds_of_news_are_refused_but_known_kinds_are_taken() -> None:
    intake: Intake[str] = Intake()
    for n in range(KINDS_MAX + 1):
        intake.news(n, "old")
    intake.news(0, "new")
    taken = everything(intake)
    assert len(taken) == KINDS_MAX
    assert taken[0] == "new"


def test_commands_wait_in_order_and_one_too_many_is_left_out() -> None:
    intake: Intake[str] = Intake()
    asked = [
        CommandArrived(Command(id=f"{n:08x}", name="identify", expires=MOMENT))
        for n in range(COMMANDS_MAX + 1)
    ]
    for each in asked:
        intake.command(each)
    intake.heard(heard("shout"))
    intake.edge(edge(True))
    intake.news("lamp", "news")
    taken = everything(intake)
    assert taken == [edge(True), "news", *asked[:-1], heard("shout")]
    assert intake.dropped == 1


def test_a_waiting_owner_is_woken_at_once() -> None:
    intake: Intake[str] = Intake()
    timer = threading.Timer(0.05, lambda: intake.edge(edge(True)))
    timer.start()
    began = time.monotonic()
    assert intake.take(30.0) == edge(True)
    assert time.monotonic() - began < 15.0
    timer.join()


def test_nothing_comes_after_the_time_is_over() -> None:
    intake: Intake[str] = Intake()
    assert intake.take(0.01) is None
