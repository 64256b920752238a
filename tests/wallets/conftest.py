from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.peers.ton.chain import Chain
from tests.peers.ton.wrapper import PYTONLIB_CLIENT, local
from tests.wallets.support import NOW, Book, FixedClock, stream, world


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.fromtimestamp(NOW, UTC))


@pytest.fixture
def chain(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Chain:
    """A chain peer behind pytonlib, knowing the fixtures' jettons."""
    made = Chain(now=lambda: int(clock.now().timestamp()))
    made.jetton(world("jetton_master"), {world("v5r1"): world("jetton_wallet")})
    made.jetton(world("other_jetton_master"), {world("v5r1"): world("other_jetton_wallet")})
    monkeypatch.setattr(PYTONLIB_CLIENT, "TonLib", local(made))
    return made


@pytest.fixture
def genuine(chain: Chain) -> Chain:
    """The chain with every genuine transaction of the house's v5r1 wallet on it."""
    for name in ("owner", "jetton-wallet"):
        for transaction in stream(name):
            chain.append(transaction.boc)
    return chain


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def mainnet(tmp_path: Path) -> Path:
    """A network config with the main network's zero state and two lite servers."""
    path = tmp_path / "global.config.json"
    root = "F6OpKZKqvqeFp6CQmFomXNMfMj2EnaUSOXN+Mh+wVWk="
    config = {"liteservers": [{}, {}], "validator": {"zero_state": {"root_hash": root}}}
    path.write_text(json.dumps(config))
    return path
