"""``make demo``: the whole of Madomori on this computer, until Ctrl-C."""

import argparse
import fcntl
import shutil
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TextIO

from tools.demo.broker import BrokerFailed, available, mosquitto_path
from tools.demo.child import DiesAgain
from tools.demo.conductor import Demo, NotReady, Stopped
from tools.demo.layout import FIRST_PORT, NoPort, sweep
from tools.setup.say import say

FOLDER = Path(__file__).resolve().parents[2] / ".demo"

READY = """
────────────────────────────────────────────────────────────────────────
 窓守の準備ができました。次のアドレスをブラウザーで開いてください。
 Madomori is ready. Open this address in a browser:

   {url}sign-in?next=/counters#{login}:{password}

 利用者 {login} ・ 一回限りのパスワード {password}
 login {login}, one-time password {password} (good for one sign-in)

 見守り / live page:          {url}
 仮想窓口 / virtual counters:  {url}counters

 終わるには Ctrl-C。次回は続きから始まります。
 Ctrl-C ends it. The next start goes on where this one ended.
────────────────────────────────────────────────────────────────────────
"""


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="tools/demo/run", description=__doc__)
    parser.add_argument("--port", type=int, help=f"of the pages; else as last time, or from {FIRST_PORT} on")
    parser.add_argument("--broker", choices=("mosquitto", "amqtt"), help="default: mosquitto when installed")
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="where everything is kept; default: .demo in the repository",
    )
    parser.add_argument("--reset", action="store_true", help="forget everything of earlier runs first")
    asked = parser.parse_args()
    if asked.port is not None and not 1 <= asked.port <= 65535:
        parser.error(f"--port must be 1 to 65535; given: {asked.port}")
    if asked.broker == "mosquitto" and mosquitto_path() is None:
        parser.error("--broker mosquitto: it is not installed")
    return asked


def take_lock(folder: Path) -> TextIO | None:
    """Held while the demo runs, and let go by the kernel however it ends. None: another one runs."""
    lock = (folder / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def forget(folder: Path) -> None:
    """Remove everything but the lock that is held."""
    sweep(folder)
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "lock":
            entry.unlink()


def main() -> int:
    """Exit code: 0 stopped as asked, 1 it could not run."""
    asked = arguments()
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr] # a terminal without Japanese
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = take_lock(folder)
    if lock is None:
        url = (folder / "url").read_text() if (folder / "url").exists() else "(starting)"
        say(f"デモはすでに動いています: {url}", f"The demo is running already: {url}")
        return 1
    with lock:
        if asked.reset:
            forget(folder)
            say("以前のデモの記録を消しました", "Removed what earlier demos had stored")
        return run(Demo(folder, broker=asked.broker or available(), port=asked.port))


def run(demo: Demo) -> int:
    """Start, say where, watch, and stop in order whatever happens."""
    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        url, login, password = demo.start(stop)
        print(READY.format(url=url, login=login, password=password), flush=True)
        demo.watch(stop)
    except Stopped:
        pass  # asked to stop before it was ready: that is what happens next
    except (BrokerFailed, DiesAgain, NoPort, NotReady) as error:
        print(f"\n{error}\n", file=sys.stderr, flush=True)
        return 1
    finally:
        demo.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
