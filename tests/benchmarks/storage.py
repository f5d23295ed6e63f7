"""What storing costs: against the bare driver, against code written by hand, against eventsourcing, and as it grows.

A program, not a test::

    uv run --group test tests/benchmarks/storage.py                  # the table; what is not installed is left out
    uv run --group test --group bench tests/benchmarks/storage.py --json

Everything is measured in one process and one run. The sides of a ratio take turns within a round, their order changes from
round to round, and a ratio is the median over the rounds of "ours by theirs" within a round, so that a busy machine slows
both alike. The garbage collector is off while anything is timed and runs between. What is prepared before (deals, sets of
changes, rows) is not part of what is timed.

- **commit_vs_dict**: ``MemoryStorage.commit`` of a moved deal by ``entities[id] = deal`` under a lock.
- **records_vs_json**: a deal and a ``StageChanged`` to JSON bytes and back by functions with ``json`` that were written by
  hand for these two classes. The figure ``records_vs_json_alone`` is a finished deal and its events by ``json.dumps`` and
  ``json.loads`` of the same plain data, which takes nothing apart and builds nothing.
- **eventsourcing_vs_records**: eventsourcing's time by ours, for a deal of 24 events. Its side saves an aggregate with the
  same facts and gets it again. With POPO, which keeps JSON in memory, ours is the set of changes to JSON bytes and back, and the
  deal folded from them; on SQLite (in memory, or the disk alone would count) it is the adapter's ``commit`` and ``get``.
  The ratio is the smaller one; both are among the figures.
- **sqlite_vs_driver, postgres_vs_driver**: the adapter's ``commit`` of a changed deal by the bare driver that writes the
  same rows in the same transactions. Both are durable, as they are shipped: a commit waits for the disk. The figures
  ``..._without_sync`` are the same without waiting, which shows what Python adds where a disk costs nothing.
- **get_growth**: ``get`` among 100,000 deals by ``get`` among 1,000; the greater one of memory and SQLite.
- **page_growth**: a page far on by the first page, of deals in the order of an indexed field, on SQLite.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import platform
import sqlite3
import tempfile
import threading
import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bare_drivers import measure_postgres, measure_sqlite
from measuring import Report, Side, missing, program, ratio, rounds, timed
from stored_deals import AT, INDEXED, many, moved, next_move, opened, walked
from written_by_hand import deal_in, deal_out, event_in, event_out

from salesflow import ChangeSet, Deal, MemoryStorage
from salesflow.deal.event import StageChanged
from salesflow.storage import Query
from salesflow.storage.records import Records

PARTS = ("memory", "records", "eventsourcing", "sqlite", "postgres", "growth")
EVENTS = 24

# In memory --------------------------------------------------------------------------------------------------------


def measure_memory(report: Report, repeats: int, deals: int) -> None:
    """A commit in memory by an assignment, and what one more stored deal takes."""
    openings = [opened(number).changes for number in range(deals)]
    moves = [next_move(one, 0) for one in openings]

    def commit() -> float:
        storage = MemoryStorage()
        for one in openings:
            storage.commit(one)
        return timed(storage.commit, moves)

    def assign() -> float:
        lock, entities = threading.Lock(), {}

        def put(changes: ChangeSet) -> None:
            with lock:
                entities[changes.changes[0].id] = changes.changes[0].after

        return timed(put, moves)

    seconds = rounds({"memory_commit": commit, "dict_assignment": assign}, repeats)
    report.ratios["commit_vs_dict"] = ratio(seconds["memory_commit"], seconds["dict_assignment"])
    report.note(seconds)
    for name, count in (("fresh", 0), (f"{EVENTS}_events", EVENTS - 1)):
        gc.collect()
        tracemalloc.start()
        storage = MemoryStorage()
        for number in range(deals):
            storage.commit(moved(number, count).changes)
        gc.collect()
        report.figures[f"memory_bytes_per_deal_{name}"] = round(tracemalloc.get_traced_memory()[0] / deals)
        tracemalloc.stop()


# Records ------------------------------------------------------------------------------------------------------------


def measure_records(report: Report, repeats: int, deals: int) -> None:
    """Records by code written by hand for the same fields, and by JSON alone."""
    records = Records()
    sale = moved(1, 1)
    event = sale.events[-1]
    assert isinstance(event, StageChanged)
    assert deal_in(deal_out(sale.deal)) == sale.deal
    assert event_in(event_out(event)) == event
    assert json.loads(deal_out(sale.deal)) == records.dump(sale.deal)
    finished = walked()
    values = [finished.deal, *finished.events]
    plain = [records.dump(value) for value in values]

    def ours(_: object) -> None:
        records.from_json(records.to_json(sale.deal))
        records.from_json(records.to_json(event))

    def by_hand(_: object) -> None:
        deal_in(deal_out(sale.deal))
        event_in(event_out(event))

    def all_ours(_: object) -> None:
        for value in values:
            records.from_json(records.to_json(value))

    def all_json(_: object) -> None:
        for one in plain:
            json.loads(json.dumps(one).encode())

    jobs = {"records": ours, "by_hand": by_hand, "records_of_finished_deal": all_ours, "json_alone": all_json}
    times = range(deals)
    seconds = rounds({name: lambda job=job: timed(job, times) for name, job in jobs.items()}, repeats)
    report.ratios["records_vs_json"] = ratio(seconds["records"], seconds["by_hand"])
    report.note(seconds)
    report.figures["records_vs_json_alone"] = ratio(seconds["records_of_finished_deal"], seconds["json_alone"])


# eventsourcing ----------------------------------------------------------------------------------------------------


def measure_eventsourcing(report: Report, repeats: int, deals: int) -> None:
    """A deal of so many events, kept and read again, there and here."""
    reason = missing("eventsourcing")
    if reason is not None:
        report.reasons["eventsourcing_vs_records"] = f"{reason}; it is in the dependency group 'bench'"
        return
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate
    from eventsourcing.domain import event as recorded_as

    class SourcedDeal(Aggregate):
        @recorded_as("Opened")
        def __init__(
            self,
            name: str,
            organization_id: str,
            contact_id: str,
            owner: str,
            amount: Decimal,
            currency: str,
            expected_close: datetime,
            process: str,
            opened_at: datetime,
            by: str,
        ) -> None:
            self.name, self.organization_id, self.contact_id, self.owner = name, organization_id, contact_id, owner
            self.amount, self.currency, self.expected_close = amount, currency, expected_close
            self.process, self.opened_at, self.by, self.stage = process, opened_at, by, "first"

        @recorded_as("StageChanged")
        def move(
            self,
            by: str,
            move: str,
            source: str,
            target: str,
            entered_at: datetime,
            outcome: str,
            reason: str | None,
            note: str,
        ) -> None:
            self.stage = target

    def aggregate(_: int) -> SourcedDeal:
        amount = Decimal("48000.00")
        deal = SourcedDeal("Order desk", "O-1", "C-1", "seller 1", amount, "EUR", AT, "back_and_forth", AT, "noa")
        for number in range(EVENTS - 1):
            source, target = ("first", "second") if number % 2 == 0 else ("second", "first")
            deal.move("noa", "advance", source, target, AT, "open", None, "")
        return deal

    def theirs(**settings: str) -> Side:
        application = Application(env=settings)

        def keep(deal: SourcedDeal) -> None:
            application.save(deal)
            application.repository.get(deal.id)

        return lambda: timed(keep, list(map(aggregate, range(deals))))

    records, numbers = Records(), iter(range(10**9))

    def sets() -> list[ChangeSet]:
        return [moved(next(numbers), EVENTS - 1).changes for _ in range(deals)]

    def write_and_read(changes: ChangeSet) -> None:
        records.from_json(records.to_json(changes), expect=ChangeSet)  # it folds the deal from the events

    def ours(storage: Any) -> Side:
        def keep(changes: ChangeSet) -> None:
            storage.commit(changes)
            storage.get(Deal, changes.changes[0].id)

        return lambda: timed(keep, sets())

    with contextlib.closing(program("sqlite_storage").SQLiteStorage(":memory:")) as sqlite_storage:
        seconds = rounds(
            {
                "eventsourcing_popo": theirs(PERSISTENCE_MODULE="eventsourcing.popo"),
                "eventsourcing_sqlite": theirs(PERSISTENCE_MODULE="eventsourcing.sqlite", SQLITE_DBNAME=":memory:"),
                "records_of_a_life": lambda: timed(write_and_read, sets()),
                "memory_of_a_life": ours(MemoryStorage()),
                "sqlite_of_a_life": ours(sqlite_storage),
            },
            repeats,
        )
    report.note(seconds)
    by_popo = ratio(seconds["eventsourcing_popo"], seconds["records_of_a_life"])
    by_sqlite = ratio(seconds["eventsourcing_sqlite"], seconds["sqlite_of_a_life"])
    report.figures["eventsourcing_popo_vs_records"] = by_popo
    report.figures["eventsourcing_popo_vs_memory"] = ratio(seconds["eventsourcing_popo"], seconds["memory_of_a_life"])
    report.figures["eventsourcing_sqlite_vs_sqlite"] = by_sqlite
    report.ratios["eventsourcing_vs_records"] = min(by_popo, by_sqlite)


# Growth -----------------------------------------------------------------------------------------------------------


def measure_growth(report: Report, repeats: int, few: int, many_deals: int) -> None:
    """Whether reading one deal, or one page, costs more where many are stored."""
    adapter = program("sqlite_storage").SQLiteStorage
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as closing:
        stores: dict[str, tuple[Any, int]] = {}
        for count in (few, many_deals):
            on_file = adapter(Path(folder) / f"{count}.db", indexed=INDEXED)
            closing.callback(on_file.close)
            on_file._connection.execute("pragma synchronous = off")
            stores |= {f"sqlite_get_of_{count}": (on_file, count), f"memory_get_of_{count}": (MemoryStorage(), count)}
            for changes in many(count):
                on_file.commit(changes)
                stores[f"memory_get_of_{count}"][0].commit(changes)
            on_file._connection.execute("pragma wal_checkpoint(truncate)")
        size = (Path(folder) / f"{many_deals}.db").stat().st_size
        report.figures["sqlite_bytes_per_deal_fresh"] = round(size / many_deals)

        def getting(storage: Any, count: int) -> Side:
            ids = [f"D-{number * 7919 % count:06}" for number in range(min(count, 300))]
            return lambda: timed(lambda name: storage.get(Deal, name), ids)

        seconds = rounds({name: getting(*one) for name, one in stores.items()}, repeats)
        report.note(seconds)
        grown = {
            kind: ratio(seconds[f"{kind}_get_of_{many_deals}"], seconds[f"{kind}_get_of_{few}"])
            for kind in ("memory", "sqlite")
        }
        report.figures |= {f"{kind}_get_growth": found for kind, found in grown.items()}
        report.ratios["get_growth"] = max(grown.values())
        storage, count = stores[f"sqlite_get_of_{many_deals}"]
        first = Query(Deal, order=["expected_close"], limit=100)
        in_order = sorted(
            (opened(number).deal for number in range(count)), key=lambda deal: (deal.expected_close, deal.id)
        )
        far = first.next(first.cursor_after(in_order[count * 4 // 5]))
        pages = {"first_page": first, "far_page": far}
        seconds = rounds(
            {name: lambda query=query: timed(storage.find, [query] * 5) for name, query in pages.items()}, repeats
        )
        report.note(seconds)
        report.ratios["page_growth"] = ratio(seconds["far_page"], seconds["first_page"])


def measured(parts: Sequence[str], *, quick: bool = False) -> Report:
    """Measure these parts.

    Args:
        parts: some of ``PARTS``.
        quick: few repeats and few deals, to see that it runs; the figures mean little then.
    """
    report = Report()
    report.figures["python"] = platform.python_version()
    report.figures["sqlite"] = sqlite3.sqlite_version
    if "memory" in parts:
        measure_memory(report, 3 if quick else 31, 20 if quick else 300)
    if "records" in parts:
        measure_records(report, 3 if quick else 51, 3 if quick else 30)
    if "eventsourcing" in parts:
        measure_eventsourcing(report, 3 if quick else 31, 2 if quick else 8)
    if "sqlite" in parts:
        measure_sqlite(report, 3 if quick else 31, 3 if quick else 12)
    if "postgres" in parts:
        measure_postgres(report, 3 if quick else 31, 3 if quick else 12)
    if "growth" in parts:
        measure_growth(report, 3 if quick else 21, 100 if quick else 1_000, 1_000 if quick else 100_000)
    for name, value in report.ratios.items():
        if value is None:
            report.reasons.setdefault(name, "not asked for")
    return report


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description="What storing costs: by the driver, by hand, by a peer, as it grows.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="few repeats, to see that it runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure these parts only")
    options = parser.parse_args(arguments)
    report = measured(options.only, quick=options.quick)
    print(report.as_json() if options.json else report.as_table())


if __name__ == "__main__":
    main()
