"""A worker that does each job once: ``docs/examples/worker.py`` on a file of SQLite, also when it is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_storage import SQLiteStorage
from worker import LEASE, MOST_ATTEMPTS, MOST_RACES, Jobs, Worker

from salesflow import Deal, StaleVersion, StorageError
from salesflow.standard import StandardProcess

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
STATEMENT = {"statement": "It costs too much"}

DIES = """
import sys
sys.path.insert(0, sys.argv[1])
import worker
from sqlite_storage import SQLiteStorage

def wait(*_given, **_options):
    print("here", flush=True)
    sys.stdin.read()

place, method = sys.argv[3].split(".")
setattr({"Jobs": worker.Jobs, "Storage": SQLiteStorage}[place], method, wait)
worker.Worker(jobs=worker.Jobs(sys.argv[2]), storage=SQLiteStorage(sys.argv[2])).work()
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "deals.db"


@pytest.fixture
def worker(file: Path) -> Iterator[Worker]:
    """A worker with one deal to work on."""
    clock, storage, jobs = Clock(), SQLiteStorage(file), Jobs(file)
    sale = StandardProcess().open(id="D-1", name="Order desk", by="noa", at=clock())
    storage.commit(sale.changes)
    yield Worker(jobs=jobs, storage=storage, clock=clock)
    storage.close()
    jobs.close()


def objections(worker: Worker) -> list[str]:
    return [one.statement for one in worker.storage.get(Deal, "D-1").objections]


def later(worker: Worker, span: timedelta) -> None:
    worker.clock.now += span  # type: ignore[attr-defined]


