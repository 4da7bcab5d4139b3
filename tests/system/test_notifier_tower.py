"""Signal towers: the right bytes, and always the state that stands."""

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.notices import Severity
from hub.notifier_settings import Lights, TowerSettings
from hub.notifiers import tower as towers
from hub.notifiers.carrier import Carrier
from hub.notifiers.lane import Lane
from hub.notifiers.lines import Lines
from hub.notifiers.patlite import alert, codes, pns, tower_of
from hub.notifiers.protocol import GiveUp, Retry
from hub.notifiers.tower import KEEP_S, TowerNotifier
from hub.store import standing as reading
from tests.support.brokers import wait_until
from tests.support.messages import SITE
from tests.support.notices import FakeClock, Post, notice, played
from tools.demo.broker import free_port
from tools.demo.tower import Protocol, SimulatedTower

PROTOCOLS: list[Protocol] = ["pns-ab", "pns-xx", "http"]


def settings(simulated: SimulatedTower, **changes: Any) -> TowerSettings:
    at = {"name": "hall", "host": "127.0.0.1", "port": simulated.port, "protocol": simulated.protocol}
    return TowerSettings.model_validate(at | changes)


def test_the_manuals_own_examples() -> None:
    # NHL user's manual 8169, section 3.6: red on, amber flashing pattern 1, green pattern 2, buzzer 4.
    shown = Lights(red="on", amber="flash", green="fast", buzzer=4)
    assert pns(b"XX", b"S", codes(shown)) == bytes.fromhex("58 58 53 00 00 06 01 02 03 00 00 04")
    # The same as six digits, in the order of the LA6-POE manual's section 5.8: tiers 1 to 5, buzzer.
    assert alert(shown) == "123004"
    assert pns(b"AB", b"S", bytes(6))[:6] == bytes.fromhex("41 42 53 00 00 06")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_lights_and_buzzer_are_those_of_the_settings(protocol: Protocol) -> None:
    with SimulatedTower(protocol) as simulated:
        stands: list[Severity] = ["none"]
        chosen = settings(simulated, alarm={"red": "fast", "buzzer": 2}, none={"green": "on"})
        notifier = TowerNotifier(chosen, lambda: stands[0], SystemClock())
        seen = []
        for stands[0] in ("alarm", "attention", "trouble", "drill", "none"):
            notifier.send(notice(1, "tower", "hall"))
            seen.append(simulated.lights)
    assert seen == [
        {"red": "fast", "buzzer": "2"},
        {"amber": "flash"},
        {"amber": "on"},
        {"green": "flash"},
        {"green": "on"},
    ]


def test_by_default_a_tower_makes_no_sound() -> None:
    default = TowerSettings(name="hall", host="10.0.0.1", protocol="http")
    assert [default.lights(s).buzzer for s in ("alarm", "attention", "trouble", "drill", "none")] == [0] * 5
    assert default.at_port == 80
    assert TowerSettings(name="hall", host="10.0.0.1", protocol="pns-ab").at_port == 10000


