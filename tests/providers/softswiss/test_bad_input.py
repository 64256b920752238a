"""What arrives malformed, by accident or by intent: the protocol's error, and no change."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import beexar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casino.clock import SystemClock
from casino.money import FUN, Money
from casino.play import Call, GameCall, Reply, Wiring
from casino.wallet.operations import Answer
from providers.softswiss.provider import provider_of
from providers.softswiss.settings import SoftswissAccount
from tests.peers.softswiss.vendor import KEY, Vendor
from tests.providers.book import Book

V1_BET = {
    "user_id": "1001",
    "currency": "FUN",
    "game": "g-1",
    "game_id": "r-1",
    "actions": [{"action": "bet", "amount": 150, "action_id": "a-1"}],
}
V2_BET = {
    "player_id": "1001",
    "currency": "FUN",
    "round_id": "r-1",
    "game_id": "g-1",
    "provider": "x",
    "transactions": [{"id": "a-1", "type": "bet", "amount": "1.50"}],
}
V1_UNDO = V1_BET | {
    "actions": [{"action": "rollback", "action_id": "b-1", "original_action_id": "a-1"}]
}
V2_UNDO = V2_BET | {"transactions": [{"id": "b-1", "original_id": "a-1"}]}
PATHS: dict[str, dict[str, Any]] = {
    "play": V1_BET,
    "rollback": V1_UNDO,
    "freespins": {"issue_id": "f-FUN-1001", "status": "played", "total_amount": 5},
    "v2/a8r_casino.Player/Balance": {"player_id": "1001", "currency": "FUN"},
    "v2/a8r_casino.Round/BetWin": V2_BET,
    "v2/a8r_casino.Round/Rollback": V2_UNDO,
    "v2/a8r_casino.Round/Finish": {"player_id": "1001", "currency": "FUN", "round_id": "r-1"},
    "v2/a8r_casino.Freespins/Finish": {"issue_id": "f-FUN-1001", "amount": "5"},
    "v2/a8r_casino.Promo/Win": {
        "player_id": "1001",
        "currency": "FUN",
        "amount": "1",
        "event_id": "e-1",
    },
}


class AnyGame(Book):
    """A book in which the player has every game open, and no free spins."""

    async def settle(self, provider_id: str, call: GameCall) -> Answer:
        self.sessions, self.games = {"s-1": 1001}, {"g-1": 1, "x:g-1": 1}
        call = GameCall(call.player_ref, call.currency, call.ops, "s-1", "g-1")
        return await super().settle(provider_id, call)

    async def end_free_spins(self, *_asked: Any) -> None:
        return None


def ask(
    path: str,
    body: bytes,
    *,
    method: str = "POST",
    exponents: dict[str, int] | None = None,
) -> tuple[Reply, Book]:
    """Send signed bytes to an adapter of the path's generation, on a book of its own."""
    generation = "v2" if path.startswith("v2/") else "v1"
    given = Vendor(generation).settings() | {"url": "http://127.0.0.1:1"}
    if generation == "v1":
        given["catalogue_url"] = "http://127.0.0.1:1/{provider}"
        given["exponents"] = exponents or {"FUN": 6}
    book = AnyGame()
    book.open(1001, Money.parse("100", FUN))
    wiring = Wiring("softswiss", book, SystemClock())
    provider = provider_of(wiring, SoftswissAccount.model_validate(given))
    headers = {"x-request-sign": beexar.sign(body, KEY)}
    return asyncio.run(provider.answer(Call(method, path, "", headers, body))), book


def api_code(reply: Reply) -> int:
    answer = json.loads(reply.body)
    return int(answer["meta"]["api_code"] if "meta" in answer else answer["code"])


def refused(path: str, message: Any, code: int = 400, **how: Any) -> None:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    reply, book = ask(path, body, **how)
    assert (api_code(reply), book.transfers) == (code, []), reply.body


