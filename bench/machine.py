"""What the figures were taken on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

_TURNS = 500_000


def machine() -> dict[str, object]:
    """Describe this machine and what runs on it."""
    return {
        "cores": os.cpu_count(),
        "arch": platform.machine(),
        "cpu": _first(Path("/proc/cpuinfo"), "model name"),
        "memory_mb": int(_first(Path("/proc/meminfo"), "MemTotal").split()[0]) // 1_000,
        "system": platform.system(),
        "python": platform.python_version(),
        "asyncpg": version("asyncpg"),
        "uvloop": version("uvloop"),
        "tortoise_orm": version("tortoise-orm"),
    }


def _first(path: Path, name: str) -> str:
    for line in path.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0"


def calibrate() -> float:
    """Time a fixed loop, in ms: machines drift, and this says by how much."""
    began = perf_counter()
    total = 0
    for turn in range(_TURNS):
        total += turn * turn % 7
    return round((perf_counter() - began) * 1_000, 1)
