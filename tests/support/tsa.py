"""A time-stamping authority of the test's own: openssl's answers with a certificate made here."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
signer_digest = sha256
"""


@dataclass
class Authority:
    """``mood``: ``well``, ``away`` (503), ``garbage``, ``other`` (stamps something else)."""

    url: str
    ca_file: Path
    mood: list[str] = field(default_factory=lambda: ["well"])


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _certificates(folder: Path) -> None:
    root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    now = datetime.now(UTC)

    def begin(subject: str, public: rsa.RSAPublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name("root"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    ca = begin("root", root_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    signer = (
        begin("authority", key.public_key())
        .add_extension(usage, critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
        )
    )
    for file, built in (("root.pem", ca), ("signer.pem", signer)):
        signed = built.sign(root_key, hashes.SHA256())
        (folder / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "signer.key").write_bytes(_pem(key))


@contextmanager
def running_authority(folder: Path) -> Iterator[Authority]:
    """It answers on loopback."""
    folder.mkdir(parents=True, exist_ok=True)
    _certificates(folder)
    (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    mood = ["well"]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            body = answer(query) if mood[0] != "garbage" else b"nonsense"
            self.send_response(503 if mood[0] == "away" else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    def answer(query: bytes) -> bytes:
        asked = folder / "query.tsq"
        asked.write_bytes(query)
        if mood[0] == "other":
            other = ["openssl", "ts", "-query", "-sha256", "-cert", "-out", str(asked)]
            subprocess.run([*other, "-data", str(folder / "tsa.cnf")], check=True, capture_output=True)
        made = subprocess.run(
            [
                *("openssl", "ts", "-reply", "-config", str(folder / "tsa.cnf"), "-section", "here"),
                *("-queryfile", str(asked), "-inkey", str(folder / "signer.key")),
                *("-signer", str(folder / "signer.pem")),
            ],
            check=True,
            capture_output=True,
        )
        return made.stdout

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, name="tsa", daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_port}/tsr", folder / "root.pem", mood)
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
