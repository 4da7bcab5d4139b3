"""A whole unit that records: button, light, events, segments at the hub, and nothing in clear on its disk."""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
import soundfile
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device.microphone.simulated import SimulatedMicrophone
from device.recorder.sealing import Sealer, flac
from tests.support.brokers import wait_until
from tests.support.evidence import key
from tests.support.hub_http import HttpHub
from tests.support.recorder import IDENTITY
from tests.support.unit_process import HandHub, UnitProcess
from tools.demo.broker import Broker
from wire.evidence.upload import read_body

MARKS = [
    re.compile(mark, re.DOTALL)
    for mark in (
        rb"fLaC[\x00\x80]\x00\x00\x22",
        rb"ZkxhQ[wz]AAACI",  # the same in base64
        rb"RIFF....WAVE",
        rb"OggS\x00\x02",
        rb"ftyp(isom|iso5|mp42|M4A)",
        rb"\xff\xd8\xff[\xe0\xe1]..(JFIF|Exif)",
    )
]
"""Beginnings of what can be heard or seen; long enough that sealed bytes never show one by chance."""


@pytest.fixture
def http_hub() -> Iterator[HttpHub]:
    with HttpHub() as hub:
        yield hub


@pytest.fixture
def unit(mosquitto: Broker, http_hub: HttpHub) -> Iterator[UnitProcess]:
    recorder = f"""signing_key = "recording.pem"
recipient = "{IDENTITY.to_public()}"
hub_url = "{http_hub.url}"
on_panic = true
panic_s = 60.0
limit_s = 600.0
"""
    unit = UnitProcess(mosquitto, microphone="simulated", recorder=recorder)
    pem = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (unit.folder / "recording.pem").write_bytes(pem)
    yield unit
    unit.clean()


def sound_found(folder: Path) -> list[str]:
    """Files in which something is found that could be heard or seen: the beginning of a known format, bytes
    like samples, or what a program for sound, or age with another identity, opens.
    """
    found = []
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        data = file.read_bytes()
        found += [f"{file.name}: {mark.pattern!r}" for mark in MARKS if mark.search(data)]
        for start in {0, data.find(b"\n") + 1, data.find(b"age-encryption")}:
            if start < 0:
                continue
            try:
                soundfile.read(io.BytesIO(data[start:]))
                found.append(f"{file.name}: opens as sound at byte {start}")
            except soundfile.LibsndfileError:
                pass
            try:
                pyrage.decrypt(data[start:], [pyrage.x25519.Identity.generate()])
                found.append(f"{file.name}: opens without the hub's identity")
            except (pyrage.DecryptError, ValueError):
                pass
        if _raw_sound(data):
            found.append(f"{file.name}: bytes like samples")
    return found


def _raw_sound(data: bytes) -> bool:
    """A room as 16-bit samples: small numbers of both signs, so that many high bytes are 0 and many 255."""
    window = 4096
    for at in range(0, max(0, len(data) - window), window):
        for first in (0, 1):
            high = data[at + first : at + window : 2]
            if min(high.count(0), high.count(255)) > len(high) // 5:
                return True
    return False


def test_the_search_finds_sound(tmp_path: Path) -> None:
    """What finds nothing must be able to find something."""
    microphone = SimulatedMicrophone(120.0)
    microphone.open()
    microphone.close()
    sound = b"".join(microphone.read() for _ in range(3))
    (tmp_path / "raw").write_bytes(b"x" + sound)
    (tmp_path / "flac").write_bytes(b"{}\n" + flac(sound))
    (tmp_path / "base64").write_bytes(base64.b64encode(flac(sound)))
    (tmp_path / "nothing").write_bytes(Sealer(str(IDENTITY.to_public())).seal(sound))
    assert {each.partition(":")[0] for each in sound_found(tmp_path)} == {"raw", "flac", "base64"}


def test_from_the_button_to_the_hub(mosquitto: Broker, http_hub: HttpHub, unit: UnitProcess) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        assert desk.lights["rec"] == "off"
        desk.press("record")
        desk.shows("rec", "steady")
        wait_until(lambda: hub.of_type("recording-started"), "the start is told")
        [started] = hub.of_type("recording-started")
        assert started.data["why"] == "staff"
        recording = started.data["recording"]
        wait_until(lambda: len(http_hub.hub.kept.get(recording, [])) >= 1, "a segment arrives meanwhile", 30)
        assert desk.lights["rec"] == "steady"
        assert sound_found(unit.folder / "state") == []
        desk.press("record")
        desk.shows("rec", "off")
        wait_until(lambda: hub.of_type("recording-ended"), "the end is told")
        [ended] = hub.of_type("recording-ended")
        assert (ended.data["recording"], ended.data["end"]) == (recording, "staff")
        wait_until(lambda: http_hub.hub.heads[recording].end == "staff", "the rest arrives")
        assert len(http_hub.hub.sound(recording)) / 16_000 == pytest.approx(ended.data["stored_s"])
        wait_until(lambda: not list((unit.folder / "state" / "recordings").iterdir()), "nothing stays")
        assert unit.terminate()[0] == 0


def test_a_press_of_the_panic_button_records_and_a_seized_unit_yields_no_sound(
    mosquitto: Broker, http_hub: HttpHub, unit: UnitProcess
) -> None:
    http_hub.hub.away = True
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("panic")
        desk.shows("rec", "steady")
        desk.press("record")  # nobody at the counter can end it now
        segments = unit.folder / "state" / "recordings"
        wait_until(lambda: list(segments.rglob("*.segment")), "a segment is on the disk", 30)
        assert desk.lights["rec"] == "steady"
        unit.kill()
        assert sound_found(unit.folder) == []
        files = list(segments.rglob("*.segment"))
        signed, sealed = read_body(files[0].read_bytes())
        assert pyrage.decrypt(sealed, [IDENTITY])[:4] == b"fLaC", "the hub opens what nobody else does"
        # The next start closes it, and all that was on the disk reaches the hub.
        http_hub.hub.away = False
        unit.start()
        recording = signed.line.recording
        wait_until(lambda: recording in http_hub.hub.heads, "it arrives", 30)
        wait_until(lambda: http_hub.hub.heads[recording].end == "power", "it is closed", 30)
        wait_until(lambda: hub.of_type("recording-ended"), "its end is told")
        assert hub.of_type("recording-ended")[0].data["end"] == "power"


def test_an_end_in_order_closes_the_recording(
    mosquitto: Broker, http_hub: HttpHub, unit: UnitProcess
) -> None:
    with HandHub(mosquitto, diligent=True) as hub:
        desk = unit.start()
        desk.press("record")
        desk.shows("rec", "steady")
        wait_until(lambda: hub.of_type("recording-started"), "the start is told")
        code, took_s = unit.terminate()
        assert code == 0
        assert took_s < 15
        wait_until(lambda: hub.of_type("recording-ended"), "the end is told before the program ends")
        assert hub.of_type("recording-ended")[0].data["end"] == "power"
