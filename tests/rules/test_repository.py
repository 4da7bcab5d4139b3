"""What may and may not be in the repository."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 300
PROGRAM = (".py", ".js", ".css", ".html", ".sh", ".svg", ".toml")
"""Written by hand and read by people: these stay short."""

FORBIDDEN = {
    # Put together from parts, so that this file does not hold them.
    "a package registry": re.compile(
        "|".join(
            re.escape(".".join(parts))
            for parts in (
                ("pypi", "org"),
                ("files", "pythonhosted", "org"),
                ("registry", "npmjs", "org"),
                ("deb", "debian", "org"),
                ("piwheels", "org"),
            )
        )
    ),
    "an absolute path of somebody's machine": re.compile(
        r"(?<![\w.~*])/" + r"(?:(?:work|root|Users)(?![\w-])|home/(?!USER\b|pi\b)\w)"
    ),
    "a private key": re.compile("-----BEGIN " + r"(?:[A-Z]+ )*PRIVATE KEY-----"),
}


def tracked() -> list[Path]:
    """Files in version control that are there."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a clone, or no git here: what is in version control cannot be known")
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for name in told.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str | None:
    """None for what is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_there_is_something_to_check() -> None:
    assert ROOT / "pyproject.toml" in tracked()


def test_files_are_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in PROGRAM and (lines := len((text_of(path) or "").splitlines())) > LINES_MAX
    }
    assert not long, f"at most {LINES_MAX} lines: {long}"


def test_nothing_points_at_one_machine_or_registry_and_no_key_is_kept() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number} holds {what}"
        for path in tracked()
        for number, line in enumerate((text_of(path) or "").splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)


def test_forbidden_things_are_recognised() -> None:
    samples = {
        "a package registry": "index-url = https://" + "pypi" + ".org/simple",
        "an absolute path of somebody's machine": "cd /" + "home/taro/madomori",
        "a private key": "-----BEGIN " + "EC PRIVATE KEY-----",
    }
    for what, sample in samples.items():
        assert FORBIDDEN[what].search(sample), what
    for innocent in ("/home/USER/x", "hub/root/x", "state_dir = /var/lib/madomori", "/v1/work/x"):
        assert not FORBIDDEN["an absolute path of somebody's machine"].search(innocent), innocent


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_run_scripts_are_executable_and_make_only_calls_them() -> None:
    for name in ("demo", "test", "test_gpio", "prove", "lint", "docs", "bench", "verifier", "train_hearing"):
        script = ROOT / "tools" / name / "run"
        assert script.stat().st_mode & 0o111, name
        assert script.read_text().startswith("#!/bin/sh\n"), name
    recipes = [line for line in (ROOT / "Makefile").read_text().splitlines() if line.startswith("\t")]
    assert recipes == ["\t@tools/$(subst -,_,$@)/run $(ARGS)"]
