"""The environment: when it is made anew, what goes into it, and what is said when it cannot be made."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.setup import environment, system
from tools.setup.environment import (
    DEMO,
    TEST,
    SetupFailed,
    group_requirements,
    prepare,
    stamp_of,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project without requirements, in a folder whose name has a space."""
    root = tmp_path / "our project"
    root.mkdir()
    (root / "pyproject.toml").write_text('[project]\nname = "x"\n[dependency-groups]\ndev = ["a>=1", "b"]\n')
    (root / "constraints.txt").write_text("a==1.2\n")
    return root


def test_stamp_changes_with_whatever_the_environment_depends_on(project: Path) -> None:
    stamps = {
        stamp_of(DEMO, project, "3.11"),
        stamp_of(TEST, project, "3.11"),
        stamp_of(DEMO, project, "3.12"),
    }
    for name in ("pyproject.toml", "constraints.txt"):
        (project / name).write_text((project / name).read_text() + "\n")
        stamps.add(stamp_of(DEMO, project, "3.11"))
    moved = project.rename(project.with_name("moved"))
    stamps.add(stamp_of(DEMO, moved, "3.11"))
    assert len(stamps) == 6


def test_stamp_does_not_change_by_itself(project: Path) -> None:
    assert stamp_of(DEMO, project, "3.11") == stamp_of(DEMO, project, "3.11")


def test_group_requirements_are_read(project: Path) -> None:
    assert group_requirements(project, ["dev"]) == ["a>=1", "b"]


def test_a_group_that_includes_another_is_refused(project: Path) -> None:
    (project / "pyproject.toml").write_text('[dependency-groups]\ndev = [{include-group = "x"}]\n')
    with pytest.raises(SetupFailed, match="requirements only"):
        group_requirements(project, ["dev"])


def test_our_own_groups_can_be_read() -> None:
    assert any(line.startswith("pytest") for line in group_requirements(ROOT, TEST.groups))


def test_a_failing_install_shows_the_end_of_its_log_and_leaves_no_stamp(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    for setting in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(SetupFailed, match=r"(?s)failed: .*pip install.*whole log"):
        prepare(DEMO, project)
    assert not list((project / ".venv").glob("ready-*"))


def test_a_half_made_environment_is_made_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(environment, "_install", lambda *_: None)
    prepare(DEMO, project)
    assert (project / ".venv" / "bin" / "pip").exists()
    made = (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    prepare(DEMO, project)
    assert (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made, "the second time nothing is done"


def test_a_moved_environment_is_made_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_install", lambda *_: None)
    prepare(DEMO, project)
    moved = project.rename(project.with_name("moved"))
    prepare(DEMO, moved)
    assert str(moved) in (moved / ".venv" / "bin" / "activate").read_text()


def test_missing_packages_are_named_in_a_command_to_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing", list)
    monkeypatch.setattr(system, "_privilege", lambda: None)
    with pytest.raises(system.NotInstalled, match=r"sudo apt-get install .*gcc make"):
        system.ensure(["gcc", "make"])


def test_nothing_is_asked_of_a_system_that_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "missing", lambda _packages: [])
    monkeypatch.setattr(system, "_privilege", lambda: pytest.fail("nobody needed to install"))
    system.ensure(["gcc"])


def test_what_is_only_for_reports_never_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def refuse(packages: Sequence[str]) -> None:
        asked.extend(packages)
        raise system.NotInstalled("no network")

    monkeypatch.setattr(system, "missing", list)
    monkeypatch.setattr(system, "ensure", refuse)
    for user, tried in ((1000, []), (0, list(system.FOR_REPORTS))):
        monkeypatch.setattr("tools.setup.system.os.geteuid", lambda user=user: user)
        system.try_to(system.FOR_REPORTS)
        assert asked == tried
        assert "sudo apt-get install fonts-noto-cjk" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no dpkg on this system")
def test_missing_finds_what_dpkg_does_not_have() -> None:
    assert system.missing(["dpkg", "no-such-package-of-ours"]) == ["no-such-package-of-ours"]


def test_run_scripts_refuse_an_old_python(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")  # the answer of an old one to our question
        (tmp_path / name).chmod(0o755)
    for name in ("sh", "dirname"):
        tool = shutil.which(name)
        assert tool is not None
        (tmp_path / name).symlink_to(tool)
    done = subprocess.run(
        [ROOT / "tools" / "demo" / "run"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "3.11 or newer is needed" in done.stderr


def test_an_environment_that_is_a_link_is_left_alone(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "bin").mkdir(parents=True)
    (elsewhere / "bin" / "python").write_text("somebody else's")
    (project / ".venv").symlink_to(elsewhere)
    with pytest.raises(SetupFailed, match="is a link to"):
        prepare(DEMO, project)
    assert (elsewhere / "bin" / "python").read_text() == "somebody else's"
