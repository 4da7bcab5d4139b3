"""Make ``.venv`` ready for what a command needs; at once when it is ready already.

Run by the machine's own Python before anything is installed: standard library only. Where packages come
from is the machine's pip configuration, never stated here.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tools.setup import system
from tools.setup.say import say

ROOT = Path(__file__).resolve().parents[2]


class SetupFailed(RuntimeError):
    """The environment could not be made; the message says what a person can do."""


@dataclass(frozen=True)
class Profile:
    """What one command needs installed: extras and dependency groups of pyproject.toml."""

    name: str
    extras: tuple[str, ...]
    groups: tuple[str, ...] = ()
    binary_only: bool = False
    """Refuse packages that would have to be compiled: a fresh machine has no compiler."""


DEMO = Profile("demo", ("device", "hub", "trial"), binary_only=True)
TEST = Profile("test", (*DEMO.extras, "hardware", "postgresql", "apprise"), ("dev",))
PROFILES = {profile.name: profile for profile in (DEMO, TEST)}
CONTAINS = {TEST.name: (DEMO,)}
"""What an environment of the profile is good for besides."""


def stamp_of(profile: Profile, root: Path, python: str) -> str:
    """Changes whenever the environment would have to. ``root``: a moved .venv no longer works."""
    digest = hashlib.sha256()
    for part in (
        (root / "pyproject.toml").read_bytes(),
        (root / "constraints.txt").read_bytes(),
        repr((profile, str(root), python)).encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def group_requirements(root: Path, groups: Iterable[str]) -> list[str]:
    """Requirements of dependency groups (PEP 735). Debian 12's pip 23.0 has no ``--group``."""
    tables = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    wanted: list[str] = []
    for group in groups:
        for entry in tables[group]:
            if not isinstance(entry, str):
                raise SetupFailed(f"dependency group {group} may hold requirements only; given: {entry!r}")
            wanted.append(entry)
    return wanted


def prepare(profile: Profile, root: Path = ROOT) -> None:
    """Make ``root/.venv`` ready for ``profile``; raises ``SetupFailed``."""
    cache = root / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands started at once must not both install
        _prepare(profile, root, cache / "setup.log")


def _prepare(profile: Profile, root: Path, log: Path) -> None:
    venv = root / ".venv"
    version = sys.version
    if _stamp(venv, profile).exists() and _stamp(venv, profile).read_text() == stamp_of(
        profile, root, version
    ):
        return
    started = time.monotonic()
    log.write_text("")
    if not _usable(venv, root):
        say("Python の環境 (.venv) を作ります", "Making the Python environment (.venv)")
        _make(venv, root, log)
    say(
        "パッケージを入れます（初回は1分ほど）",
        "Installing packages (about a minute the first time)",
    )
    _install(profile, venv, root, log)
    for good in (profile, *CONTAINS.get(profile.name, ())):
        _stamp(venv, good).write_text(stamp_of(good, root, version))
    seconds = time.monotonic() - started
    say(f"環境ができました（{seconds:.0f}秒）", f"The environment is ready ({seconds:.0f} s)")


def _stamp(venv: Path, profile: Profile) -> Path:
    return venv / f"ready-{profile.name}"


def _usable(venv: Path, root: Path) -> bool:
    """Whether the environment works, is of this Python, and has not been moved."""
    python, activate = venv / "bin" / "python", venv / "bin" / "activate"
    if not python.exists() or not activate.exists():  # an interrupted start leaves the first alone
        return False
    probe = "import pip, sys; print(sys.version); print(sys.prefix)"
    answer = subprocess.run([python, "-c", probe], cwd=root, capture_output=True, text=True, check=False)
    mine = f"{sys.version}\n{venv}\n"
    made_here = f"{venv}" in activate.read_text(errors="replace")
    return answer.returncode == 0 and answer.stdout == mine and made_here


def _make(venv: Path, root: Path, log: Path) -> None:
    if venv.is_symlink():  # what it leads to would be emptied, and belongs to something else
        raise SetupFailed(f"{venv} is a link to {venv.readlink()}: remove the link, then try again")
    if find_spec("ensurepip") is None:  # Debian and Ubuntu split it off
        system.ensure([f"python{sys.version_info.major}.{sys.version_info.minor}-venv"])
    _run([sys.executable, "-m", "venv", "--clear", str(venv)], root, log, dict(os.environ))


def _install(profile: Profile, venv: Path, root: Path, log: Path) -> None:
    environment = dict(os.environ)
    # Holds for the build of our own package as well, which "-c" does not. Relative: pip splits at spaces.
    environment["PIP_CONSTRAINT"] = "constraints.txt"
    environment["PIP_BUILD_CONSTRAINT"] = "constraints.txt"
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    environment["PYPI"] = "1"  # lgpio's own word for: build with its C library inside, Debian has none
    # Modules are compiled when first imported: most of what is installed never is.
    command = [str(venv / "bin" / "python"), "-m", "pip", "install", "--no-compile", "--no-input"]
    if profile.binary_only:
        command += ["--only-binary", ":all:"]
    extras = ",".join(profile.extras)
    _run([*command, "-e", f".[{extras}]", *group_requirements(root, profile.groups)], root, log, environment)


def _run(command: list[str], root: Path, log: Path, environment: dict[str, str]) -> None:
    with log.open("ab") as output:
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=output, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
        raise SetupFailed(f"{tail}\n\nfailed: {' '.join(command)}\n(whole log: {log.relative_to(root)})")


def main(arguments: list[str]) -> int:
    """``python -m tools.setup.environment PROFILE``"""
    if len(arguments) != 1 or arguments[0] not in PROFILES:
        print(f"one of {', '.join(PROFILES)} is wanted; given: {arguments}", file=sys.stderr)
        return 2
    profile = PROFILES[arguments[0]]
    try:
        if profile is TEST:
            system.ensure(system.FOR_TESTS)
        else:
            system.try_to(system.FOR_REPORTS)
        prepare(profile)
    except (SetupFailed, system.NotInstalled) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
