"""The command line: builds a house, opens its doors, closes them again.

``python main.py`` serves all roles in one process; ``web``, ``live``, ``bot`` and ``worker`` serve
one each; ``migrate`` brings the schema forward; ``check`` says what is on and what is missing;
``audit`` proves the book; ``reconcile PROVIDER FILE`` compares it with a provider's report;
``bench`` measures. With ``WEB_WORKERS`` above 1 the process that serves the web starts the others
and ends them. ``web --providers a,b`` serves the callbacks of these providers and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import os
import signal
import sys
from pathlib import Path

from pydantic import ValidationError
from redis.exceptions import RedisError

from casino.clock import SystemClock
from casino.errors import Busy
from casino.logs import configure_logging
from casino.money import CURRENCIES
from casino.play.findings import open_findings
from casino.play.reconciliation import EmptyReport, Reconciler, in_words
from casino.play.report_file import BadReport, read_report
from casino.totals import house_accounts
from casino.wallet import Wallet
from db.database import OUTAGES, Database
from db.schema_check import SchemaIncomplete
from db.storage import Storage, redis_client, storage
from house.croupier import Croupier
from house.runtime import calm_collector, run
from house.settings import Settings
from house.workers import when_parent_ends, workers
from webapp.server import AddressTaken, require_free

ROLES = ("web", "live", "bot", "worker")
RECONCILE_ARGUMENTS = 2


def say(text: str) -> None:
    """Tell the person who started us what is going on."""
    print(text, flush=True)


async def serve(
    settings: Settings, roles: set[str], number: int, only: frozenset[str] | None = None
) -> int:
    """Run these roles until asked to stop; ``number`` is 0 for a process that a person started.

    ``only``: these providers' callbacks and nothing else.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    first = number == 0
    if not first:
        when_parent_ends(stop.set)
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        if first:
            say("Database: bringing the schema forward")
            await database.migrate()
        await database.open()
        redis = redis_client(opened.redis_url)
        try:
            croupier = Croupier(settings, database, redis, number=number, only=only)
            croupier.nursery.start(opened.keep_running(), name="servers")
            async with contextlib.AsyncExitStack() as stack:
                further = settings.web.workers - 1 if first and "web" in roles else 0
                if further:
                    if only is None:
                        require_free(settings.web.host, settings.web.port)
                    require_free(settings.web.host, settings.web.callbacks_at)
                await stack.enter_async_context(croupier.open(roles))
                command = functools.partial(web_process, only=only)
                await stack.enter_async_context(workers(command, environment(opened), further))
                calm_collector()
                if first:
                    announce_addresses(croupier, roles)
                await stop.wait()
                if first:
                    say("\nStopping: finishing what is under way")
        except AddressTaken as taken:
            say(f"{taken}\nSet WEB_PORT (and SANDBOX_PORT, CALLBACK_PORT) to free ports.")
            return 1
        finally:
            await redis.aclose()
            await database.close()
    if first:
        say("Stopped.")
    return 0


def web_process(number: int, only: frozenset[str] | None) -> list[str]:
    """Return the command of one more process that serves the web."""
    command = [sys.executable, str(Path(__file__).resolve()), "web", "--number", str(number)]
    return command if only is None else [*command, "--providers", ",".join(sorted(only))]


def environment(opened: Storage) -> dict[str, str]:
    """Return ours, with the addresses of the servers that we may have started."""
    servers = {"DATABASE_URL": opened.database_url, "REDIS_URL": opened.redis_url}
    return {**os.environ, **servers}


def announce_addresses(croupier: Croupier, roles: set[str]) -> None:
    """Say where to go next."""
    settings = croupier.settings
    say(f"\nCroupier runs ({settings.house.mode} mode, roles: {', '.join(sorted(roles))}).")
    if croupier.only is not None:
        for provider_id in sorted(croupier.only):
            say(f"  Callbacks  {settings.web.callback_url}/providers/{provider_id}/")
    elif "web" in roles:
        say(f"  Mini App   {croupier.house.public_url}/app/")
        say(f"  Health     {settings.web.local_url}/readyz")
        say(f"  Callbacks  {settings.web.callback_url}/providers/")
        if settings.web.shared:
            say(f"  Processes  {settings.web.workers} serve the web together")
    if croupier.sandbox is not None and "worker" in roles:
        say(f"  Sandbox    http://{croupier.sandbox.host}:{croupier.sandbox.port}/games (signed)")
    if croupier.bot is None:
        say("  Telegram   off; set BOT_TOKEN to talk to players in the chat")
    else:
        say(f"  Telegram   {settings.bot.mode}")
    if "ton" not in croupier.rails:
        say("  TON        off; set TON_CONFIG and TON_WALLET_SEED to take deposits")
    say("  Ctrl-C stops everything.\n")


async def migrate(settings: Settings) -> int:
    """Bring the schema forward and stop."""
    with storage(settings.storage, say) as opened:
        await Database(opened.database_url).migrate()
    say("The schema is up to date.")
    return 0


