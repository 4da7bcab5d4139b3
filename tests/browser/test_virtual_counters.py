"""The virtual counters: a press in the browser reaches the unit, and what the unit shows is seen."""

import base64
import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.settings import Counter as Registered
from tests.support.brokers import wait_until
from tests.support.browser import errors_of, open_page, overflow
from tests.support.fake_desk import FakeDesk
from tests.support.fake_hub import FakeHub
from tests.support.wav import tone
from tools.demo.virtual.extension import virtual_counters
from wire.lights import PATTERNS

UNITS = ("counter-1", "counter-2", "counter-3")
NAMES = ("住民票", "印鑑登録", "納税相談")
PRESS = {"do": "press", "button": "panic"}
RELEASE = {"do": "release", "button": "panic"}


@pytest.fixture
def desks() -> Iterator[list[FakeDesk]]:
    # Unix socket paths hold 108 characters; pytest's folders can be longer.
    with tempfile.TemporaryDirectory(prefix="vc-") as folder:
        made = [FakeDesk(unit, Path(folder) / f"{unit}.sock").start() for unit in UNITS]
        yield made
        for desk in made:
            desk.end()


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    (tmp_path / "shout.wav").write_bytes(tone())
    listed = [{"file": "shout.wav", "name": "どなり声", "name_en": "Shouting voice", "level_dba": 84.0}]
    (tmp_path / "sounds.json").write_text(json.dumps(listed))
    return tmp_path


@pytest.fixture
def virtual(desks: list[FakeDesk], sounds: Path) -> Iterator[FakeHub]:
    registered = [
        Registered(
            unit=unit, area="shimin", number=f"{n}番", number_en=f"No. {n}", name=name, name_en=f"Counter {n}"
        )
        for n, (unit, name) in enumerate(zip(UNITS, NAMES, strict=True), 1)
    ]
    extension = virtual_counters({desk.unit: desk.path for desk in desks}, sounds)
    hub = FakeHub(extensions=[extension], registered=registered).start()
    yield hub
    hub.stop()


@pytest.fixture
def page(browser: Browser, virtual: FakeHub) -> Iterator[Page]:
    shown = open_page(browser, virtual, "/counters")
    expect(shown.locator(".counter[data-running=true]")).to_have_count(3)
    yield shown
    assert errors_of(shown) == []
    shown.context.close()


def panic(page: Page, number: int = 1) -> str:
    return f".counter[data-unit=counter-{number}] [data-button=panic]"


def test_a_finger_down_is_a_press_and_up_is_a_release(page: Page, desks: list[FakeDesk]) -> None:
    button = page.locator(panic(page))
    button.hover()
    page.mouse.down()
    desks[0].wait_for(PRESS)
    page.mouse.up()
    desks[0].wait_for(PRESS, RELEASE)
    assert desks[1].asked == []


def test_a_finger_that_slides_off_lets_go(page: Page, desks: list[FakeDesk]) -> None:
    page.locator(panic(page)).hover()
    page.mouse.down()
    desks[0].wait_for(PRESS)
    page.mouse.move(2, 2)
    desks[0].wait_for(PRESS, RELEASE)
    page.mouse.up()
    desks[0].wait_for(PRESS, RELEASE)


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_presses_once_however_long_it_is_held(
    page: Page, desks: list[FakeDesk], key: str
) -> None:
    page.locator(panic(page)).focus()
    for _ in range(3):
        page.keyboard.down(key)  # the second and third are what a held key repeats
    page.keyboard.up(key)
    desks[0].wait_for(PRESS, RELEASE)


def test_quick_presses_arrive_in_their_order(page: Page, desks: list[FakeDesk]) -> None:
    button = page.locator(panic(page))
    for _ in range(5):
        button.click()
    desks[0].wait_for(*[PRESS, RELEASE] * 5)


def test_leaving_the_page_lets_go(page: Page, desks: list[FakeDesk]) -> None:
    page.locator(panic(page)).hover()
    page.mouse.down()
    desks[0].wait_for(PRESS)
    page.goto("about:blank")
    desks[0].wait_for(PRESS, RELEASE)


def test_a_button_held_while_the_unit_was_away_is_let_go(page: Page, desks: list[FakeDesk]) -> None:
    page.locator(panic(page)).hover()
    page.mouse.down()
    desks[0].wait_for(PRESS)
    desks[0].stop()
    expect(page.locator(panic(page))).to_be_disabled()
    page.mouse.up()
    desks[0].start()
    desks[0].wait_for(PRESS, RELEASE)
    page.locator(panic(page)).click()
    desks[0].wait_for(PRESS, RELEASE, PRESS, RELEASE)


