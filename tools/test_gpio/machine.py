"""An emulated x86 machine that boots the kernel, sees this computer's files read-only, and runs pytest."""

import shlex
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from tools.test_gpio.kernel import Kernel

HERE = Path(__file__).resolve().parent
WITHIN_S = 540.0
"""A machine that has not ended by then has failed; some ten times what it takes."""

MEMORY_MB = 1024


class MachineFailed(RuntimeError):
    """The machine did not come to an end; the message says how far it came."""


def run(kernel: Kernel, cache: Path, root: Path, arguments: list[str]) -> int:
    """Boot, run pytest in ``root`` with ``arguments``, tell its exit code; raises ``MachineFailed``."""
    result = cache / "result"
    result.unlink(missing_ok=True)
    initramfs = _initramfs(kernel, cache, root, arguments)
    command = [
        *("qemu-system-x86_64", "-nodefaults", "-no-reboot", "-display", "none", "-monitor", "none"),
        *("-machine", "pc", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", str(MEMORY_MB)),
        *("-kernel", str(kernel.image), "-initrd", str(initramfs)),
        # panic=-1: a kernel that fails reboots at once, which -no-reboot turns into the end.
        *("-append", "console=ttyS0 quiet panic=-1"),
        *("-serial", "stdio", "-serial", f"file:{result}"),
        # Several file systems of this computer seen as one must not mix up their inode numbers.
        *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-pci,fsdev=host,mount_tag=host"),
    ]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as machine:
        alarm = threading.Timer(WITHIN_S, machine.kill)
        alarm.start()
        try:
            for line in machine.stdout or ():
                sys.stdout.write(line.decode(errors="replace").replace("\r", ""))
                sys.stdout.flush()
        finally:
            alarm.cancel()
            machine.kill()
    said = result.read_text().strip() if result.exists() else ""
    if not said.isdecimal():
        raise MachineFailed(f"the machine ended without a result (at most {WITHIN_S:.0f} s are given)")
    return int(said)


def _color() -> str:
    # Seen from inside, the output is a terminal always.
    return "yes" if sys.stdout.isatty() else "no"


def _initramfs(kernel: Kernel, cache: Path, root: Path, arguments: list[str]) -> Path:
    """A first file system with busybox, the modules and what to do."""
    first = cache / "first"
    shutil.rmtree(first, ignore_errors=True)
    (first / "modules").mkdir(parents=True)
    for folder in ("bin", "dev", "proc", "sys", "house"):
        (first / folder).mkdir()
    busybox = shutil.which("busybox")
    if busybox is None:
        raise MachineFailed("busybox is not on the path")
    shutil.copy(busybox, first / "bin" / "busybox")
    # They are loaded in the order of their names.
    for place, module in enumerate(kernel.modules):
        shutil.copy(module, first / "modules" / f"{place:02d}-{module.name}")
    shutil.copy(HERE / "init.sh", first / "init")
    (first / "init").chmod(0o755)
    inside = [sys.executable, "-m", "tools.test_gpio.inside", f"--color={_color()}", *arguments]
    (first / "task").write_text(f"cd {shlex.quote(str(root))} && exec {shlex.join(inside)}\n")
    (first / "repository").write_text(str(root))
    archive = cache / "initramfs.cpio"
    names = "\n".join(str(path.relative_to(first)) for path in sorted(first.rglob("*")))
    with archive.open("wb") as output:
        subprocess.run(
            ["cpio", "--create", "--quiet", "--format=newc", "--owner=+0:+0"],
            cwd=first,
            input=names.encode(),
            stdout=output,
            check=True,
        )
    return archive
