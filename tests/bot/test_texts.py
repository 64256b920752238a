"""Every text exists in both languages, with the same values, and fits Telegram's rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from teremok.validation import validate_html

from bot.callback_data import Screen, StaffScreen
from bot.introduction import COMMANDS, STAFF_COMMANDS
from bot.texts import LANGUAGES, LOCALES, BrokenTexts, Texts
from casino.backoffice import Period
from casino.cashier import Flaw
from casino.errors import NotEnoughMoney, PlayerError
from casino.play.reconciliation import Difference
from casino.wallet import Kind

ROOT = LOCALES.parent
TEXT_UNITS_MAX, TOAST_UNITS_MAX, BUTTON_UNITS_MAX = 4096, 200, 64

# Ids that the code puts together at run time.
COMPUTED = (
    {f"bot-kind-{kind.name.lower().replace('_', '-')}" for kind in Kind}
    | {f"bot-command-{name}" for name in (*COMMANDS, *STAFF_COMMANDS)}
    | {f"bot-button-{screen.name.lower()}" for screen in Screen}
    | {f"bot-staff-button-{s.name.lower()}" for s in StaffScreen if s is not StaffScreen.HOME}
    | {f"bot-staff-button-period-{period.name.lower()}" for period in Period}
    | {f"bot-staff-what-{difference.value}" for difference in Difference}
)
FILES = ("bot.ftl", "staff.ftl")


class Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()
        self.choices: dict[str, set[str]] = {}

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802
        if isinstance(node.selector, ast.VariableReference):
            keys = {
                str(v.key.name if isinstance(v.key, ast.Identifier) else v.key.value)
                for v in node.variants
            }
            self.choices.setdefault(node.selector.id.name, set()).update(keys)
        self.generic_visit(node)


def messages(language: str) -> dict[str, Variables]:
    source = "".join((LOCALES / language / name).read_text(encoding="utf-8") for name in FILES)
    found = {}
    for entry in FluentParser().parse(source).body:
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found, f"{entry.id.name} is there twice"
            variables = Variables()
            variables.visit(entry)
            found[entry.id.name] = variables
    return found


def used_in_code() -> set[str]:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("bot", "handlers")
        for path in (ROOT / folder).rglob("*.py")
    )
    return set(re.findall(r'"(bot-[a-z0-9-]+)"', code)) | COMPUTED


def test_both_languages_have_the_same_texts_with_the_same_values() -> None:
    english, russian = messages("en"), messages("ru")
    assert english.keys() == russian.keys()
    for text_id, variables in english.items():
        assert variables.names == russian[text_id].names, text_id


def test_every_text_that_the_code_names_exists_and_none_is_left_over() -> None:
    assert used_in_code() == messages("en").keys()


def test_every_flaw_of_a_deposit_has_its_words() -> None:
    for language in LANGUAGES:
        choices = messages(language)["bot-event-filed"].choices["reason"]
        assert {flaw.value for flaw in Flaw} <= choices


def longest_values(names: set[str], choices: dict[str, set[str]]) -> list[dict[str, str | int]]:
    """The longest values that can occur, once for each way a text can branch."""
    longest: dict[str, str | int] = {
        "name": "<b>&" * 32,
        "title": "&" * 36,
        "games": "9" * 7,
        "reason": "<" * 300,
        "text": "&" * 200,
        "url": "https://" + "x" * 200,
        "address": "E" * 66,
        "memo": "M" * 40,
        "transaction": "t" * 128,
        "letter": "&" * 400,
        "telegram": "9" * 19,
        "count": 5,
        "decimals": 9,
    }
    base = {name: longest.get(name, "9223372036.854775807 TON") for name in names}
    rows = [base]
    for name, keys in choices.items():
        if name != "count":
            rows = [{**row, name: key} for row in rows for key in sorted(keys)]
    return rows


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_telegram_whatever_the_values(language: str) -> None:
    words = Texts().words(language)
    for text_id, variables in messages(language).items():
        for values in longest_values(variables.names, variables.choices):
            shown = words(text_id, **values)
            assert shown != text_id
            assert "{" not in shown, text_id
            assert not re.search("[\u2066-\u2069]", shown), "no isolation marks"
            validate_html(shown)
            assert units(shown) <= TEXT_UNITS_MAX, text_id
            plain = words.plain(text_id, **values)
            if "button" in text_id:
                assert units(plain) <= BUTTON_UNITS_MAX, text_id
                assert "<" not in plain.replace("<b>&", "")
            if text_id.startswith("bot-command-"):
                assert 1 <= units(plain) <= 256


# Shown over the chat after a press, where Telegram renders no markup and takes 200 characters.
TOASTS = (
    "bot-gate-first",
    "bot-welcome-toast",
    "bot-accepted-before",
    "bot-language-chosen",
    "bot-old-button",
    "bot-refused",
    "bot-try-later",
    "bot-broken",
    "bot-play-money-taken",
    "bot-staff-confirmation-old",
    "bot-staff-adjusted",
    "bot-staff-adjusted-before",
    "bot-staff-switched",
    "bot-staff-begun",
    "bot-staff-under-way",
    "bot-staff-spins-given",
    "bot-staff-spins-waiting",
    "bot-staff-spins-over",
    "bot-staff-resolved-before",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text_id", TOASTS)
def test_toasts_are_short_and_plain(language: str, text_id: str) -> None:
    variables = messages(language)[text_id]
    for values in longest_values(variables.names, variables.choices):
        toast = Texts().words(language).plain(text_id, **values)
        assert units(toast) <= TOAST_UNITS_MAX
        assert "<" not in toast


def test_russian_plurals() -> None:
    words = Texts().words("ru")
    counts = {n: words("bot-staff-found", count=n) for n in (1, 2, 5, 21)}
    assert counts == {
        1: "Найден 1 игрок.",
        2: "Найдено 2 игрока.",
        5: "Найдено 5 игроков.",
        21: "Найден 21 игрок.",
    }


def test_values_are_escaped_in_html_and_left_alone_in_plain_text() -> None:
    words = Texts().words("en")
    assert "<b>&lt;i&gt;&amp;</b>" in words("bot-balance-line", amount="<i>&", kind="real")
    assert words.plain("bot-play-money-taken", amount="<&>") == "<&> added to your balance."


def test_unknown_languages_speak_english() -> None:
    texts = Texts()
    assert texts.words("ru-RU").language == "ru"
    for code in (None, "", "de", "xx-yy", "💥"):
        assert texts.words(code).language == "en"


def test_a_missing_translation_falls_back_to_english(tmp_path: Path) -> None:
    for language, text in (
        ("en", "bot-refused = No.\nbot-x = English"),
        ("ru", "bot-refused = Нет."),
    ):
        (tmp_path / language).mkdir()
        (tmp_path / language / "bot.ftl").write_text(text, encoding="utf-8")
    words = Texts(tmp_path).words("ru")
    assert (words("bot-refused"), words("bot-x")) == ("Нет.", "English")


def test_a_broken_file_is_refused_at_start(tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / language).mkdir()
        (tmp_path / language / "bot.ftl").write_text("bot-refused = { $open", encoding="utf-8")
    with pytest.raises(BrokenTexts):
        Texts(tmp_path)


def test_an_error_without_words_is_still_answered() -> None:
    class Unheard(PlayerError):
        code = "never-written-down"

    words = Texts().words("en")
    assert words.error(Unheard()) == "That did not work. Nothing was changed."
    assert words.error(NotEnoughMoney())


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
