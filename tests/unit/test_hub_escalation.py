"""The ladder goes round for ever, and gives each tier its time."""

from datetime import UTC, datetime, timedelta

from hub.escalation import DEFAULT_LADDER, Tier, begin, climb, due

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
LADDER = (Tier("a", "a", 30.0), Tier("b", "b", 60.0), Tier("c", "c", 5.0))


def test_every_tier_is_called_in_turn_and_then_again() -> None:
    standing, now, called = begin(LADDER, NOW), NOW, []
    for _ in range(7):
        called.append((standing.index, standing.round, (standing.due - now).total_seconds()))
        assert not due(standing, standing.due - timedelta(microseconds=1))
        assert due(standing, standing.due)
        now = standing.due
        standing = climb(standing, LADDER, now)
    assert called == [(0, 1, 30), (1, 1, 60), (2, 1, 5), (0, 2, 30), (1, 2, 60), (2, 2, 5), (0, 3, 30)]


def test_after_a_long_time_down_the_next_tier_still_gets_its_whole_time() -> None:
    back = NOW + timedelta(hours=3)
    standing = climb(begin(LADDER, NOW), LADDER, back)
    assert (standing.index, standing.due) == (1, back + timedelta(seconds=60))


def test_a_ladder_that_became_shorter_begins_its_next_round() -> None:
    last = climb(climb(begin(LADDER, NOW), LADDER, NOW), LADDER, NOW)
    standing = climb(last, LADDER[:2], NOW)
    assert (standing.index, standing.round) == (0, 2)


def test_only_the_first_tier_of_the_first_round_has_not_passed() -> None:
    standing = begin(LADDER, NOW)
    assert not standing.first_passed
    for _ in range(4):
        standing = climb(standing, LADDER, NOW)
        assert standing.first_passed


def test_nothing_is_due_where_nobody_is_called() -> None:
    assert not due(None, NOW)


def test_the_default_ladder_has_tiers_that_wait() -> None:
    assert len(DEFAULT_LADDER) >= 2
    assert all(tier.seconds >= 1 and tier.name and tier.name_en for tier in DEFAULT_LADDER)
