"""What can be wrong with evidence, each by its own name. Messages are for people and quote no content."""


class EvidenceRefused(ValueError):
    """Not to be taken as it stands. ``index`` is the line's place, where there is one."""

    word = "refused"
    """One word for logs, ledgers and answers."""

    def __init__(self, detail: str, index: int | None = None) -> None:
        where = "" if index is None else f"line {index}: "
        super().__init__(f"{where}{detail}"[:300])
        self.detail = detail[:300]
        self.index = index


class BadLine(EvidenceRefused):
    """Not a line as this contract writes it: a field is missing, of another type, out of its limits, or the
    JSON is not canonical."""

    word = "bad-line"


class BadSignature(EvidenceRefused):
    """The signature does not fit the line: one of the two was altered, or another key signed."""

    word = "bad-signature"


class WrongKey(BadSignature):
    """Signed, but with the key of another unit."""

    word = "wrong-key"


class WrongRecording(EvidenceRefused):
    """The line belongs to another site, unit or recording."""

    word = "wrong-recording"


class BrokenChain(EvidenceRefused):
    """The line does not continue the one before it."""

    word = "broken-chain"


class Gap(BrokenChain):
    """Lines are missing before this one."""

    word = "gap"


class Reordered(BrokenChain):
    """The line comes after one that follows it, or twice."""

    word = "reordered"


class AfterEnd(BrokenChain):
    """The recording was closed by an earlier line."""

    word = "after-end"


class Altered(EvidenceRefused):
    """Bytes that the line does not describe."""

    word = "altered"
