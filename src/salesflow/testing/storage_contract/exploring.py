"""Long random lives: Hypothesis writes to a storage and to the one in memory, and both must say and hold the same."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, cast

from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import NotFound, StorageError
from salesflow.people.contact import Contact
from salesflow.storage.erasure import Erasure
from salesflow.storage.memory import MemoryStorage
from salesflow.storage.protocols import Eraser, Storage
from salesflow.storage.query import Query, eq
from salesflow.storage.receipt import Receipt
from salesflow.testing.storage_contract.ability import Ability, needs, needs_installed
from salesflow.testing.storage_contract.expecting import expect, expect_same
from salesflow.testing.storage_contract.samples import NOW, a_contact, added, updated

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine

__all__ = ["Exploring"]


class Exploring:
    """Whatever is done to it in whatever order, a storage does as the one in memory does."""

    @needs_installed("hypothesis")
    def test_a_long_random_life_goes_as_it_goes_in_memory(self, store: Storage) -> None:
        _live(store, lives=25, erasing=False)

    @needs(Ability.ERASURE)
    @needs_installed("hypothesis")
    def test_a_long_random_life_with_erasures_goes_as_it_goes_in_memory(self, store: Storage) -> None:
        _live(store, lives=10, erasing=True)


def _live(store: Storage, *, lives: int, erasing: bool) -> None:
    """Run random lives, and check that they were long enough to say something."""
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    reached: set[int] = set()
    run_state_machine_as_test(
        _machine(store, reached, erasing=erasing),
        settings=settings(
            max_examples=lives,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
    expect(max(reached) >= 4, "the lives are long enough to say something", found=reached)


class _Life:
    """One life: the storage, the one in memory, and what was read of both."""

    def __init__(self, store: Storage, run: int, reached: set[int]) -> None:
        self.reached = reached
        self.store = store
        self.run = run
        self.model = MemoryStorage()
        self.seen: dict[str, list[Contact]] = {}
        self.last: ChangeSet | None = None

    def id(self, number: int) -> str:
        """An id of this life alone, for the store is the same for all."""
        return f"L-{self.run}-{number}"

    def commit(self, changes: ChangeSet) -> None:
        """Commit to both; both must answer alike."""
        self.last = changes
        expect_same(_answer(self.store, changes), _answer(self.model, changes), "both storages answer alike")

    def erase(self, number: int) -> None:
        """Erase in both; both must answer alike."""
        answers = [_erasure(cast("Eraser", one), self.id(number)) for one in (self.store, self.model)]
        expect_same(answers[0], answers[1], "both storages answer alike")

    def draft(self, number: int, owner: str) -> Change[Entity]:
        """The change that adds a contact."""
        contact = a_contact(self.id(number), owner=f"{owner} {self.run}")
        return added(contact).changes[0]

    def update(self, number: int, owner: str, age: int) -> Change[Entity] | None:
        """The change that gives a contact another owner, decided on the latest version or an older one."""
        versions = self.seen.get(self.id(number), [])
        if not versions:
            return None
        read = versions[max(0, len(versions) - 1 - age)]
        return updated(read, owner=f"{owner} {self.run}").changes[0]

    def look(self) -> None:
        """Compare all that both hold."""
        for number in range(2):
            stored = _read(self.store, self.id(number))
            expect_same(stored, _read(self.model, self.id(number)), "both storages hold the same")
            if stored is not None and stored not in self.seen.setdefault(stored.id, []):
                histories = [tuple(one.history(Contact, stored.id)) for one in (self.store, self.model)]
                expect_same(histories[0], histories[1], "both storages hold the same")
                expect_same(len(histories[0]), stored.version, "each event raises the version by one")
                self.seen[stored.id].append(stored)
                self.reached.add(stored.version)
        for owner in ("noa", "dan"):
            query = Query(Contact, where=[eq("owner", f"{owner} {self.run}")], limit=2)
            expect_same(self.store.find(query).items, self.model.find(query).items, "both storages find the same")


def _answer(storage: Storage, changes: ChangeSet) -> Receipt | type[StorageError]:
    try:
        return storage.commit(changes)
    except StorageError as error:
        return type(error)


def _erasure(storage: Eraser, id: str) -> Erasure | type[StorageError]:
    try:
        return storage.erase(Contact, id, by="noa", at=NOW)
    except StorageError as error:
        return type(error)


def _read(storage: Storage, id: str) -> Contact | None:
    try:
        return storage.get(Contact, id)
    except NotFound:
        return None


def _machine(store: Storage, reached: set[int], *, erasing: bool) -> type[RuleBasedStateMachine]:
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

    runs = count()
    numbers, owners, ages = st.integers(0, 1), st.sampled_from(["noa", "dan"]), st.sampled_from([0, 0, 0, 1])
    keys = st.sampled_from([None, None, None, "a", "A", "b"])

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.life = _Life(store, next(runs), reached)

        def _commit(self, changes: list[Change[Entity] | None], key: str | None) -> None:
            given = [change for change in changes if change is not None]
            self.life.commit(ChangeSet(given, key=key and f"{key} {self.life.run}"))

        @rule(number=numbers, owner=owners, key=keys)
        def add(self, number: int, owner: str, key: str | None) -> None:
            self._commit([self.life.draft(number, owner)], key)

        @rule(number=numbers, owner=owners, age=ages, key=keys)
        def update(self, number: int, owner: str, age: int, key: str | None) -> None:
            self._commit([self.life.update(number, owner, age)], key)

        @rule(number=numbers, owner=owners, age=ages, key=keys)
        def add_and_update(self, number: int, owner: str, age: int, key: str | None) -> None:
            self._commit([self.life.draft(number, owner), self.life.update(1 - number, owner, age)], key)

        @rule()
        def repeat(self) -> None:
            if self.life.last is not None:
                self.life.commit(self.life.last)

        @precondition(lambda _machine: erasing)
        @rule(number=numbers)
        def erase(self, number: int) -> None:
            self.life.erase(number)

        @invariant()
        def both_hold_the_same(self) -> None:
            self.life.look()

    return Life
