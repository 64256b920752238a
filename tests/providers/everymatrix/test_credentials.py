"""Who may call: addresses, and wrong credentials that come too often."""

from __future__ import annotations

import json

import pytest
from structlog.testing import capture_logs

from casino.clock import Clock
from casino.play import Wiring
from casino.play.provider import Call
from providers.everymatrix import credentials
from providers.everymatrix.credentials import Credentials, NotAuthentic
from providers.everymatrix.provider import EverymatrixProvider
from providers.everymatrix.settings import EverymatrixAccount
from tests.conftest import MovingClock
from tests.peers.everymatrix.vendor import LOGIN, OLD_PASSWORD, PASSWORD
from tests.providers.everymatrix.house import SETTINGS, House
from tests.providers.everymatrix.seat import START, Seat

VENDOR, STRANGER = "192.0.2.10", "203.0.113.7"


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock()


def made(clock: Clock, **changed: object) -> Credentials:
    return Credentials(EverymatrixAccount.model_validate(SETTINGS | changed), clock)


def accepts(guard: Credentials, peer: str, password: str = PASSWORD, login: str = LOGIN) -> bool:
    try:
        guard.require(peer, login, password)
    except NotAuthentic:
        return False
    return True


@pytest.mark.parametrize(
    ("login", "password", "good"),
    [
        (LOGIN, PASSWORD, True),
        (LOGIN, OLD_PASSWORD, True),
        (LOGIN, "", False),
        ("", PASSWORD, False),
        (LOGIN, PASSWORD + "x", False),
        (LOGIN, PASSWORD[:-1], False),
        (PASSWORD, LOGIN, False),
        (LOGIN, "пароль", False),
        (LOGIN, "\ud800", False),
    ],
)
def test_login_and_either_password(clock: Clock, login: str, password: str, good: bool) -> None:
    assert accepts(made(clock), VENDOR, password, login) is good


def test_a_guesser_is_shut_out_for_a_minute_and_nobody_else(moving: MovingClock) -> None:
    guard = made(moving, failures_per_minute=3)
    with capture_logs() as logs:
        assert not any(accepts(guard, STRANGER, "wrong") for _ in range(3))
    assert len([line for line in logs if line.get("alert")]) == 1
    assert not accepts(guard, STRANGER)  # right at last, and not heard
    assert accepts(guard, VENDOR)
    moving.advance(seconds=59)
    assert not accepts(guard, STRANGER)
    moving.advance(seconds=1)
    assert accepts(guard, STRANGER)


def test_the_minute_begins_anew(moving: MovingClock) -> None:
    guard = made(moving, failures_per_minute=2)
    for _ in range(5):
        assert not accepts(guard, STRANGER, "wrong")
        moving.advance(seconds=60)
    assert accepts(guard, STRANGER)


def test_who_was_right_once_is_never_shut_out(clock: Clock) -> None:
    """Else anybody behind the same proxy could stop the wallet."""
    guard = made(clock, failures_per_minute=2)
    assert accepts(guard, VENDOR)
    with capture_logs() as logs:
        assert not any(accepts(guard, VENDOR, "wrong") for _ in range(10))
    assert [line for line in logs if line.get("alert")]
    assert accepts(guard, VENDOR)


def test_callers_whose_address_is_not_known_are_not_shut_out(clock: Clock) -> None:
    guard = made(clock, failures_per_minute=2)
    with capture_logs() as logs:
        assert not any(accepts(guard, "", "wrong") for _ in range(10))
    assert len([line for line in logs if line.get("alert")]) == 1
    assert accepts(guard, "")


def test_a_network_of_ipv6_counts_as_one_address(clock: Clock) -> None:
    guard = made(clock, failures_per_minute=2)
    assert not accepts(guard, "2001:db8::1", "wrong")
    assert not accepts(guard, "2001:db8::2", "wrong")
    assert not accepts(guard, "2001:db8::3")
    assert accepts(guard, "2001:db8:0:1::1")


def test_memory_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "ADDRESSES_MAX", 10)
    guard = made(clock, failures_per_minute=2)
    for number in range(100):
        for _ in range(2):
            accepts(guard, f"198.51.100.{number}", "wrong")
            accepts(guard, f"203.0.113.{number}")
    assert len(guard._failures) == 10  # noqa: SLF001 - the bound is what is tested
    assert len(guard._proven) == 10  # noqa: SLF001
    assert not accepts(guard, "198.51.100.99")  # the newest are remembered


@pytest.mark.parametrize(
    ("peer", "code"),
    [
        ("192.0.2.10", 0),
        ("192.0.2.255", 0),
        ("::ffff:192.0.2.10", 0),
        ("2001:db8:1::5", 0),
        ("192.0.3.1", 105),
        ("2001:db8:2::5", 105),
        ("", 105),
        ("localhost", 105),
    ],
)
async def test_only_listed_networks_are_heard(clock: Clock, peer: str, code: int) -> None:
    settings = SETTINGS | {"networks": ["192.0.2.0/24", "2001:db8:1::/48"]}
    account = EverymatrixAccount.model_validate(settings)
    house = House.with_player()
    provider = EverymatrixProvider(Wiring("everymatrix", house, clock), account)
    assert provider.manifest.networks == ("192.0.2.0/24", "2001:db8:1::/48")
    body = {"Request": "GetBalance", "LoginName": LOGIN, "Password": PASSWORD, "SessionId": "s-1"}
    reply = await provider.answer(Call("POST", "", "", {}, json.dumps(body).encode(), peer))
    assert reply.status == 200
    if code:
        assert reply.body == b'{"ApiVersion":"1.0","ReturnCode":105,"Message":"IPNotAllowed"}'
    else:
        assert json.loads(reply.body)["ReturnCode"] == 0


async def test_over_http_a_guesser_is_shut_out(seat: Seat) -> None:
    """Nobody on this address was right yet: ten wrong guesses, then silence."""
    for _ in range(10):
        assert (await seat.vendor.forged()).code == 101
    with capture_logs() as logs:
        await seat.vendor.forged()
    assert logs == []
    said = await seat.vendor.balance(seat.player, session=seat.session)
    assert said.body == b'{"ApiVersion":"1.0","ReturnCode":101,"Message":"UnknownError"}'


async def test_over_http_the_vendor_is_heard_whoever_guesses_beside_it(seat: Seat) -> None:
    assert await seat.balance() == START
    for _ in range(11):
        await seat.vendor.forged()
    assert await seat.balance() == START
