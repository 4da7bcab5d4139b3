"""Standings and recipients as columns hold them."""

import json
from datetime import datetime
from typing import Any

from hub.escalation.roster import Recipient
from hub.escalation.standing import Standing
from hub.notices import Reason, Target


def told_text(told: tuple[Recipient, ...]) -> str:
    """JSON: ``[[channel, address, language], …]``."""
    if not told:
        return "[]"
    rows = [[r.target.channel, r.target.address, r.language] for r in told]
    return json.dumps(rows, ensure_ascii=False)


def told_of(text: str | None) -> tuple[Recipient, ...]:
    """Back again."""
    if text is None or text == "[]":
        return ()
    return tuple(
        Recipient(Target(channel, address), language) for channel, address, language in json.loads(text)
    )


def standing_of(
    index: int | None, round_: int | None, due: datetime | None, reason: Reason | None
) -> Standing | None:
    """The standing that four columns hold."""
    if index is None or round_ is None or due is None:
        return None
    return Standing(index, round_, due, reason or "alarm")


def times_text(times: tuple[datetime, ...]) -> str:
    """JSON list of ISO times."""
    return json.dumps([time.isoformat() for time in times])


def times_of(text: str) -> tuple[datetime, ...]:
    """Back again."""
    return tuple(datetime.fromisoformat(time) for time in json.loads(text))


def as_json(value: object) -> str:
    """One line of JSON with characters as they are."""
    return json.dumps(value, ensure_ascii=False)


def from_json(text: str) -> Any:
    """Back again."""
    return json.loads(text)
