"""What must be told to whom while an alarm is open: written from the promise, without the code that keeps it.

It is told what happens at a counter and what the hub tells, and fails when the two do not fit.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

SLACK_S = 0.3
"""The hub looks at its deadlines four times a second."""


@dataclass(frozen=True)
class Rung:
    """A tier as the model knows it."""

    seconds: float
    people: tuple[str, ...]


@dataclass
class Pages:
    """The model of one counter. Times are seconds of the history."""

    rungs: Sequence[Rung]
    arrive_s: float
    quiet_s: float
    up_since: float = 0.0
    """The hub has been running since then; while it is down nobody can be told anything."""
    alarm: bool = False
    """Somebody needs help, and it is not over."""
    called: bool = False
    """Somebody must be called until somebody answers."""
    answered: bool = False
    since: float = 0.0
    """When ``called`` began, if nobody was told yet."""
    next_at: float | None = None
    """When the next tier must be told; None: nobody has been told since ``called`` began."""
    index: int = -1
    help_by: float | None = None
    sign_at: float | None = None
    """When a new sign must be told."""
    last_page: float = float("-inf")
    told: set[str] = field(default_factory=set)
    pages: int = 0

    # What happens.

    def pressed(self, at: float) -> None:
        if not self.alarm:
            self.alarm, self.answered = True, False
            self._call(at)
        elif self.answered and not self.called and self.sign_at is None:
            self.sign_at = max(at, self.last_page + self.quiet_s)

    def answer(self, at: float, *, helper_comes: bool) -> None:
        self.called, self.answered, self.sign_at = False, True, None
        if helper_comes:
            self.help_by = at + self.arrive_s

    def seen(self) -> None:
        """A call because of a new sign was answered; the helper is the same."""
        self.called, self.sign_at = False, None

    def arrived(self) -> None:
        self.called, self.answered, self.sign_at, self.help_by = False, True, None, None

    def given_back(self, at: float) -> None:
        self.answered, self.help_by = False, None
        self._call(at)

    def put_off(self, until: float) -> None:
        if self.called:
            self.next_at = until
        if self.help_by is not None:
            self.help_by = max(self.help_by, until)

    def pressed_while_put_off(self, at: float) -> None:
        """A new sign ends it."""
        self.next_at = at

    def over(self) -> None:
        self.alarm = self.called = self.answered = False
        self.help_by = self.sign_at = self.next_at = None

    def _call(self, at: float) -> None:
        self.called, self.since, self.next_at, self.index = True, at, None, -1

    # What the hub tells.

    def paged(self, at: float, people: Collection[str], absent: Collection[str]) -> None:
        """Some people were told that they are needed."""
        self._promote(at)
        assert self.alarm, f"{at}: told {people} of nothing"
        assert self.called, f"{at}: told {people} although somebody has answered"
        due = self.since if self.next_at is None else self.next_at
        assert at >= due - 1e-6, f"{at}: told {people} {due - at:.3f} s before their time"
        expected, index = self._expected(absent)
        assert set(people) == set(expected), f"{at}: told {people} instead of {expected}"
        assert people, f"{at}: an alarm was told to nobody"
        self.index, self.next_at, self.last_page = index, at + self.rungs[index].seconds, at
        self.told |= set(people)
        self.pages += 1

    def stood_down(self, at: float, people: Collection[str]) -> None:
        """Some people were told that they are not needed."""
        assert not self.called, f"{at}: stood down while nobody has answered"
        assert set(people) == self.told, f"{at}: stood down {people}; who was told: {self.told}"
        self.told = set()

    def check(self, at: float) -> None:
        """Nothing that was due by now is missing."""
        self._promote(at)
        if self.called:
            due = self.since if self.next_at is None else self.next_at
            late = at - max(due, self.up_since)
            assert late <= SLACK_S, f"{at}: nobody was told for {late:.3f} s after it was due"
        else:
            assert not self.told, f"{at}: {self.told} were not told that somebody has answered"

    def _promote(self, at: float) -> None:
        """By waiting, a helper who did not come and a sign that nobody saw become calls."""
        if self.help_by is not None and at >= self.help_by:
            due = self.help_by
            self.answered, self.help_by, self.sign_at = False, None, None
            self._call(due)
        elif self.sign_at is not None and at >= self.sign_at and self.answered:
            due, self.sign_at = self.sign_at, None
            self._call(due)

    def _expected(self, absent: Collection[str]) -> tuple[tuple[str, ...], int]:
        first = (self.index + 1) % len(self.rungs) if self.next_at is not None else 0
        for step in range(len(self.rungs)):
            index = (first + step) % len(self.rungs)
            there = tuple(who for who in self.rungs[index].people if who not in absent)
            if there:
                return there, index
        return self.rungs[-1].people, first
