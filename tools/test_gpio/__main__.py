"""``make test-gpio``: the hardware suite over real lgpio, where this computer can emulate the machine for it.

Exit codes: 0 all passed, or skipped because this is another system (it says so); else something failed.
``--prepare`` makes the machine ready for ``make test``, or notes why it cannot be had here; it never fails.
"""

import platform
import sys
import time
from pathlib import Path

from tools.setup import system
from tools.setup.say import say
from tools.test_gpio import kernel, machine

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "gpio"
WHY_NOT = CACHE.with_name("gpio-why-not")
"""Why the last preparing could not make the machine ready; absent when it could."""
TESTS = tuple(f"tests/contract/test_hardware_{name}.py" for name in ("board", "times", "unit"))
ONLY = ("-k", "gpio or times")
"""What is about the simulated board needs no machine, which is slow."""

PACKAGES = ("qemu-system-x86", "busybox-static", "cpio", "gcc", "make", "libelf1", "xz-utils")
"""Of Debian 12; the kernel is no more than unpacked in the cache, so none of it comes near ``/boot``."""


def unsupported() -> str | None:
    """Why it cannot run on this system; None where it can."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    here = f"{release.get('ID', platform.system())} {release.get('VERSION_ID', '')} {platform.machine()}"
    if here != "debian 12 x86_64":
        return f"the machine is made from the kernel packages of Debian 12 on x86_64; this is {here}"
    return None


def prepare() -> None:
    """Make ready what ``make test`` needs, or note why not."""
    why = unsupported()
    if why is None:
        try:
            system.ensure(PACKAGES)
            kernel.ready(CACHE)
        except (kernel.BuildFailed, system.NotInstalled) as error:
            why = str(error)
    if why is None:
        WHY_NOT.unlink(missing_ok=True)
    else:
        say("実機ピンの試験は省略します", f"Real pins will not be tested: {why}")
        WHY_NOT.parent.mkdir(exist_ok=True)
        WHY_NOT.write_text(why, encoding="utf-8")


def main(arguments: list[str]) -> int:
    if arguments == ["--prepare"]:
        prepare()
        return 0
    began = time.monotonic()
    if why := unsupported():
        say("実機ピンの試験は省略しました", f"SKIPPED test-gpio: {why}")
        return 0
    try:
        system.ensure(PACKAGES)
        built = kernel.ready(CACHE)
        prepared = time.monotonic()
        say(
            "仮想の機械で試験します（1分ほど）",
            f"Linux {built.release} in QEMU with 28 simulated GPIO lines; pytest in it (about a minute):",
        )
        code = machine.run(built, CACHE, ROOT, arguments or [*TESTS, *ONLY])
    except (kernel.BuildFailed, machine.MachineFailed, system.NotInstalled) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    ended = time.monotonic()
    print(
        f"test-gpio: {'passed' if code == 0 else f'FAILED (pytest said {code})'}; "
        f"machine built or found in {prepared - began:.0f} s, boot and tests {ended - prepared:.0f} s"
    )
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