@pytest.mark.parametrize(
    ("lever", "protocol", "error", "told"),
    [
        ("refuses", "pns-ab", GiveUp, "refused the command"),
        ("refuses", "pns-xx", GiveUp, "refused the command"),
        ("refuses", "http", GiveUp, "refused the command"),
        ("garbage", "pns-ab", Retry, "the answer is not PNS"),
        ("garbage", "http", Retry, "the connection failed"),
        ("mute", "pns-ab", Retry, r"no answer within 0\.5 s"),
        ("mute", "http", Retry, r"no answer within 0\.5 s"),
    ],
)
def test_what_a_tower_may_do_wrong(
    lever: str, protocol: Protocol, error: type[Exception], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(towers, "TOWER_S", 0.5)
    with SimulatedTower(protocol) as simulated:
        notifier = TowerNotifier(settings(simulated), lambda: "alarm", SystemClock())
        setattr(simulated, lever, True)
        with pytest.raises(error, match=told):
            notifier.send(notice(1, "tower", "hall"))
        setattr(simulated, lever, False)
        notifier.send(notice(1, "tower", "hall"))
        assert simulated.lights == {"red": "flash"}


def test_a_tower_of_the_other_kind_is_noticed() -> None:
    with SimulatedTower("pns-ab") as simulated:
        other = tower_of(settings(simulated, protocol="pns-xx"))
        with Lines().within(5) as exchange, pytest.raises(GiveUp, match="NAK"):
            other.show(Lights(), exchange)


def test_a_buzzer_that_the_http_command_cannot_name_is_not_sent() -> None:
    with pytest.raises(GiveUp, match="0 to 8; the settings say 9"):
        alert(Lights(buzzer=9))


def _hang_up(listener: socket.socket) -> None:
    listener.accept()[0].close()


def test_a_tower_that_closes_without_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        chosen = TowerSettings(name="hall", host="127.0.0.1", port=port, protocol="pns-ab")
        hanging_up = threading.Thread(target=_hang_up, args=(listener,), daemon=True)
        hanging_up.start()
        with pytest.raises(Retry, match=r"the tower closed the connection|the connection failed"):
            TowerNotifier(chosen, lambda: "alarm", SystemClock()).send(notice(1, "tower", "hall"))
        hanging_up.join(10)


def test_a_test_shows_an_alarm_and_then_what_stands() -> None:
    clock = FakeClock()
    with SimulatedTower("pns-ab") as simulated:
        notifier = TowerNotifier(settings(simulated), lambda: "trouble", clock)
        notifier.send(notice(1, "tower", "hall", reason="test", severity="none"))
        assert simulated.lights == {"red": "flash"}
        assert notifier.next_keep - clock.now().monotonic == towers.TEST_S
        notifier.keep()
        assert simulated.lights == {"amber": "on"}
        assert notifier.next_keep - clock.now().monotonic == KEEP_S


def test_what_another_hub_shows_meanwhile_is_not_overwritten() -> None:
    """We asked before the alarm and spoke after the other hub had shown it."""
    answers: list[Severity] = ["none", "alarm", "alarm"]
    with SimulatedTower("pns-ab") as simulated:
        notifier = TowerNotifier(settings(simulated), lambda: answers.pop(0), SystemClock())
        notifier.keep()
        assert list(simulated.shown) == ["000000", "200000"]


def lane(post: Post, simulated: SimulatedTower) -> Lane:
    loop = asyncio.get_running_loop()

    def standing() -> Severity:
        asked = post.store.read(lambda tx: reading.standing(tx, SITE, "tower", "hall"))
        return asyncio.run_coroutine_threadsafe(asked, loop).result(10)

    return Lane(TowerNotifier(settings(simulated), standing, post.clock), "hall", post.clock)


async def carried(post: Post, simulated: SimulatedTower) -> tuple[Carrier, asyncio.Task[None]]:
    carrier = Carrier(post.store, SITE, post.clock, [lane(post, simulated)], "hub-a")
    return carrier, asyncio.get_running_loop().create_task(carrier.run())


def test_the_most_severe_stands_until_it_is_over_also_after_a_restart(tmp_path: Path) -> None:
    with SimulatedTower("pns-ab") as simulated:

        async def scene(post: Post) -> None:
            async def shows(lights: dict[str, str]) -> None:
                await post.until(lambda: simulated.lights == lights)

            def tell(number: int, **changes: Any) -> Any:
                return notice(number, "tower", "hall", **changes)

            carrier, task = await carried(post, simulated)
            await post.add(tell(1, reason="attention", severity="attention"))
            await shows({"amber": "flash"})
            await post.add(tell(2, incident=8))
            await shows({"red": "flash"})
            await post.add(tell(3, reason="escalation"))
            await post.add(tell(4, incident=8, reason="stand_down", severity="none"))
            await shows({"red": "flash"})  # 7 has become an alarm by its escalation
            await carrier.close()
            await task
            simulated.off()
            simulated.on()
            assert simulated.lights == {}
            carrier, task = await carried(post, simulated)
            await shows({"red": "flash"})
            await post.add(tell(5, reason="stand_down", severity="none"))
            await shows({})
            await carrier.close()
            await task

        played(tmp_path, scene)


def test_a_tower_that_was_without_power_shows_the_alarm_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(towers, "KEEP_S", 0.3)
    monkeypatch.setattr(towers, "KEEP_AGAIN_S", 0.2)
    with SimulatedTower("http") as simulated:

        async def scene(post: Post) -> None:
            carrier, task = await carried(post, simulated)
            await post.add(notice(1, "tower", "hall"))
            await post.until(lambda: simulated.lights == {"red": "flash"})
            simulated.off()
            # What was under way as it went off may have been reset.
            await post.until(lambda: carrier.healths[0].why == "the connection was refused")
            assert carrier.healths[0].state == "failing"
            simulated.on()
            await post.until(lambda: simulated.lights == {"red": "flash"})
            await post.until(lambda: carrier.healths[0].state == "well")
            await carrier.close()
            await task

        played(tmp_path, scene)


def test_an_alarm_while_the_tower_is_away_is_shown_when_it_is_back(tmp_path: Path) -> None:
    simulated = SimulatedTower("pns-xx", free_port())

    async def scene(post: Post) -> None:
        carrier, task = await carried(post, simulated)
        await post.add(notice(1, "tower", "hall"))
        await post.until(lambda: carrier.healths[0].state == "failing")
        with simulated:
            await post.until(lambda: simulated.lights == {"red": "flash"})
            await post.until_states({"7-1-0-1": "sent"})
            await carrier.close()
            await task

    played(tmp_path, scene)


def test_the_simulated_tower_knows_what_no_change_means() -> None:
    with (
        SimulatedTower("pns-ab") as simulated,
        socket.create_connection(("127.0.0.1", simulated.port)) as line,
    ):
        for data in ((1, 2, 0, 0, 0, 1), (9, 0, 9, 9, 9, 9)):
            line.sendall(pns(b"AB", b"S", bytes(data)))
            assert line.recv(1) == b"\x06"
        wait_until(lambda: simulated.lights == {"red": "on", "buzzer": "1"}, "only amber has changed")
