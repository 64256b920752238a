"""Words in the player's language: Fluent files, falling back to English message by message."""

from __future__ import annotations

import html
from collections.abc import Generator
from pathlib import Path
from typing import Final

from fluent.runtime import AbstractResourceLoader, FluentLocalization, FluentResource
from fluent.syntax.ast import Junk, Resource

from casino.errors import PlayerError

LANGUAGES: Final = {"en": "English", "ru": "Русский"}  # each names itself
FALLBACK: Final = "en"
FILES: Final = ["common.ftl", "errors.ftl", "bot.ftl", "staff.ftl"]
LOCALES: Final = Path(__file__).resolve().parent.parent / "locales"


class BrokenTexts(ValueError):
    """A text file is not Fluent, and half of it would silently be missing."""


class _Loader(AbstractResourceLoader):
    """Reads ``<root>/<language>/*.ftl`` and refuses a file that Fluent would half understand."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def resources(
        self, locale: str, resource_ids: list[str]
    ) -> Generator[list[Resource], None, None]:
        found = []
        for name in resource_ids:
            path = self._root / locale / name
            if not path.is_file():
                continue
            resource = FluentResource(path.read_text(encoding="utf-8"))
            for entry in resource.body:
                if isinstance(entry, Junk):
                    raise BrokenTexts(f"{path}: not Fluent: {(entry.content or '')[:80]!r}")
            found.append(resource)
        if found:
            yield found


class Words:
    """The texts of one language."""

    def __init__(self, language: str, localization: FluentLocalization) -> None:
        """Speak one language."""
        self.language = language
        self._localization = localization

    def __call__(self, text_id: str, /, **values: str | int) -> str:
        """Return a text as Telegram HTML: the values are escaped, the text may hold markup."""
        return self._localization.format_value(
            text_id,
            {
                k: html.escape(v, quote=False) if isinstance(v, str) else v
                for k, v in values.items()
            },
        )

    def plain(self, text_id: str, /, **values: str | int) -> str:
        """Return a text without markup, for buttons and pop-ups."""
        return self._localization.format_value(text_id, values)

    def error(self, error: PlayerError) -> str:
        """Say what a player can do about an error, as plain text."""
        text_id = f"error-{error.code}"
        text = self.plain(text_id, **error.values_shown)
        return text if text != text_id else self.plain("bot-refused")


class Texts:
    """All languages, parsed once."""

    def __init__(self, root: Path = LOCALES) -> None:
        """Read every language under ``root``. Raises BrokenTexts."""
        loader = _Loader(root)
        self._words: dict[str, Words] = {}
        for language in LANGUAGES:
            chain = list(dict.fromkeys((language, FALLBACK)))
            words = Words(language, FluentLocalization(chain, FILES, loader))
            words.plain("bot-refused")
            self._words[language] = words

    def words(self, language: str | None) -> Words:
        """Return the texts for a language code such as ``ru`` or ``pt-br``."""
        code = (language or "").lower().partition("-")[0]
        return self._words.get(code) or self._words[FALLBACK]
