"""The adapter for Django's ORM keeps the whole contract, on SQLite and on PostgreSQL, and what it promises besides."""

from __future__ import annotations

import functools
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from storage.adapting import ABILITIES, files_of
from storage.databases import rows_and_files_of, schema
from storage.opening import add_database, open_django

from salesflow.testing.storage_contract import StorageContract

if importlib.util.find_spec("django") is None:
    pytest.skip("django is not installed; the dependency group 'test' brings it", allow_module_level=True)

from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.backends.signals import connection_created

TABLES = "sales_entity, sales_event, sales_taken_key, sales_request, sales_journal"
_numbers = count(1)


def on_sqlite(path: Path) -> dict[str, Any]:
    """The settings that ``storage.py`` recommends, without waiting for the disk: no test takes the power away."""
    pragmas = "pragma journal_mode = wal; pragma synchronous = off"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"timeout": 30, "init_command": pragmas},
    }


def on_postgres(address: str) -> dict[str, Any]:
    """The settings for an address as ``libpq`` understands it."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(address)
    options = {"options": parts["options"]}
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": options,
        **{name: parts.get(part, "") for name, part in names.items()},
    }


@contextmanager
def all_closed() -> Iterator[None]:
    """Closes every connection that is made meanwhile, also those of threads that have ended, and forgets the databases."""
    made: list[Any] = []

    def keep(connection: Any, **_given: object) -> None:
        connection.inc_thread_sharing()
        made.append(connection)

    connection_created.connect(keep)
    try:
        yield
    finally:
        connection_created.disconnect(keep)
        for connection in made:
            connection.close()
        for alias in set(connections.settings) - {"default"}:
            connections[alias].close()
            del connections[alias], connections.settings[alias]


def migrated(database: dict[str, Any]) -> dict[str, Any]:
    """Make the tables, as a host does."""
    with all_closed():
        add_database("migrating", database)
        call_command("migrate", database="migrating", verbosity=0)
    return database


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("django") / "template.db"
    migrated({**on_sqlite(path), "OPTIONS": {}})
    return path


@pytest.fixture
def sqlite(template: Path, tmp_path: Path) -> dict[str, Any]:
    return on_sqlite(Path(shutil.copy(template, tmp_path / "deals.db")))


@pytest.fixture(scope="module")
def postgres_tables(postgres_server: str) -> Iterator[str]:
    """The address of a schema with all tables."""
    with schema(postgres_server, "django") as address:
        migrated(on_postgres(address))
        yield address


@pytest.fixture
def postgres_emptied(postgres_tables: str) -> str:
    import psycopg

    with psycopg.connect(postgres_tables, autocommit=True) as connection:
        connection.execute(f"truncate {TABLES}")
    return postgres_tables


@pytest.fixture
def opening(database: dict[str, Any]) -> Iterator[Callable[..., Any]]:
    """Opens storages on the same database, each over connections of its own."""
    with all_closed():
        yield lambda **options: open_django(database, alias=f"sales_{next(_numbers)}", **options)


class DjangoContract(StorageContract):
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def storage(self, opening: Callable[..., Any]) -> Any:
        return opening()

    @pytest.fixture
    def reopen(self, opening: Callable[..., Any]) -> Callable[[], Any]:
        return opening

    @pytest.fixture
    def opener(self, database: dict[str, Any]) -> Callable[[], Any]:
        return functools.partial(open_django, database)

    @pytest.fixture
    def arm_fault(self, storage: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Callable[[], bool]]:
        """Lets one statement or one commit fail."""
        left = 0
        connection = connections[storage._using]
        commit = connection._commit

        def call(run: Callable[..., Any], *given: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise OperationalError
            return run(*given)

        def arm(number: int) -> Callable[[], bool]:
            nonlocal left
            left = number
            return disarm

        def disarm() -> bool:
            nonlocal left
            met, left = left <= 0, 0
            return met

        connection.execute_wrappers.append(call)
        monkeypatch.setattr(connection, "_commit", lambda: call(commit))
        return arm


class TestDjangoOnSQLite(DjangoContract):
    @pytest.fixture
    def database(self, sqlite: dict[str, Any]) -> dict[str, Any]:
        return sqlite

    @pytest.fixture
    def stored_bytes(self, tmp_path: Path) -> Callable[[], bytes]:
        return functools.partial(files_of, tmp_path / "deals.db")


class TestDjangoOnPostgreSQL(DjangoContract):
    @pytest.fixture
    def database(self, postgres_emptied: str) -> dict[str, Any]:
        return on_postgres(postgres_emptied)

    @pytest.fixture
    def stored_bytes(self, postgres_emptied: str) -> Callable[[], bytes]:
        return functools.partial(rows_and_files_of, postgres_emptied)
