"""A worker: takes jobs from a table, changes deals, and does each job once, whatever fails in between.

::

    uv run --group examples docs/examples/worker.py deals.db --open D-1 "Order desk for Acme"
    uv run --group examples docs/examples/worker.py deals.db --put raise_objection D-1 '{"statement": "It costs too much"}'
    uv run --group examples docs/examples/worker.py deals.db

The first two put something there to work on; the third works until nothing is left, and says what became of it. A crash may
come at any moment, and four things see to it that nothing is lost and nothing happens twice:

- A job is taken for a while (a lease). Who dies holding it holds it no longer than that.
- Before anything is decided, the job remembers on which version of the deal and at which moment. Taken once more, it is
  decided on the same version and at the same moment, and as decisions are pure, that gives the same changes.
- They are committed under the key of the job, and a storage writes the same changes under the same key once.
- Only then is the job finished. Between these two is where a crash would double it, if the key were not there.

Where somebody else has changed the deal meanwhile (``StaleVersion``), it is decided again on what is there now. What the rules
refuse would be refused again, so it is set aside with the reason; what fails otherwise is tried again, later and later.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast

import attrs

sys.path.append(str(Path(__file__).parent / "storage"))  # in your application the storage is one of your modules
from sqlite_storage import SQLiteStorage

from salesflow import Deal, InvalidValue, NotFound, Refused, Sale, SalesProcess, StaleVersion, UnknownName, fold
from salesflow.errors import KeyReused
from salesflow.standard import StandardProcess
from salesflow.storage import Storage

LEASE: Final = timedelta(minutes=5)
"""How long a job may take."""

MOST_ATTEMPTS: Final = 5
MOST_RACES: Final = 10
"""How often a job is decided again at once, because others were faster."""


class Facts(dict[str, str]):
    """What an action needs, by name."""

    def __missing__(self, name: str) -> str:
        raise InvalidValue("is missing", field=name, way_out="say it in the facts of the job")


Action = Callable[[Sale[Deal], Facts], object]

ACTIONS: Final[Mapping[str, Action]] = {
    "advance": lambda sale, facts: sale.advance(),
    "lose": lambda sale, facts: sale.lose(reason=facts["reason"], note=facts.get("note", "")),
    "raise_objection": lambda sale, facts: sale.objections.raise_(
        facts["statement"], kind=facts.get("kind", "other"), raised_by=facts.get("raised_by")
    ),
}
"""What jobs can ask for."""


# The queue


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@attrs.frozen
class Job:
    """Something to do with a deal.

    Attributes:
        id: its number, which makes its idempotency key.
        action: which of the actions.
        deal_id: of which deal.
        facts: what the action needs, as a JSON object of texts.
        attempts: how often it was taken, this time included.
        version, at: on which version of the deal and at which moment it is decided; ``None`` until it was read.
    """

    id: int
    action: str
    deal_id: str
    facts: str
    attempts: int
    version: int | None
    at: datetime | None = attrs.field(converter=_moment)

    @property
    def key(self) -> str:
        """The idempotency key of what it does; nothing else has it."""
        return f"job {self.id}"


SCHEMA: Final = """
create table if not exists jobs (
    id integer primary key, action text not null, deal_id text not null, facts text not null, attempts integer not null default 0,
    version integer, at text, not_before text not null default '', finished integer not null default 0, reason text)
"""
TAKE: Final = """
update jobs set attempts = attempts + 1, not_before = ?
where id = (select id from jobs where not finished and not_before <= ? order by not_before, id limit 1)
returning id, action, deal_id, facts, attempts, version, at
"""


class Jobs:
    """The queue: a table in a file of SQLite. With another database, only this class changes."""

    def __init__(self, path: str | Path) -> None:
        self._connection = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._connection.execute(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def put(self, action: str, deal_id: str, facts: Mapping[str, str] | None = None) -> int:
        """Add a job; gives its number."""
        row = (action, deal_id, json.dumps(dict(facts or {})))
        added = self._connection.execute("insert into jobs (action, deal_id, facts) values (?, ?, ?)", row)
        return cast("int", added.lastrowid)

    def take(self, now: datetime) -> Job | None:
        """The job that has waited longest; nobody else gets it before the lease is over."""
        found = self._connection.execute(TAKE, (_text(now + LEASE), _text(now))).fetchone()
        if found is None:
            return None
        return Job(*found)

    def decide_on(self, job: Job, version: int, at: datetime) -> None:
        """Remember on which version and at which moment a job is decided, before it is."""
        self._connection.execute("update jobs set version = ?, at = ? where id = ?", (version, at.isoformat(), job.id))

    def finish(self, job: Job, *, reason: str | None = None) -> None:
        """Acknowledge a job: it was done, or it is set aside for a reason."""
        self._connection.execute("update jobs set finished = 1, reason = ? where id = ?", (reason, job.id))

    def put_back(self, job: Job, *, until: datetime, reason: str) -> None:
        """Let a job wait, and be tried again."""
        row = (_text(until), reason, job.id)
        self._connection.execute("update jobs set not_before = ?, reason = ? where id = ?", row)

    def set_aside(self) -> dict[int, str]:
        """The jobs that were given up, with the reasons."""
        return dict(self._connection.execute("select id, reason from jobs where finished and reason is not null"))


def _text(moment: datetime) -> str:
    """A moment as text that sorts."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


