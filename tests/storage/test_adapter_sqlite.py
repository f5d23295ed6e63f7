"""The adapter for SQLite keeps the whole contract, and what it promises besides."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import pytest
from storage.adapting import ABILITIES, INDEXED, files_of, sqlite_storage
from storage.databases import Faulty

from salesflow import ChangeSet, Contact, Deal
from salesflow.errors import StorageClosed, StorageError
from salesflow.storage import Query, eq
from salesflow.testing.storage_contract import StorageContract
from salesflow.testing.storage_contract.expecting import expect_discretion
from salesflow.testing.storage_contract.samples import NOW, a_contact, a_sale, added, updated


class SQLiteContract(StorageContract):
    indexed: ClassVar[dict[type, tuple[str, ...]]] = {}
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "deals.db"

    @pytest.fixture
    def opener(self, path: Path, storage: Any) -> Callable[[], Any]:
        return partial(sqlite_storage, path, indexed=self.indexed)

    @pytest.fixture
    def storage(self, path: Path) -> Iterator[Any]:
        storage = sqlite_storage(path, indexed=self.indexed)
        yield storage
        storage.close()

    @pytest.fixture
    def reopen(self, path: Path) -> Iterator[Callable[[], Any]]:
        again: list[Any] = []

        def open_once_more() -> Any:
            again.append(sqlite_storage(path, indexed=self.indexed))
            return again[-1]

        yield open_once_more
        for storage in again:
            storage.close()

    @pytest.fixture
    def arm_fault(self, storage: Any) -> Callable[[int], Callable[[], bool]]:
        storage._connection = Faulty(storage._connection, ("execute", "executemany"))
        return storage._connection.arm

    @pytest.fixture
    def stored_bytes(self, path: Path) -> Callable[[], bytes]:
        return lambda: files_of(path)


class TestSQLiteStorage(SQLiteContract):
    """With indexed fields, so that queries run in the database."""

    indexed: ClassVar = INDEXED


class TestSQLiteStorageWithoutIndexes(SQLiteContract):
    """Without, so that every query reads and checks what is stored."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deals.db"


@pytest.fixture
def storage(path: Path) -> Iterator[Any]:
    storage = sqlite_storage(path)
    yield storage
    storage.close()


def statements(storage: Any, work: Callable[[], object]) -> list[str]:
    """The statements that a piece of work runs, with their values."""
    seen: list[str] = []
    storage._connection.set_trace_callback(seen.append)
    work()
    storage._connection.set_trace_callback(None)
    return [one for one in seen if one.startswith("select body")]


def plans(storage: Any, query: Query[Any]) -> list[str]:
    """How SQLite goes about each statement of a query."""
    asked = statements(storage, lambda: storage.find(query))
    assert asked
    return [
        "; ".join(row[3] for row in storage._connection.execute(f"explain query plan {statement}"))
        for statement in asked
    ]


@pytest.mark.parametrize("order", [["expected_close"], ["amount"], [], ["id"]])
def test_pages_are_read_from_an_index_in_its_order(storage: Any, order: list[str]) -> None:
    storage.commit(ChangeSet.of(*(a_sale(f"D-{number}", owner="noa").changes for number in range(9))))
    query = Query(Deal, order=order, limit=2)
    for plan in plans(storage, query) + plans(storage, query.next(storage.find(query).cursor)):
        assert plan.startswith("SEARCH entities USING INDEX")
        assert "TEMP B-TREE" not in plan


def test_a_criterion_narrows_down_with_its_index(storage: Any) -> None:
    (plan,) = plans(storage, Query(Deal, where=[eq("owner", "noa")]))
    assert "key_owner_index (tenant=? AND kind=? AND key_owner=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_page_in_descending_order_sorts_no_more_than_those_with_the_same_value(storage: Any) -> None:
    for plan in plans(storage, Query(Deal, order=["-expected_close"])):
        assert plan.startswith("SEARCH entities USING INDEX key_expected_close_index")
        assert "TEMP B-TREE FOR ORDER BY" not in plan


