"""A whole shift: the first click, a hidden and a frozen tab, a network that goes, a computer that sleeps."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.brokers import wait_until
from tests.support.browser import ASKS_FIRST, chromium, errors_of, open_page
from tests.support.fake_hub import FakeHub, incident

Open = Callable[..., Page]

# Which signal sounds at a time: the length of the loop tells.
LISTEN = """
window.sounding = [];
const start = AudioBufferSourceNode.prototype.start, stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.start = function () {
  if (this.loop) sounding.push(this); start.call(this); };
AudioBufferSourceNode.prototype.stop = function () {
  sounding = sounding.filter(node => node !== this); stop.call(this); };
window.signal = () => sounding.map(node => ({1.6: 'alarm', 4: 'attention', 5: 'lost'})
  [Math.round(node.buffer.duration * 10) / 10]).join();
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """As people have it: a page may sound only after a click."""
    with chromium(ASKS_FIRST) as running:
        yield running


def listening(page_of: Open, hub: FakeHub, **context: object) -> Page:
    page = page_of("/sign-in", **context)
    page.add_init_script(LISTEN)
    page.goto(hub.url)
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    return page


def lifecycle(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def test_one_click_at_the_beginning_of_the_shift_gives_the_sound(hub: FakeHub, page_of: Open) -> None:
    page = page_of()
    bar = page.locator("#silent")
    expect(bar).to_be_visible()
    expect(page.locator("[data-slot=sound]")).to_have_text("音 OFF")
    page.get_by_role("button", name="音を出す").click()
    expect(bar).to_be_hidden()
    expect(page.locator("[data-slot=sound]")).to_have_text("音 ON")


def test_a_wall_screen_that_cannot_sound_says_so_without_a_button(hub: FakeHub, page_of: Open) -> None:
    page = page_of("/?wall=1")
    expect(page.locator("#silent")).to_contain_text("一度クリックしてください")
    expect(page.locator("button:visible")).to_have_count(0)
    expect(page.locator("#wall-clock")).to_be_visible()


def test_without_network_the_page_says_so_aloud_and_then_shows_all_it_missed(
    hub: FakeHub, page_of: Open
) -> None:
    page = listening(page_of, hub)
    hub.put(incident(1, "counter-1", severity="attention", kinds=["shout"]))
    expect(page.locator(".alarm")).to_have_count(1)
    assert page.evaluate("signal()") == "attention"
    hub.change(1, state="resolved")
    expect(page.locator(".alarm")).to_have_count(0)
    assert page.evaluate("signal()") == ""
    cdp = lifecycle(page)
    cdp.send("Network.enable")
    # New requests fail; the stream that stands is cut by the server.
    gone = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    cdp.send("Network.emulateNetworkConditions", gone)
    hub.cut()
    expect(page.locator("#cut-off")).to_contain_text("切断中")
    wait_until(lambda: page.evaluate("signal()") == "lost", "it sounds while it is cut off")
    assert ground_of_icon(page) == ("lost", [26, 26, 26, 255])
    hub.put(incident(2, "counter-2"))
    hub.put(incident(3, "counter-3"))
    hub.change(3, state="resolved")
    cdp.send("Network.emulateNetworkConditions", gone | {"offline": False})
    expect(page.locator("#cut-off")).to_be_hidden()
    expect(page.locator(".alarm")).to_have_attribute("data-incident", "2")
    wait_until(lambda: page.evaluate("signal()") == "alarm", "the missed alarm sounds")
    assert errors_of(page) == []


def test_a_frozen_tab_that_thaws_shows_everything(hub: FakeHub, page_of: Open) -> None:
    page = listening(page_of, hub)
    cdp = lifecycle(page)
    cdp.send("Page.setWebLifecycleState", {"state": "frozen"})
    hub.put(incident(1, "counter-1"))
    hub.put(incident(2, "counter-2"))
    hub.change(2, state="acknowledged", acknowledged_by="佐藤")
    hub.cut()
    cdp.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator(".alarm")).to_have_count(2)
    expect(page.locator(".alarm").nth(1)).to_have_attribute("data-state", "acknowledged")
    expect(page.locator("#cut-off")).to_be_hidden()


