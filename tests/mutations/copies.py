"""A copy of the working tree, to break without breaking anything."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutations.bugs import Bug

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60  # of one test; only a mutation that makes it hang uses it up
START_S = 60  # what pytest itself and a database may take besides


class Copy:
    """The files that git knows or would know, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
        for name in filter(None, listed.split("\0")):
            source, target = ROOT / name, folder / name
            if source.is_file():  # not one that was deleted and is still listed
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    @contextlib.contextmanager
    def having(self, bug: Bug) -> Iterator[None]:
        """Put a bug in for a while; the tree that was copied may have moved on since."""
        file = self.folder / bug.file
        text = file.read_text(encoding="utf-8")
        if text.count(bug.old) != 1:
            raise ValueError(f"{bug.name}: its text occurs {text.count(bug.old)} times")
        file.write_text(text.replace(bug.old, bug.new), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(text, encoding="utf-8")

    def failed(self, tests: Sequence[str]) -> tuple[set[str], str]:
        """Run tests; return those that failed, and what pytest said.

        A test that could not begin (its database did not open, its file has an error) has not
        failed: such a bug is noticed, but not by this test.
        """
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"]
        command += ["-m", "prove or not prove", f"--timeout={PATIENCE_S}", *tests]
        try:
            ran = subprocess.run(  # noqa: S603 - the project's own tests
                command,
                cwd=self.folder,
                capture_output=True,
                check=False,
                timeout=START_S + PATIENCE_S * len(tests),
                env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            )
        except subprocess.TimeoutExpired as hung:
            return set(), f"hung\n{(hung.stdout or b'').decode()}"
        said = ran.stdout.decode() + ran.stderr.decode()
        lines = said.splitlines()
        failed = {t for t in tests if any(_is(line, f"FAILED {t}") for line in lines)}
        if ran.returncode != 0 and not failed:
            said = f"pytest ended with {ran.returncode} and no failed test\n{said}"
        return failed, said if ran.returncode != 0 else ""


def _is(line: str, result: str) -> bool:
    return line == result or line.startswith(f"{result} - ")