def test_a_field_that_is_indexed_later_is_filled_in(path: Path) -> None:
    with closing(sqlite_storage(path, indexed={})) as before:
        before.commit(ChangeSet.of(*(a_sale(f"D-{number}", owner="noa").changes for number in range(3))))
        before.for_tenant("acme").commit(a_sale("D-9", owner="noa").changes)
    with closing(sqlite_storage(path)) as after:
        query = Query(Deal, where=[eq("owner", "noa")])
        assert "key_owner" in plans(after, query)[0]
        assert [deal.id for deal in after.find(query).items] == ["D-0", "D-1", "D-2"]
        assert [deal.id for deal in after.for_tenant("acme").find(query).items] == ["D-9"]


def test_a_field_that_is_no_longer_indexed_is_left_alone(path: Path) -> None:
    with closing(sqlite_storage(path)) as before:
        before.commit(a_sale(owner="noa").changes)
    with closing(sqlite_storage(path, indexed={})) as after:
        assert len(after.find(Query(Deal, where=[eq("owner", "noa")])).items) == 1


def test_a_closed_storage_says_that_it_is_closed(storage: Any) -> None:
    storage.close()
    for call in (
        lambda: storage.get(Deal, "D-1"),
        lambda: storage.find(Query(Deal)),
        lambda: storage.journal(),
        lambda: storage.commit(a_sale().changes),
        lambda: storage.for_tenant("acme").history(Deal, "D-1"),
    ):
        with pytest.raises(StorageClosed):
            call()


def test_an_error_of_the_database_is_told_without_its_message(path: Path, storage: Any) -> None:
    storage._connection.execute("pragma busy_timeout = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(StorageError) as refused:
            storage.commit(added(a_contact(name="Zelda Quint")))
    assert "SQLITE_BUSY" in str(refused.value)
    expect_discretion(refused.value, {"name": "Zelda Quint"})
    storage.commit(added(a_contact()))


def test_an_erasure_that_cannot_rebuild_the_file_says_so_and_can_be_repeated(path: Path, storage: Any) -> None:
    storage.commit(added(a_contact(name="Zelda Quint")))
    storage._connection.execute("pragma busy_timeout = 1")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from entities").fetchone()
        with pytest.raises(StorageError, match="erase again"):
            storage.erase(Contact, "C-1", by="noa", at=NOW)
    assert storage.get(Contact, "C-1").version == 2
    storage.erase(Contact, "C-1", by="noa", at=NOW)
    assert b"Zelda" not in files_of(path)


def test_many_people_are_forgotten_down_to_the_last_page(path: Path, storage: Any, monkeypatch: Any) -> None:
    """Pages that are split keep copies of what has moved to their neighbors; ``secure_delete`` does not reach them."""
    drawn = Random(4)  # with ``secure_delete`` and SQLite 3.40 this one leaves a name behind
    storage._connection.execute("pragma synchronous = off")
    names = [f"zq{number:05}zq" for number in range(400)]
    drawn.shuffle(names)
    ids = {name: f"C-{drawn.randrange(10**6)}-{name[2:7]}" for name in names}
    for name in names:
        notes = name * drawn.randrange(1, 300)
        storage.commit(added(a_contact(ids[name], name=name, email=f"{name}@acme.example", notes=notes)))
    for name in names[::2]:
        storage.commit(updated(storage.get(Contact, ids[name]), notes=name * drawn.randrange(1, 300)))
    forgotten = drawn.sample(names, 200)
    with monkeypatch.context() as patched:
        patched.setattr(storage, "_rebuild", bool)  # once, at the end, is enough and takes less time
        for name in forgotten[1:]:
            storage.erase(Contact, ids[name], by="noa", at=NOW)
    storage.erase(Contact, ids[forgotten[0]], by="noa", at=NOW)
    stored = files_of(path)
    assert [name for name in forgotten if name.encode() in stored] == []
    assert all(name.encode() in stored for name in set(names) - set(forgotten))


def test_ids_of_digits_stay_text(storage: Any) -> None:
    storage.commit(a_sale("007").changes | a_sale("7").changes)
    assert [deal.id for deal in storage.find(Query(Deal)).items] == ["007", "7"]
