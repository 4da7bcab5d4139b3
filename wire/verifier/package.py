"""The check of a whole package: its list, its signature, every file, every recording, the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.x509 import Certificate

from wire.evidence import package as parts
from wire.evidence.faults import BadLine, BadSignature
from wire.evidence.keys import BadKey, read_public
from wire.evidence.package import Index, fingerprint
from wire.verifier.container import Container, NotReadable, measure, read
from wire.verifier.findings import Findings
from wire.verifier.ledger import check_extract
from wire.verifier.recordings import check_recording


class NoPackage(Exception):
    """There is nothing that could be checked; the code says why."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Pins:
    """What the receiver knows from elsewhere: from paper, from a telephone call."""

    hub: str | None = None
    """Key (base64) or fingerprint."""
    units: Mapping[str, str] = field(default_factory=dict)
    authorities: tuple[Certificate, ...] = ()
    """Roots that a time stamp must lead to."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came out."""

    index: Index
    findings: Findings


Facts = dict[str, tuple[int, str]]
"""File to its length and SHA-256 as they are."""


def check(found: Container, pins: Pins) -> Checked:
    """Check everything; goes on behind a fault, so that all of them are named. Raises ``NoPackage``."""
    findings = Findings()
    for name in found.twice:
        findings.fault("file-twice", file=name)
    index = _index(found, findings)
    _keys(index, pins, findings)
    facts = _files(found, index, findings)
    told = {each.recording for each in index.recordings}
    if len(told) != len(index.recordings):
        findings.fault("index-recordings")
    for recording in index.recordings:
        check_recording(found, index, recording, facts, findings)
    check_extract(found, index, facts, findings, pins.authorities)
    return Checked(index, findings)


def _index(found: Container, findings: Findings) -> Index:
    if parts.INDEX not in found.names:
        raise NoPackage("no-index")
    try:
        data = read(found, parts.INDEX, parts.INDEX_BYTES_MAX)
        index = parts.read_index(data)
    except NotReadable as error:
        raise NoPackage("index-unreadable", str(error)) from error
    except BadLine as error:
        raise NoPackage("index-bad", error.detail) from error
    try:
        signature = read(found, parts.SIGNATURE, parts.SIGNATURE_BYTES_MAX)
        parts.check_index(data, signature, read_public(index.hub_key))
    except NotReadable:
        findings.fault("signature-missing")
    except BadSignature:
        findings.fault("signature-bad")
    else:
        findings.good("signature-good")
    return index


def _keys(index: Index, pins: Pins, findings: Findings) -> None:
    if pins.hub is None:
        findings.note("hub-key-open", fingerprint=fingerprint(index.hub_key))
    elif same_key(index.hub_key, pins.hub):
        findings.good("hub-key-good", fingerprint=fingerprint(index.hub_key))
    else:
        findings.fault("hub-key-differs", fingerprint=fingerprint(index.hub_key))
    for unit, key in sorted(index.units.items()):
        if unit not in pins.units:
            findings.note("unit-key-open", unit=unit, fingerprint=fingerprint(key))
        elif same_key(key, pins.units[unit]):
            findings.good("unit-key-good", unit=unit, fingerprint=fingerprint(key))
        else:
            findings.fault("unit-key-differs", unit=unit, fingerprint=fingerprint(key))
    for unit in sorted(set(pins.units) - set(index.units)):
        findings.note("unit-key-unused", unit=unit)


def same_key(key: str, pinned: str) -> bool:
    """``pinned`` is the key itself or its fingerprint, with or without spaces."""
    if "".join(pinned.lower().split()) == fingerprint(key).replace(" ", ""):
        return True
    try:
        return fingerprint(read_public(pinned.strip())) == fingerprint(key) and pinned.strip() == key
    except BadKey:
        return False


def _files(found: Container, index: Index, findings: Findings) -> Facts:
    facts: Facts = {}
    present = set(found.names) - {parts.INDEX, parts.SIGNATURE}
    for name in sorted(present - set(index.files)):
        findings.fault("file-added", file=name)
    for name in sorted({parts.README, parts.INCIDENT, parts.LEDGER, parts.REPORT} - set(index.files)):
        findings.fault("file-unlisted", file=name)
    good = 0
    for name, stated in index.files.items():
        if name not in present:
            findings.fault("file-missing", file=name)
            continue
        try:
            facts[name] = measure(found, name, stated.bytes)
        except NotReadable:
            findings.fault("file-unreadable", file=name)
            continue
        if facts[name] == (stated.bytes, stated.sha256):
            good += 1
        else:
            findings.fault("file-altered", file=name)
    findings.good("files-good", count=good)
    return facts
