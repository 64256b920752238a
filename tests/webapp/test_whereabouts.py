"""Whom the house believes about where a visitor is."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from pydantic import ValidationError

from webapp.settings import WebSettings
from webapp.whereabouts import Whereabouts

PROXY, STRANGER = "10.0.0.7", "203.0.113.9"


def asked(where: Whereabouts, peer: str, *headers: tuple[str, str]) -> tuple[str, str | None]:
    transport = Mock()
    transport.get_extra_info = lambda name: (peer, 4711) if name == "peername" else None
    request = make_mocked_request("GET", "/", headers=CIMultiDict(headers), transport=transport)
    return where.ip(request), where.country(request)


@pytest.mark.parametrize(
    ("peer", "headers", "ip", "country"),
    [
        (PROXY, [("X-Forwarded-For", "198.51.100.1"), ("CF-IPCountry", "DE")],
         "198.51.100.1", "DE"),
        (PROXY, [("cf-ipcountry", "US")], PROXY, "US"),
        (PROXY, [("X-Forwarded-For", "8.8.8.8, 198.51.100.1, 10.0.0.8")], "198.51.100.1", None),
        (PROXY, [("X-Forwarded-For", "8.8.8.8"), ("X-Forwarded-For", "198.51.100.1")],
         "198.51.100.1", None),
        (STRANGER, [("X-Forwarded-For", "198.51.100.1"), ("CF-IPCountry", "DE")], STRANGER, None),
        *[(PROXY, [("CF-IPCountry", told)], PROXY, None)
          for told in ("XX", "T1", "de", "DEU", "", "D", "Ä1", "DE,US")],
        (PROXY, [("CF-IPCountry", "DE"), ("CF-IPCountry", "US")], PROXY, None),
        (PROXY, [("X-Country", "DE")], PROXY, None),
    ],
)  # fmt: skip
def test_only_a_proxy_of_ours_is_believed(
    peer: str, headers: list[tuple[str, str]], ip: str, country: str | None
) -> None:
    where = Whereabouts(("10.0.0.0/24",), "CF-IPCountry")
    assert asked(where, peer, *headers) == (ip, country)


def test_without_settings_nobody_is_believed() -> None:
    headers = ("X-Forwarded-For", "198.51.100.1"), ("CF-IPCountry", "DE"), ("", "DE")
    assert asked(Whereabouts(), PROXY, *headers) == (PROXY, None)
    assert asked(Whereabouts((), "CF-IPCountry"), PROXY, *headers) == (PROXY, None)
    assert asked(Whereabouts((PROXY,)), PROXY, *headers) == ("198.51.100.1", None)


@pytest.mark.parametrize(
    "given",
    [
        {"COUNTRY_HEADER": "CF-IPCountry"},  # nobody may tell it
        {"COUNTRY_HEADER": "CF IPCountry", "TRUSTED_PROXIES": PROXY},
        {"COUNTRY_HEADER": "x" * 65, "TRUSTED_PROXIES": PROXY},
    ],
)
def test_a_header_that_nobody_may_send_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        WebSettings.model_validate({"_env_file": None} | given)
