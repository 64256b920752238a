"""Settings that could not work are refused before anything starts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.settings import BotMode, BotSettings

TOKEN = "7000001:AAtest-token-of-nobody"
SECRET = "0123456789abcdef"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("TOKEN", "API_URL", "MODE", "WEBHOOK_SECRET", "ADMINS"):
        monkeypatch.delenv(f"BOT_{name}", raising=False)
    return monkeypatch


def read() -> BotSettings:
    return BotSettings(_env_file=None)


def test_without_a_token_the_bot_is_off(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_TOKEN", "")
    environment.setenv("BOT_MODE", "")
    assert read().mode is BotMode.OFF


def test_with_a_token_it_polls(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_TOKEN", TOKEN)
    settings = read()
    assert settings.mode is BotMode.POLLING
    assert settings.bot_id == 7000001
    assert not settings.custom_api
    assert TOKEN not in repr(settings)


def test_it_can_be_switched_off(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_TOKEN", TOKEN)
    environment.setenv("BOT_MODE", "off")
    assert read().mode is BotMode.OFF


@pytest.mark.parametrize(
    "secret", [None, "", "x" * 257, "no spaces allowed here", "пароль-пароль-пароль"]
)
def test_a_webhook_without_a_good_secret_is_refused(
    environment: pytest.MonkeyPatch, secret: str | None
) -> None:
    environment.setenv("BOT_TOKEN", TOKEN)
    environment.setenv("BOT_MODE", "webhook")
    if secret is not None:
        environment.setenv("BOT_WEBHOOK_SECRET", secret)
    with pytest.raises(ValidationError, match="BOT_WEBHOOK_SECRET"):
        read()
    environment.setenv("BOT_WEBHOOK_SECRET", SECRET)
    settings = read()
    assert settings.mode is BotMode.WEBHOOK
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("token", ["nonsense", "7000001", ":x", "7000001:a b", "http://x"])
def test_what_is_no_token_is_refused(environment: pytest.MonkeyPatch, token: str) -> None:
    environment.setenv("BOT_TOKEN", token)
    with pytest.raises(ValidationError) as refusal:
        read()
    assert "BOT_TOKEN" in str(refusal.value)
    assert token not in str(refusal.value)


def test_polling_without_a_token_is_refused(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_MODE", "polling")
    with pytest.raises(ValidationError):
        read()


def test_admins_are_numbers_with_commas(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_ADMINS", " 12, 34 ,,")
    assert read().admins == {12, 34}
    environment.setenv("BOT_ADMINS", "")
    assert read().admins == frozenset()
    environment.setenv("BOT_ADMINS", "12, alice")
    with pytest.raises(ValidationError):
        read()


def test_the_api_address_is_checked(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BOT_API_URL", "http://127.0.0.1:8081/")
    settings = read()
    assert settings.api_url == "http://127.0.0.1:8081"
    assert settings.custom_api
    environment.setenv("BOT_API_URL", "ftp://x")
    with pytest.raises(ValidationError):
        read()
