"""The adapter for SQLAlchemy keeps the whole contract, on SQLite and on PostgreSQL."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from storage.adapting import ABILITIES, files_of, sqlalchemy_storage
from storage.databases import Fault, rows_and_files_of

from salesflow import ChangeSet, Contact, Deal
from salesflow.errors import NotFound, StorageError
from salesflow.storage import Query, eq
from salesflow.testing.storage_contract import StorageContract
from salesflow.testing.storage_contract.expecting import expect_discretion
from salesflow.testing.storage_contract.racing import at_once
from salesflow.testing.storage_contract.samples import a_contact, a_sale, added

if importlib.util.find_spec("sqlalchemy") is None:
    pytest.skip("sqlalchemy is not installed; the dependency group 'test' brings it", allow_module_level=True)

import sqlalchemy as sa


class ArmedEngine:
    """Lets one statement or one commit of an engine fail, where the driver is called."""

    def __init__(self, engine: sa.Engine) -> None:
        self._left = 0
        self._met = False
        for name in ("do_execute", "do_executemany", "do_execute_no_params", "do_commit"):
            setattr(engine.dialect, name, self._counted(getattr(engine.dialect, name)))

    def arm(self, number: int) -> Callable[[], bool]:
        self._left, self._met = number, False
        return self._disarm

    def _disarm(self) -> bool:
        self._left = 0
        return self._met

    def _counted(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **options: object) -> object:
            self._left -= 1
            if self._left == 0:
                self._met = True
                raise Fault
            return call(*args, **options)

        return counted


class SQLAlchemyContract(StorageContract):
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def engines(self) -> Iterator[Callable[[], sa.Engine]]:
        made: list[sa.Engine] = []

        def make(url: str) -> sa.Engine:
            made.append(sa.create_engine(url))
            return made[-1]

        yield make
        for engine in made:
            engine.dispose()

    @pytest.fixture
    def engine(self, engines: Callable[[str], sa.Engine], url: str) -> sa.Engine:
        return engines(url)

    @pytest.fixture
    def storage(self, engine: sa.Engine) -> Any:
        storage = sqlalchemy_storage(engine)
        storage.create()
        return storage

    @pytest.fixture
    def reopen(self, engines: Callable[[str], sa.Engine], url: str) -> Callable[[], Any]:
        return lambda: sqlalchemy_storage(engines(url))

    @pytest.fixture
    def opener(self, storage: Any, url: str) -> Callable[[], Any]:
        return partial(sqlalchemy_storage, url)

    @pytest.fixture
    def arm_fault(self, engine: sa.Engine) -> Callable[[int], Callable[[], bool]]:
        return ArmedEngine(engine).arm


class TestSQLAlchemyOnSQLite(SQLAlchemyContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'deals.db'}"

    @pytest.fixture
    def stored_bytes(self, tmp_path: Path) -> Callable[[], bytes]:
        return lambda: files_of(tmp_path / "deals.db")


class TestSQLAlchemyOnPostgreSQL(SQLAlchemyContract):
    @pytest.fixture
    def url(self, postgres: str) -> str:
        return postgres.replace("postgresql://", "postgresql+psycopg://")

    @pytest.fixture
    def stored_bytes(self, postgres: str) -> Callable[[], bytes]:
        return lambda: rows_and_files_of(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine of each database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'deals.db'}"
    else:
        url = request.getfixturevalue("postgres").replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def storage(engine: sa.Engine) -> Any:
    storage = sqlalchemy_storage(engine)
    storage.create()
    return storage


def plans(storage: Any, query: Query[Any]) -> list[str]:
    """How the database goes about each statement of a query."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    sa.event.listen(storage._engine, "before_cursor_execute", note)
    storage.find(query)
    sa.event.remove(storage._engine, "before_cursor_execute", note)
    explain = "explain query plan" if storage._engine.dialect.name == "sqlite" else "explain"
    with storage._engine.connect() as connection:
        return [
            "; ".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
            for statement, parameters in asked
        ]


@pytest.mark.parametrize("order", [["expected_close"], ["amount"], []])
def test_pages_are_read_from_an_index_in_its_order(storage: Any, order: list[str]) -> None:
    storage.commit(ChangeSet.of(*(a_sale(f"D-{number:04}", owner="noa").changes for number in range(1000))))
    with storage._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")
    query = Query(Deal, order=order, limit=5)
    read = plans(storage, query) + plans(storage, query.next(storage.find(query).cursor))
    assert read
    for plan in read:
        assert "index" in plan.lower()
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


def test_a_field_that_is_indexed_later_is_filled_in(engine: sa.Engine, storage: Any) -> None:
    storage.commit(a_sale("D-1", owner="noa").changes)
    storage.for_tenant("acme").commit(a_sale("D-2", owner="noa").changes)
    with engine.begin() as connection:
        connection.exec_driver_sql("update entities set key_owner = null")
    query = Query(Deal, where=[eq("owner", "noa")])
    assert storage.find(query).items == ()
    storage.fill_in()
    assert [deal.id for deal in storage.find(query).items] == ["D-1"]
    assert [deal.id for deal in storage.for_tenant("acme").find(query).items] == ["D-2"]


def test_the_tables_can_be_made_twice(storage: Any) -> None:
    storage.commit(a_sale().changes)
    storage.create()
    assert storage.get(Deal, "D-1").version == 1


def test_an_error_of_the_database_is_told_without_its_message(storage: Any) -> None:
    storage.metadata.drop_all(storage._engine)
    with pytest.raises(StorageError) as refused:
        storage.commit(added(a_contact(name="Zelda Quint")))
    expect_discretion(refused.value, {"name": "Zelda Quint"})
    assert "the database failed with" in str(refused.value)


def test_a_commit_that_is_interrupted_holds_nothing_up(storage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLAlchemy gives a connection whose commit failed back to its pool as it is: in the middle of a transaction."""

    def interrupted(_connection: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(storage._engine.dialect, "do_commit", interrupted)
        with pytest.raises(KeyboardInterrupt):
            storage.commit(added(a_contact("C-1")))
    storage.commit(added(a_contact("C-2")))
    with pytest.raises(NotFound):
        storage.get(Contact, "C-1")
    assert [entry.position for entry in storage.journal()] == [1]


def test_a_hosts_own_isolation_level_makes_no_difference(engine: sa.Engine, storage: Any) -> None:
    other = sqlalchemy_storage(engine.execution_options(isolation_level="SERIALIZABLE"))
    results = at_once(*(lambda number=number: other.commit(added(a_contact(f"C-{number}"))) for number in range(8)))
    assert [type(one).__name__ for one in results] == ["Receipt"] * 8
    assert [entry.position for entry in storage.journal()] == list(range(1, 9))


def test_text_is_compared_letter_by_letter(storage: Any) -> None:
    names = ["a", "B", "ä", "A", "b", "Z", "א", "_", "-"]
    storage.commit(ChangeSet.of(*(added(a_contact(f"C-{name}", owner=name)) for name in names)))
    by_owner = [contact.owner for contact in storage.find(Query(Contact, order=["owner"])).items]
    by_id = [contact.id for contact in storage.find(Query(Contact)).items]
    assert by_owner == sorted(names)
    assert by_id == sorted(f"C-{name}" for name in names)
