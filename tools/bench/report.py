"""The bench's table, for a person to read."""

from dataclasses import dataclass, field

from tools.bench.figures import GOAL, Round, percentile, pooled, ratio_of_rounds


@dataclass
class Row:
    """One load: the rounds of both sides. No floor rounds: ours alone."""

    load: str
    floor: list[Round] = field(default_factory=list)
    libraries: list[Round] = field(default_factory=list)
    """The floor's chain with the product's libraries: what the goal is measured by."""
    ours: list[Round] = field(default_factory=list)
    goal_ms: float | None = None
    """What ours must reach without a floor to compare with..."""
    goal_share: float = 0.99
    """...at this part of the delays: p99, or 0.5 for the middle one."""
    what: str = "presses"
    memory_goal_mb: float | None = None
    """The hub may take this much at its peak."""


def print_row(row: Row) -> None:
    """A few lines for one load."""
    print(f"\n{row.load}")
    for name, rounds in (("floor", row.floor), ("libs", row.libraries), ("ours", row.ours)):
        if rounds:
            _print_side(name, rounds, row.what)
    for name, rounds in (("floor", row.floor), ("floor with the product's libraries", row.libraries)):
        if rounds:
            _print_ratio(name, rounds, row.ours)
    if row.goal_ms is not None and pooled(row.ours):
        met = "met" if percentile(pooled(row.ours), row.goal_share) <= row.goal_ms else "NOT met"
        print(f"  goal p{100 * row.goal_share:g} ≤ {row.goal_ms:g} ms: {met}", flush=True)
    if row.memory_goal_mb is not None and row.ours:
        peak = max(each.peak_mb["hub"] for each in row.ours)
        met = "met" if peak <= row.memory_goal_mb else "NOT met"
        print(f"  goal memory of the hub ≤ {row.memory_goal_mb:g} MB: {met} ({peak:.0f})", flush=True)


def _print_ratio(name: str, floor: list[Round], ours: list[Round]) -> None:
    p50 = ratio_of_rounds(floor, ours, 0.5)
    p99 = ratio_of_rounds(floor, ours, 0.99)
    all_p99 = percentile(pooled(ours), 0.99) / percentile(pooled(floor), 0.99)
    print(f"  ours ÷ {name}: p50 {p50:.2f}, p99 {p99:.2f} (median of rounds), p99 {all_p99:.2f} (pooled)")
    print(f"  goal p99 ≤ {GOAL} × {name}: {'met' if p99 <= GOAL else 'NOT met'}", flush=True)


def _print_side(name: str, rounds: list[Round], what: str) -> None:
    delays = pooled(rounds)
    if delays:
        told = ", ".join(f"{label} {percentile(delays, share):6.2f} ms" for label, share in _SHARES)
    else:
        told = "nothing was shown"
    print(f"  {name:5} {told}  ({len(delays)} {what} counted)")
    counts = ("sent", "stored", "lost", "duplicated", "missing", "resent", "unconfirmed")
    words = {"missing": "never shown"}
    print("        " + ", ".join(f"{words.get(c, c)} {sum(getattr(r, c) for r in rounds)}" for c in counts))
    cpu = {key: sum(r.cpu_s[key] for r in rounds) for key in rounds[0].cpu_s}
    print("        CPU s: " + ", ".join(f"{key} {value:.2f}" for key, value in cpu.items()))
    peak = {key: max(r.peak_mb[key] for r in rounds) for key in rounds[0].peak_mb}
    print("        peak MB: " + ", ".join(f"{key} {value:.0f}" for key, value in peak.items()), flush=True)


_SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
