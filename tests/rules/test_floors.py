"""Imports point down: wire ← heart ← hands ← doors. The heart decides; it touches nothing."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("wire", "device", "hub")

HEART: dict[str, tuple[str, ...]] = {
    "device": (
        "alarms",
        "backlog",
        "clock_word",
        "commands",
        "configuration",
        "decisions",
        "faults",
        "finding",
        "heart",
        "inputs",
        "lights",
        "notes",
        "panel",
        "recording",
        "sessions",
        "telling",
        "timer",
        "hearing",
    ),
    "hub": (
        "alarms",
        "alerts",
        "boots",
        "drills",
        "escalation",
        "evidence",
        "figures",
        "fleet",
        "flood",
        "house",
        "incidents",
        "notices",
        "orders",
        "record",
        "sessions",
        "streams",
        "troubles",
    ),
}
"""Modules and folders that decide. A new one belongs into this table."""

VALUES: dict[str, tuple[str, ...]] = {
    "device": (),
    "hub": ("hub.clock.Now", "hub.people.Person", "hub.people.Role"),
}
"""Plain values that a heart takes from a module which is not of the heart."""

DOORS: dict[str, tuple[str, ...]] = {
    "device": ("app", "__main__"),
    "hub": ("app", "__main__", "web", "inbox"),
}

_OUTSIDE = """asyncio concurrent contextvars ctypes fcntl glob http io logging multiprocessing os pathlib
    queue requests select selectors shutil signal smtplib socket sqlite3 ssl subprocess sys tempfile threading
    time urllib alembic fastapi gpiozero httpx lgpio paho pyaudio sqlalchemy starlette structlog uvicorn
    uvloop wire.link"""
OUTSIDE = frozenset(_OUTSIDE.split())
"""What a heart must not import: I/O, threads and clocks."""

NOW = frozenset({"now", "utcnow", "today"})
"""Methods of ``datetime`` and ``date`` that read the clock."""


def modules(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def imports(file: Path) -> set[str]:
    """Every module that ``file`` imports anywhere in it, also within functions and for types only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)} imports relatively"
            assert node.module is not None
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def within(module: str, names: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether ``module`` is one of ``names`` or lies in one of them."""
    return any(module == name or module.startswith(f"{name}.") for name in names)


def heart_files(side: str) -> list[Path]:
    files: list[Path] = []
    for name in HEART[side]:
        folder = ROOT / side / name
        files += modules(name_of(folder)) if folder.is_dir() else [folder.with_suffix(".py")]
    return files


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    forbidden = {
        "wire": ("device", "hub"),
        "device": ("hub",),
        "hub": ("device",),
    }[package] + ("deploy", "tools", "tests")
    for file in modules(package):
        wrong = sorted(module for module in imports(file) if within(module, forbidden))
        assert not wrong, f"{name_of(file)} imports {wrong}"


def test_deploy_and_tools_are_imported_by_nobody_below() -> None:
    for file in modules("tools"):
        wrong = sorted(module for module in imports(file) if within(module, ("deploy", "tests")))
        assert not wrong, f"{name_of(file)} imports {wrong}"


@pytest.mark.parametrize("side", sorted(HEART))
def test_the_heart_exists_where_the_table_says(side: str) -> None:
    assert all(file.exists() for file in heart_files(side)), [
        name_of(file) for file in heart_files(side) if not file.exists()
    ]


@pytest.mark.parametrize("side", sorted(HEART))
def test_the_heart_does_no_io_and_has_no_threads_and_no_clock(side: str) -> None:
    for file in heart_files(side):
        wrong = sorted(module for module in imports(file) if within(module, OUTSIDE))
        assert not wrong, f"{name_of(file)} imports {wrong}"
        calls = [
            node.func.attr
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NOW
        ]
        assert not calls, f"{name_of(file)} reads the clock by {calls}"


@pytest.mark.parametrize("side", sorted(HEART))
def test_the_heart_imports_of_its_own_side_only_the_heart(side: str) -> None:
    allowed = tuple(f"{side}.{name}" for name in HEART[side])
    for file in heart_files(side):
        # "from a.b import c" counts as a.b and as a.b.c: a value's module may be named for the value only.
        given = {value for value in VALUES[side] if value in imports(file)}
        given |= {value.rpartition(".")[0] for value in given}
        own = {module for module in imports(file) if within(module, (side,)) and module != side}
        wrong = sorted(module for module in own - given if not within(module, allowed))
        assert not wrong, f"{name_of(file)} imports {wrong}"


@pytest.mark.parametrize("side", sorted(DOORS))
def test_hands_do_not_import_doors(side: str) -> None:
    doors = tuple(f"{side}.{name}" for name in DOORS[side])
    for file in modules(side):
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if not within(module, doors):
            wrong = sorted(each for each in imports(file) if within(each, doors))
            assert not wrong, f"{name_of(file)} imports {wrong}"


@pytest.mark.parametrize("side", sorted(DOORS))
def test_only_the_program_imports_app(side: str) -> None:
    for file in modules(side):
        if file not in (ROOT / side / "__main__.py", ROOT / side / "app.py"):
            assert not any(within(module, (f"{side}.app",)) for module in imports(file)), name_of(file)
