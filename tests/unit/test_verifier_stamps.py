"""Time stamps are checked without a library for them: openssl makes them, and what is wrong is refused."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from tests.support.stamps import StampAuthority
from wire.verifier.timestamps import BadStamp, check_purpose, check_stamp

SAID = b"madomori-day-root-v1\ncity\n2026-11-22\n8\nroot\n"


def roots(authority: StampAuthority) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(authority.root.read_bytes())


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> StampAuthority:
    return StampAuthority(tmp_path_factory.mktemp("tsa"), curve=True)


@pytest.fixture(scope="module")
def response(authority: StampAuthority) -> bytes:
    return authority.stamp(SAID)


def test_a_stamp_is_believed_only_with_its_root(authority: StampAuthority, response: bytes) -> None:
    stamp = check_stamp(response, SAID, roots(authority))
    assert stamp.trusted
    assert stamp.authority == "CN=Test time stamps"
    assert not check_stamp(response, SAID).trusted
    with pytest.raises(BadStamp, match="something else"):
        check_stamp(response, SAID + b" ")


def test_rsa_is_known_too_and_another_root_is_not_believed(
    authority: StampAuthority, response: bytes, tmp_path: Path
) -> None:
    other = StampAuthority(tmp_path / "rsa")
    assert check_stamp(other.stamp(SAID), SAID, roots(other)).trusted
    assert not check_stamp(response, SAID, roots(other)).trusted


def test_a_certificate_for_web_servers_or_of_another_time_is_refused(
    authority: StampAuthority, tmp_path: Path
) -> None:
    StampAuthority(tmp_path / "web", curve=True, purpose="web")
    now = datetime.now(UTC) + timedelta(minutes=1)
    web = x509.load_pem_x509_certificate((tmp_path / "web" / "tsa.pem").read_bytes())
    with pytest.raises(BadStamp, match="not for time stamps"):
        check_purpose(web, now)
    real = x509.load_pem_x509_certificate(authority.root.with_name("tsa.pem").read_bytes())
    check_purpose(real, now)
    with pytest.raises(BadStamp, match="not valid at that time"):
        check_purpose(real, now - timedelta(days=4000))


def test_no_altered_byte_gives_another_true_stamp(authority: StampAuthority, response: bytes) -> None:
    draw, whole = random.Random(1), check_stamp(response, SAID, roots(authority))
    for _ in range(400):
        data = bytearray(response)
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        for part in (bytes(data), bytes(data[: draw.randrange(len(data))])):
            try:
                stamp = check_stamp(part, SAID, roots(authority))
            except BadStamp:
                continue
            # What is not covered by the signature may change, but never what is said.
            assert (stamp.at, stamp.authority) == (whole.at, whole.authority) or not stamp.trusted
