"""The check of one recording: each line's signature, their chain, and the digest of each segment."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.evidence.chain import Head
from wire.evidence.faults import AfterEnd, BadLine, EvidenceRefused, Gap, Reordered, WrongKey, WrongRecording
from wire.evidence.keys import read_public
from wire.evidence.line import RATE_HZ, Line
from wire.evidence.package import Index, PackedRecording, manifest_name, segment_name
from wire.evidence.signed import SignedLine, check_signature, read_signed
from wire.verifier.container import Container, NotReadable, lines
from wire.verifier.findings import Findings

Facts = dict[str, tuple[int, str]]


def check_recording(
    found: Container, index: Index, told: PackedRecording, facts: Facts, findings: Findings
) -> None:
    """Names every line and every segment that is not what it was."""
    name = told.recording
    before = len(findings.faults)
    if told.unit not in index.units:
        findings.fault("unit-unknown", recording=name, unit=told.unit)
        return
    if manifest_name(name) not in found.names:
        findings.fault("recording-missing", recording=name)
        return
    seen: list[Line] = []
    head, count = _chain(found, index, told, findings, seen)
    known = {manifest_name(name)}
    for line in seen:
        if line.media != "none":
            file = segment_name(name, line.index, line.media)
            known.add(file)
            _segment(told, line, file, facts, findings)
    for file in sorted(each for each in index.files if each.startswith(f"recordings/{name}/")):
        if file not in known:
            findings.fault("segment-undescribed", recording=name, file=file)
    if count != told.segments or head.next != told.segments:
        findings.fault("lines-missing", recording=name, told=told.segments, count=count)
    if (head.end is not None) != told.ended:
        findings.fault("end-missing", recording=name)
    elif head.end is None:
        findings.note("recording-open", recording=name)
    if missing := sum(count for each in seen for _, count in each.gaps):
        findings.note("microphone-gaps", recording=name, seconds=f"{missing / RATE_HZ:.1f}")
    if len(findings.faults) == before:
        findings.good("recording-good", recording=name, unit=told.unit, segments=told.segments)


def _chain(
    found: Container, index: Index, told: PackedRecording, findings: Findings, seen: list[Line]
) -> tuple[Head, int]:
    """Where the chain stands after its last good line, and how many lines there are."""
    key = read_public(index.units[told.unit])
    others = [read_public(text) for unit, text in index.units.items() if unit != told.unit]
    head, count = Head(index.site, told.unit, told.recording), 0
    try:
        for raw in lines(found, manifest_name(told.recording)):
            count += 1
            try:
                signed = read_signed(raw)
            except BadLine as error:
                findings.fault("line-bad", recording=told.recording, line=count, why=error.detail)
                head = _skip(head)
                continue
            head = _line(signed, head, key, others, findings)
            seen.append(signed.line)
    except NotReadable:
        findings.fault("recording-unreadable", recording=told.recording)
    return head, count


def _line(
    signed: SignedLine, head: Head, key: Ed25519PublicKey, others: list[Ed25519PublicKey], findings: Findings
) -> Head:
    line = signed.line
    where: dict[str, str | int] = {"recording": head.recording, "segment": line.index}
    try:
        check_signature(signed, key, others)
    except WrongKey:
        findings.fault("line-wrong-key", **where)
    except EvidenceRefused:
        findings.fault("line-signature", **where)
    try:
        return head.follow(signed)
    except Gap:
        findings.fault("line-gap", first=head.next, last=line.index - 1, **where)
    except Reordered:
        findings.fault("line-reordered", **where)
    except AfterEnd:
        findings.fault("line-after-end", **where)
    except WrongRecording:
        findings.fault("line-foreign", **where)
    except EvidenceRefused:
        findings.fault("line-chain", **where)
    # Go on behind it: one fault must not hide the next, nor be told again for every line that follows.
    if line.index < head.next:
        return head
    return Head(
        head.site,
        head.unit,
        head.recording,
        line.index + 1,
        signed.digest,
        line.first_sample + line.samples,
        line.why,
        line.end,
    )


def _skip(head: Head) -> Head:
    """Behind a line that cannot be read: what follows is held against it."""
    return Head(
        head.site, head.unit, head.recording, head.next + 1, head.previous, head.samples, head.why, head.end
    )


def _segment(told: PackedRecording, line: Line, file: str, facts: Facts, findings: Findings) -> None:
    where: dict[str, str | int] = {"recording": told.recording, "segment": line.index, "file": file}
    if line.media == "audio/flac":
        where |= {
            "begin": clock(line.first_sample),
            "until": clock(line.first_sample + line.samples),
            "started": line.started,
        }
    else:
        where |= {"begin": clock(line.first_sample), "until": "", "started": line.started}
    if file not in facts:
        findings.fault("segment-absent" if line.index in told.absent else "segment-missing", **where)
    elif facts[file] != (line.bytes, line.sha256):
        findings.fault("segment-altered", **where)


def clock(samples: int) -> str:
    """A place in a recording: ``1:02:03``."""
    seconds = samples // RATE_HZ
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
