"""A time-stamping authority of our own, made with openssl's command line."""

import subprocess
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test time stamps
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[web]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, serverAuth
[policy]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class StampAuthority:
    """Keys, a root and a certificate in a folder. ``curve``: ECDSA instead of RSA."""

    def __init__(self, folder: Path, *, curve: bool = False, purpose: str = "tsa") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        kind = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if curve else ["rsa:2048"]
        common = ["-config", "openssl.cnf", "-nodes", "-newkey", *kind]
        self._openssl("req", "-x509", *common, "-keyout", "ca.key", "-out", "ca.pem", "-extensions", "ca")
        self._openssl("req", *common, "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "7",
            "-extfile", "openssl.cnf", "-extensions", purpose, "-out", "tsa.pem",
        )  # fmt: skip

    @property
    def root(self) -> Path:
        return self._folder / "ca.pem"

    def stamp(self, said: bytes) -> bytes:
        """A time-stamp response (DER)."""
        (self._folder / "said").write_bytes(said)
        self._openssl("ts", "-query", "-data", "said", "-sha256", "-cert", "-out", "query.tsq")
        self._openssl(
            "ts", "-reply", "-config", "openssl.cnf", "-section", "policy", "-queryfile", "query.tsq",
            "-signer", "tsa.pem", "-inkey", "tsa.key", "-chain", "ca.pem", "-out", "answer.tsr",
        )  # fmt: skip
        return (self._folder / "answer.tsr").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