def test_a_light_has_the_units_pattern_and_is_told_in_words(page: Page, desks: list[FakeDesk]) -> None:
    counter = page.locator(".counter[data-unit=counter-2]")
    expect(counter.locator(".meaning-alarm")).to_have_text("警報なし")
    for pattern, words in (
        ("waiting", "送信済み"),
        ("stored", "サーバーが警報を記録しました"),
        ("coming", "職員が向かっています"),
        ("unanswered", "電話を使ってください"),
        ("neighbour", "隣の窓口"),
    ):
        desks[1].say(say="light", light="alarm", pattern=pattern)
        lamp = counter.locator("[data-light=alarm]")
        expect(lamp).to_have_attribute("data-pattern", pattern)
        expect(counter.locator(".meaning-alarm")).to_contain_text(words)
        rhythm = PATTERNS[pattern].rhythm_ms
        glow = lamp.locator(".glow").evaluate(
            "glow => [getComputedStyle(glow).animationDuration, getComputedStyle(glow).opacity]"
        )
        if len(rhythm) > 1:
            assert glow[0] == f"{sum(rhythm) / 1000:g}s"
        else:
            assert glow == ["0s", "1"]
    desks[1].say(say="light", light="amber", pattern="steady")
    expect(counter.locator("[data-slot=timer]")).to_have_text("応対: 制限時間が近い")


def test_less_motion_keeps_the_words(browser: Browser, virtual: FakeHub, desks: list[FakeDesk]) -> None:
    page = open_page(browser, virtual, "/counters", reduced_motion="reduce")
    desks[0].say(say="light", light="alarm", pattern="waiting")
    expect(page.locator(".counter").first.locator(".meaning-alarm")).to_contain_text("送信済み")
    assert page.locator("[data-pattern=waiting] .glow").evaluate("glow => glow.getAnimations().length") == 0
    page.context.close()


def test_what_is_not_fitted_is_drawn_so(page: Page) -> None:
    record = page.locator(".counter").first.locator("[data-button=record]")
    expect(record).to_be_disabled()
    expect(record).to_contain_text("未搭載")
    expect(page.locator(".counter").first.locator("[data-light=rec]")).to_have_attribute(
        "data-fitted", "false"
    )


def test_the_rec_light_is_told_in_words(page: Page, desks: list[FakeDesk]) -> None:
    counter = page.locator(".counter").nth(1)
    words = counter.locator("[data-slot=rec]")
    expect(words).to_have_text("")  # not fitted
    desks[1].say(
        say="desk", unit="counter-2", buttons=["panic", "record"], lights=["alarm", "rec"], microphone=True
    )
    expect(words).to_have_text("録音していません")
    desks[1].say(say="light", light="rec", pattern="steady")
    expect(words).to_have_text("録音中です")
    desks[1].say(say="light", light="rec", pattern="off")
    expect(words).to_have_text("録音していません")


def test_a_unit_that_stops_is_drawn_so_and_comes_back(page: Page, desks: list[FakeDesk]) -> None:
    counter = page.locator(".counter[data-unit=counter-3]")
    desks[2].stop()
    expect(counter).to_have_attribute("data-running", "false")
    expect(counter.locator("[data-slot=stopped]")).to_be_visible()
    expect(counter.locator("[data-button=panic]")).to_be_disabled()
    desks[2].start()
    expect(counter).to_have_attribute("data-running", "true")
    expect(counter.locator("[data-button=panic]")).to_be_enabled()


def test_a_button_pressed_elsewhere_goes_down_here(page: Page, desks: list[FakeDesk]) -> None:
    desks[0].say(say="button", button="panic", pressed=True)
    button = page.locator(panic(page))
    expect(button).to_have_class("mushroom down")
    desks[0].say(say="button", button="panic", pressed=False)
    expect(button).to_have_class("mushroom")


def test_the_meter_shows_level_background_and_threshold(page: Page, desks: list[FakeDesk]) -> None:
    levels = {"level_dba": 81.2, "background_dba": 44.0, "threshold_dba": 75.0, "playing": True}
    desks[0].say(say="level", **levels)
    counter = page.locator(".counter").first
    expect(counter.locator("[data-slot=level]")).to_have_text("81 dB(A)")
    expect(counter.locator("[data-slot=background]")).to_have_text("周囲 44 dB(A)")
    expect(counter.locator("[data-slot=threshold]")).to_have_text("しきい値 75 dB(A)")
    expect(counter.locator(".meter")).to_have_class("meter loud")
    desks[0].say(say="level", level_dba=None, background_dba=None, threshold_dba=None, playing=False)
    expect(counter.locator("[data-slot=level]")).to_have_text("")


