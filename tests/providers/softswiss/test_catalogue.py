"""The lists of games: YAML per provider in v1, one JSON list in v2; whole, or none at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from casino.clock import SystemClock
from casino.play import Category, GameEntry, ProviderUnavailable, Wiring
from providers.softswiss.catalogue import read_yaml
from providers.softswiss.provider import SoftswissProvider, provider_of
from providers.softswiss.settings import SoftswissAccount
from tests.peers.softswiss.vendor import GAME, Vendor
from tests.providers.till import EmptyTill


@pytest.fixture
async def vendor(generation: str) -> AsyncIterator[Vendor]:
    vendor = Vendor(generation)
    await vendor.start()
    yield vendor
    await vendor.stop()


@pytest.fixture
async def provider(account: SoftswissAccount) -> AsyncIterator[SoftswissProvider]:
    provider = provider_of(Wiring("softswiss", EmptyTill(), SystemClock()), account)
    yield provider
    await provider.close()


@pytest.mark.parametrize("generation", ["v2"])
async def test_the_list_of_v2(provider: SoftswissProvider, vendor: Vendor) -> None:
    vendor.aggregator.games += [
        {
            "id": "acceptance:old",
            "title": "Old",
            "category": "card",
            "recalled_at": "2021-01-01T00:00:00Z",
        },
        {
            "id": "acceptance:new",
            "title": "New",
            "category": "card",
            "released_at": "2999-01-01T00:00:00Z",
        },
        {
            "id": "acceptance:last",
            "title": "Last",
            "category": None,
            "images": None,
            "released_at": "",
            "recalled_at": "2999-01-01T00:00:00Z",
        },
    ]
    entries = await provider.catalogue()
    assert entries[0] == GameEntry(
        external_id=GAME,
        title="Test Game",
        category=Category.SLOTS,
        studio="acceptance",
        image_url="https://images.example/a/acceptance:test.png",
        has_demo=True,
        tags=("acceptance labs",),
        released_on="2020-01-31",
    )
    assert [(e.external_id, e.category, e.has_demo) for e in entries[1:]] == [
        ("acceptance:crash", Category.CRASH, True),
        ("acceptance:live", Category.LIVE, False),
        ("acceptance:last", Category.INSTANT, True),
    ]
    assert entries[3].image_url is None


@pytest.mark.parametrize("generation", ["v2"])
@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"providers": None},
        {"providers": [{"name": "x", "games": [{"title": "no id"}]}]},
        {"providers": [{"name": "x", "games": [{"id": "", "title": "x"}]}]},
        {
            "providers": [
                {"name": "x", "games": [{"id": "a", "title": "b", "released_at": "soon"}]}
            ]
        },
    ],
)
async def test_a_list_of_v2_with_one_thing_wrong_is_no_list(
    provider: SoftswissProvider, vendor: Vendor, spoilt: Any
) -> None:
    async def spoil(_path: str, _right: Any) -> web.Response:
        return web.json_response(spoilt)

    vendor.aggregator.spoil = spoil
    with pytest.raises(ProviderUnavailable):
        await provider.catalogue()


@pytest.mark.parametrize("generation", ["v1"])
class TestYaml:
    """The lists of v1."""

    @pytest.mark.parametrize(
        "changed",
        [
            {
                "image_url": "https://cdn.example/{provider}/{game}.png",
                "catalogue_providers": ("acceptance", "empty"),
            }
        ],
    )
    async def test_the_lists(self, provider: SoftswissProvider, vendor: Vendor) -> None:
        vendor.aggregator.games.append(
            {"id": "acceptance:old", "title": "Old", "category": "card", "recalled": True}
        )
        entries = await provider.catalogue()
        assert [path for path, _ in vendor.aggregator.asked] == [
            "l/acceptance.yaml",
            "l/empty.yaml",
        ]
        assert entries[0] == GameEntry(
            external_id=GAME,
            title="Test Game",
            category=Category.SLOTS,
            studio="acceptance",
            image_url="https://cdn.example/acceptance/test.png",
            rtp_ppm=965_000,
            has_demo=True,
            has_free_spins=True,
            tags=("acceptance labs",),
            devices=("desktop", "mobile"),
            restricted_countries=("US", "NO"),
            released_on="2020-01-31",
        )
        assert [e.category for e in entries] == [Category.SLOTS, Category.CRASH, Category.LIVE]

    @pytest.mark.parametrize(
        "text",
        [
            "identifier: x",
            "- 1",
            "- identifier: ''\n  title: x",
            "- title: without an identifier",
            "- [",
            "- !!python/object/apply:os.system ['true']",
            "\x00",
            "{" * 5000,
            "- identifier: a\n  title: b\n  recalled: perhaps",
            "a: &a [x]\nb: *nobody",
        ],
    )
    async def test_a_list_with_one_thing_wrong_is_no_list(
        self, provider: SoftswissProvider, vendor: Vendor, text: str
    ) -> None:
        async def spoil(_path: str, _right: Any) -> web.Response:
            return web.Response(text=text)

        vendor.aggregator.spoil = spoil
        with pytest.raises(ProviderUnavailable):
            await provider.catalogue()

    async def test_a_list_that_is_missing_is_an_outage(
        self, provider: SoftswissProvider, vendor: Vendor
    ) -> None:
        async def spoil(_path: str, _right: Any) -> web.Response:
            return web.Response(status=404)

        vendor.aggregator.spoil = spoil
        with pytest.raises(ProviderUnavailable):
            await provider.catalogue()

    async def test_a_bare_identifier_gets_its_provider(
        self, provider: SoftswissProvider, vendor: Vendor
    ) -> None:
        async def spoil(_path: str, _right: Any) -> web.Response:
            return web.Response(
                text="- identifier: book\n  title: Book\n  devices:\n  payout: '?'"
            )

        vendor.aggregator.spoil = spoil
        [entry] = await provider.catalogue()
        assert (entry.external_id, entry.rtp_ppm, entry.devices) == ("acceptance:book", None, ())


def test_nothing_but_text_comes_out_of_yaml() -> None:
    assert read_yaml(b"[NO, 1.50, 2020-01-31, yes]") == ["NO", "1.50", "2020-01-31", "yes"]
