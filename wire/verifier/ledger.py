"""The check of the ledger's extract: each line's hash, their chain, the days' roots and their time stamps."""

from cryptography.x509 import Certificate

from wire.evidence.faults import BadLine, EvidenceRefused
from wire.evidence.ledger import LedgerLine, Veiled, read_line, stated
from wire.evidence.package import INCIDENT, LEDGER, Index, stamp_name
from wire.verifier.container import Container, NotReadable, lines, read
from wire.verifier.findings import Findings
from wire.verifier.timestamps import BadStamp, check_stamp

STAMP_BYTES_MAX = 64 * 1024
INCIDENT_DIGEST = "incident_sha256"
"""What the line of an export states in its detail."""

Facts = dict[str, tuple[int, str]]


def check_extract(
    found: Container, index: Index, facts: Facts, findings: Findings, authorities: tuple[Certificate, ...]
) -> None:
    """Names every line that is not what it was."""
    before = len(findings.faults)
    walk = _Walk(index, findings)
    try:
        for number, raw in enumerate(lines(found, LEDGER) if LEDGER in found.names else (), 1):
            walk.take(number, raw)
    except NotReadable:
        findings.fault("file-unreadable", file=LEDGER)
    _end(index, walk.last, facts, findings)
    for day in index.days:
        if walk.roots.get(day.seq) != (day.day, day.root):
            findings.fault("day-root", day=day.day)
        elif day.stamped:
            _stamp(found, index.site, (day.day, day.seq, day.root), findings, authorities)
        else:
            findings.note("day-open", day=day.day, root=day.root)
    if len(findings.faults) == before:
        span = index.ledger
        findings.good("ledger-good", first=span.first, last=span.last, told=walk.told, hash=span.hash)


class _Walk:
    """Along the extract, line for line; goes on behind a fault."""

    def __init__(self, index: Index, findings: Findings) -> None:
        self._findings = findings
        self._wanted = {day.seq for day in index.days}
        self._expected = index.ledger.first
        self._previous: str | None = None
        """None: not known, at the beginning and behind a line that cannot be read."""
        self.last: LedgerLine | Veiled | None = None
        self.roots: dict[int, tuple[str, str]] = {}
        self.told = 0
        """Lines with content."""

    def take(self, number: int, raw: bytes) -> None:
        """The next line of the file."""
        line = self._read(number, raw)
        if line is None:
            self._expected, self._previous = self._expected + 1, None
            return
        if line.seq < self._expected:
            self._findings.fault("ledger-reordered", line=number, seq=line.seq)
            return
        if line.seq > self._expected:
            self._findings.fault("ledger-gap", first=self._expected, last=line.seq - 1)
        elif self._previous is not None and line.previous != self._previous:
            self._findings.fault("ledger-chain", line=number, seq=line.seq)
        self._expected, self._previous, self.last = line.seq + 1, line.hash, line
        self.told += isinstance(line, LedgerLine)
        if line.seq in self._wanted:
            self.roots[line.seq] = (line.at[:10], line.hash)

    def _read(self, number: int, raw: bytes) -> LedgerLine | Veiled | None:
        try:
            return read_line(raw)
        except BadLine as error:
            self._findings.fault("ledger-bad", line=number, seq=self._expected, why=error.detail)
        except EvidenceRefused:
            self._findings.fault("ledger-altered", line=number, seq=self._expected)
        return None


def _end(index: Index, last: LedgerLine | Veiled | None, facts: Facts, findings: Findings) -> None:
    if last is None or (last.seq, last.hash) != (index.ledger.last, index.ledger.hash):
        findings.fault("ledger-end", last=index.ledger.last)
        return
    if not isinstance(last, LedgerLine) or last.act != "exported":
        findings.fault("ledger-export", seq=last.seq)
    elif INCIDENT in facts and last.detail.get(INCIDENT_DIGEST) != facts[INCIDENT][1]:
        findings.fault("incident-altered", file=INCIDENT, seq=last.seq)
    else:
        findings.good("incident-good", seq=last.seq, name=last.name, reason=last.reason)


def _stamp(
    found: Container,
    site: str,
    day: tuple[str, int, str],
    findings: Findings,
    authorities: tuple[Certificate, ...],
) -> None:
    try:
        data = read(found, stamp_name(day[0]), STAMP_BYTES_MAX)
        stamp = check_stamp(data, stated(site, *day), authorities)
    except NotReadable:
        findings.fault("stamp-missing", day=day[0])
    except BadStamp as error:
        findings.fault("stamp-bad", day=day[0], why=str(error))
    else:
        code = "stamp-good" if stamp.trusted else "stamp-open"
        weigh = findings.good if stamp.trusted else findings.note
        weigh(code, day=day[0], at=stamp.at, authority=stamp.authority)