def test_a_sound_of_ours_is_played_at_its_level(page: Page, desks: list[FakeDesk]) -> None:
    counter = page.locator(".counter").first
    expect(counter.get_by_label("音", exact=True)).to_have_value("shout.wav")
    counter.get_by_role("button", name="再生").click()
    wait_until(lambda: len(desks[0].asked) == 1, "the sound arrives")
    asked = desks[0].asked[0]
    assert (asked["do"], asked["level_dba"]) == ("sound", 84.0)
    pcm = base64.b64decode(asked["pcm16"])
    samples = memoryview(pcm).cast("h")
    assert abs(len(samples) - 8000) < 200  # half a second at 16 kHz
    middle = samples[2000:6000]
    assert max(middle) == pytest.approx(16384, rel=0.05)
    crossings = sum(1 for a, b in pairwise(middle) if a < 0 <= b)
    assert crossings == pytest.approx(125, abs=3)  # 500 Hz for a quarter of a second
    counter.get_by_role("button", name="音を止める").click()
    wait_until(lambda: desks[0].asked[1:] == [{"do": "quiet"}], "the sound is stopped")


def test_a_file_of_ones_own_is_played_as_loud_as_chosen(page: Page, desks: list[FakeDesk]) -> None:
    counter = page.locator(".counter").first
    counter.get_by_label("音", exact=True).select_option("")
    counter.get_by_role("button", name="再生").click()
    expect(counter.locator("[data-slot=note]")).to_have_text("ファイルを選んでください。")
    own = counter.get_by_label("ファイル（30秒まで）")
    for wrong, told in (
        ({"name": "x.wav", "mimeType": "audio/wav", "buffer": b"no sound"}, "音声ファイルではありません"),
        (
            {"name": "x.wav", "mimeType": "audio/wav", "buffer": tone(31, 8000, 1)},
            "30秒を超える音は再生できません",
        ),
    ):
        own.set_input_files(wrong)  # type: ignore[arg-type]
        counter.get_by_role("button", name="再生").click()
        expect(counter.locator("[data-slot=note]")).to_contain_text(told)
    assert desks[0].asked == []
    own.set_input_files({"name": "x.wav", "mimeType": "audio/wav", "buffer": tone(30, 8000, 1)})
    for chosen, level in (("72", 72.0), ("own", None)):
        counter.get_by_label("マイク位置での音量").select_option(chosen)
        counter.get_by_role("button", name="再生").click()
        wait_until(lambda: desks[0].asked, "the sound arrives")
        assert desks[0].asked.pop()["level_dba"] == level


def test_without_sounds_the_page_says_so(browser: Browser, desks: list[FakeDesk], tmp_path: Path) -> None:
    extension = virtual_counters({"counter-1": desks[0].path}, tmp_path / "nothing")
    hub = FakeHub(extensions=[extension]).start()
    try:
        page = open_page(browser, hub, "/counters")
        expect(page.get_by_text("デモの音はまだ作られていません")).to_be_visible()
        expect(page.get_by_label("ファイル（30秒まで）")).to_be_visible()
        expect(page.locator(".plate h2")).to_have_text("counter-1")  # a unit that is not registered
        page.context.close()
    finally:
        hub.stop()


def test_a_lost_server_is_said(page: Page, virtual: FakeHub) -> None:
    virtual.stop()
    expect(page.locator("#cut-off")).to_be_visible()
    expect(page.locator("[data-button]:enabled")).to_have_count(0)
    virtual.start()
    expect(page.locator("#cut-off")).to_be_hidden()
    expect(page.locator(".counter[data-running=true]")).to_have_count(3)


@pytest.mark.parametrize("width", [375, 1280, 1920])
def test_it_fits_every_width(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert overflow(page) <= 0
    tops = {round(box["y"]) for one in page.locator(".desk").all() if (box := one.bounding_box())}
    assert len(tops) == (3 if width == 375 else 1)  # one above the other on a telephone, else side by side


def test_the_navigation_and_the_mark_that_it_is_simulated(page: Page) -> None:
    links = page.get_by_role("navigation").get_by_role("link")
    expect(links.first).to_have_text("見守り")
    expect(links.last).to_have_text("仮想窓口")
    expect(page.get_by_role("heading", level=1)).to_have_text("仮想窓口 模擬")
    expect(page.get_by_role("link", name="見守りを別の画面で開く")).to_have_attribute("href", "/")
