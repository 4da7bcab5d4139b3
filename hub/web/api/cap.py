"""An alarm as a message of the Common Alerting Protocol 1.2 (OASIS standard, 1 July 2010)."""

from datetime import UTC, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from hub.house import House
from hub.incidents import UNRESOLVED, Incident, Outcome, Severity, State

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

_EVENTS = {"ja": "窓口の警報", "en-US": "Alarm at a counter"}
_HEADLINES = {"ja": "{place} で警報", "en-US": "Alarm at {place}"}
_KINDS = {
    "panic": ("緊急ボタン", "Emergency button"),
    "assist": ("応援要請", "Assist request"),
    "shout": ("大声（機器の推定）", "Shout (estimated by the unit)"),
    "bang": ("打撃音（機器の推定）", "Bang (estimated by the unit)"),
}


def cap_alert(incident: Incident, house: House, now: datetime) -> bytes:
    """XML in UTF-8: the alert itself, or its cancellation once the incident is over, made at ``now``."""
    ElementTree.register_namespace("", NAMESPACE)
    alert, over = Element(_tag("alert")), incident.state not in UNRESOLVED
    sender, began = f"madomori@{house.site}", _time(incident.opened)
    identifier = f"madomori.{house.site}.{incident.id}.{incident.opened:%Y%m%dT%H%M%SZ}"
    _put(alert, "identifier", f"{identifier}.end" if over else identifier)
    _put(alert, "sender", sender)
    _put(alert, "sent", _time(now) if over else began)
    _put(alert, "status", "Exercise" if incident.severity is Severity.DRILL else "Actual")
    _put(alert, "msgType", "Cancel" if over else "Alert")
    _put(alert, "scope", "Restricted")
    _put(alert, "restriction", "staff of the building")
    if over:
        _put(alert, "references", f"{sender},{identifier},{began}")
    for language in ("ja", "en-US"):
        _info(alert, incident, house, language)
    text: bytes = ElementTree.tostring(alert, encoding="utf-8", xml_declaration=True)
    return text


def _info(alert: Element, incident: Incident, house: House, language: str) -> None:
    place = house.place(incident.unit)
    second = language != "ja"
    names = [(both.en if second else both.ja) for both in (place.area, place.number, place.name)]
    where = _plain(" ".join(name for name in names if name))
    info = SubElement(alert, _tag("info"))
    _put(info, "language", language)
    _put(info, "category", "Security")
    _put(info, "event", _EVENTS[language])
    _put(info, "responseType", "Assess" if incident.severity is Severity.ATTENTION else "Execute")
    _put(info, "urgency", "Immediate" if incident.state in UNRESOLVED else "Past")
    _put(info, "severity", "Moderate" if incident.severity is Severity.ATTENTION else "Severe")
    _put(info, "certainty", _certainty(incident))
    _put(info, "onset", _time(incident.opened))
    _put(info, "headline", _HEADLINES[language].format(place=where)[:160])
    kinds = [_KINDS[kind][second] for kind in incident.kinds if kind in _KINDS]
    _put(info, "description", " · ".join(kinds))
    for name, value in (
        ("incident", str(incident.id)),
        ("state", incident.state.value),
        ("presses", str(incident.presses)),
        ("withdrawn", str(incident.withdrawn).lower()),
    ):
        parameter = SubElement(info, _tag("parameter"))
        _put(parameter, "valueName", f"madomori.{name}")
        _put(parameter, "value", value)
    area = SubElement(info, _tag("area"))
    _put(area, "areaDesc", where)
    geocode = SubElement(area, _tag("geocode"))
    _put(geocode, "valueName", "madomori.unit")
    _put(geocode, "value", incident.unit)


def _certainty(incident: Incident) -> str:
    """A machine's finding is possible, a press is likely, and what a person has judged is known."""
    if incident.state is State.CLOSED and incident.outcome is not None:
        return "Unlikely" if incident.outcome in (Outcome.FALSE_ALARM, Outcome.FAULT) else "Observed"
    return "Possible" if incident.severity is Severity.ATTENTION else "Likely"


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _tag(name)).text = text


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _time(moment: datetime) -> str:
    """In UTC. CAP asks for "-00:00" there, never "Z" (section 3.3.2)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "-00:00")


def _plain(text: str) -> str:
    """What XML 1.0 can hold."""
    return "".join(sign for sign in text if sign.isprintable())
