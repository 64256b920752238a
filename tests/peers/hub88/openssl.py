"""The openssl program: what both sides sign is made and judged by it, not by our library."""

from __future__ import annotations

import base64
import functools
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

OPENSSL = "openssl"


class KeyPair(NamedTuple):
    """Two PEM texts, and the files that openssl reads them from."""

    private: str
    public: str
    private_file: Path
    public_file: Path


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="croupier-hub88-")


@functools.cache
def key_pair(name: str, bits: int = 2048) -> KeyPair:
    """Make an RSA key pair, once for each name."""
    folder = Path(_folder().name)
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    _run("genrsa", "-out", str(private), str(bits))
    _run("rsa", "-in", str(private), "-pubout", "-out", str(public))
    return KeyPair(private.read_text(), public.read_text(), private, public)


def sign(pair: KeyPair, body: bytes) -> str:
    """Sign bytes with SHA-256 and return base64."""
    made = _run("dgst", "-sha256", "-sign", str(pair.private_file), stdin=body)
    return base64.b64encode(made).decode()


def verifies(public_file: Path, body: bytes, signature: str) -> bool:
    """Say whether a base64 signature is one of these bytes."""
    with tempfile.NamedTemporaryFile(dir=_folder().name) as file:
        file.write(base64.b64decode(signature))
        file.flush()
        arguments = ("dgst", "-sha256", "-verify", str(public_file), "-signature", file.name)
        done = subprocess.run(  # noqa: S603 - a fixed program with arguments of ours
            (OPENSSL, *arguments), input=body, capture_output=True, check=False
        )
    return done.returncode == 0


def _run(*arguments: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(  # noqa: S603 - a fixed program with arguments of ours
        (OPENSSL, *arguments), input=stdin, capture_output=True, check=True
    )
    return done.stdout
