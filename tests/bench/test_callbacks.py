from __future__ import annotations

from bench.callbacks import body, callbacks, signer
from bench.house import account
from bench.workload import BET, REVERSAL, WIN, Step
from providers.softswiss.callback import Settlement
from providers.softswiss.settings import SoftswissAccount
from providers.softswiss.signature import ARRIVING, is_signed
from providers.softswiss.v1 import V1

KEY = "k" * 64
STEPS = (
    Step(BET, 5, "b1", "r1"),
    Step(BET, 5, "b1", "r1", resent=True),
    Step(WIN, 5, "w1", "r1"),
    Step(REVERSAL, 6, "x1", "r2", "b2"),
)


def _split(request: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, sent = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return first, headers, sent


def test_every_request_is_one_that_the_adapter_takes_for_authentic() -> None:
    sent = list(callbacks(iter(STEPS), 1_001, signer(KEY)))
    assert [callback.resent for callback in sent] == [False, True, False, False]
    methods = ["play", "play", "play", "rollback"]
    for callback, method in zip(sent, methods, strict=True):
        first, headers, said = _split(callback.request)
        assert first == f"POST /providers/softswiss/{method} HTTP/1.1"
        assert int(headers["content-length"]) == len(said)
        assert is_signed(said, headers[ARRIVING], (KEY.encode(),))
    assert sent[0].request == sent[1].request


def test_the_adapter_reads_what_was_meant() -> None:
    reads = V1(SoftswissAccount.model_validate(account(KEY)))
    for step in STEPS:
        method = "play" if step.reference is None else "rollback"
        settlement = reads.read(method, body(step, 1_001))
        assert isinstance(settlement, Settlement)
        (op,) = settlement.call.ops
        assert op.kind.name.lower() == step.action
        assert (op.key, op.round_id, op.reference) == (step.key, step.round_id, step.reference)
        assert op.amount == (None if step.action == REVERSAL else 1_000_000)
        assert op.ends_round is (step.action != BET)
        assert settlement.call.player_ref == str(1_001 + step.player)
        assert settlement.call.game_ref == "bench:game"
