"""The asynchronous adapter for PostgreSQL keeps the whole contract, and what it promises besides."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from storage.databases import Fault
from storage.opening import open_psycopg

from salesflow.testing.storage_contract import Ability, AsyncStorageContract, LoopThread

if importlib.util.find_spec("psycopg_pool") is None:
    pytest.skip("psycopg_pool is not installed; the dependency group 'test' brings it", allow_module_level=True)

import psycopg


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture
def opening(postgres: str, loop: LoopThread) -> Iterator[Callable[..., Any]]:
    """Opens storages on the same schema, and closes them in the end."""
    storages: list[Any] = []

    def open_one(**options: Any) -> Any:
        storages.append(loop.run(open_psycopg(postgres, **options)))
        return storages[-1]

    yield open_one
    for storage in storages:
        loop.run(storage.close())


class TestPsycopgStorage(AsyncStorageContract):
    abilities: ClassVar = set(Ability)

    @pytest.fixture
    def storage(self, opening: Callable[..., Any]) -> Any:
        return opening()

    @pytest.fixture
    def reopen(self, opening: Callable[..., Any]) -> Callable[[], Any]:
        return opening

    @pytest.fixture
    def opener(self, postgres: str) -> Callable[[], Any]:
        return functools.partial(open_psycopg, postgres)

    @pytest.fixture
    def arm_fault(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Callable[[], bool]]:
        """Lets one wait for the server fail, whatever it is for."""
        left = 0
        wait = psycopg.AsyncConnection.wait

        async def counted(self: Any, *args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Fault
            return await wait(self, *args, **options)

        def arm(number: int) -> Callable[[], bool]:
            nonlocal left
            left = number
            return disarm

        def disarm() -> bool:
            nonlocal left
            met, left = left <= 0, 0
            return met

        monkeypatch.setattr(psycopg.AsyncConnection, "wait", counted)
        return arm

    @pytest.fixture
    def stored_bytes(self, postgres: str) -> Callable[[], bytes]:
        return functools.partial(all_rows, postgres)


def all_rows(address: str) -> bytes:
    with psycopg.connect(address, autocommit=True) as connection:
        names = connection.execute("select tablename from pg_tables where schemaname = current_schema()").fetchall()
        rows = [connection.execute(f"select t::text from {name} t").fetchall() for (name,) in names]
    return "\n".join(str(row) for table in rows for row in table).encode()