# The work


@attrs.frozen(kw_only=True)
class Worker:
    """Does jobs.

    Attributes:
        jobs: where they come from.
        storage: where deals are kept.
        process: the rules.
        clock: what time it is.
        by: who acts, when it does.
    """

    jobs: Jobs
    storage: Storage
    process: SalesProcess = attrs.field(factory=StandardProcess)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    by: str = "worker"

    def work(self) -> Counter[str]:
        """Do what can be done now; gives how many jobs were done, set aside and put back."""
        became: Counter[str] = Counter()
        while (job := self.jobs.take(self.clock())) is not None:
            became[self._attempt(job)] += 1
        return became

    def _attempt(self, job: Job) -> str:
        """Do a job, and tell the queue what became of it."""
        if job.attempts > MOST_ATTEMPTS:
            self.jobs.finish(job, reason=f"whoever took it died, {MOST_ATTEMPTS} times")
            return "set aside"
        try:
            self.do(job)
        except (Refused, InvalidValue, UnknownName, NotFound) as error:
            self.jobs.finish(job, reason=f"{type(error).__name__}: {error}")
            return "set aside"
        except Exception as error:  # a database that is away, or a mistake of ours
            reason = type(error).__name__  # its message may say more than a queue should keep
            if job.attempts >= MOST_ATTEMPTS:
                self.jobs.finish(job, reason=f"{reason}, {job.attempts} times")
                return "set aside"
            self.jobs.put_back(job, until=self.clock() + timedelta(seconds=10 * 2**job.attempts), reason=reason)
            return "put back"
        self.jobs.finish(job)
        return "done"

    def do(self, job: Job) -> None:
        """Decide, and commit under the key of the job; again, as long as others were faster."""
        action = ACTIONS.get(job.action)
        if action is None:
            raise UnknownName("action", job.action, ACTIONS)
        facts = facts_of(job)
        deal, at = self._as_seen(job)
        for race in range(MOST_RACES):
            sale = self.process.work_on(deal, by=self.by, at=at)
            action(sale, facts)
            try:
                self.storage.commit(sale.changes.with_key(job.key))
            except KeyReused:
                return  # another worker, who thought this one dead, has done it
            except StaleVersion:
                if race == MOST_RACES - 1:
                    raise
                deal, at = self._read(job)
            else:
                return

    def _as_seen(self, job: Job) -> tuple[Deal, datetime]:
        """The deal as it was when the job was decided for the first time, and that moment."""
        if job.version is None or job.at is None:
            return self._read(job)
        history = self.storage.history(Deal, job.deal_id)
        return cast("Deal", fold([one.event for one in history[: job.version]])), job.at

    def _read(self, job: Job) -> tuple[Deal, datetime]:
        """The deal as it is now; the job remembers it."""
        deal, at = self.storage.get(Deal, job.deal_id), self.clock()
        self.jobs.decide_on(job, deal.version, at)
        return deal, at


def facts_of(job: Job) -> Facts:
    """What the action needs.

    Raises:
        InvalidValue: it is no JSON object of texts.
    """
    try:
        facts = json.loads(job.facts)
    except (ValueError, RecursionError):
        facts = None
    if not isinstance(facts, dict) or not all(isinstance(fact, str) for fact in facts.values()):
        raise InvalidValue("facts are a JSON object of texts", field="facts")
    return Facts(facts)


def main() -> None:
    """Read the arguments, and do what they say."""
    parser = argparse.ArgumentParser(description="Do jobs on deals.")
    parser.add_argument("file", type=Path, help="of SQLite, with the deals and the jobs")
    parser.add_argument("--open", nargs=2, metavar=("ID", "NAME"), help="open a deal")
    parser.add_argument("--put", nargs=3, metavar=("ACTION", "ID", "FACTS"), help="add a job, facts as JSON")
    given = parser.parse_args()
    with closing(SQLiteStorage(given.file)) as storage, closing(Jobs(given.file)) as jobs:
        worker = Worker(jobs=jobs, storage=storage)
        if given.open:
            deal_id, name = given.open
            storage.commit(worker.process.open(id=deal_id, name=name, by="worker", at=worker.clock()).changes)
        elif given.put:
            action, deal_id, facts = given.put
            print(f"job {jobs.put(action, deal_id, json.loads(facts))}")
        else:
            print(", ".join(f"{count} {what}" for what, count in worker.work().items()) or "nothing to do")
            for number, reason in jobs.set_aside().items():
                print(f"job {number} was set aside: {reason}")


if __name__ == "__main__":
    main()
