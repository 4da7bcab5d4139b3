"""A line with its unit's signature: Ed25519 (RFC 8032) over the canonical line behind a prefix of its own."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.evidence.canonical import canonical, digest, from_canonical
from wire.evidence.faults import Altered, BadLine, BadSignature, WrongKey
from wire.evidence.line import LINE_BYTES_MAX, Line, line_of

PREFIX = b"madomori-manifest-v1\n"
"""So that no signature of a line is a signature of anything else."""

SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A line and its signature. Whether the signature is right, ``check_signature`` says."""

    line: Line
    signature: bytes

    def __post_init__(self) -> None:
        if len(self.signature) != SIGNATURE_BYTES:
            raise BadLine(f"a signature has {SIGNATURE_BYTES} bytes; given: {len(self.signature)}")

    def canonical(self) -> bytes:
        """As it is stored and sent: one line of JSON, without the line's end."""
        return canonical({**self.line.tree(), "signature": base64.b64encode(self.signature).decode()})

    @property
    def digest(self) -> str:
        """What the next line gives as ``previous``."""
        return digest(self.canonical())


def sign(line: Line, key: Ed25519PrivateKey) -> SignedLine:
    """The line with its signature."""
    return SignedLine(line, key.sign(PREFIX + canonical(line.tree())))


def read_signed(data: bytes) -> SignedLine:
    """One signed line as it was sent; raises ``BadLine``. The signature is not checked yet."""
    if len(data) > LINE_BYTES_MAX:
        raise BadLine(f"a line is at most {LINE_BYTES_MAX} bytes; given: {len(data)}")
    tree = from_canonical(data)
    text = tree.pop("signature", None)
    if not isinstance(text, str):
        raise BadLine("missing: signature")
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLine("signature must be base64") from error
    signed = SignedLine(line_of(tree), signature)
    if signed.canonical() != data:
        raise BadLine("signature must be base64 as it is usually written")
    return signed


def check_signature(
    signed: SignedLine, key: Ed25519PublicKey, others: Iterable[Ed25519PublicKey] = ()
) -> None:
    """Raises ``BadSignature`` when ``key`` did not sign this line; ``WrongKey`` when another of these did."""
    if _fits(signed, key):
        return
    index = signed.line.index
    if any(_fits(signed, other) for other in others):
        raise WrongKey("signed with the key of another unit", index)
    raise BadSignature("the signature does not fit: the line was altered, or another key signed it", index)


def check_sealed(line: Line, sealed: bytes) -> None:
    """Raises ``Altered`` when these are not the bytes that the unit sealed."""
    _check("sealed", line.index, sealed, line.sealed_bytes, line.sealed_sha256)


def check_plain(line: Line, body: bytes) -> None:
    """Raises ``Altered`` when this is not the sound or picture that the unit sealed."""
    _check("opened", line.index, body, line.bytes, line.sha256)


def _check(what: str, index: int, given: bytes, length: int, sha256: str) -> None:
    if len(given) != length:
        raise Altered(f"the {what} segment has {len(given)} bytes; the line states {length}", index)
    if digest(given) != sha256:
        raise Altered(f"the {what} segment is not the one that the line describes (SHA-256)", index)


def _fits(signed: SignedLine, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signed.signature, PREFIX + canonical(signed.line.tree()))
    except InvalidSignature:
        return False
    return True
