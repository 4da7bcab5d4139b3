"""Time stamps (RFC 3161) of days' roots, checked without any library for them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    DuplicateExtension,
    ExtendedKeyUsage,
    ExtensionNotFound,
    InvalidVersion,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from wire.verifier.der import INTEGER, OCTETS, SEQUENCE, SET, TIME, BadDer, Value, oid, one

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
MESSAGE_DIGEST, CONTENT_TYPE = "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.3"
HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
PATH_MAX = 6


class BadStamp(ValueError):
    """The time stamp does not prove this; the message says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority has said."""

    at: str
    """By its clock, UTC."""
    authority: str
    trusted: bool
    """Whether its certificate leads to a root that the receiver has given."""


@dataclass(frozen=True, slots=True)
class _Signer:
    attributes: Value
    digest: hashes.HashAlgorithm
    signature: bytes
    serial: int


_BROKEN = (
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    UnsupportedAlgorithm,
    InvalidVersion,
    DuplicateExtension,
    UnsupportedGeneralNameType,
)
"""What a damaged answer or certificate is told by."""


def check_stamp(response: bytes, said: bytes, roots: Sequence[Certificate] = ()) -> Stamp:
    """Whether ``response`` (DER) stamps ``said``. Raises ``BadStamp``."""
    try:
        return _check(response, said, roots)
    except BadStamp:
        raise
    except _BROKEN as error:
        raise BadStamp("it is no time stamp as RFC 3161 writes it") from error


def _check(response: bytes, said: bytes, roots: Sequence[Certificate]) -> Stamp:
    content, certificates, signer = _signed(_token(response))
    at = _info(content, said)
    by = [each for each in certificates if each.serial_number == signer.serial]
    if not by:
        raise BadStamp("the certificate of its authority is not with it")
    _attributes(signer, content)
    _signature(signer, by[0])
    check_purpose(by[0], at)
    name = by[0].subject.rfc4514_string()
    return Stamp(at.isoformat().replace("+00:00", "Z"), name, _leads(by[0], certificates, roots, at))


def _token(response: bytes) -> Value:
    status, token = one(response).parts()
    if int.from_bytes(status.of(SEQUENCE).parts()[0].of(INTEGER).body) > 1:
        raise BadStamp("the authority has refused it")
    return token.of(SEQUENCE)


def _signed(token: Value) -> tuple[bytes, list[Certificate], _Signer]:
    kind, wrapped = token.parts()
    if oid(kind) != SIGNED_DATA:
        raise BadDer("signed data is expected")
    fields = one(wrapped.of(0xA0).body).parts()
    content = fields[2].of(SEQUENCE).parts()
    if oid(content[0]) != TST_INFO:
        raise BadDer("a time stamp is expected")
    body = one(content[1].of(0xA0).body, OCTETS).body
    signer = one(fields[-1].of(SET).body).parts()
    serial = signer[1].of(SEQUENCE).parts()[1].of(INTEGER)
    with_it = [each for field in fields[3:-1] if field.tag == 0xA0 for each in field.parts()]
    certificates = [load_der_x509_certificate(each.whole) for each in with_it if each.tag == SEQUENCE]
    return (
        body,
        certificates,
        _Signer(
            signer[3].of(0xA0),
            HASHES[oid(signer[2].of(SEQUENCE).parts()[0])],
            signer[5].of(OCTETS).body,
            int.from_bytes(serial.body, signed=True),
        ),
    )


def _info(content: bytes, said: bytes) -> datetime:
    fields = one(content).parts()
    algorithm, digest = fields[2].of(SEQUENCE).parts()
    if digest.of(OCTETS).body != _hashed(HASHES[oid(algorithm.parts()[0])], said):
        raise BadStamp("it stamps something else")
    moment = fields[4].of(TIME).body.decode("ascii")
    return datetime.strptime(moment[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _hashed(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    return hashlib.new(algorithm.name, data).digest()


def _attributes(signer: _Signer, content: bytes) -> None:
    told = {}
    for attribute in signer.attributes.parts():
        kind, given = attribute.parts()
        told[oid(kind)] = one(given.of(SET).body, given.parts()[0].tag)
    if oid(told[CONTENT_TYPE]) != TST_INFO:
        raise BadStamp("what was signed is no time stamp")
    if told[MESSAGE_DIGEST].of(OCTETS).body != _hashed(signer.digest, content):
        raise BadStamp("it was altered")


def _signature(signer: _Signer, by: Certificate) -> None:
    signed = bytes([SET]) + signer.attributes.whole[1:]  # as RFC 5652 5.4 has it
    key = by.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signer.signature, signed, padding.PKCS1v15(), signer.digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer.signature, signed, ec.ECDSA(signer.digest))
        else:
            raise BadStamp("its kind of signature is not known here")
    except InvalidSignature as error:
        raise BadStamp("its signature does not fit") from error


def check_purpose(by: Certificate, at: datetime) -> None:
    """Raises ``BadStamp`` where this certificate may not stamp, or not then."""
    try:
        purposes = by.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except (ExtensionNotFound, ValueError):
        purposes = ExtendedKeyUsage([])
    if ExtendedKeyUsageOID.TIME_STAMPING not in purposes:
        raise BadStamp("its certificate is not for time stamps")
    if not by.not_valid_before_utc <= at <= by.not_valid_after_utc:
        raise BadStamp("its certificate was not valid at that time")


def _leads(
    to: Certificate, between: Sequence[Certificate], roots: Sequence[Certificate], at: datetime
) -> bool:
    for _ in range(PATH_MAX):
        if to in roots or any(_issued(to, root, at) for root in roots):
            return True
        above = [each for each in between if each != to and _issued(to, each, at)]
        if not above:
            return False
        to = above[0]
    return False


def _issued(one_: Certificate, by: Certificate, at: datetime) -> bool:
    try:
        one_.verify_directly_issued_by(by)
        if not by.extensions.get_extension_for_class(BasicConstraints).value.ca:
            return False
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, ExtensionNotFound):
        return False
    return by.not_valid_before_utc <= at <= by.not_valid_after_utc
