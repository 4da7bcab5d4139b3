"""``python -m tests.support.sound_process GIVE_UP_S``: an ear on the real PyAudio, telling all as JSON lines.

A line on standard input ends it; the last line then says how long stopping took.
"""

import json
import sys
import threading
import time

from device.hearing.findings import Heard
from device.microphone.ear import Ear
from device.settings import MicrophoneSettings


def say(**what: object) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Listen until told to stop."""
    settings = MicrophoneSettings(source="pyaudio", device="default", full_scale_dba=120.0, calibrated=True)

    def tell(heard: Heard) -> None:
        say(
            heard=heard.kind,
            phase=heard.phase,
            level_dba=heard.level_dba,
            duration_s=heard.duration_s,
            at=time.monotonic(),
        )

    ear = Ear(settings, tell, give_up_s=float(sys.argv[1]), retry_first_s=0.1)
    ear.start()
    stop = threading.Event()

    def wait_for_line() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=wait_for_line, daemon=True).start()
    state = ""
    while not stop.wait(0.02):
        status = ear.status()
        known = status.state if status.level_dba is not None or status.state == "failed" else "opening"
        if known != state:
            state = known
            say(state=state, level_dba=status.level_dba, detail=status.detail, at=time.monotonic())
    began = time.monotonic()
    ear.stop(2.0)
    say(stopped_s=time.monotonic() - began, state=ear.status().state)


if __name__ == "__main__":
    main()
