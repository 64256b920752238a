"""One Fluent tree for bot and Mini App: alike in every language, nothing missing or left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "locales"
# Of providers only the house's own: the others speak in the words of their vendors.
PYTHON = ("bot", "casino", "handlers", "providers/house", "wallets", "webapp")
TYPESCRIPT = ROOT / "webapp" / "frontend" / "src"
LANGUAGES = sorted(path.name for path in LOCALES.iterdir())

TEXT_ID = re.compile(r"(?:app|bot|error|game)-[a-z0-9]+(?:-[a-z0-9]+)*")
TYPESCRIPT_ID = re.compile(rf"""["'`]({TEXT_ID.pattern})["'`]""")
TYPESCRIPT_PREFIX = re.compile(r"`((?:app|bot|error|game)-(?:[a-z0-9]+-)*)\$\{")
PREFIX = re.compile(r"(?:app|bot|error|game)-(?:[a-z0-9]+-)*")


# Errors that nobody is shown: whatever meets them repeats what it did.
MACHINERY = {"TryLater", "Retry"}


class Names(Visitor):
    """Collects the variables and the other messages that a message uses."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: ftl.MessageReference) -> None:  # noqa: N802
        self.messages.add(node.id.name)


def messages(language: str) -> dict[str, tuple[str, Names]]:
    """Return id -> (file, names used) of one language; an id may not come twice."""
    found: dict[str, tuple[str, Names]] = {}
    for path in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ftl.Junk), f"{path}: not Fluent: {entry.content!r}"
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} comes twice"
                names = Names()
                names.visit(entry)
                found[entry.id.name] = (path.name, names)
    return found


def python_trees() -> Iterator[tuple[Path, ast.Module]]:
    for package in PYTHON:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def strings(tree: ast.Module) -> Iterator[str]:
    """Yield the string constants of a module, docstrings and parts of f-strings left out."""
    outside = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    } | {id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values}
    for node in ast.walk(tree):
        value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and id(node) not in outside:
            yield value


def error_codes(tree: ast.Module, *, shown: bool) -> Iterator[str]:
    """Yield what error classes set as their ``code``.

    A ``TryLater`` of an edge is for the machinery alone: ``shown`` leaves it out.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        if shown and bases & MACHINERY:
            continue
        for line in node.body:
            targets = line.targets if isinstance(line, ast.Assign) else []
            if isinstance(line, ast.AnnAssign):
                targets = [line.target]
            named = any(isinstance(t, ast.Name) and t.id == "code" for t in targets)
            value = getattr(line, "value", None)
            if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def made_prefixes(tree: ast.Module) -> Iterator[str]:
    """Yield the fixed beginnings of ids that are put together at run time."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
            beginning = str(node.values[0].value)
            if PREFIX.fullmatch(beginning):
                yield beginning


class Used:
    """Every id that the sources name, and every beginning of ids that they put together."""

    def __init__(self) -> None:
        self.ids: dict[str, Path] = {}
        self.prefixes: set[str] = set()
        for path, tree in python_trees():
            # A code such as "game-unavailable" looks like an id and is none.
            codes = set(error_codes(tree, shown=False))
            texts = {s for s in strings(tree) if TEXT_ID.fullmatch(s)} - codes
            house = path.is_relative_to(ROOT / "casino")
            texts |= {f"error-{code}" for code in error_codes(tree, shown=not house)}
            self.ids.update((text_id, path) for text_id in texts)
            self.prefixes.update(made_prefixes(tree))
        for path in sorted(TYPESCRIPT.rglob("*.ts*")):
            if path.name == "ids.ts":
                continue
            text = path.read_text(encoding="utf-8")
            self.ids.update((text_id, path) for text_id in TYPESCRIPT_ID.findall(text))
            self.prefixes.update(TYPESCRIPT_PREFIX.findall(text))
        # Codes are listed one by one above: `error-{code}` as such names nothing.
        self.prefixes.discard("error-")


@pytest.fixture(scope="module")
def used() -> Used:
    return Used()


def test_there_are_at_least_two_languages() -> None:
    assert {"en", "ru"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_ids_in_the_same_files(language: str) -> None:
    english = {text_id: file for text_id, (file, _) in messages("en").items()}
    there = {text_id: file for text_id, (file, _) in messages(language).items()}
    assert there == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_uses_the_same_variables(language: str) -> None:
    english = messages("en")
    differing = {
        text_id: (names.variables, english[text_id][1].variables)
        for text_id, (_, names) in messages(language).items()
        if text_id in english and names.variables != english[text_id][1].variables
    }
    assert differing == {}


def test_no_id_is_used_that_does_not_exist(used: Used) -> None:
    known = messages("en")
    missing = {
        text_id: str(path.relative_to(ROOT))
        for text_id, path in used.ids.items()
        if text_id not in known
    }
    assert missing == {}


def test_no_id_exists_that_is_not_used(used: Used) -> None:
    known = messages("en")
    referenced = {name for _, names in known.values() for name in names.messages}
    left_over = [
        text_id
        for text_id in known
        if text_id not in used.ids
        and text_id not in referenced
        and not any(text_id.startswith(prefix) for prefix in used.prefixes)
    ]
    assert left_over == []


def test_ids_lie_in_the_file_of_their_prefix() -> None:
    prefixes = {
        "bot.ftl": "bot-",
        "webapp.ftl": "app-",
        "games.ftl": "game-",
        "errors.ftl": "error-",
    }
    astray = [
        text_id
        for text_id, (file, _) in messages("en").items()
        if not text_id.startswith(prefixes.get(file, ""))
    ]
    assert astray == []
