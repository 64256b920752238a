"""Put bugs into a copy of the project and see the tests notice: ``python -m tests.mutations``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.mutations.bugs import BUGS
from tests.mutations.copies import Copy


def main() -> int:
    """Return 1 where a bug goes unnoticed, or a test fails without one."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--only", default="", help="bugs with this text in their name")
    only: str = parser.parse_args().only
    bugs = [bug for bug in BUGS if only in bug.name]
    with tempfile.TemporaryDirectory(prefix="croupier-mutations-") as folder:
        copy = Copy(Path(folder))
        tests = sorted({bug.caught_by for bug in bugs})
        _, said = copy.failed(tests)
        if said:
            _say(f"Without any bug these tests do not pass:\n{said}")
            return 1
        _say(f"{len(tests)} tests pass without a bug; now {len(bugs)} bugs, one at a time.")
        width = max((len(bug.name) for bug in bugs), default=0)
        survivors = 0
        for bug in bugs:
            begun = time.monotonic()
            with copy.having(bug):
                failed, said = copy.failed([bug.caught_by])
            survivors += not failed
            verdict = "caught by" if failed else "SURVIVED "
            test = bug.caught_by.rsplit("::", 1)[1]
            _say(f"{bug.name:{width}}  {verdict}  {test}  ({time.monotonic() - begun:.0f} s)")
            if not failed and said:
                _say(said)
    _say(f"{len(bugs) - survivors} of {len(bugs)} bugs were caught.")
    return 1 if survivors or not bugs else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
