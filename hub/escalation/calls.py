"""One call: which tier comes next, and whom it reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.escalation.ladder import Ladder, Tier
from hub.escalation.roster import Recipient, Roster, reaches_somebody
from hub.escalation.standing import Standing
from hub.notices import Reason


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody is told something now."""

    reason: Reason
    recipients: tuple[Recipient, ...]
    """None where only the live page is called."""
    tier: Tier | None = None
    round: int = 0
    last_resort: bool = False
    """Nobody of the ladder could be reached: it went to everybody who is left."""


def begin(ladder: Ladder, roster: Roster, now: datetime, reason: Reason = "alarm") -> tuple[Standing, Call]:
    """The foot of the ladder, or the first tier from there that reaches somebody."""
    return _call(ladder, roster, now, _Rung(0, 1, reason))


def climb(standing: Standing, ladder: Ladder, roster: Roster, now: datetime) -> tuple[Standing, Call]:
    """One tier up, after the last one back to the first, for ever.

    The next tier gets its whole time from ``now``, also when the hub was down while it was due: none is
    skipped but those that reach nobody. A ladder that became shorter since starts its next round.
    """
    index, round_ = standing.index + 1, standing.round
    if index >= len(ladder.tiers):
        index, round_ = 0, round_ + 1
    return _call(ladder, roster, now, _Rung(index, round_, "escalation"))


@dataclass(frozen=True, slots=True)
class _Rung:
    index: int
    round: int
    reason: Reason


def _call(ladder: Ladder, roster: Roster, now: datetime, first: _Rung) -> tuple[Standing, Call]:
    tiers = ladder.tiers
    if reaches_somebody(ladder, roster, now):
        for step in range(len(tiers)):
            more, index = divmod(first.index + step, len(tiers))
            recipients = roster.reach(tiers[index].callees, now)
            if recipients or not tiers[index].callees:
                rung = _Rung(index, first.round + more, first.reason)
                return _called(tiers[index], rung, now, recipients)
    # An alarm is never told to nobody, even if somebody is told at home.
    return _called(tiers[first.index], first, now, roster.last_resort(ladder), last_resort=True)


def _called(
    tier: Tier, at: _Rung, now: datetime, recipients: tuple[Recipient, ...], *, last_resort: bool = False
) -> tuple[Standing, Call]:
    due = now + timedelta(seconds=tier.seconds)
    standing = Standing(at.index, at.round, due, at.reason)
    return standing, Call(at.reason, recipients, tier, at.round, last_resort)


def together(some: Iterable[Recipient], more: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Both, each once."""
    return tuple(dict.fromkeys((*some, *more)))
