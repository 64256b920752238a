"""Amounts: read exactly or not at all, shared without making any, never mixed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casino.money import (
    CURRENCIES,
    CURRENCY_BY_ID,
    EUR,
    FUN,
    TON,
    UNITS_MAX,
    USDT,
    XTR,
    Currency,
    InvalidAmount,
    Money,
    Rounding,
)

currencies = st.sampled_from(sorted(CURRENCIES.values(), key=lambda c: c.id))
amounts = st.builds(Money, st.integers(-UNITS_MAX, UNITS_MAX), currencies)
credits_ = st.builds(Money, st.integers(0, UNITS_MAX), currencies)
ratios = st.fractions(min_value=0, max_value=1)


def test_every_currency_has_a_code_and_a_number_of_its_own() -> None:
    assert len({c.id for c in CURRENCIES.values()}) == len(CURRENCIES)
    assert all(CURRENCIES[c.code] is c is CURRENCY_BY_ID[c.id] for c in CURRENCIES.values())
    assert [c.code for c in CURRENCIES.values() if c.play_money] == ["FUN"]


@given(credits_)
def test_text_and_back_is_the_same_amount(money: Money) -> None:
    assert Money.parse(money.text(), money.currency) == money
    whole = Money.parse(money.text(money.currency.decimals), money.currency)
    assert whole == money


@given(credits_, st.integers(0, 3), st.integers(0, 3))
def test_zeros_before_and_behind_change_nothing(money: Money, before: int, behind: int) -> None:
    text = "0" * before + money.text()
    if "." in text:
        text += "0" * behind
    if len(text.split(".", maxsplit=1)[0]) <= 19:
        assert Money.parse(text, money.currency) == money


@given(currencies, st.text(max_size=30))
def test_any_text_is_an_exact_amount_or_refused(currency: Currency, text: str) -> None:
    try:
        money = Money.parse(text, currency)
    except InvalidAmount:
        return
    assert set(text) <= set("0123456789.")
    assert Fraction(text) == Fraction(money.units, 10**currency.decimals)
    assert 0 <= money.units <= UNITS_MAX


@given(currencies, st.decimals(0, 10**20, places=18, allow_nan=False, allow_infinity=False))
def test_a_decimal_finer_than_one_unit_is_refused_and_never_rounded(
    currency: Currency, number: object
) -> None:
    text = f"{number:f}"
    exact = Fraction(text) * 10**currency.decimals
    try:
        money = Money.parse(text, currency)
    except InvalidAmount:
        assert exact.denominator != 1 or exact > UNITS_MAX
    else:
        assert money.units == exact


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "\n1",
        "1\0",
        "\x001",
        "+1",
        "-1",
        "-0",
        "−1",
        "1e3",
        "1E3",
        "1e-1",
        "0x10",
        "1_000",
        "1,5",
        "1.000,5",
        "1'000",
        ".5",
        "5.",
        ".",
        "..",
        "1.2.3",
        "NaN",
        "Infinity",
        "inf",
        "१२३",
        "１",
        "١",
        "²",
        "1\u200b",
        "\u202e1",
        "\ufeff1",
        "\ud800",
        "9" * 20,
        "0" * 20,
        "1." + "0" * 19,
        "1" * 100_000,
    ],
    ids=lambda t: repr(t[:12]),
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    for currency in CURRENCIES.values():
        with pytest.raises(InvalidAmount):
            Money.parse(text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [
        ("0", TON, 0),
        ("0.000000001", TON, 1),
        ("9223372036.854775807", TON, UNITS_MAX),
        ("12.50", EUR, 1250),
        ("12.500000000000000000", EUR, 1250),
        ("007", XTR, 7),
        ("7.0", XTR, 7),
        ("1.000001", USDT, 1_000_001),
    ],
)
def test_amounts_are_read_exactly(text: str, currency: Currency, units: int) -> None:
    assert Money.parse(text, currency).units == units


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("0.0000000001", TON),
        ("9223372036.854775808", TON),
        ("0.001", EUR),
        ("0.1", XTR),
        ("9223372036854775808", XTR),
    ],
)
def test_one_unit_too_fine_or_too_many_is_refused(text: str, currency: Currency) -> None:
    with pytest.raises(InvalidAmount):
        Money.parse(text, currency)


# --- shares


@given(credits_, ratios)
def test_a_share_is_never_more_than_the_amount_and_never_off_by_a_whole_unit(
    money: Money, ratio: Fraction
) -> None:
    for rounding in Rounding:
        share = money.share(ratio, rounding)
        assert Money.zero(money.currency) <= share <= money
        assert abs(share.units - money.units * ratio) < 1


@given(credits_, st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(sum))
def test_parts_of_an_amount_never_add_up_to_more_than_the_amount(
    money: Money, weights: list[int]
) -> None:
    parts = [money.share(Fraction(w, sum(weights)), Rounding.FAVOUR_HOUSE) for w in weights]
    total = sum(part.units for part in parts)
    assert money.units - len(parts) < total <= money.units


@given(amounts, ratios)
def test_rounding_favours_whom_it_names_of_debts_too(money: Money, ratio: Fraction) -> None:
    exact = money.units * ratio
    assert money.share(ratio, Rounding.FAVOUR_HOUSE).units <= exact
    assert money.share(ratio, Rounding.FAVOUR_PLAYER).units >= exact


# --- arithmetic


@given(currencies, st.integers(), st.integers())
def test_arithmetic_and_order_are_those_of_whole_numbers(
    currency: Currency, a: int, b: int
) -> None:
    x, y = Money(a, currency), Money(b, currency)
    assert (x + y).units == a + b
    assert (x - y).units == a - b
    assert (-x).units == -a
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)
    assert bool(x) == (a != 0)


@given(amounts, amounts)
def test_currencies_do_not_mix(x: Money, y: Money) -> None:
    if x.currency == y.currency:
        return
    for mix in (
        lambda: x + y,
        lambda: x - y,
        lambda: x < y,
        lambda: x <= y,
        lambda: x > y,
        lambda: x >= y,
    ):
        with pytest.raises(ValueError, match="do not mix"):
            mix()
    assert x != y


def test_a_bare_number_is_no_money() -> None:
    with pytest.raises((TypeError, AttributeError)):
        Money(1, TON) + 1  # type: ignore[operator]  # the point of the test


# --- text


@pytest.mark.parametrize(
    ("units", "currency", "places", "text"),
    [
        (0, TON, None, "0"),
        (1, TON, None, "0.000000001"),
        (-1, TON, None, "-0.000000001"),
        (1_500_000_000, TON, None, "1.5"),
        (1_500_000_000, TON, 2, "1.50"),
        (1_509_999_999, TON, 2, "1.50"),
        (1_509_999_999, TON, 0, "1"),
        (-1_509_999_999, TON, 2, "-1.50"),
        (7, XTR, None, "7"),
        (7, XTR, 2, "7.00"),
        (1250, EUR, 4, "12.5000"),
        (0, TON, 2, "0.00"),
    ],
)
def test_amounts_are_written_plainly_and_cut_never_rounded_up(
    units: int, currency: Currency, places: int | None, text: str
) -> None:
    assert Money(units, currency).text(places) == text


def test_nothing_is_not_written_as_a_debt() -> None:
    """What is cut away to zero has no sign."""
    assert Money(-1, TON).text(2) == "0.00"
    assert Money(-1, TON).text(0) == "0"


def test_an_amount_names_its_currency() -> None:
    assert str(Money(1_500_000, FUN)) == "1.5 FUN"