def killed(file: Path, where: str) -> None:
    """Start a worker on the file, and kill it when it comes to this place."""
    process = subprocess.Popen(
        [sys.executable, "-c", DIES, str(EXAMPLES), str(file), where], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"here\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()


def test_jobs_are_done_in_the_order_in_which_they_came(worker: Worker) -> None:
    for number in range(3):
        worker.jobs.put("raise_objection", "D-1", {"statement": f"no. {number}"})
    assert worker.work() == {"done": 3}
    assert objections(worker) == ["no. 0", "no. 1", "no. 2"]
    assert worker.work() == {}


def test_a_worker_that_is_killed_between_effect_and_acknowledgment_does_not_double_it(
    worker: Worker, file: Path
) -> None:
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    killed(file, "Jobs.finish")
    assert objections(worker) == [STATEMENT["statement"]]  # the effect is there, and nobody knows that it is
    later(worker, timedelta(days=365))
    assert worker.work() == {"done": 1}
    assert objections(worker) == [STATEMENT["statement"]]
    assert len(worker.storage.history(Deal, "D-1")) == 2


def test_a_worker_that_is_killed_before_the_effect_loses_nothing(worker: Worker, file: Path) -> None:
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    killed(file, "Storage.commit")
    assert objections(worker) == []
    later(worker, timedelta(days=365))
    assert worker.work() == {"done": 1}
    assert objections(worker) == [STATEMENT["statement"]]


def test_others_may_have_gone_on_since_the_crash(worker: Worker, file: Path) -> None:
    worker.jobs.put("lose", "D-1", {"reason": "price"})
    killed(file, "Jobs.finish")
    later(worker, timedelta(days=365))
    sale = worker.process.work_on(worker.storage.get(Deal, "D-1"), by="noa", at=worker.clock())
    sale.reopen(reason="they called")
    worker.storage.commit(sale.changes)
    assert worker.work() == {"done": 1}
    assert worker.storage.get(Deal, "D-1").is_open


def test_a_job_that_somebody_holds_is_not_taken(worker: Worker, file: Path) -> None:
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    assert worker.jobs.take(worker.clock()) is not None
    other = Jobs(file)
    assert other.take(worker.clock()) is None
    later(worker, LEASE)
    again = other.take(worker.clock())
    assert again is not None
    assert again.attempts == 2
    other.close()


def test_a_worker_that_was_thought_dead_does_not_double_it(worker: Worker) -> None:
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    slow = worker.jobs.take(worker.clock())
    assert slow is not None
    later(worker, LEASE)
    assert worker.work() == {"done": 1}
    later(worker, LEASE)
    worker.do(slow)  # it wakes up, and knows nothing of the other one
    assert objections(worker) == [STATEMENT["statement"]]


def test_a_deal_that_changed_meanwhile_is_decided_again(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, faster = SQLiteStorage.commit, iter(["first", "second"])

    def raced(storage: Any, changes: Any) -> Any:
        if changes.key is not None and (said := next(faster, None)) is not None:
            sale = worker.process.work_on(storage.get(Deal, "D-1"), by="noa", at=worker.clock())
            sale.objections.raise_(said)
            commit(storage, sale.changes)
        return commit(storage, changes)

    monkeypatch.setattr(SQLiteStorage, "commit", raced)
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    assert worker.work() == {"done": 1}
    assert objections(worker) == ["first", "second", STATEMENT["statement"]]
    assert [one.id for one in worker.storage.get(Deal, "D-1").objections] == [1, 2, 3]


def test_whoever_always_loses_the_race_waits(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def lose(_storage: Any, changes: Any) -> None:
        tried.append(changes)
        raise StaleVersion("Deal", "D-1", expected=1)

    monkeypatch.setattr(SQLiteStorage, "commit", lose)
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    assert worker.work() == {"put back": 1}
    assert len(tried) == MOST_RACES


@pytest.mark.parametrize(
    ("action", "deal", "facts", "reason"),
    [
        ("advance", "D-1", {}, "MoveRefused: deal D-1 cannot advance"),
        ("lose", "D-1", {"reason": "prize"}, "UnknownName: no loss reason 'prize'"),
        ("lose", "D-1", {}, "InvalidValue: reason"),
        ("raise_objection", "D-1", {}, "InvalidValue: statement"),
        ("raise_objection", "D-9", STATEMENT, "NotFound: no Deal with id 'D-9'"),
        ("sell", "D-1", {}, "UnknownName: no action 'sell'"),
    ],
)
def test_what_the_rules_refuse_is_set_aside_with_the_reason(
    worker: Worker, action: str, deal: str, facts: dict[str, str], reason: str
) -> None:
    poison = worker.jobs.put(action, deal, facts)
    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    assert worker.work() == {"set aside": 1, "done": 1}
    assert worker.jobs.set_aside()[poison].startswith(reason)


@pytest.mark.parametrize("facts", ["{", "[]", '{"statement": 1}', "[" * 100_000])
def test_facts_that_are_none_are_set_aside(worker: Worker, file: Path, facts: str) -> None:
    poison = worker.jobs.put("raise_objection", "D-1")
    with sqlite3.connect(file) as connection:
        connection.execute("update jobs set facts = ?", (facts,))
    connection.close()
    assert worker.work() == {"set aside": 1}
    assert worker.jobs.set_aside()[poison].startswith("InvalidValue: facts")


def test_a_storage_that_is_away_is_tried_again_later_and_later(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    job = worker.jobs.put("raise_objection", "D-1", STATEMENT)

    def fail(*_given: object) -> None:
        raise StorageError("the password is hunter2")

    with monkeypatch.context() as broken:
        broken.setattr(SQLiteStorage, "commit", fail)
        for attempt in range(1, MOST_ATTEMPTS):
            assert worker.work() == {"put back": 1}
            later(worker, timedelta(seconds=10 * 2**attempt - 1))
            assert worker.work() == {}
            later(worker, timedelta(seconds=1))
        assert worker.work() == {"set aside": 1}
    assert worker.jobs.set_aside() == {job: f"StorageError, {MOST_ATTEMPTS} times"}


def test_a_storage_that_comes_back_gets_the_job_once(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = SQLiteStorage.commit

    def answer_is_lost(storage: Any, changes: Any) -> None:
        commit(storage, changes)
        raise StorageError("the connection went away after the commit")

    worker.jobs.put("raise_objection", "D-1", STATEMENT)
    with monkeypatch.context() as broken:
        broken.setattr(SQLiteStorage, "commit", answer_is_lost)
        assert worker.work() == {"put back": 1}
    later(worker, timedelta(minutes=1))
    assert worker.work() == {"done": 1}
    assert objections(worker) == [STATEMENT["statement"]]


def test_a_job_that_kills_whoever_takes_it_is_set_aside(worker: Worker) -> None:
    job = worker.jobs.put("raise_objection", "D-1", STATEMENT)
    for _ in range(MOST_ATTEMPTS):
        assert worker.jobs.take(worker.clock()) is not None
        later(worker, LEASE)
    assert worker.work() == {"set aside": 1}
    assert "died" in worker.jobs.set_aside()[job]


def test_it_runs_as_a_program_of_its_own(file: Path) -> None:
    def program(*words: str) -> str:
        command = [sys.executable, "-W", "error", str(EXAMPLES / "worker.py"), str(file), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    program("--open", "D-1", "Order desk")
    assert program("--put", "advance", "D-1", "{}") == "job 1\n"
    assert program().startswith("1 set aside\njob 1 was set aside: MoveRefused")
