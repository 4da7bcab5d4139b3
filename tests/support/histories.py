"""Random histories of one counter: alarms, answers, absences, kills; held against the model."""

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from hub.escalation.roster import Absence
from hub.incidents import Act, Action, Already, BadAct, State
from hub.incidents.gathering import QUIET_S
from tests.support.calling import MEMBERS, NOON, PEOPLE_LADDER, ROSTER
from tests.support.page_model import Pages, Rung

PEOPLE = tuple(MEMBERS)
LONG_AGO_S = 400.0


@dataclass(frozen=True)
class Told:
    """One call that the hub has committed."""

    at: float
    reason: str
    people: tuple[str, ...]


class Killed(Exception):
    """The power went before COMMIT."""


class Hub(Protocol):
    """What a history needs of a hub. A step that is given ``kill`` raises ``Killed`` and leaves nothing."""

    def press(self, kind: str, at: float, happened: float, *, kill: bool) -> list[Told]: ...
    def act(self, act: Act, at: float, *, kill: bool) -> list[Told]: ...
    def wake(self, at: float, *, kill: bool) -> list[Told]: ...
    def due(self) -> float | None: ...
    def state(self) -> State | None: ...
    def absent(self, absences: Sequence[Absence]) -> None: ...


def roster_people(callees: Collection[object]) -> tuple[str, ...]:
    names: list[str] = []
    for callee in callees:
        kind, _, name = str(callee).partition(":")
        names += ROSTER.groups[name] if kind == "group" else [name]
    return tuple(names)


RUNGS = [Rung(tier.seconds, roster_people(tier.callees)) for tier in PEOPLE_LADDER.tiers]


class History:
    """One seed, one history. ``run`` raises ``AssertionError`` where hub and model disagree."""

    def __init__(self, hub: Hub, seed: int, steps: int = 40) -> None:
        self.hub = hub
        self.chance = random.Random(seed)
        self.steps = steps
        self.now = 0.0
        self.model = Pages(RUNGS, PEOPLE_LADDER.arrive_within_s, QUIET_S)
        self.gone: set[str] = set()
        self.snoozed_until = 0.0
        self.answered_at: float | None = None
        self.done: dict[str, int] = {}

    def run(self) -> Pages:
        for _ in range(self.steps):
            self._let_pass(self.chance.choice((0.05, 1.0, 5.0, 20.0, 70.0, 200.0)) * self.chance.random())
            self._step()
            self.model.check(self.now)
        self._let_pass(400.0)
        return self.model

    def _step(self) -> None:
        self.chance.choices(
            (self._press, self._act, self._leave, self._down),
            weights=(5, 6, 2, 1),
        )[0]()

    def _let_pass(self, seconds: float) -> None:
        """Time passes; the hub wakes shortly after each of its deadlines."""
        end = self.now + seconds
        while (due := self.hub.due()) is not None:
            woken = max(self.now, due) + self.chance.uniform(0.0, 0.25)
            if woken > end:
                break
            self.now = woken
            self._tell(self._really(lambda kill: self.hub.wake(self.now, kill=kill)))
            self.model.check(self.now)
        self.now = max(self.now, end)
        self.model.check(self.now)

    def _really(self, step: Callable[[bool], list[Told]]) -> list[Told]:
        """Killed at this step or not: it comes again when the hub is back."""
        while self.chance.random() < 0.05:
            try:
                step(True)
            except Killed:
                self._count("killed in a step")
                self.now += self.chance.uniform(0.5, 40.0)
                self.model.up_since = self.now
            else:
                break  # there was nothing to commit
        return step(False)

    def _press(self) -> None:
        kind = self.chance.choice(("panic", "panic", "assist", "shout"))
        state = self.hub.state()
        if kind == "shout" and state is None:
            return
        late = self.chance.random() < 0.15
        self._count("late press" if late else kind)
        told = self._really(
            lambda kill: self.hub.press(kind, self.now, self.now - (LONG_AGO_S if late else 0.0), kill=kill)
        )
        known = late and self.answered_at is not None and self.now - LONG_AGO_S <= self.answered_at
        if not known:  # what happened before somebody answered tells them nothing new
            if self.model.called and self.now < self.snoozed_until:
                self.model.pressed_while_put_off(self.now)
            else:
                self.model.pressed(self.now)
            self.snoozed_until = 0.0
        self._tell(told)

    def _act(self) -> None:
        action = self.chance.choice(list(Action))
        who = self.chance.choice(PEOPLE)
        until = None
        if action is Action.SNOOZE:
            until = self.now + self.chance.uniform(10.0, 500.0)
        done = Act(
            action,
            who,
            note="理由",
            to="baba" if action is Action.HAND_OVER else None,
            until=NOON + timedelta(seconds=until) if until is not None else None,
        )
        before = self.hub.state()
        if before is None or action in (Action.CLOSE, Action.REOPEN):
            return
        try:
            told = self._really(lambda kill: self.hub.act(done, self.now, kill=kill))
        except (Already, BadAct):
            return
        self._count(action.value)
        self._follow(action, before, until)
        self._tell(told)

    def _follow(self, action: Action, before: State, until: float | None) -> None:
        model = self.model
        if before is State.OPEN and action in (Action.ACKNOWLEDGE, Action.COME, Action.ARRIVE):
            self.answered_at = self.now
        match action:
            case Action.ACKNOWLEDGE if before is not State.OPEN:
                model.seen()
            case Action.ACKNOWLEDGE:
                model.answer(self.now, helper_comes=True)
            case Action.COME:
                model.answer(self.now, helper_comes=before is not State.RESPONDING)
            case Action.HAND_OVER:
                model.answer(self.now, helper_comes=True)
            case Action.ARRIVE:
                model.arrived()
            case Action.GIVE_BACK:
                model.given_back(self.now)
            case Action.SNOOZE if until is not None:
                model.put_off(until)
                self.snoozed_until = until
            case Action.RESOLVE:
                model.over()
                self.answered_at = None
        if action not in (Action.SNOOZE, Action.NOTE):
            self.snoozed_until = 0.0

    def _leave(self) -> None:
        """People leave and come back: now and then all of them."""
        self.gone = {who for who in PEOPLE if self.chance.random() < self.chance.choice((0.2, 0.5, 1.0))}
        self._count("everybody left" if len(self.gone) == len(PEOPLE) else "people left")
        self.hub.absent([Absence(who, NOON - timedelta(1), NOON + timedelta(1)) for who in self.gone])

    def _down(self) -> None:
        """The hub is killed between two steps and starts again some time later."""
        self._count("killed between steps")
        self.now += self.chance.uniform(0.5, 120.0)
        self.model.up_since = self.now
        self._tell(self.hub.wake(self.now, kill=False))

    def _tell(self, told: Sequence[Told]) -> None:
        for each in told:
            if each.reason in ("answered", "stand_down"):
                self.model.stood_down(each.at, each.people)
            else:
                self.model.paged(each.at, each.people, self.gone)
                self._count(f"told: {each.reason}")
                self.snoozed_until = 0.0

    def _count(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1
