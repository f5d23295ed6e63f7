"""What holds when many write at once. Every race is run by eight threads that start together.

The promise is a compare-and-set on the version; a storage that reads the version first and writes afterwards without
holding anything between the two keeps it only as long as nobody else writes.
"""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from salesflow.changes import ChangeSet
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion, StorageError
from salesflow.people.contact import Contact
from salesflow.people.organization import Organization
from salesflow.storage.protocols import Storage
from salesflow.storage.query import Query
from salesflow.storage.receipt import Receipt
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import ContractBroken, expect, expect_same
from salesflow.testing.storage_contract.samples import a_contact, added, an_organization, updated

__all__ = ["Racing", "at_once", "retried"]

WRITERS = 8
"""How many write at once."""

_ROUNDS = 5
_SECONDS = 60.0


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs in threads that start together.

    Returns:
        What each gave back, in the order of the jobs, or the error that it raised.

    Raises:
        ContractBroken: one of them did not come back within a minute.
    """
    start, results = threading.Barrier(len(jobs)), [object()] * len(jobs)

    def run(place: int, job: Callable[[], object]) -> None:
        start.wait(_SECONDS)
        try:
            results[place] = job()
        except Exception as error:
            results[place] = error

    threads = [
        threading.Thread(target=run, args=(place, job), daemon=True, name=f"writer {place}")
        for place, job in enumerate(jobs)
    ]
    with _often_switched():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_SECONDS)
    expect(not any(thread.is_alive() for thread in threads), "nobody waits for ever, whoever else writes")
    return results


@contextmanager
def _often_switched() -> Iterator[None]:
    """Let threads take turns as often as possible, so that a race is found soon."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def retried(work: Callable[[], object]) -> None:
    """Do a unit of work, and do it again when somebody else was faster, as a host does."""
    for _ in range(10_000):
        try:
            work()
        except StaleVersion:
            continue
        return
    raise ContractBroken("who reads again and decides again gets through in the end")


def winners(results: list[object], *refusals: type[StorageError]) -> list[Receipt]:
    """The receipts among the results; all others must be one of these refusals."""
    won = [result for result in results if isinstance(result, Receipt)]
    strange = Counter(type(one).__name__ for one in results if not isinstance(one, (Receipt, *refusals)))
    names = " or ".join(kind.__name__ for kind in refusals)
    expect(not strange, f"who comes too late is refused with {names}", found=dict(strange))
    return won


def committing(store: Storage, changes: ChangeSet) -> Callable[[], Receipt]:
    """The job of committing a set."""
    return lambda: store.commit(changes)


