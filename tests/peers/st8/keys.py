"""OpenSSL's own program as the signer and the judge: no library of ours has a part in it."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import weakref
from pathlib import Path

OPENSSL = shutil.which("openssl") or "openssl"


class KeyPair:
    """A key of one elliptic curve, kept in files that go with it."""

    def __init__(self, curve: str = "prime256v1") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="st8-keys-"))
        # Gone with the pair, whether or not somebody closes it.
        self._gone = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._private = self._folder / "private.pem"
        self._public = self._folder / "public.pem"
        made = _openssl("ecparam", "-name", curve, "-genkey", "-noout")
        self._private.write_bytes(made)
        self._public.write_bytes(_openssl("ec", "-in", str(self._private), "-pubout"))

    @property
    def private_pem(self) -> str:
        return self._private.read_text()

    @property
    def public_pem(self) -> str:
        return self._public.read_text()

    def locked(self, password: str) -> str:
        """The private key under a password."""
        asked = ["ec", "-in", str(self._private), "-aes256", "-passout", f"pass:{password}"]
        return _openssl(*asked).decode()

    def sign(self, message: bytes) -> str:
        der = _openssl("dgst", "-sha256", "-sign", str(self._private), given=message)
        return base64.b64encode(der).decode()

    def verifies(self, message: bytes, signature: str) -> bool:
        given = self._folder / "given.der"
        try:
            given.write_bytes(base64.b64decode(signature, validate=True))
        except ValueError:
            return False
        asked = ["dgst", "-sha256", "-verify", str(self._public), "-signature", str(given)]
        answer = subprocess.run(  # noqa: S603 - a fixed program
            [OPENSSL, *asked], input=message, capture_output=True, check=False, timeout=30
        )
        return answer.returncode == 0 and answer.stdout.strip() == b"Verified OK"

    def close(self) -> None:
        self._gone()


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(  # noqa: S603 - a fixed program
        [OPENSSL, *arguments], input=given, capture_output=True, check=True, timeout=30
    ).stdout
