"""The asynchronous adapter for PostgreSQL keeps the whole contract, and what it promises besides."""

from __future__ import annotations

import asyncio
import functools
import importlib.util
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from storage.adapting import ABILITIES
from storage.databases import Fault, rows_and_files_of, schema
from storage.opening import open_psycopg

from salesflow import ChangeSet, Contact
from salesflow.errors import StorageClosed, StorageError
from salesflow.storage import Query, eq
from salesflow.testing.storage_contract import AsyncStorageContract, LoopThread
from salesflow.testing.storage_contract.expecting import expect_discretion
from salesflow.testing.storage_contract.samples import a_contact, added

if importlib.util.find_spec("psycopg_pool") is None:
    pytest.skip("psycopg_pool is not installed; the dependency group 'test' brings it", allow_module_level=True)

import psycopg


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    loop = LoopThread()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def tables(postgres_server: str) -> Iterator[str]:
    """The address of a schema with all tables; to empty them takes less time than to make them for each test."""
    with schema(postgres_server, "psycopg") as address:
        asyncio.run(_made(address))
        yield address


async def _made(address: str) -> None:
    await (await open_psycopg(address)).close()


@pytest.fixture
def address(tables: str) -> str:
    """The address of the same schema, with nothing in its tables."""
    with psycopg.connect(tables, autocommit=True) as connection:
        connection.execute("truncate entities, events, taken, requests, journals")
    return tables


@pytest.fixture
def opening(address: str, loop: LoopThread) -> Iterator[Callable[..., Any]]:
    """Opens storages on the same schema, and closes them in the end."""
    storages: list[Any] = []

    def open_one(at: str = address, **options: Any) -> Any:
        storages.append(loop.run(open_psycopg(at, **options)))
        return storages[-1]

    yield open_one
    for storage in storages:
        loop.run(storage.close())


class TestPsycopgStorage(AsyncStorageContract):
    abilities: ClassVar = ABILITIES

    @pytest.fixture
    def storage(self, opening: Callable[..., Any]) -> Any:
        return opening()

    @pytest.fixture
    def reopen(self, opening: Callable[..., Any]) -> Callable[[], Any]:
        return opening

    @pytest.fixture
    def opener(self, address: str) -> Callable[[], Any]:
        return functools.partial(open_psycopg, address)

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
    def stored_bytes(self, address: str) -> Callable[[], bytes]:
        return functools.partial(rows_and_files_of, address)


def test_calls_that_are_canceled_twice_leave_every_set_whole_and_every_connection_in_the_pool(
    opening: Callable[..., Any], loop: LoopThread
) -> None:
    storage = opening(connections=3)

    async def canceled_after(number: int) -> ChangeSet:
        changes = (added(a_contact(f"C-{number}-1")) | added(a_contact(f"C-{number}-2"))).with_key(f"request {number}")
        task = asyncio.ensure_future(storage.commit(changes))
        await asyncio.sleep(number % 10 * 0.0003)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return changes

    async def all_of_them() -> None:
        sets = await asyncio.gather(*map(canceled_after, range(60)))
        for changes in sets:
            await storage.commit(changes)
        positions = [entry.position for entry in await storage.journal()]
        assert positions == list(range(1, 121)), "repeated under its key, each set is there once"
        while (pool := storage._pool.get_stats())["pool_available"] < pool["pool_size"]:
            await asyncio.sleep(0.01)

    loop.run(asyncio.wait_for(all_of_them(), 30))


def test_more_tasks_than_connections_wait_for_their_turn(opening: Callable[..., Any], loop: LoopThread) -> None:
    storage = opening(connections=2)

    async def at_once() -> None:
        await asyncio.gather(*(storage.commit(added(a_contact(f"C-{number}"))) for number in range(40)))

    loop.run(at_once())
    assert len(loop.run(storage.journal())) == 40


def test_when_the_server_ends_all_connections_the_storage_goes_on_with_others(
    opening: Callable[..., Any], loop: LoopThread, address: str
) -> None:
    storage = opening(connections=1)
    loop.run(storage.commit(added(a_contact())))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
    with pytest.raises(StorageError):
        loop.run(storage.get(Contact, "C-1"))
    assert loop.run(storage.get(Contact, "C-1")).id == "C-1"


def test_a_failure_of_the_database_is_told_without_its_message(
    opening: Callable[..., Any], loop: LoopThread, postgres: str
) -> None:
    storage = opening(postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("alter table events add check (body not like '%Zelda%')")
    with pytest.raises(StorageError) as caught:
        loop.run(storage.commit(added(a_contact(name="Zelda Quint"))))
    expect_discretion(caught.value, {"name": "Zelda Quint"})
    assert "CheckViolation" in str(caught.value)


def test_a_storage_that_is_closed_says_so(opening: Callable[..., Any], loop: LoopThread) -> None:
    storage = opening()
    loop.run(storage.close())
    with pytest.raises(StorageClosed):
        loop.run(storage.get(Contact, "C-1"))


def test_a_field_that_is_indexed_later_is_filled_in(
    opening: Callable[..., Any], loop: LoopThread, postgres: str
) -> None:
    before = opening(postgres, indexed={})
    for number, owner in enumerate(("noa", "dan", "noa"), 1):
        loop.run(before.commit(added(a_contact(f"C-{number}", owner=owner))))
    found = loop.run(opening(postgres, indexed={Contact: ("owner",)}).find(Query(Contact, where=[eq("owner", "noa")])))
    assert [one.id for one in found.items] == ["C-1", "C-3"]


def test_several_processes_may_make_the_tables_at_once(postgres: str, loop: LoopThread) -> None:
    async def open_at_once() -> None:
        storages = await asyncio.gather(*(open_psycopg(postgres) for _ in range(6)))
        await asyncio.gather(*(storage.close() for storage in storages))

    loop.run(open_at_once())
