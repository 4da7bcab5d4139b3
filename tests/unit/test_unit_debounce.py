"""Debouncing on the leading edge: trains of edges with times, and the presses they are."""

import pytest

from device.panel import CHATTER_S, Contact

Train = list[tuple[float, bool]]
PRESS, RELEASE = True, False


def presses(train: Train, quiet_until: float = 10.0) -> list[float]:
    """When presses were counted; a tick every 100 ms lies between the edges."""
    contact = Contact()
    counted = []
    ticks = [(n / 10, None) for n in range(round(quiet_until * 10))]
    for at, pressed in sorted([*train, *ticks], key=lambda each: each[0]):
        changes = contact.settle(at) if pressed is None else contact.edge(pressed, at)
        counted += [change.at for change in changes if change.pressed]
    return counted


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        pytest.param([(1.0, PRESS), (1.5, RELEASE)], [1.0], id="clean"),
        pytest.param(
            [
                (1.0, PRESS),
                (1.002, RELEASE),
                (1.004, PRESS),
                (1.009, RELEASE),
                (1.011, PRESS),
                (1.5, RELEASE),
            ],
            [1.0],
            id="chatter as it closes",
        ),
        pytest.param(
            [(1.0, PRESS), (1.5, RELEASE), (1.503, PRESS), (1.506, RELEASE)], [1.0], id="chatter as it opens"
        ),
        pytest.param([(1.0, PRESS), (1.03, RELEASE)], [1.0], id="a tap shorter than chatter"),
        pytest.param(
            [(1.0, PRESS), (1.03, RELEASE), (1.2, PRESS), (1.4, RELEASE)],
            [1.0, 1.2],
            id="a press after a tap shorter than chatter",
        ),
        pytest.param(
            [(1.0, PRESS), (1.5, RELEASE), (1.53, PRESS), (2.0, RELEASE)],
            [1.0, 1.53],
            id="pressed again before the release had settled",
        ),
        pytest.param(
            [(1.0, PRESS), (1.3, RELEASE), (1.6, PRESS), (1.9, RELEASE)], [1.0, 1.6], id="two presses"
        ),
        pytest.param([(1.0, PRESS), (2.0, PRESS), (2.5, RELEASE)], [1.0, 2.0], id="a release not seen"),
        pytest.param([(1.0, RELEASE), (2.0, PRESS)], [2.0], id="a press not seen"),
        pytest.param(
            [(1.0 + n * 0.02, n % 2 == 0) for n in range(51)] + [(3.0, RELEASE)],
            [1.0],
            id="a second of chatter",
        ),
    ],
)
def test_presses_of_a_train(train: Train, expected: list[float]) -> None:
    assert presses(train) == expected


def test_the_first_edge_counts_at_once() -> None:
    changes = Contact().edge(True, 5.0)
    assert [(change.pressed, change.at) for change in changes] == [(True, 5.0)]


def test_an_edge_counts_again_once_it_was_quiet() -> None:
    contact = Contact()
    contact.edge(True, 5.0)
    assert contact.edge(False, 5.0 + CHATTER_S - 0.001) == []
    assert [change.pressed for change in contact.settle(5.0 + 2 * CHATTER_S)] == [False]