async def check(settings: Settings) -> int:
    """Say what is on and what is missing; never a secret. Returns 1 when something is missing."""
    missing = settings.missing()
    say(f"mode       {settings.house.mode}")
    say(f"providers  {', '.join(settings.house.provider_entries)}")
    say(f"bot        {settings.bot.mode}, {len(settings.bot.admins)} admins")
    say(f"ton        {'on' if settings.ton.config else 'off'}")
    say(f"public url {settings.web.public_url}")
    built = (Path(__file__).parent / "webapp" / "static" / "index.html").exists()
    say(f"front end  {'built' if built else 'not built'}")
    if not built:
        missing.append("the front end is not built: python -m webapp.build")
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        try:
            await database.open()
            await database.close()
            say("database   reachable, schema complete")
        except SchemaIncomplete as incomplete:
            missing.append(f"{incomplete} (python main.py migrate)")
        except OUTAGES as outage:
            missing.append(f"the database is not reachable: {outage!r}")
        redis = redis_client(opened.redis_url)
        try:
            await redis.ping()
            say("redis      reachable")
        except (RedisError, OSError) as outage:
            missing.append(f"redis is not reachable: {outage!r}")
        await redis.aclose()
    for name in settings.unknown_variables():
        say(f"WARNING    {name} is no variable of ours: nobody reads it")
    for line in missing:
        say(f"MISSING    {line}")
    if not missing:
        say("Everything needed is there.")
    return 1 if missing else 0


async def audit(settings: Settings) -> int:
    """Prove the book; say what the house owes and holds. Returns 1 if it does not balance."""
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        await database.open()
        report = await Wallet(database, ()).audit()
        held = await house_accounts(database)
        await database.close()
    say(f"transfers  {report.transfers}")
    say(f"accounts   {report.accounts}")
    for owed in report.owed:
        say(f"owed       {owed}")
    for (account, _), units in held.items():
        say(f"{account:<24} {units}")
    for finding in report.findings:
        say(f"FINDING    {finding}")
    say("The book balances." if report.ok else f"{len(report.findings)} findings.")
    return 0 if report.ok else 1


async def reconcile(settings: Settings, provider_id: str, file: Path) -> int:
    """Compare the book with a provider's report in a CSV file. Returns 1 if they differ."""
    with storage(settings.storage, say) as opened:
        database = Database(opened.database_url)
        await database.open()
        reconciler = Reconciler(database, {}, SystemClock())
        try:
            with file.open(newline="", encoding="utf-8-sig") as lines:
                found = await reconciler.by_file(provider_id, read_report(lines))
        except (BadReport, EmptyReport, OSError, UnicodeError) as error:
            say(f"{file}: {error!r}")
            return 2
        except Busy:
            say(f"{provider_id} is being reconciled at this moment: try again later.")
            return 2
        else:
            differences = await open_findings(provider_id) if found.differences else []
        finally:
            await database.close()
    say(f"span         {found.since.isoformat()} to {found.until.isoformat()}")
    say(f"transactions {found.ours} ours, {found.theirs} theirs")
    for code, sides in found.sums.items():
        for name, sums in zip(("ours", "theirs"), sides, strict=True):
            words = ", ".join(
                f"{word} {units}" for word, units in in_words(sums, CURRENCIES[code]).items()
            )
            say(f"{name:<12} {code} {words}")
    for difference in differences:
        say(f"DIFFERENCE   {difference.text}")
    say("Both agree." if not found.differences else f"{found.differences} differences.")
    return 1 if found.differences else 0


def only_providers(settings: Settings, given: str | None) -> frozenset[str] | None:
    """Read ``--providers``. Raises ValueError with what is wrong."""
    if given is None:
        return None
    names = frozenset(name for part in given.split(",") if (name := part.strip()))
    wired = {account.id for account, _ in settings.accounts}
    if not names or names - wired:
        raise ValueError(
            f"--providers names none of PROVIDERS: {', '.join(sorted(names - wired))}"
        )
    if not settings.web.callback_port:
        raise ValueError("--providers needs CALLBACK_PORT: a port that these have for themselves")
    return names


def read_arguments(arguments: list[str] | None) -> tuple[argparse.Namespace, list[str]]:
    """Read the command line; what a command reads itself is returned beside it."""
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__)
    commands = ("serve", *ROLES, "migrate", "check", "audit", "reconcile", "bench")
    parser.add_argument("command", nargs="?", default="serve", choices=commands)
    parser.add_argument("--number", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--providers", help="web: serve these providers' callbacks, nothing else")
    parsed, rest = parser.parse_known_args(arguments)
    if parsed.command == "reconcile":
        if len(rest) != RECONCILE_ARGUMENTS:
            parser.error("reconcile takes a provider and a CSV file")
    elif rest and parsed.command != "bench":
        parser.error(f"unknown arguments: {' '.join(rest)}")
    if parsed.providers is not None and parsed.command != "web":
        parser.error("--providers is for web")
    return parsed, rest


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run."""
    parsed, rest = read_arguments(arguments)
    command = parsed.command
    if command == "bench":
        from bench.run import main as measure

        measure(rest)
        return 0
    try:
        settings = Settings()
    except ValidationError as error:
        for problem in error.errors():
            say(f"{error.title}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}")
        return 2
    configure_logging(settings.secrets(), readable=sys.stderr.isatty())
    if work := {"check": check, "migrate": migrate, "audit": audit}.get(command):
        return run(work(settings))
    if command == "reconcile":
        return run(reconcile(settings, rest[0], Path(rest[1])))
    for name in settings.unknown_variables():
        say(f"WARNING    {name} is no variable of ours: nobody reads it")
    try:
        only = only_providers(settings, parsed.providers)
    except ValueError as wrong:
        say(str(wrong))
        return 2
    if missing := settings.missing():
        for line in missing:
            say(f"MISSING    {line}")
        return 2
    roles = set(ROLES) if command == "serve" else {command}
    return run(serve(settings, roles, parsed.number, only))


if __name__ == "__main__":
    sys.exit(main())
