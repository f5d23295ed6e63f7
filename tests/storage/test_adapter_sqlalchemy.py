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

from salesflow.testing.storage_contract import StorageContract

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
