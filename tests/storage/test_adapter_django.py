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

from salesflow import Contact, Organization
from salesflow.errors import DuplicateKey, InvalidValue, StorageError
from salesflow.storage import Query, eq
from salesflow.testing.storage_contract import KillPoint, StorageContract, seeded_points
from salesflow.testing.storage_contract.expecting import expect_discretion
from salesflow.testing.storage_contract.samples import NOW, a_contact, added, updated

if importlib.util.find_spec("django") is None:
    pytest.skip("django is not installed; the dependency group 'test' brings it", allow_module_level=True)

from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_save

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
    def kill_points(self) -> tuple[KillPoint, ...]:
        """One moment in each test: a process takes its time to set Django up, and there are two databases."""
        return seeded_points(seed=5, count=1)

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


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each database in turn."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite")
    return on_postgres(request.getfixturevalue("postgres_emptied"))


def test_the_migration_makes_what_the_models_say(template: Path) -> None:
    call_command("makemigrations", "django_storage", check=True, dry_run=True, verbosity=0)


def test_nothing_is_written_with_save(opening: Callable[..., Any]) -> None:
    saved: list[object] = []

    def remember(sender: object, **_given: object) -> None:
        saved.append(sender)

    storage = opening()
    pre_save.connect(remember)
    try:
        storage.commit(added(a_contact(notes="tall")).with_key("request 1"))
        storage.commit(updated(storage.get(Contact, "C-1"), owner="dan"))
        storage.erase(Contact, "C-1", by="noa", at=NOW)
    finally:
        pre_save.disconnect(remember)
    assert saved == []


def test_a_commit_inside_of_an_atomic_block_of_the_host_stands_when_that_does(opening: Callable[..., Any]) -> None:
    storage = opening()
    with transaction.atomic(using=storage._using):
        storage.commit(added(a_contact("C-1")))
        storage.commit(updated(storage.get(Contact, "C-1"), owner="dan"))
    with pytest.raises(ZeroDivisionError), transaction.atomic(using=storage._using):
        storage.commit(added(a_contact("C-2")))
        raise ZeroDivisionError
    assert [entry.position for entry in storage.journal()] == [1, 2]


def test_a_refused_commit_leaves_the_atomic_block_of_the_host_as_it_was(opening: Callable[..., Any]) -> None:
    storage = opening()
    storage.commit(added(a_contact("C-1")).with_key("request 1"))
    with transaction.atomic(using=storage._using):
        with pytest.raises(DuplicateKey):
            storage.commit(added(a_contact("C-2")) | added(a_contact("C-1")))
        storage.commit(added(a_contact("C-1")).with_key("request 1"))
        storage.commit(added(a_contact("C-3")))
        found = storage.find(Query(Contact)).items
    assert [one.id for one in found] == ["C-1", "C-3"]
    assert [entry.position for entry in storage.journal()] == [1, 2]


def test_an_erasure_inside_of_an_atomic_block_rebuilds_the_tables_afterwards(
    opening: Callable[..., Any], database: dict[str, Any]
) -> None:
    storage = opening()
    storage.commit(added(a_contact(notes="afraid of dogs")))
    with transaction.atomic(using=storage._using):
        storage.erase(Contact, "C-1", by="noa", at=NOW)
    if "sqlite3" in database["ENGINE"]:
        assert b"afraid of dogs" not in files_of(Path(database["NAME"]))
    assert storage.get(Contact, "C-1").notes == ""


def test_an_indexed_field_without_a_column_is_refused(opening: Callable[..., Any]) -> None:
    with pytest.raises(InvalidValue, match=r"key_tax_id.*makemigrations"):
        opening(indexed={Organization: ("tax_id",)})


def test_a_field_that_is_indexed_later_is_filled_in(opening: Callable[..., Any]) -> None:
    before = opening(indexed={})
    for number, owner in enumerate(("noa", "dan", "noa"), 1):
        before.commit(added(a_contact(f"C-{number}", owner=owner)))
    storage = opening(indexed={Contact: ("owner",)})
    storage.fill_in()
    found = storage.find(Query(Contact, where=[eq("owner", "noa")]))
    assert [one.id for one in found.items] == ["C-1", "C-3"]


def test_a_failure_of_the_database_is_told_without_its_message(
    opening: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(run: Any, sql: str, params: object, *_given: object) -> None:
        raise OperationalError(f"{sql} {params}")

    storage = opening()
    monkeypatch.setattr(connections[storage._using], "execute_wrappers", [failing])
    for call in (lambda: storage.commit(added(a_contact(name="Zelda Quint"))), lambda: storage.get(Contact, "C-1")):
        with pytest.raises(StorageError) as caught:
            call()
        expect_discretion(caught.value, {"name": "Zelda Quint"})


def test_an_erasure_that_cannot_rebuild_the_tables_says_so_and_is_repeated(
    opening: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(run: Any, sql: str, *given: Any) -> Any:
        if sql.startswith("vacuum"):
            raise OperationalError
        return run(sql, *given)

    storage = opening()
    storage.commit(added(a_contact(notes="afraid of dogs")))
    with monkeypatch.context() as patch:
        patch.setattr(connections[storage._using], "execute_wrappers", [failing])
        with pytest.raises(StorageError, match="erase again"):
            storage.erase(Contact, "C-1", by="noa", at=NOW)
    assert storage.erase(Contact, "C-1", by="noa", at=NOW).version == 2
