"""Certificates near their end are a trouble a month before, and one that cannot be read is one at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from hub.certificates import AGAIN_S, NEAR, Certificates
from hub.clock import Now
from hub.troubles import HubHealth, conditions, judged
from tests.support.calling import ROSTER

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def made(*ends: datetime) -> bytes:
    """A PEM file with a certificate for each end."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    key = ec.generate_private_key(ec.SECP256R1())
    pem = b""
    for end in ends:
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(end - timedelta(days=90)).not_valid_after(end)
        pem += builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    return pem


def at(days: float) -> Now:
    return Now(NOON + timedelta(days=days), days * 86400.0)


def test_it_is_told_a_month_before_and_taken_back_when_it_is_renewed(tmp_path: Path) -> None:
    file = tmp_path / "broker.pem"
    file.write_bytes(made(NOON + timedelta(days=60), NOON + timedelta(days=45)))
    certificates = Certificates([file])
    assert certificates.seen(at(0)) == ""
    assert certificates.seen(at(45 - NEAR.days - 1)) == ""
    assert certificates.seen(at(45 - NEAR.days + 1)) == "broker.pem: 2027-01-06", "the first of the chain"
    file.write_bytes(made(NOON + timedelta(days=400)))
    assert certificates.seen(at(45 - NEAR.days + 1 + 2 * AGAIN_S / 86400)) == ""


@pytest.mark.parametrize(
    "content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_one_that_cannot_be_read_is_told_at_once(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "web.pem"
    if content is not None:
        file.write_bytes(content)
    assert Certificates([file]).seen(at(0)) == "web.pem: cannot be read"


def test_it_is_a_trouble_of_the_hub_that_has_seen_it() -> None:
    seen = "broker.pem: 2027-01-06"
    mine = HubHealth(connected_for_s=60.0, started_for_s=60.0, name="hub-a", certificates=seen)
    found = conditions([], mine, {}, ladders=(), roster=ROSTER, now=at(0))
    assert {key: one.detail for key, one in found.items()} == {("hub-a", "certificate"): seen}
    for part in ("certificate", "disk-space"):
        assert judged(("hub-a", part), {}, mine)
        assert not judged(("hub-b", part), {}, mine), "what another hub has found is not ours to end"
