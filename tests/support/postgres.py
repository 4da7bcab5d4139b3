"""A PostgreSQL server of the test's own, from the machine's binaries."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tools.demo.broker import free_port

READY_WITHIN_S = 30.0


def binaries() -> Path | None:
    """Debian keeps each version in a folder of its own, outside the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    inside = shutil.which("initdb")
    return Path(inside).parent if inside else None


@contextmanager
def running_postgres() -> Iterator[str]:
    """URL of a fresh server; skips the test where PostgreSQL is not installed."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (make test installs it)")
    # initdb refuses root; somebody else needs a folder that they may enter.
    as_nobody = (
        ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    )
    folder = Path(tempfile.mkdtemp(prefix="md-pg-"))
    if as_nobody:
        shutil.chown(folder, "nobody", "nogroup")
    data, port = folder / "data", free_port()
    try:
        subprocess.run(
            [*as_nobody, programs / "initdb", "-D", data, "-A", "trust", "-U", "madomori", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        options = [f"-cport={port}", "-clisten_addresses=127.0.0.1", f"-cunix_socket_directories={folder}"]
        # Tests need no disk that survives; the hub asks for synchronous commits by itself.
        options += ["-cfsync=off", "-cmax_connections=30"]
        server = subprocess.Popen(
            [*as_nobody, programs / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            _wait(port)
            yield f"postgresql+psycopg://madomori@127.0.0.1:{port}/postgres"
        finally:
            server.terminate()
            server.wait(20)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(server: str, name: str) -> str:
    """URL of an empty database on the server."""
    plain = server.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.rsplit("/", 1)[0] + f"/{name}"


def _wait(port: int) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            psycopg.connect(f"postgresql://madomori@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
