"""A shout at the microphone is on the live page: sound card, PortAudio, hearing, broker, hub, browser."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.brokers import need
from tests.support.browser import PATIENCE_MS, errors_of, watch_errors
from tests.support.house import House
from tests.support.sound import shout, talk
from tools.sounds.fifo import FifoMicrophone

pytest.importorskip("pyaudio", reason="PyAudio is not installed (it is compiled from portaudio19-dev)")


@pytest.fixture
def microphone(tmp_path: Path) -> Iterator[FifoMicrophone]:
    with FifoMicrophone(tmp_path) as fed:
        yield fed


@pytest.fixture
def house(tmp_path: Path, microphone: FifoMicrophone) -> Iterator[House]:
    need("mosquitto")
    whole = House(tmp_path, ["c1"], microphone="pyaudio", environment=microphone.environment)
    try:
        yield whole.start()
    finally:
        whole.stop()


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    profile = browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 800})
    profile.set_default_timeout(PATIENCE_MS)
    live = profile.new_page()
    watch_errors(live)
    word = house.hub.one_time_password("yamada", "山田 花子", "supervisor")
    live.goto(f"{house.hub.url}/sign-in?next=/#yamada:{word}")
    live.get_by_role("button", name="サインイン").click()
    expect(live.locator("#summary")).to_have_attribute("data-state", "well")
    yield live
    assert errors_of(live) == []
    profile.close()


def test_talk_is_not_shown_and_a_shout_is_with_its_level_as_an_estimate(
    microphone: FifoMicrophone, house: House, page: Page
) -> None:
    microphone.play(talk(), 62.0)
    while microphone.playing:
        time.sleep(0.1)
    page.wait_for_timeout(500)
    expect(page.locator(".alarm")).to_have_count(0)

    for seed in range(5):  # the first should do; a busy machine may lose sound
        microphone.play(shout(seed), 86.0)
        while microphone.playing:
            time.sleep(0.1)
        if page.locator(".alarm").count():
            break

    alarm = page.locator(".alarm")
    expect(alarm).to_have_count(1)
    expect(alarm).to_have_attribute("data-unit", "c1")
    expect(alarm).to_have_attribute("data-severity", "attention")
    expect(alarm.locator(".alarm-kinds")).to_have_text("大声（機器の推定）")
    expect(alarm.locator("[data-slot=level]")).to_contain_text("dB(A)（未校正）")
    live = page.evaluate("fetch('/api/v1/live').then((answer) => answer.text())")
    [incident] = json.loads(live)["incidents"]
    assert incident["kinds"] == ["shout"]
    assert incident["level_dba"] == pytest.approx(88.0, abs=5.0)
    assert incident["calibrated"] is False, "nobody has calibrated this unit, and it says so"
