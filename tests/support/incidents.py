"""Alerts, incidents and acts for tests of the heart."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.alerts import Alert
from hub.incidents import Act, Action, Entry, Incident, Outcome, act, gather

NOW = datetime(2026, 11, 22, 5, 5, 32, tzinfo=UTC)
ARRIVE_S = 300.0


def alert(kind: Any = "panic", second: float = 0, **changes: Any) -> Alert:
    presses = {"presses": 1} if kind == "panic" else {}
    phase = {"phase": "start"} if kind == "shout" else {}
    happened = NOW + timedelta(seconds=second)
    values: dict[str, Any] = {"late_s": 0.0, "event_id": f"e-{second:g}"} | presses | phase | changes
    return Alert(kind=kind, unit="c1", happened=happened, **values)


def opened(kind: Any = "panic", **changes: Any) -> Incident:
    gathered = gather(None, alert(kind, **changes), NOW)
    assert gathered is not None
    return gathered[0]


def did(incident: Incident, action: Action, at: datetime = NOW, **words: Any) -> tuple[Incident, Entry]:
    needs: dict[Action, dict[str, Any]] = {
        Action.HAND_OVER: {"to": "鈴木"},
        Action.SNOOZE: {"until": at + timedelta(seconds=60), "note": "確認中"},
        Action.NOTE: {"note": "確認済み"},
        Action.REOPEN: {"note": "間違い"},
        Action.CLOSE: {"outcome": Outcome.FALSE_ALARM},
    }
    return act(incident, Act(action, "佐藤", "sato", **(needs.get(action, {}) | words)), at, ARRIVE_S)
