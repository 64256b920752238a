from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from db.settings import StorageSettings
from providers.sandbox.settings import SandboxSettings
from tests.e2e.running import ROOT
from wallets.ton.settings import TonSettings
from webapp.settings import WebSettings

EXAMPLE = set(re.findall(r"^([A-Z_]+)=", Path(ROOT / ".env.example").read_text(), re.MULTILINE))

# Set by the composition root, or tuned by tests only.
INTERNAL = {
    "SANDBOX_CALLBACK_URL",
    "SANDBOX_MERCHANT_ID",
    "SANDBOX_MERCHANT_KEY",
    "SANDBOX_FRAME_ANCESTORS",
    "SANDBOX_ANSWER_TIMEOUT_S",
    "SANDBOX_RETRY_BASE_S",
    "SANDBOX_RETRY_CAP_S",
    "SANDBOX_DELAY_S",
}


@pytest.mark.parametrize(
    "settings",
    [
        BotSettings,
        SandboxSettings,
        StorageSettings,
        TonSettings,
        WebSettings,
    ],
)
def test_every_variable_is_in_the_example(settings: type[BaseSettings]) -> None:
    prefix = settings.model_config["env_prefix"]
    names = {
        str(field.validation_alias or prefix + name.upper())
        for name, field in settings.model_fields.items()
    }
    assert names - INTERNAL <= EXAMPLE