def changed(message: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    """Return a message with one field of it or of its first item set otherwise, or left out."""
    copy = json.loads(json.dumps(message))
    inner = copy.get("actions") or copy.get("transactions") or [{}]
    target = inner[0] if where.startswith("0.") else copy
    name = where.removeprefix("0.")
    if value is ...:
        target.pop(name)
    else:
        target[name] = value
    return copy  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        *[(name, ...) for name in ("user_id", "currency", "game", "game_id")],
        *[(f"0.{name}", ...) for name in ("action", "amount", "action_id")],
        ("user_id", 1001),
        ("user_id", ""),
        ("currency", None),
        ("game_id", ""),
        ("game_id", 7),
        ("game_id", "r" * 181),
        ("game", ""),
        ("game", "g\0"),
        ("finished", "yes"),
        ("finished", 1),
        ("actions", {}),
        ("actions", [[]]),
        ("actions", ["bet"]),
        ("actions", [{"action": "win", "amount": 1, "action_id": f"a-{n}"} for n in range(101)]),
        ("0.action", "rollback"),
        ("0.action", "BET"),
        ("0.action_id", ""),
        ("0.action_id", "a" * 191),
        ("0.action_id", "a\0"),
        ("0.action_id", 5),
        ("0.amount", "150"),
        ("0.amount", -1),
        ("0.amount", 1.5),
        ("0.amount", 1.0),
        ("0.amount", True),
        ("0.amount", None),
        ("0.amount", 2**63),
        ("0.amount", 10**30),
    ],
)
def test_a_malformed_bet_of_v1(where: str, value: Any) -> None:
    refused("play", changed(V1_BET, where, value))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        *[(name, ...) for name in ("player_id", "currency", "round_id", "game_id")],
        *[(f"0.{name}", ...) for name in ("type", "amount", "id")],
        ("transactions", ...),
        ("transactions", []),
        ("transactions", None),
        ("player_id", 1001),
        ("currency", "fun"),
        ("currency", "F"),
        ("currency", "FUN€"),
        ("0.type", "rollback"),
        ("0.id", ""),
        *[
            ("0.amount", amount)
            for amount in (
                "",
                "-1",
                "+1",
                "1e3",
                "1,5",
                " 1",
                "1 ",
                "1.",
                ".5",
                "0x10",
                "NaN",
                "Infinity",
                "٣",
                "1_0",
                "1.0000001",
                "1.0000000000000",
                "1" * 19,
                "9" * 18,
                150,
                1.5,
                None,
                True,
            )
        ],
    ],
)
def test_a_malformed_bet_of_v2(where: str, value: Any) -> None:
    refused("v2/a8r_casino.Round/BetWin", changed(V2_BET, where, value))


@pytest.mark.parametrize(
    ("exponent", "wire", "units", "balance"),
    [(2, 150, 1_500_000, 9_850), (6, 150, 150, 99_999_850), (8, 15_000, 150, 9_999_985_000)],
)
def test_amounts_of_v1_have_the_exponent_that_is_set(
    exponent: int, wire: int, units: int, balance: int
) -> None:
    body = json.dumps(changed(V1_BET, "0.amount", wire)).encode()
    reply, book = ask("play", body, exponents={"FUN": exponent})
    assert json.loads(reply.body)["balance"] == balance
    assert [transfer.amount for transfer in book.transfers] == [units]


def test_an_amount_of_v1_finer_than_one_unit_is_refused() -> None:
    refused("play", changed(V1_BET, "0.amount", 15_001), exponents={"FUN": 8})