def test_a_lock_keeps_the_hidden_tab_from_being_frozen(hub: FakeHub, page_of: Open) -> None:
    page = listening(page_of, hub)
    held = page.evaluate("navigator.locks.query().then(all => all.held.map(lock => lock.name))")
    assert held == ["madomori-live"]


def test_after_ten_minutes_of_sleep_all_that_was_missed_is_there(browser: Browser, hub: FakeHub) -> None:
    """The lid closes: timers stand, the clock goes on, the connection is dead without saying so."""
    page = open_page(browser, hub, "/sign-in")
    page.clock.install()
    # A stream that hears nothing any more while `asleep`, as one whose other end is gone.
    page.add_init_script(
        """const Real = EventSource; window.asleep = false;
        window.EventSource = class extends Real { addEventListener(kind, act) {
          super.addEventListener(kind, event => window.asleep || act(event)); } };"""
    )
    page.goto(hub.url)
    page.clock.resume()
    expect(page.locator("#summary")).to_have_attribute("data-state", "well")
    page.evaluate("asleep = true")
    for n in range(1, 41):
        hub.put(incident(n, f"counter-{n % 6 + 1}"))
        if n % 2:
            hub.change(n, state="resolved")
    page.clock.fast_forward("10:00")
    page.evaluate("asleep = false")
    expect(page.locator(".alarm")).to_have_count(20)
    numbers = page.locator(".alarm").evaluate_all("all => all.map(one => Number(one.dataset.incident))")
    assert sorted(numbers) == list(range(2, 41, 2))
    expect(page.locator("#cut-off")).to_be_hidden()
    assert errors_of(page) == []
    page.context.close()


def test_the_computer_tells_of_an_alarm_when_the_page_is_not_in_front(browser: Browser, hub: FakeHub) -> None:
    page = open_page(browser, hub, "/sign-in")
    page.add_init_script(
        """window.told = []; window.gone = [];
        window.Notification = class { static permission = 'granted';
          constructor(title, more) { this.tag = more.tag; told.push([title, more.body]); }
          close() { gone.push(this.tag); } };
        document.hasFocus = () => false;"""
    )
    page.goto(hub.url)
    expect(page.locator("#notices-state")).to_have_text(
        "許可されています。この画面が手前にないときに表示されます。"
    )
    hub.put(incident(5, "counter-1"))
    hub.put(incident(6, "counter-2", severity="drill", tier=None))
    expect(page.locator(".alarm")).to_have_count(2)
    assert page.evaluate("told") == [["警報: 1番 住民票", "緊急ボタン"]]
    hub.change(5, state="acknowledged", acknowledged_by="佐藤")
    wait_until(lambda: page.evaluate("gone") == ["madomori-5"], "an answered one is taken away")
    page.context.close()


def ground_of_icon(page: Page) -> tuple[str, list[int]]:
    """What the tab's icon says, and the colour that it has in a corner of its ground."""
    shows, ground = page.evaluate(
        """async () => {
          const link = document.querySelector('link[rel=icon]'), image = new Image();
          const shows = link.dataset.shows;
          image.src = link.href;
          await image.decode();
          const pen = document.createElement('canvas').getContext('2d');
          pen.drawImage(image, 0, 0, 32, 32);
          return [shows, [...pen.getImageData(6, 16, 1, 1).data]];
        }"""
    )
    return shows, ground


def test_the_icon_flashes_until_somebody_answers(hub: FakeHub, page_of: Open) -> None:
    page = listening(page_of, hub)
    hub.put(incident(1, "counter-1"))
    expect(page.locator(".alarm")).to_have_count(1)
    seen = set()
    for _ in range(25):
        seen.add(ground_of_icon(page)[0])
        page.wait_for_timeout(100)
    assert seen == {"alarm", "calm"}
    wait_until(lambda: ground_of_icon(page) == ("alarm", [206, 0, 0, 255]), "it is red")
    hub.change(1, state="acknowledged", acknowledged_by="佐藤")
    wait_until(lambda: ground_of_icon(page) == ("calm", [0, 23, 193, 255]), "it is calm again")
