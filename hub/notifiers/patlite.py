"""PATLITE signal towers on the network: their socket (PNS) and HTTP commands.

After the makers' manuals: NHL series user's manual 8169, section 3.6 (PNS with the product classification
"XX", TCP port 10000); LA6-POE operation manual, sections 5.1 (PNS with "AB") and 5.8 (HTTP command); and
the maker's published example for the LR5-LAN ("AB"). Not tried on a real tower: see docs/verified.md.
"""

import struct
from typing import Protocol
from urllib.parse import urlsplit

from hub.notifier_settings import Lights, TowerSettings
from hub.notifiers.http_call import call
from hub.notifiers.lines import Exchange
from hub.notifiers.protocol import GiveUp, Retry

LIGHT_CODES = {"off": 0, "on": 1, "flash": 2, "fast": 3}
"""``flash`` is the first flashing pattern, ``fast`` the second, which not every model has."""
COLOURS = ("red", "amber", "green", "blue", "white")

RUN_CONTROL = b"S"
ACK, NAK = b"\x06", b"\x15"


class Tower(Protocol):
    """One tower."""

    def show(self, lights: Lights, exchange: Exchange) -> None:
        """Returns when the tower has confirmed it. Raises ``Retry`` or ``GiveUp``."""
        ...


class PnsTower:
    """By PNS over TCP. A connection for each command: the towers take few at once."""

    def __init__(self, settings: TowerSettings) -> None:
        self._where = (settings.host, settings.at_port)
        self._classification = settings.protocol.removeprefix("pns-").upper().encode()

    def show(self, lights: Lights, exchange: Exchange) -> None:
        """The run control command with five lights and the buzzer."""
        try:
            with exchange.connect(*self._where) as connected:
                connected.sendall(pns(self._classification, RUN_CONTROL, codes(lights)))
                answer = connected.recv(1)
        except OSError as error:
            raise Retry(exchange.why(error)) from error
        if exchange.was_cut:
            raise Retry(exchange.why(TimeoutError()))
        if answer == NAK:
            raise GiveUp("the tower refused the command (NAK)")
        if answer != ACK:
            raise Retry("the tower closed the connection" if not answer else "the answer is not PNS")


class HttpTower:
    """By the HTTP command."""

    def __init__(self, settings: TowerSettings) -> None:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._base = f"http://{host}:{settings.at_port}/api/control?alert="

    def show(self, lights: Lights, exchange: Exchange) -> None:
        """``GET /api/control?alert=`` with six digits; the body says whether it was understood."""
        digits = alert(lights)
        answer = call(exchange, "GET", urlsplit(self._base + digits), headers={"user-agent": "Madomori"})
        if answer.status != 200:
            raise Retry(f"the tower answered {answer.status}")
        if answer.body.strip().lower().startswith(b"error"):
            raise GiveUp("the tower refused the command (Error)")


def tower_of(settings: TowerSettings) -> Tower:
    """The tower that the settings name."""
    return HttpTower(settings) if settings.protocol == "http" else PnsTower(settings)


def codes(lights: Lights) -> bytes:
    """Six bytes: red, amber, green, blue, white, buzzer."""
    return bytes([*(LIGHT_CODES[getattr(lights, colour)] for colour in COLOURS), lights.buzzer])


def pns(classification: bytes, command: bytes, data: bytes) -> bytes:
    """A PNS frame: classification (2 bytes), command, 0, size of the data (big-endian, 2 bytes), data."""
    return struct.pack(">2scxH", classification, command, len(data)) + data


def alert(lights: Lights) -> str:
    """The value of the HTTP command's ``alert``: a digit for each light and the buzzer.

    Raises ``GiveUp`` for a buzzer pattern that this command cannot name: 9 means "as it is" here.
    """
    if lights.buzzer >= 9:
        raise GiveUp(f"the HTTP command knows buzzer patterns 0 to 8; the settings say {lights.buzzer}")
    return "".join(str(code) for code in codes(lights))
