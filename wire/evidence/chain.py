"""How lines follow one another: each names the digest of the one before."""

from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.evidence.canonical import ZEROS
from wire.evidence.faults import AfterEnd, BrokenChain, Gap, Reordered, WrongRecording
from wire.evidence.line import End, Why
from wire.evidence.signed import SignedLine, check_signature


@dataclass(frozen=True, slots=True)
class Head:
    """Where a recording stands: all that is needed to check, or to write, its next line."""

    site: str
    unit: str
    recording: str
    next: int = 0
    """Index of the next line; also how many there are."""
    previous: str = ZEROS
    samples: int = 0
    """Samples of sound so far."""
    why: Why | None = None
    """None before the first line."""
    end: End | None = None

    def follow(self, signed: SignedLine) -> "Head":
        """The head after this line, whose signature was checked already. Raises ``WrongRecording``, ``Gap``
        (lines are missing), ``Reordered`` (it was here before, or comes too late), ``AfterEnd`` or
        ``BrokenChain`` (it continues another line than ours).
        """
        line = signed.line
        if (line.site, line.unit, line.recording) != (self.site, self.unit, self.recording):
            raise WrongRecording("belongs to another site, unit or recording", line.index)
        if line.index < self.next:
            raise Reordered(f"line {self.next} is expected", line.index)
        if self.end is not None:
            raise AfterEnd(f"the recording was closed ({self.end}) by line {self.next - 1}", line.index)
        if line.index > self.next:
            raise Gap(f"line {self.next} is missing", line.index)
        if line.previous != self.previous:
            raise BrokenChain("continues another line than the one before it", line.index)
        if line.media == "audio/flac" and line.first_sample != self.samples:
            raise BrokenChain(f"begins at sample {line.first_sample}; {self.samples} came before", line.index)
        if self.why not in (None, line.why):
            raise BrokenChain("gives another reason for the recording than its first line", line.index)
        return Head(
            self.site,
            self.unit,
            self.recording,
            line.index + 1,
            signed.digest,
            self.samples + line.samples,
            line.why,
            line.end,
        )


def check_chain(
    lines: Iterable[SignedLine], key: Ed25519PublicKey, others: Iterable[Ed25519PublicKey] = ()
) -> Head | None:
    """All lines of one recording in order: signatures and chain. None when there are no lines. ``end`` of the
    answer is None when the last line is missing. Raises ``EvidenceRefused``, naming the line.
    """
    head: Head | None = None
    known = tuple(others)
    for signed in lines:
        if head is None:
            head = Head(signed.line.site, signed.line.unit, signed.line.recording)
        check_signature(signed, key, known)
        head = head.follow(signed)
    return head
