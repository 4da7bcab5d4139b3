"""Debian packages that a command needs: installed where that is allowed, else named exactly."""

import os
import shutil
import subprocess
from collections.abc import Sequence

from tools.setup.say import say

FOR_TESTS = (
    "mosquitto",
    "chromium",
    "fonts-noto-cjk",
    "portaudio19-dev",
    "libasound2-plugins",
    "espeak-ng",
    "postgresql",
    "gcc",
    "python3-dev",
    "make",
    "swig",  # builds lgpio, which has no wheel for Python 3.13 yet
)


FOR_REPORTS = ("fonts-noto-cjk",)
"""What the hub's reports are printed with; everything else works without it."""


class NotInstalled(RuntimeError):
    """Packages are missing and may not be installed from here; the message is the command that does it."""


def missing(packages: Sequence[str]) -> list[str]:
    """Those of ``packages`` that dpkg does not know as installed; empty where there is no dpkg."""
    if shutil.which("dpkg-query") is None:
        return []
    return [name for name in packages if not _installed(name)]


def ensure(packages: Sequence[str]) -> None:
    """Install what is missing as root or through sudo without a password; raises ``NotInstalled``."""
    wanted = missing(packages)
    if not wanted:
        if shutil.which("dpkg-query") is None:
            say("dpkg がないため確認できません", f"No dpkg here: please see to {' '.join(packages)} yourself")
        return
    prefix = _privilege()
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *wanted]
    if prefix is None:
        raise NotInstalled(
            "必要なパッケージがありません。次を実行してから、もう一度お試しください。\n"
            "Packages are missing. Please run this, then try again:\n\n"
            f"    sudo apt-get update && sudo {' '.join(install)}\n"
        )
    say("システムのパッケージを入れます", f"Installing system packages: {' '.join(wanted)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # An image without package lists finds nothing; an old list names files that are gone.
    for command in (["apt-get", "update"], install):
        done = subprocess.run(
            [*prefix, *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotInstalled(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")


def try_to(packages: Sequence[str]) -> None:
    """Install what is missing where that needs nobody's leave (as root); else say what would do it."""
    wanted = missing(packages)
    if not wanted:
        return
    if os.geteuid() == 0:
        try:
            ensure(wanted)
        except NotInstalled:
            pass
        else:
            return
    names = " ".join(wanted)
    say(
        f"報告書（PDF）の作成には次が必要です: sudo apt-get install {names}",
        f"Reports (PDF) need this: sudo apt-get install {names}",
    )


def _installed(name: str) -> bool:
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", name],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout == "installed"


def _privilege() -> list[str] | None:
    """What to put before apt-get; None when this person may not install."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    allowed = subprocess.run(["sudo", "--non-interactive", "true"], capture_output=True, check=False)
    # sudo empties the environment; apt must still ask no questions.
    return ["sudo", "DEBIAN_FRONTEND=noninteractive"] if allowed.returncode == 0 else None
