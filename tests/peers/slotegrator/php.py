"""PHP itself: the protocol's text is written in terms of its functions, so it is the reference."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

import pytest

PHP = shutil.which("php")


def require_php() -> None:
    """Skip a test where there is no PHP; in CI, where nothing may be skipped, fail it."""
    if PHP is None:
        reason = "PHP is the reference of this signature: on Debian, apt-get install php-cli"
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)


_PROGRAM = r"""
while (($line = fgets(STDIN)) !== false) {
    $asked = json_decode($line, true);
    parse_str(base64_decode($asked['body']), $form);
    $merged = array_merge($form, $asked['headers']);
    ksort($merged);
    $text = http_build_query($merged);
    echo base64_encode($text), ' ', hash_hmac('sha1', $text, $asked['key']), "\n";
}
"""


class Php:
    """One PHP process that folds, sorts, writes and signs forms."""

    def __init__(self) -> None:
        assert PHP is not None
        self._process = subprocess.Popen(  # noqa: S603 - our own program, on our own input
            [PHP, "-n", "-d", "display_errors=stderr", "-r", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)

    def sign(self, body: bytes, headers: dict[str, str], key: str) -> tuple[bytes, str]:
        """Return the text that PHP signs for a raw body and headers, and its signature."""
        asked = {"body": base64.b64encode(body).decode(), "headers": headers, "key": key}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        text, signature = self._process.stdout.readline().decode().rstrip("\n").split(" ")
        return base64.b64decode(text), signature
