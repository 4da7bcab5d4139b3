"""Segments over real HTTP and HTTPS: what the hub answers is understood, who is not the hub gets nothing."""

import ipaddress
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from device.recorder import hub_door
from device.recorder.hub_door import Away, HubDoor
from tests.support.evidence import RECORDING, key, recording
from tests.support.hub_http import HttpHub
from wire.evidence.line import SEGMENT_BYTES_MAX
from wire.evidence.upload import body_of, path_of

SIGNED = recording(2)
PATH = path_of(RECORDING, 0)
BODY = body_of(SIGNED[0], b"sealed sound 0")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Of the hub, for this computer's own address, signed by itself."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    files = tmp_path / "hub.crt", tmp_path / "hub.key"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_a_segment_arrives_and_one_connection_serves_all() -> None:
    with HttpHub() as hub:
        door = HubDoor(hub.url)
        answers = [
            door.put(path_of(RECORDING, n), body_of(SIGNED[n], b"sealed sound %d" % n)) for n in (1, 0, 1)
        ]
        assert [answer.status for answer in answers] == [409, 200, 200]
        assert answers[0].said == {"error": "gap", "next": 0}
        assert answers[1].said == {"stored": True}
        assert hub.connections == 1
        door.close()


def test_the_largest_segment_goes_through_with_a_pause_before_each_piece() -> None:
    pauses: list[int] = []
    with HttpHub() as hub:
        door = HubDoor(hub.url)
        answer = door.put(PATH, body_of(SIGNED[0], bytes(SEGMENT_BYTES_MAX)), lambda: pauses.append(1))
        assert answer.status == 422, "it arrived as a whole, and is not what the line states"
        assert len(pauses) == SEGMENT_BYTES_MAX // hub_door.CHUNK + 1
        door.close()


def test_over_https_only_the_hub_that_is_trusted_is_given_anything(certificate: tuple[Path, Path]) -> None:
    with HttpHub(*certificate) as hub:
        with pytest.raises(Away, match="certificate"):
            HubDoor(hub.url).put(PATH, BODY)
        assert hub.hub.puts == 0
        door = HubDoor(hub.url, str(certificate[0]))
        assert door.put(PATH, BODY).status == 200
        door.close()


def test_a_hub_that_is_away_hangs_up_or_talks_nonsense_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = [b"", b"HELLO\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]

        def serve() -> None:
            for answer in said:
                caller, _ = server.accept()
                caller.recv(65536)
                caller.sendall(answer)
                caller.shutdown(socket.SHUT_WR)
                caller.close()

        threading.Thread(target=serve, daemon=True).start()
        door = HubDoor(f"http://127.0.0.1:{port}")
        for _ in said[:2]:
            with pytest.raises(Away):
                door.put(PATH, BODY)
        assert door.put(PATH, BODY).said == {}, "an answer that is cut off confirms nothing"
    with pytest.raises(Away, match="refused"):
        HubDoor(f"http://127.0.0.1:{port}").put(PATH, BODY)


def test_a_stop_ends_a_wait_for_an_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        door = HubDoor(f"http://127.0.0.1:{server.getsockname()[1]}")
        failed = threading.Event()

        def put() -> None:
            with pytest.raises(Away):
                door.put(PATH, BODY)
            failed.set()

        threading.Thread(target=put, daemon=True).start()
        caller, _ = server.accept()
        caller.recv(65536)
        door.close()
        assert failed.wait(hub_door.TIMEOUT_S - 2), "long before it would give up by itself"
        caller.close()


def test_the_signature_is_checked_by_who_takes_it() -> None:
    with HttpHub() as hub:
        wrong = recording(1, number=2)[0]
        assert HubDoor(hub.url).put(PATH, body_of(wrong, b"sealed sound 0")).status == 403
    assert key(1) is not key(2)