def test_amounts_of_v2_that_fit_exactly_are_taken() -> None:
    for text, units in (("1.500000000000", 1_500_000), ("000000000000000001", 1_000_000)):
        reply, book = ask(
            "v2/a8r_casino.Round/BetWin", json.dumps(changed(V2_BET, "0.amount", text)).encode()
        )
        assert reply.status == 200
        assert [transfer.amount for transfer in book.transfers] == [units]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("rollback", changed(V1_UNDO, "actions", [])),
        ("rollback", changed(V1_UNDO, "0.action", "bet")),
        ("rollback", changed(V1_UNDO, "0.original_action_id", ...)),
        ("rollback", changed(V1_UNDO, "0.original_action_id", "")),
        ("rollback", changed(V1_UNDO, "game_id", ...)),
        ("v2/a8r_casino.Round/Rollback", changed(V2_UNDO, "transactions", [])),
        ("v2/a8r_casino.Round/Rollback", changed(V2_UNDO, "0.original_id", ...)),
        ("v2/a8r_casino.Round/Finish", {"player_id": "1001", "currency": "FUN"}),
        ("v2/a8r_casino.Player/Balance", {"player_id": "1001"}),
        ("v2/a8r_casino.Player/Balance", {"currency": "FUN"}),
        ("play", {"user_id": "1001", "currency": "FUN", "finished": True}),
        ("freespins", {"issue_id": "f-FUN-1001", "status": "won", "total_amount": 1}),
        ("freespins", {"issue_id": "f-FUN-1001", "status": "played", "total_amount": -1}),
        ("freespins", {"issue_id": "nothing-of-ours", "status": "played"}),
        ("freespins", {"issue_id": "plain", "status": "played", "total_amount": 1}),
        ("v2/a8r_casino.Freespins/Finish", {"issue_id": "f-FUN-1001", "amount": "-1"}),
        ("v2/a8r_casino.Freespins/Finish", {"issue_id": "f\0-FUN-1001", "amount": "1"}),
        ("v2/a8r_casino.Promo/Win", {"player_id": "1001", "currency": "FUN", "amount": "1"}),
    ],
)
def test_other_malformed_requests(path: str, message: dict[str, Any]) -> None:
    expected = 154 if str(message.get("issue_id", "")).startswith("nothing") else 400
    refused(path, message, expected)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{}",
        b"\xff\xfe",
        b'{"user_id":"\xff"}',
        b"[" * 60_000,
        b'{"z":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_message(path: str, body: bytes) -> None:
    refused(path, body)


def test_a_body_of_64_kib_is_the_limit() -> None:
    body = json.dumps(V1_BET).encode()
    most = body + b" " * (64 * 1024 - len(body))
    reply, book = ask("play", most)
    assert (reply.status, len(book.transfers)) == (200, 1)
    refused("play", most + b" ")
    refused("v2/a8r_casino.Round/BetWin", b" " * (64 * 1024 + 1))


def test_only_posts_are_calls() -> None:
    refused("play", V1_BET, 404, method="GET")


@pytest.mark.parametrize("path", ["", "Play", "play/", "/play", "v1/play", "v2/play"])
def test_no_other_path_is_one(path: str) -> None:
    refused(path, V1_BET, 404)


def test_a_path_of_the_other_generation_is_unknown() -> None:
    account = SoftswissAccount.model_validate(Vendor("v2").settings() | {"url": "http://x"})
    provider = provider_of(Wiring("softswiss", Book(), SystemClock()), account)
    body = json.dumps(V1_BET).encode()
    headers = {"x-request-sign": beexar.sign(body, KEY)}
    reply = asyncio.run(provider.answer(Call("POST", "play", "", headers, body)))
    assert api_code(reply) == 404


FIELDS: list[str] = sorted(
    {name for message in PATHS.values() for name in message}
    | {"action", "amount", "action_id", "id", "type", "original_id", "session_id", "bet_id"}
)
LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(["1001", "FUN", "bet", "win", "rollback", "1.50", "a-1", "g-1", "r-1", "x"])
)
JSON = st.recursive(
    LEAF,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=6,
)


@given(data=st.data(), path=st.sampled_from(list(PATHS)))
@settings(max_examples=300, deadline=None)
def test_a_mutated_message_is_performed_whole_or_refused(data: st.DataObject, path: str) -> None:
    message = json.loads(json.dumps(PATHS[path]))
    for _ in range(data.draw(st.integers(1, 2))):
        inner = message.get("actions") or message.get("transactions")
        target = message
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            target = data.draw(st.sampled_from([message, inner[0]]))
        target[data.draw(st.sampled_from(FIELDS))] = data.draw(JSON)
    reply, book = ask(path, json.dumps(message).encode())
    answer = json.loads(reply.body)
    if reply.status == 200:
        assert "balance" in answer
        return
    assert book.transfers == []
    assert reply.status in {400, 404, 412}
    assert api_code(reply) in {100, 101, 107, 154, 400, 409}


@given(body=st.binary(max_size=80), path=st.sampled_from(list(PATHS)))
@settings(max_examples=200, deadline=None)
def test_any_bytes_get_an_answer(body: bytes, path: str) -> None:
    reply, book = ask(path, body)
    assert reply.status in {400, 404, 412}
    assert book.transfers == []
