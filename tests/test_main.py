"""The command line, in processes of its own, as an operator uses it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.running import ROOT, RunningHouse, free_ports


async def run(data_dir: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **settings}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "main.py",
        *arguments,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_check_says_what_is_missing_before_and_what_is_there_after(house_dir: Path) -> None:
    status, out = await run(house_dir, "check")
    assert status == 1
    assert "main.py migrate" in out
    assert (await run(house_dir, "migrate"))[0] == 0
    status, out = await run(house_dir, "check")
    assert "database   reachable, schema complete" in out
    assert "redis      reachable" in out


async def test_live_mode_refuses_to_start_and_names_what_it_lacks(house_dir: Path) -> None:
    status, out = await run(house_dir, "serve", MODE="live")
    assert status == 2
    for name in ("licence", "AUTH_SECRET", "DATABASE_URL", "PUBLIC_URL"):
        assert name in out
    assert not (house_dir / "postgres").exists()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"MODE": "fun"}, "mode"),
        ({"WEB_PORT": "eighty"}, "port"),
        ({"BOT_MODE": "polling"}, "BOT_TOKEN"),
        ({"BOT_TOKEN": "1:secret-secret", "BOT_MODE": "webhook"}, "BOT_WEBHOOK_SECRET"),
        ({"PROVIDERS": "house,nobody"}, "nobody"),
        ({"PROVIDERS": "slotegrator"}, "url"),
        (
            {
                "PROVIDERS": "slotegrator",
                "SLOTEGRATOR_URL": "http://127.0.0.1:1",
                "SLOTEGRATOR_MERCHANT_ID": "m",
                "SLOTEGRATOR_MERCHANT_KEY": "k",
                "SLOTEGRATOR_CURRENCIES": '{"EUR": "DOGE"}',
            },
            "DOGE",
        ),
        ({"MODE": "testnet", "WEB_PROT": "1"}, "WEB_PROT"),
    ],
)
async def test_settings_that_cannot_work_are_named_and_nothing_starts(
    house_dir: Path, settings: dict[str, str], named: str
) -> None:
    status, out = await run(house_dir, "serve", **settings)
    assert status == 2
    assert named in out
    assert "secret-secret" not in out
    assert not (house_dir / "postgres").exists()


async def test_a_taken_port_is_said_in_words(house_dir: Path) -> None:
    (port,) = free_ports(1)
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", port)
    async with server:
        status, out = await run(house_dir, "serve", WEB_PORT=str(port))
    assert status == 1
    assert f"cannot listen on 127.0.0.1:{port}" in out


async def test_a_house_starts_serves_and_stops_on_sigterm(house_dir: Path) -> None:
    house = RunningHouse(house_dir, None, {})
    await house.start()
    async with aiohttp.ClientSession() as session, session.get(f"{house.url}/healthz") as answer:
        assert answer.status == 200
    assert await house.stop() == 0
    assert "Stopped." in house.log
    assert not (house_dir / "postgres" / "postmaster.pid").exists()
    assert not (house_dir / "redis" / "port").exists()


async def test_a_check_beside_a_running_house_leaves_its_servers_alone(house_dir: Path) -> None:
    house = RunningHouse(house_dir, None, {})
    await house.start()
    _, out = await run(house_dir, "check")
    assert "redis      reachable" in out, out
    assert (house_dir / "redis" / "port").exists()
    assert (house_dir / "postgres" / "postmaster.pid").exists()
    assert await house.stop() == 0
    assert "is gone" not in house.log
    assert not (house_dir / "redis" / "port").exists()


async def test_a_killed_house_starts_again_on_its_own_servers(house_dir: Path) -> None:
    house = RunningHouse(house_dir, None, {})
    await house.start()
    await house.kill()
    await house.start()
    assert await house.stop() == 0
    assert not (house_dir / "postgres" / "postmaster.pid").exists()
    assert not (house_dir / "redis" / "port").exists()


# --- a process of its own for some providers


SANDBOX_ONLY = ("web", "--providers", "sandbox")


async def test_some_providers_are_served_by_a_process_of_their_own(house_dir: Path) -> None:
    house = RunningHouse(house_dir, None, {})
    await house.start()
    port, watch_port, web_port = free_ports(3)
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(house_dir),
        "WEB_PORT": str(web_port),
        "CALLBACK_PORT": str(port),
        "WEB_WATCH_PORT": str(watch_port),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "main.py",
        *SANDBOX_ONLY,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with aiohttp.ClientSession() as http:
            ready = f"http://127.0.0.1:{watch_port}/readyz"
            assert await answered(http, ready, process) == 200
            callbacks = f"http://127.0.0.1:{port}/providers"
            async with http.post(f"{callbacks}/sandbox/", data=b"") as answer:
                assert answer.status == 200  # the protocol's own error: nobody signed it
                assert "error_code" in await answer.text()
            async with http.post(f"{callbacks}/house/", data=b"") as answer:
                assert answer.status == 404
            async with http.get(f"http://127.0.0.1:{watch_port}/metrics") as answer:
                assert 'croupier_callbacks_total{provider="sandbox",status="2xx"} 1.0' in (
                    await answer.text()
                )
            with pytest.raises(aiohttp.ClientConnectionError):
                await http.get(f"http://127.0.0.1:{web_port}/healthz")
            # The house itself serves all of them still.
            async with http.post(
                f"http://127.0.0.1:{house.callback_port}/providers/sandbox/", data=b""
            ) as answer:
                assert answer.status == 200
    finally:
        process.terminate()
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
    assert f"http://127.0.0.1:{port}/providers/sandbox/" in out.decode()
    assert process.returncode == 0
    assert await house.stop() == 0


async def answered(
    http: aiohttp.ClientSession, url: str, process: asyncio.subprocess.Process
) -> int:
    """Ask until somebody answers there."""
    async with asyncio.timeout(60):
        while process.returncode is None:
            try:
                async with http.get(url) as answer:
                    return answer.status
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
    raise AssertionError("the process ended")


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (SANDBOX_ONLY, {}, "CALLBACK_PORT"),
        (SANDBOX_ONLY, {"CALLBACK_PORT": "0"}, "CALLBACK_PORT"),
        (("web", "--providers", "sandbox,nobody"), {"CALLBACK_PORT": "8099"}, "nobody"),
        (("web", "--providers", " , "), {"CALLBACK_PORT": "8099"}, "--providers"),
        (("serve", "--providers", "sandbox"), {}, "--providers is for web"),
        (("reconcile", "sandbox"), {}, "a provider and a CSV file"),
        (("web", "--provider-list"), {}, "unknown arguments"),
    ],
)
async def test_a_command_line_that_cannot_work_is_refused_in_words(
    house_dir: Path, arguments: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    status, out = await run(house_dir, *arguments, **settings)
    assert status == 2
    assert said in out
    assert not (house_dir / "postgres").exists()


async def test_a_report_is_compared_with_the_book(house_dir: Path) -> None:
    assert (await run(house_dir, "migrate"))[0] == 0
    report = house_dir / "report.csv"
    head = "key,player_ref,currency,kind,amount,at\n"
    report.write_text(head + "t-1,1001,EUR,bet,1.50,2026-01-31T12:00:00Z\n")
    status, out = await run(house_dir, "reconcile", "sandbox", str(report))
    assert status == 1, out
    assert "DIFFERENCE   player 1001 key t-1: missing here, theirs is a bet of 1.5 EUR" in out
    assert "theirs       EUR stakes 1.5, wins 0, reversals 0, ggr 1.5" in out
    report.write_text(head + "t-1,1001,EUR,bet,0,2026-01-31T12:00:00Z\n")
    status, out = await run(house_dir, "reconcile", "sandbox", str(report))
    assert (status, "Both agree." in out) == (0, True), out
    report.write_text(head + "t-1,1001,EUR,bet,1.505,2026-01-31T12:00:00Z\n")
    for path in (report, house_dir / "none.csv"):
        status, out = await run(house_dir, "reconcile", "sandbox", str(path))
        assert status == 2
        assert "Traceback" not in out