class Racing:
    """Many write at once."""

    def test_of_eight_writers_from_one_version_one_wins(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        for _ in range(_ROUNDS):
            read = store.get(Contact, "C-1")
            sets = [updated(read, owner=f"writer {number}") for number in range(WRITERS)]
            won = winners(at_once(*(committing(store, changes) for changes in sets)), StaleVersion)
            expect_same(len(won), 1, "of eight writers from one version one wins")
            expect_same(store.get(Contact, "C-1").version, read.version + 1)

    def test_the_one_who_wins_is_the_one_whose_change_is_stored(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        for _ in range(_ROUNDS):
            read = store.get(Contact, "C-1")
            sets = [updated(read, owner=f"writer {number}") for number in range(WRITERS)]
            results = at_once(*(committing(store, changes) for changes in sets))
            won = [changes for changes, result in zip(sets, results, strict=True) if isinstance(result, Receipt)]
            expect_same([one.changes[0].after for one in won], [store.get(Contact, "C-1")])
            expect_same(store.history(Contact, "C-1")[-1].event, won[0].events[0])

    def test_of_eight_who_give_one_id_one_wins(self, store: Storage) -> None:
        for number in range(_ROUNDS):
            sets = [added(a_contact(f"C-{number}", name=f"Writer {one}")) for one in range(WRITERS)]
            won = winners(at_once(*(committing(store, changes) for changes in sets)), DuplicateKey)
            expect_same(len(won), 1, "an id is given once")
            expect_same(len(store.history(Contact, f"C-{number}")), 1)

    def test_who_reads_decides_and_retries_loses_no_update(self, store: Storage) -> None:
        store.commit(added(an_organization(employees=0)))

        def hire() -> None:
            read = store.get(Organization, "O-1")
            store.commit(updated(read, employees=(read.employees or 0) + 1))

        def hire_five() -> None:
            for _ in range(5):
                retried(hire)

        results = at_once(*[hire_five] * WRITERS)
        expect_same(results, [None] * WRITERS, "who retries gets through")
        expect_same(store.get(Organization, "O-1").employees, 5 * WRITERS, "no update is lost")
        expect_same(len(store.history(Organization, "O-1")), 5 * WRITERS + 1)

    def test_sets_that_overlap_in_opposite_order_all_get_through(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1")) | added(a_contact("C-2")))

        def change_both(first: str, second: str) -> None:
            one, other = store.get(Contact, first), store.get(Contact, second)
            store.commit(updated(one, owner="dan") | updated(other, owner="dan"))

        def there() -> None:
            retried(lambda: change_both("C-1", "C-2"))

        def back() -> None:
            retried(lambda: change_both("C-2", "C-1"))

        results = at_once(*[there, back] * (WRITERS // 2))
        expect_same(results, [None] * WRITERS, "nobody is left waiting")
        versions = [store.get(Contact, each).version for each in ("C-1", "C-2")]
        expect_same(versions, [WRITERS + 1] * 2, "a set lands whole")

    def test_a_page_never_shows_half_of_a_set(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", owner="0")) | added(a_contact("C-2", owner="0")))
        done = threading.Event()

        def write() -> None:
            try:
                for number in range(1, 30):
                    both = [store.get(Contact, each) for each in ("C-1", "C-2")]
                    store.commit(ChangeSet.of(*(updated(one, owner=str(number)) for one in both)))
            finally:
                done.set()

        def read() -> set[int]:
            seen: set[int] = set()
            while not done.is_set():
                seen.add(len({contact.owner for contact in store.find(Query(Contact)).items}))
            return seen

        written, *seen = at_once(write, read, read)
        expect_same(written, None, "who alone writes is never refused")
        expect(all(one in ({1}, set()) for one in seen), "a page never shows half of a set", found=seen)

    def test_a_page_in_an_order_never_shows_half_of_a_set(self, store: Storage) -> None:
        store.commit(added(a_contact("C-1", owner="dan")) | added(a_contact("C-2", owner=None)))
        done = threading.Event()

        def swap() -> None:
            try:
                for _ in range(30):
                    both = [store.get(Contact, each) for each in ("C-1", "C-2")]
                    store.commit(ChangeSet.of(*(updated(one, owner=None if one.owner else "dan") for one in both)))
            finally:
                done.set()

        def read() -> set[tuple[str | None, ...]]:
            seen: set[tuple[str | None, ...]] = set()
            while not done.is_set():
                items = store.find(Query(Contact, order=["owner"])).items
                seen.add((*sorted(one.id for one in items), *(one.owner for one in items)))
            return seen

        written, *seen = at_once(swap, read, read)
        expect_same(written, None, "who alone writes is never refused")
        expect(
            all(one in ({("C-1", "C-2", "dan", None)}, set()) for one in seen),
            "a page never shows half of a set, in whatever order it is read",
            found=seen,
        )

    def test_a_history_is_never_shorter_than_the_version_that_was_read_before(self, store: Storage) -> None:
        store.commit(added(a_contact()))
        done = threading.Event()

        def write() -> None:
            try:
                for number in range(30):
                    store.commit(updated(store.get(Contact, "C-1"), owner=str(number)))
            finally:
                done.set()

        def read() -> int:
            short = 0
            while not done.is_set():
                version = store.get(Contact, "C-1").version
                short += len(store.history(Contact, "C-1")) < version
            return short

        expect_same(at_once(write, read, read), [None, 0, 0], "entities and events land together")

    def test_a_set_that_is_repeated_at_once_is_written_once(self, store: Storage) -> None:
        for number in range(_ROUNDS):
            changes = added(a_contact(f"C-{number}")).with_key(f"request {number}")
            results = at_once(*[committing(store, changes)] * WRITERS)
            expect_same(len(winners(results)), WRITERS, "who repeats a set gets its receipt")
            expect(len(set(results)) == 1, "who repeats a set gets the first receipt")
            expect_same(len(store.history(Contact, f"C-{number}")), 1)

    def test_of_eight_contents_under_one_key_one_wins(self, store: Storage) -> None:
        for number in range(_ROUNDS):
            ids = [f"C-{number}-{writer}" for writer in range(WRITERS)]
            jobs = [committing(store, added(a_contact(each)).with_key(f"request {number}")) for each in ids]
            expect_same(len(winners(at_once(*jobs), KeyReused)), 1, "a key has one content")
            expect_same(sum(_is_stored(store, each) for each in ids), 1, "a key has one content")

    @needs(Ability.UNIQUE_KEYS)
    def test_of_eight_who_take_a_unique_key_one_wins(self, store: Storage) -> None:
        for number in range(_ROUNDS):
            ids = [f"C-{number}-{writer}" for writer in range(WRITERS)]
            address = f"desk{number}@acme.example"
            jobs = [committing(store, added(a_contact(each, email=address))) for each in ids]
            expect_same(len(winners(at_once(*jobs), DuplicateKey)), 1, "a unique key is taken once")
            expect_same(sum(_is_stored(store, each) for each in ids), 1, "a unique key is taken once")


def _is_stored(store: Storage, id: str) -> bool:
    try:
        store.get(Contact, id)
    except NotFound:
        return False
    return True
