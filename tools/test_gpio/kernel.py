"""Debian's kernel, and beside it the GPIO simulator that Debian leaves out, compiled from Debian's source.

All of it lies in the cache, a folder that git ignores; nothing is installed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.setup.say import say

META = "linux-image-amd64"
"""The package that names Debian's present kernel."""

SERIES = "6.1"
"""Of Debian 12. gpio-sim uses the kernel's inner interfaces: another series wants another look."""

LOADED = (
    # Root over 9p first, then the pins. Each stands after what it needs.
    *("virtio_ring", "virtio", "virtio_pci_legacy_dev", "virtio_pci_modern_dev", "virtio_pci"),
    *("9pnet", "9pnet_virtio", "netfs", "fscache", "9p", "configfs"),
)
"""Debian's modules for the machine, in the order in which they are loaded."""

SIMULATOR = "gpio-sim-kit"
"""Our module: gpio-sim with irq_sim linked in, since Debian's kernel has neither."""

SOURCES = ("drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c")

NOT_FOR_MODULES = "handle_simple_irq(irq_to_desc(irqnum))"
FOR_MODULES = "generic_handle_irq(irqnum)"
"""irq_sim calls the first, which modules may not; the second finds the same handler."""

STAMP = "kernel.json"
"""Says in the cache what lies there, once all of it does."""

ENOUGH_MB = 2000
"""Room that building needs for a moment, in megabytes."""


class BuildFailed(RuntimeError):
    """The kernel could not be made ready; the message says what failed."""


@dataclass(frozen=True)
class Kernel:
    release: str
    image: Path
    modules: tuple[Path, ...]
    """In the order in which they are loaded."""


def built(cache: Path) -> Kernel | None:
    """The kernel, if ``cache`` has it as this recipe makes it."""
    stamp = cache / STAMP
    if not stamp.exists():
        return None
    made = json.loads(stamp.read_text())
    return _kernel(cache, made["release"]) if made["recipe"] == _recipe() else None


def ready(cache: Path) -> Kernel:
    """The kernel, from ``cache`` or built into it; raises ``BuildFailed``."""
    if (kernel := built(cache)) is not None:
        return kernel
    shutil.rmtree(cache, ignore_errors=True)
    work = cache / "work"
    work.mkdir(parents=True)
    if (free := shutil.disk_usage(work).free // 1_000_000) < ENOUGH_MB:
        raise BuildFailed(f"{ENOUGH_MB} MB are needed in {cache} for a moment; there are {free}")
    release, version = _present_kernel()
    say("カーネルを用意します（初回のみ）", f"Getting Debian's kernel {version}, compiling gpio-sim for it")
    _build(release, version, work, cache)
    shutil.rmtree(work)
    made = {"release": release, "version": version, "recipe": _recipe()}
    (cache / STAMP).write_text(json.dumps(made))
    return _kernel(cache, release)


def _recipe() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _kernel(cache: Path, release: str) -> Kernel:
    names = (*LOADED, SIMULATOR)
    return Kernel(release, cache / "vmlinuz", tuple(cache / "modules" / f"{name}.ko" for name in names))


def _present_kernel() -> tuple[str, str]:
    """Release and package version of Debian's kernel: "6.1.0-13-amd64", "6.1.55-1"."""
    said = _run(["apt-cache", "show", "--no-all-versions", META], Path.cwd())
    found = re.search(r"^Depends:.*?linux-image-(\S+) \(= ([^)]+)\)", said, re.MULTILINE)
    if found is None:
        raise BuildFailed(f"apt knows no {META}: please run `sudo apt-get update`, then try again")
    release, version = found.groups()
    if not release.startswith(f"{SERIES}."):
        raise BuildFailed(f"the kernel must be of series {SERIES}; apt offers {release}")
    return release, version


def _build(release: str, version: str, work: Path, cache: Path) -> None:
    common = release.rpartition("-")[0]
    packages = [
        *(f"linux-image-{release}", f"linux-headers-{release}", f"linux-headers-{common}-common"),
        *(f"linux-kbuild-{SERIES}", f"linux-source-{SERIES}"),
    ]
    _run(["apt-get", "download", *(f"{package}={version}" for package in packages)], work)
    for deb in work.glob("*.deb"):
        _run(["dpkg-deb", "--extract", str(deb), "tree"], work)
        deb.unlink()
    tree, modules = work / "tree", cache / "modules"
    modules.mkdir()
    shutil.copy(tree / "boot" / f"vmlinuz-{release}", cache / "vmlinuz")
    found = {path.name: path for path in (tree / "lib" / "modules" / release).rglob("*.ko")}
    for name in LOADED:
        shutil.copy(found[f"{name}.ko"], modules)
    headers = tree / "usr" / "src" / f"linux-headers-{release}"
    makefile = headers / "Makefile"
    # The packages expect to be installed; here they are not.
    makefile.write_text(makefile.read_text().replace("/usr/src", str(headers.parent)))
    shutil.copy(_compile(tree / "usr" / "src", headers, work), modules)


def _compile(src: Path, headers: Path, work: Path) -> Path:
    inside = f"linux-source-{SERIES}"
    archive = str(src / f"{inside}.tar.xz")
    _run(["tar", "--extract", "--file", archive, *(f"{inside}/{source}" for source in SOURCES)], work)
    build = work / "build"
    build.mkdir()
    for source in SOURCES:
        shutil.copy(work / inside / source, build)
    irq_sim = build / "irq_sim.c"
    text = irq_sim.read_text()
    if text.count(NOT_FOR_MODULES) != 1:
        raise BuildFailed(f"irq_sim.c no longer says {NOT_FOR_MODULES}: {Path(__file__).name} must learn it")
    irq_sim.write_text(text.replace(NOT_FOR_MODULES, FOR_MODULES))
    (build / "Kbuild").write_text(f"obj-m := {SIMULATOR}.o\n{SIMULATOR}-y := gpio-sim.o irq_sim.o\n")
    _run(["make", "-C", str(headers), f"M={build}", "modules"], work)
    return build / f"{SIMULATOR}.ko"


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    if done.returncode:
        raise BuildFailed(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
