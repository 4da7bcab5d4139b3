"""``madomori-verify`` as whoever gets a package runs it: without hub, database or any package but one."""

import importlib.util
import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.packages import Made, files_of, make_package, zip_of
from tests.support.proofs import size
from tools.verifier.__main__ import NAME, build
from wire.evidence import package as parts
from wire.evidence.keys import public_text
from wire.evidence.package import fingerprint
from wire.verifier.__main__ import main
from wire.verifier.container import NotReadable, container
from wire.verifier.package import NoPackage, Pins, check

FLIPS = size(150, 3000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_package(tmp_path_factory.mktemp("package"))


@pytest.fixture
def package(made: Made, tmp_path: Path) -> Path:
    file = tmp_path / "証拠一式.zip"
    file.write_bytes(made.data)
    return file


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with cryptography in it, and nothing else but the verifier as one file."""
    place = tmp_path_factory.mktemp("bare")
    for name in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            origin = Path(spec.origin)
            taken = origin.parent if origin.name == "__init__.py" else origin
            (place / taken.name).symlink_to(taken)
    build(place / NAME)
    return place


def run(bare: Path, *arguments: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """With no site packages at all: what is not in ``bare`` or the standard library is not there."""
    program = (
        "import sys; place = sys.argv.pop(1); sys.path.insert(0, place); import runpy;"
        f"sys.argv[0] = place + '/{NAME}'; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, str(bare), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", **environment},
        cwd=bare,
    )


def test_it_needs_nothing_but_cryptography_and_says_what_it_found(
    made: Made, package: Path, bare: Path, tmp_path: Path
) -> None:
    probe = [sys.executable, "-I", "-S", "-c", "import pydantic"]
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0, "nothing else is there"
    whole = run(bare, package)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    assert whole.stderr == ""
    assert "改変は見つかりませんでした" in whole.stdout
    assert "鍵の照合がまだ" in whole.stdout
    assert fingerprint(public_text(made.hub_key)) in whole.stdout
    pins = ["--hub-key", fingerprint(public_text(made.hub_key))]
    pins += ["--unit-key", f"c1={public_text(made.unit_key)}", "--tsa-ca", str(made.tsa.root)]
    pinned = run(bare, package, *pins, LANG="en_US.UTF-8")
    assert pinned.returncode == 0
    assert "nothing was altered" in pinned.stdout
    assert "not compared yet" not in pinned.stdout
    with zipfile.ZipFile(package) as file:
        file.extractall(tmp_path / "folder")
    assert run(bare, tmp_path / "folder").returncode == 0
    sound = sorted((tmp_path / "folder").rglob("*.flac"))[1]
    sound.write_bytes(sound.read_bytes()[:-1] + b"\0\0")
    altered = run(bare, tmp_path / "folder", "--lang", "ja")
    assert altered.returncode == 1
    assert f"区間 {int(sound.stem)}" in altered.stdout
    assert sound.parent.name in altered.stdout
    told = json.loads(run(bare, tmp_path / "folder", "--json").stdout)
    assert told["altered"] is True
    assert {"file-altered", "segment-altered"} <= {each["code"] for each in told["findings"]}


def test_the_verifier_as_one_file_is_the_same_file_each_time(bare: Path, tmp_path: Path) -> None:
    again = build(tmp_path / NAME)
    assert again.read_bytes() == (bare / NAME).read_bytes()
    assert again.stat().st_mode & 0o111


def test_what_is_no_package_and_what_cannot_be_is_said_with_code_2(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(zip_of({"photo.jpg": b"x"}))
    (tmp_path / "text.zip").write_bytes(b"no zip at all")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(package.read_bytes()[:-2000])
    for arguments in (
        [str(other)],
        [str(tmp_path / "text.zip")],
        [str(tmp_path / "nowhere.zip")],
        [str(cut)],
        [str(package), "--unit-key", "c1"],
        [str(package), "--tsa-ca", str(other)],
    ):
        assert main(arguments) == 2, arguments
        assert len(capsys.readouterr().out.strip().splitlines()) == 1
    assert main([str(package), "--hub-key", "no key"]) == 1


def test_any_byte_of_the_zip_itself_is_harmless_or_found(made: Made, tmp_path: Path) -> None:
    draw, whole = random.Random(3), made.files
    file = tmp_path / "package.zip"
    for _ in range(FLIPS):
        data = bytearray(made.data)
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        file.write_bytes(data)
        try:
            found = check(container(file), Pins()).findings
        except (NotReadable, NoPackage):
            continue
        # Times and such of the container are no content: then every file must be what it was.
        assert found.faults or files_of(bytes(data)) == whole


def test_a_name_that_is_there_twice_or_leads_elsewhere_is_a_fault(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = tmp_path / "twice.zip"
    twice.write_bytes(made.data)
    with zipfile.ZipFile(twice, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr(parts.REPORT, b"another report")
    assert main([str(twice), "--lang", "en"]) == 1
    assert "“report.pdf” is in it twice" in capsys.readouterr().out
    outside = tmp_path / "outside.zip"
    outside.write_bytes(zip_of(made.files | {"../../evil.txt": b"x", "a\x1b[2Jb.txt": b"y"}))
    assert main([str(outside), "--lang", "en"]) == 1
    out = capsys.readouterr().out
    assert "“../../evil.txt” is not in the list" in out
    assert "\x1b" not in out
    folder = tmp_path / "folder"
    with zipfile.ZipFile(tmp_path / "twice.zip") as file:
        file.extractall(folder)
    (folder / parts.REPORT).unlink()
    (folder / parts.REPORT).symlink_to(twice)
    (folder / ".DS_Store").write_bytes(b"left by a system")
    assert main([str(folder), "--lang", "en"]) == 1
    assert "“report.pdf” cannot be read" in capsys.readouterr().out


def test_the_language_follows_the_machine(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    for told, expected in (("ja_JP.UTF-8", "結果"), ("C.UTF-8", "結果"), ("de_DE.UTF-8", "Result")):
        monkeypatch.setenv("LANG", told)
        assert main([str(package)]) == 0
        assert expected in capsys.readouterr().out
