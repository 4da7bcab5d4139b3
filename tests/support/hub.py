"""A real hub process with a real broker, people who sign in to it, and a look into its database."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.brokers import wait_until
from tests.support.hub_peers import SITE, Listener, Sender
from tools.demo.broker import Broker, free_port

ROOT = Path(__file__).resolve().parents[2]

__all__ = ["ROOT", "SITE", "Listener", "RunningHub", "Sender", "start_hub", "write_config"]


@dataclass
class RunningHub:
    """One hub. Its folder, database and port stay the same between starts."""

    config: Path
    state: Path
    broker: Broker
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.state / "hub.log"

    def start(self, *, ready: bool = True) -> "RunningHub":
        """Start the process; with ``ready``, wait until it serves pages and reads the broker."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "run", "--config", str(self.config)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=ROOT,
            )
        if ready:
            wait_until(self.is_ready, f"the hub is ready: {self.log}", within_s=30)
        return self

    def is_ready(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise AssertionError(f"the hub ended:\n{self.log.read_text()[-3000:]}")
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, within_s: float = 10.0) -> int:
        """End it by SIGTERM; its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def one_time_password(self, login: str, name: str, role: str) -> str:
        """By the hub's own command, while it runs."""
        words = ["--login", login, "--name", name, "--role", role]
        done = subprocess.run(
            [sys.executable, "-m", "hub", "one-time-password", "--config", str(self.config), *words],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        return done.stdout.strip()

    def client(
        self, login: str = "yamada", name: str = "山田 花子", role: str = "supervisor"
    ) -> httpx.Client:
        """A signed-in client; the caller closes it."""
        password = self.one_time_password(login, name, role)
        entered = httpx.post(
            f"{self.url}/api/v1/sign-in", json={"login": login, "password": password}, timeout=20
        ).raise_for_status()
        return httpx.Client(base_url=self.url, timeout=20, cookies=entered.cookies)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the database from outside."""
        with sqlite3.connect(f"file:{self.state / 'hub.sqlite'}?mode=ro", uri=True, timeout=10) as store:
            return store.execute(sql).fetchall()


def write_config(
    folder: Path, broker: Broker, counters: Sequence[str], *, ladder_s: float, database: str | None
) -> RunningHub:
    """The settings of a hub whose counters all stand in the area "desk"."""
    state = folder / "hub"
    state.mkdir(parents=True, exist_ok=True)
    password = folder / "hub.password"
    password.touch(mode=0o600)
    password.write_text(broker.password_of("hub"))
    port = free_port()
    stand = "".join(
        f'[[counters]]\nunit = "{unit}"\narea = "desk"\nnumber = "{n}番"\nnumber_en = "No. {n}"\n'
        f'name = "窓口{n}"\nname_en = "Counter {n}"\n'
        for n, unit in enumerate(counters, 1)
    )
    tiers = "".join(
        f'[[ladder]]\nname = "{name}"\nname_en = "{name_en}"\nseconds = {ladder_s}\n'
        for name, name_en in (("係長", "Team leader"), ("課長", "Section head"))
    )
    config = folder / "hub.toml"
    config.write_text(
        f"""site = "{SITE}"
state_dir = "{state}"
{f'database = "{database}"' if database else ""}
[broker]
host = "127.0.0.1"
port = {broker.port}
password_file = "{password}"
protocol = "{"3.1.1" if broker.kind == "amqtt" else "5"}"
[web]
port = {port}
[[areas]]
id = "desk"
name = "市民課"
name_en = "Citizens' Affairs"
{stand}{tiers}"""
    )
    return RunningHub(config, state, broker, port)


@contextmanager
def start_hub(
    tmp_path: Path,
    broker: Broker,
    counters: Sequence[str] = ("c1", "c2"),
    *,
    ladder_s: float = 3600.0,
    database: str | None = None,
) -> Iterator[RunningHub]:
    """A hub that is ready; stopped at the end, and must then end by itself."""
    hub = write_config(tmp_path, broker, counters, ladder_s=ladder_s, database=database)
    try:
        yield hub.start()
    finally:
        if hub.process is not None and hub.process.poll() is None:
            hub.stop()
