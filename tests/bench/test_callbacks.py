from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

from bench.callbacks import body, callbacks, signer
from bench.workload import BET, REVERSAL, WIN, Step
from providers.slotegrator.callback import Settlement, parse
from providers.slotegrator.settings import SlotegratorAccount
from providers.slotegrator.signature import parse_form, verify

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = "k" * 64
STEPS = (
    Step(BET, 5, "b1", "r1"),
    Step(BET, 5, "b1", "r1", resent=True),
    Step(WIN, 5, "w1", "r1"),
    Step(REVERSAL, 6, "x1", "r2", "b2"),
)
ACCOUNT = SlotegratorAccount.model_validate(
    {"url": "http://127.0.0.1", "merchant_id": "croupier", "merchant_key": KEY}
)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def _split(request: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, sent = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first, headers, sent


def test_every_request_is_one_that_the_adapter_takes_for_authentic() -> None:
    sign = signer("/providers/sandbox/", KEY, StoppedClock())
    sent = list(callbacks(iter(STEPS), 1_001, sign))
    assert [callback.resent for callback in sent] == [False, True, False, False]
    for callback in sent:
        first, headers, form = _split(callback.request)
        assert first == "POST /providers/sandbox/ HTTP/1.1"
        assert int(headers["content-length"]) == len(form)
        verify(parse_form(form), headers, "croupier", (KEY,), now=NOW)


def test_the_adapter_reads_what_was_meant() -> None:
    read = [parse(parse_form(body(step, 1_001)), ACCOUNT) for step in STEPS]
    for step, settlement in zip(STEPS, read, strict=True):
        assert isinstance(settlement, Settlement)
        (op,) = settlement.call.ops
        assert op.kind.name.lower() == step.action
        assert (op.key, op.round_id, op.reference) == (step.key, step.round_id, step.reference)
        assert op.amount == 1_000_000
        assert settlement.call.player_ref == str(1_001 + step.player)
        assert settlement.call.session_ref == f"bench-session-{step.player:012}"
        assert settlement.call.game_ref == "bench-game"


def test_a_repeat_has_the_same_form_and_a_signature_of_its_own() -> None:
    sign = signer("/", KEY, StoppedClock())
    first, again = (_split(c.request) for c in callbacks(iter(STEPS[:2]), 1, sign))
    assert parse_qsl(first[2]) == parse_qsl(again[2])
    assert first[1]["x-nonce"] != again[1]["x-nonce"]
    assert first[1]["x-sign"] != again[1]["x-sign"]
