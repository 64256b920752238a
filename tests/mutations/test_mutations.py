"""The long form runs them; this keeps the list of bugs true to the code and to the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations.bugs import BUGS, Bug
from tests.mutations.copies import ROOT, Copy


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_bug_has_one_place_to_be_put(bug: Bug) -> None:
    assert (ROOT / bug.file).read_text(encoding="utf-8").count(bug.old) == 1
    assert bug.new != bug.old


def test_names_are_told_apart() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert len({(bug.file, bug.old, bug.new) for bug in BUGS}) == len(BUGS)


def test_every_test_that_must_notice_exists() -> None:
    """And is no test of the migrations' own hashes, which notice any change whatever."""
    tests = sorted({bug.caught_by for bug in BUGS})
    assert not [test for test in tests if "test_migrations" in test]
    collected = subprocess.run(  # noqa: S603 - the project's own tests
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *tests],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert collected.returncode == 0, collected.stdout
    assert set(tests) <= set(collected.stdout.splitlines())


def test_a_bug_is_put_into_the_copy_and_taken_out_again(tmp_path: Path) -> None:
    copy, bug = Copy(tmp_path), BUGS[0]
    file = tmp_path / bug.file
    before = file.read_text(encoding="utf-8")
    with copy.having(bug):
        assert file.read_text(encoding="utf-8") == before.replace(bug.old, bug.new)
        assert (ROOT / bug.file).read_text(encoding="utf-8") == before
        with pytest.raises(ValueError, match=bug.name), copy.having(bug):
            pass
    assert file.read_text(encoding="utf-8") == before
