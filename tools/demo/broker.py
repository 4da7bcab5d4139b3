"""A broker on loopback for the demo, the tests and the bench: mosquitto where there is one, else amqtt.

Both get the same users, the same rights (a unit reaches its own topics only) and no anonymous access.
"""

import contextlib
import json
import os
import pwd
import random
import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from argon2 import PasswordHasher

from tools.demo.child import with_parent
from wire.topics import FROM_UNIT, ROOT, TO_UNIT

Kind = Literal["mosquitto", "amqtt"]
READY_WITHIN_S = 15.0
HERE = Path(__file__).resolve().parents[2]


class BrokerFailed(RuntimeError):
    """The broker did not start; the message holds the end of its log."""


def available() -> Kind:
    """mosquitto when it is installed, else amqtt."""
    return "mosquitto" if mosquitto_path() else "amqtt"


def mosquitto_path() -> str | None:
    """Debian puts the program into /usr/sbin, which a user's PATH may not have."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


PORTS = (20_000, 32_768)
"""Below the range from which Linux takes the ports of outgoing connections."""


def free_port() -> int:
    """A TCP port of loopback that nobody uses at this moment, and that the kernel gives to no outgoing
    connection: whoever starts again finds it free. Raises ``OSError``."""
    for _ in range(1000):
        port = random.randrange(*PORTS)  # noqa: S311 no secret
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(f"no free port of 127.0.0.1 between {PORTS[0]} and {PORTS[1]}")


@dataclass
class Broker:
    """One broker process. ``folder`` keeps its configuration, users and state between starts."""

    kind: Kind
    folder: Path
    units: list[str]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    dies_with_starter: bool = False
    """Also when the starter is killed. Only for a starter whose main thread starts it."""

    annunciators: list[str] = field(default_factory=list)
    """Users that only read what is announced to them."""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = self.port or free_port()
        self.passwords = self._passwords()

    @property
    def log(self) -> Path:
        """Where the broker writes what it does."""
        return self.folder / "broker.log"

    def password_of(self, user: str) -> str:
        """The generated password of ``hub`` or of a unit."""
        return self.passwords[user]

    def start(self) -> None:
        """Start and wait until it accepts connections; raises ``BrokerFailed``."""
        command = self._mosquitto() if self.kind == "mosquitto" else self._amqtt()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=HERE,
                start_new_session=True,
                preexec_fn=with_parent() if self.dies_with_starter else None,  # noqa: PLW1509 see the field
            )
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        self.kill()
        tail = self.log.read_text(errors="replace")[-2000:]
        raise BrokerFailed(f"{self.kind} did not start on port {self.port}:\n{tail}")

    def stop(self, timeout_s: float = 3.0) -> None:
        """End it in order; kill it when it does not obey."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _users(self) -> list[str]:
        return ["hub", *self.units, *self.annunciators]

    def _passwords(self) -> dict[str, str]:
        file = self.folder / "passwords.json"
        known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        wanted = {user: known.get(user) or secrets.token_urlsafe(24) for user in self._users()}
        if wanted != known:
            _write_private(file, json.dumps(wanted))
        return wanted

    def _mosquitto(self) -> list[str]:
        program = mosquitto_path()
        if program is None:
            raise BrokerFailed("mosquitto is not installed")
        users = self.folder / "users"
        _write_private(users, "".join(f"{user}:{word}\n" for user, word in self.passwords.items()))
        hasher = Path(program).with_name("mosquitto_passwd")
        hasher = hasher if hasher.exists() else Path(shutil.which("mosquitto_passwd") or "mosquitto_passwd")
        subprocess.run([hasher, "-U", str(users)], check=True, capture_output=True)
        rules = ["user hub"]
        rules += [f"topic read {ROOT}/+/unit/+/{c.value}" for c in FROM_UNIT]
        rules += [f"topic write {ROOT}/+/unit/+/{c.value}" for c in TO_UNIT]
        rules += [f"topic write {ROOT}/+/area/+/alarm", f"topic write {ROOT}/+/annunciator/+/notice"]
        rules += [f"pattern write {ROOT}/+/unit/%u/{c.value}" for c in FROM_UNIT]
        rules += [f"pattern read {ROOT}/+/unit/%u/{c.value}" for c in TO_UNIT]
        rules += [f"pattern read {ROOT}/+/area/+/alarm", f"pattern read {ROOT}/+/annunciator/%u/notice"]
        acl = self.folder / "acl"
        _write_private(acl, "\n".join(rules) + "\n")
        config = self.folder / "mosquitto.conf"
        _write_private(
            config,
            f"""listener {self.port} 127.0.0.1
user {pwd.getpwuid(os.getuid()).pw_name}
allow_anonymous false
password_file {users}
acl_file {acl}
set_tcp_nodelay true
max_inflight_messages 0
max_queued_messages 200000
message_size_limit 131072
persistence true
persistence_location {self.folder}/
autosave_interval 300
log_type error
log_type warning
log_type notice
""",
        )
        return [program, "-c", str(config)]

    def _amqtt(self) -> list[str]:
        users = self.folder / "users"
        # Cheap parameters: the passwords are 24 random bytes, and every connection pays for this hash.
        hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
        _write_private(
            users, "".join(f"{user}:{hasher.hash(word)}\n" for user, word in self.passwords.items())
        )
        publish = {"hub": [f"{ROOT}/+/unit/+/{c.value}" for c in TO_UNIT]}
        publish["hub"] += [f"{ROOT}/+/area/+/alarm", f"{ROOT}/+/annunciator/+/notice"]
        subscribe = {"hub": [f"{ROOT}/+/unit/+/{c.value}" for c in FROM_UNIT]}
        for unit in self.units:
            publish[unit] = [f"{ROOT}/+/unit/{unit}/{c.value}" for c in FROM_UNIT]
            subscribe[unit] = [f"{ROOT}/+/unit/{unit}/{c.value}" for c in TO_UNIT]
            subscribe[unit].append(f"{ROOT}/+/area/+/alarm")
        for annunciator in self.annunciators:
            publish[annunciator] = []
            subscribe[annunciator] = [f"{ROOT}/+/annunciator/{annunciator}/notice"]
        config = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}},
            "plugins": {
                "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(users)},
                "amqtt.plugins.topic_checking.TopicAccessControlListPlugin": {
                    "publish_acl": publish,
                    "acl": subscribe,
                },
            },
        }
        file = self.folder / "amqtt.json"
        _write_private(file, json.dumps(config))
        return [sys.executable, "-m", "tools.demo.amqtt_broker", str(file)]


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text)
