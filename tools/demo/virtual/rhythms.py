"""The table of ``wire.lights`` as a stylesheet: the drawn lights blink as the real ones do."""

from itertools import accumulate

from wire.lights import PATTERNS, Pattern


def stylesheet() -> str:
    """CSS that gives ``.glow`` under ``[data-pattern=…]`` the brightness and rhythm of each pattern.

    Where a person asked for less motion a light stands still; the words beneath say what it means.
    """
    rules = [".glow { opacity: 0; }"]
    rules += [_rule(pattern) for pattern in PATTERNS.values() if pattern.rhythm_ms]
    rules.append(
        "@media (prefers-reduced-motion: reduce) {\n"
        "  [data-pattern] > .glow { animation: none; }\n"
        "  [data-pattern]:not([data-pattern=off]) > .glow { opacity: 1; }\n}"
    )
    return "\n".join(rules) + "\n"


def _rule(pattern: Pattern) -> str:
    cycle = sum(pattern.rhythm_ms)
    light = f"[data-pattern={pattern.name}] > .glow"
    if len(pattern.rhythm_ms) == 1:
        return f"{light} {{ opacity: 1; }}"
    # A number of the rhythm ends where the next begins, so the starts are all that is needed.
    starts = [0, *accumulate(pattern.rhythm_ms[:-1])]
    if pattern.fades:
        up = 100 * starts[1] / cycle
        steps = f"0%, 100% {{ opacity: 0; }} {up:g}% {{ opacity: 1; }}"
        timing = "linear"
    else:
        steps = " ".join(
            f"{100 * start / cycle:g}% {{ opacity: {1 - index % 2}; }}" for index, start in enumerate(starts)
        )
        timing = "step-end"
    return (
        f"@keyframes rhythm-{pattern.name} {{ {steps} }}\n"
        f"{light} {{ animation: rhythm-{pattern.name} {cycle}ms {timing} infinite; }}"
    )
