"""Certify a provider: ``python -m tests.certify --provider slotegrator [--markdown FILE]``.

Without ``--url`` a house of its own is started, with an embedded database. With ``--url`` a house
that runs is certified: its account must have the settings that ``--show-settings`` prints, and
``--player``, ``--session`` and ``--game`` name a game that is open there in EUR, with 200.00 to
play with.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path
from typing import NoReturn

import structlog

from tests.certify import report
from tests.certify.run import Elsewhere, elsewhere, embedded, in_own_house
from tests.providers.contract.vendors import Spoken, spoken, variables


def _drop(_logger: object, _method: str, _event: structlog.typing.EventDict) -> NoReturn:
    raise structlog.DropEvent


async def _settings(protocol: Spoken) -> str:
    vendor = protocol.make()
    vendor.callback_url = "https://casino.example/providers/" + protocol.family
    await vendor.start()
    try:
        given = vendor.settings()
    finally:
        await vendor.stop()
    return "".join(
        f"{name}={value}\n" for name, value in variables(protocol.family, given).items()
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.certify", description=__doc__)
    parser.add_argument("--provider", required=True, help="a family, or one protocol of it")
    parser.add_argument("--markdown", type=Path, help="write the report there too")
    parser.add_argument("--url", help="callbacks of a running house: .../providers/<id>")
    parser.add_argument("--player", default="")
    parser.add_argument("--session", default="")
    parser.add_argument("--game", default="")
    parser.add_argument("--late-refused", action="store_true", help="late bets are refused there")
    parser.add_argument("--show-settings", action="store_true", help="print them and stop")
    return parser.parse_args()


def main() -> int:
    """Certify; 1 where a check failed, 2 where there is nothing to certify."""
    given = _arguments()
    asked = given.provider
    protocols = [one for one in spoken() if asked in {one.name, one.name.partition("-")[0]}]
    if not protocols:
        known = ", ".join(one.name for one in spoken())
        sys.stderr.write(f"No vendor's side for {given.provider!r}; there are: {known}\n")
        return 2
    # The report is what is read; what the house logs meanwhile would hide it.
    logging.disable(logging.CRITICAL)
    structlog.configure(processors=[_drop])
    if given.show_settings:
        for protocol in protocols:
            sys.stdout.write(asyncio.run(_settings(protocol)))
        return 0
    written, well = [], True
    for protocol in protocols:
        if given.url:
            house = Elsewhere(
                given.url, given.player, given.session, given.game, not given.late_refused
            )
            subject, results = asyncio.run(elsewhere(protocol, house))
        else:
            with embedded() as database_url:
                subject, results = asyncio.run(in_own_house(protocol, database_url))
        sys.stdout.write(report.text(subject, results))
        written.append(report.markdown(subject, results))
        well = well and report.passed(results)
    if given.markdown is not None:
        given.markdown.write_text("\n".join(written))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
