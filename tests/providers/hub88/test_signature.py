"""The signature against published vectors and against openssl, in both directions."""

from __future__ import annotations

import pytest

from providers.hub88.signature import BadSignature, Signer, Verifier
from tests.peers.hub88.openssl import key_pair, sign, verifies

PUBLISHED_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAx3IRpSri/9SjA7f9me35
v6LtJzn8drb1vg/UeGaPPFR16KsUOPqbGJ2r1pRPJMedqqbO7Agt/HavWDcQhNZl
c9VrVQcWK/w2HD9PflQYv0oQMiPK5Mut/eIdFOpwwwaRAU4s6WOkJdSmP9F4cfr/
amTZZoY59/t3SZWYjgZ9/LDI2X8S3uLW/JPiH+6dm2bU8ykhxoWwLE/piJxynS73
EzM0tgjHyTUMkarhK9qRVZk581/kzmtJLLBZQl9XrQQcIfQ+zFZj7ijddOptxpxq
Cmq8gQNohB56p34yjVH3uAJAaFvIVg5mEkprrvNVDJwGonHSaaq7AICmzrF6h/r5
dwIDAQAB
-----END PUBLIC KEY-----"""
PUBLISHED_BODY = b"test"
PUBLISHED_SIGN = (
    "V3bEXE72v0fbrKNV6bHW945WgsuRvkKcUBA4+C2AiUp+ssrItfk4btBhQfuupBsUXY11JZY+2DSK15NlXeziZbtG"
    "QRbgq6v/Ou2tWd652r39nKCfwpxLw1foXaLiSP5ZPudi42M7ANG4XygjaErPiIMHHQaEA6WKqSLIPmJmJJ1u6Pk"
    "LulpG5CEMO+/6tWRBMMd5vZuHxqc2koaCWI6a3sW+75INSPXbSAEnwVkWPIeUg+EYCdUE7RARSlT/xf5Bp37qtE"
    "GZSG7TF7198HDQjAMpC7HBY+tUXsNZwXJJpcRxRh0Pqfz7Q9LG0ikFfdQE+0gCnuLOmx0IMtLIFjVQpA=="
)
SECOND_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1r2L7VMgr7rybra+X+6+
4abwnO1i2gEe2uecHFyVwZqa+dVZTyGyiKWNQzNc3NlXeaaMWQVXEOEEBLSIEsag
YdHyK8Oy8eSE/HfcOv8gqWFVtjQMB71lfgmAoBHogFUOByRRKuMxHwZDdMnffJhs
KDit/MWxNDhflx9XyKyadZB4grlsTyygkSVAal1Wv6cWvQqp/owNd5Nv7q5CpIwi
TRNeGo0nAj4yFgejunXOjH69Ltjwb9FujE/B08rgzZ1Z0EfRH7VbXxT+dYI+RETE
ClNSz9MVin3IjNMvB0OmFHiwgtYdLIW8anWpUZ8PESRj/2a21HFuzIreJ/mV0CHE
XwIDAQAB
-----END PUBLIC KEY-----"""
SECOND_BODY = (
    b'{"user":"tg42","token":"tok-1","request_uuid":"00000000-0000-4000-8000-000000000001",'
    b'"game_code":"clt_dragonrising"}'
)
SECOND_SIGN = (
    "GyodQZeid2aU2+qf4/GL37GYU6iXRyAztR1Uuje92ZZUX8glmdtV6ZSJtT6SG1SrHpy0NRp2BdA5WSGFJjnz5JY1"
    "TU43h12Hle93OSk21Y5gDnLr9gw0UG0I63O8zt0LjQWKFxPf6sC80UZ6EUhw6IimfqR12xpCOtG3QhVAh+zyFwj"
    "TNcmPFmSEEPiydVXeaAjDgBTlZjsSCdDhTp0y5C+Zck8HiZ6onPVToUomrXYimOmAgRAozhiSc205PliZpRIpV3"
    "tWM1dVQA9zSRGQPLrbsSDJnR+6ZLbbxoygy3TGjdJAx+9Chv/HsDTYrlaoTZ3OlbHII0kJPHVuYZ2JGA=="
)
VECTORS = [
    (PUBLISHED_KEY, PUBLISHED_BODY, PUBLISHED_SIGN),
    (SECOND_KEY, SECOND_BODY, SECOND_SIGN),
]
BODIES = [b"", b"{}", '{"имя":"José ~ \\u0000"}'.encode(), bytes(range(256)) * 100]


@pytest.mark.parametrize(("key", "body", "signature"), VECTORS)
def test_published_signatures_are_accepted(key: str, body: bytes, signature: str) -> None:
    Verifier((key,)).verify(body, signature)


@pytest.mark.parametrize(("key", "body", "signature"), VECTORS)
def test_published_signatures_of_anything_else_are_refused(
    key: str, body: bytes, signature: str
) -> None:
    verifier = Verifier((key,))
    for other in (body + b" ", b" " + body, body.upper(), b""):
        with pytest.raises(BadSignature):
            verifier.verify(other, signature)
    for wrong in ("", signature[4:], signature.lower(), "=" + signature, signature + "\n", "é"):
        with pytest.raises(BadSignature):
            verifier.verify(body, wrong)
    with pytest.raises(BadSignature):
        Verifier((key_pair("aggregator").public,)).verify(body, signature)


@pytest.mark.parametrize("keys", [(PUBLISHED_KEY, SECOND_KEY), (SECOND_KEY, PUBLISHED_KEY)])
def test_any_of_two_keys_is_enough(keys: tuple[str, str]) -> None:
    verifier = Verifier(keys)
    for _, body, signature in VECTORS:
        verifier.verify(body, signature)
    with pytest.raises(BadSignature):
        verifier.verify(PUBLISHED_BODY, SECOND_SIGN)


@pytest.mark.parametrize("body", BODIES)
def test_openssl_accepts_what_we_sign(body: bytes) -> None:
    pair = key_pair("operator")
    signature = Signer(pair.private).sign(body)
    assert verifies(pair.public_file, body, signature)
    assert not verifies(pair.public_file, body + b"x", signature)
    assert signature == sign(pair, body)  # this padding leaves nothing to chance


@pytest.mark.parametrize("body", BODIES)
def test_we_accept_what_openssl_signs(body: bytes) -> None:
    pair = key_pair("aggregator")
    Verifier((pair.public,)).verify(body, sign(pair, body))


def test_a_key_may_stand_on_one_line() -> None:
    pair = key_pair("operator")
    one_line = pair.private.replace("\n", "\\n")
    assert Signer(one_line).sign(b"{}") == sign(pair, b"{}")
    Verifier((pair.public.replace("\n", "\\n"),)).verify(b"{}", sign(pair, b"{}"))


@pytest.mark.parametrize("pem", ["", "key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_refused_without_being_quoted(pem: str) -> None:
    for load in (Signer, lambda text: Verifier((text,))):
        with pytest.raises(ValueError, match="in PEM") as refused:
            load(pem)
        assert "AAAA" not in str(refused.value)


def test_short_keys_and_swapped_keys_are_refused() -> None:
    short, pair = key_pair("short", 1024), key_pair("operator")
    with pytest.raises(ValueError, match="2048"):
        Signer(short.private)
    with pytest.raises(ValueError, match="2048"):
        Verifier((short.public,))
    with pytest.raises(ValueError, match="no private key"):
        Signer(pair.public)
    with pytest.raises(ValueError, match="no public key"):
        Verifier((pair.private,))
