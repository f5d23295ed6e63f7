"""What keeps the contract: the small storage, and whatever else a storage may do; and how values are compared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import attrs
import pytest
from storage.contract_catches.small import ALL, AsyncSmall, Small, arm, ran
from storage.contract_catches.test_writing_catches import NoRollback

from salesflow import Deal, InvalidValue, MissingExtra
from salesflow.changes import Change, ChangeSet
from salesflow.entity import Entity
from salesflow.errors import StaleVersion
from salesflow.storage import Page, Query, Receipt
from salesflow.testing import storage_contract
from salesflow.testing.storage_contract import (
    AsyncStorageContract,
    ContractBroken,
    LoopThread,
    Outcome,
    StorageContract,
)
from salesflow.testing.storage_contract.expecting import difference, expect
from salesflow.testing.storage_contract.finding import all_pages
from salesflow.testing.storage_contract.racing import retried
from salesflow.testing.storage_contract.samples import NOW, a_contact, a_sale

FAULT_TESTS = (
    "test_a_fault_in_any_call_leaves_all_of_a_set_or_nothing",
    "test_after_a_fault_the_set_can_be_repeated_and_lands_once",
)
LAST_MOMENT = "test_the_last_moment_of_the_calendar_is_kept"


class TestSmallStorage(StorageContract):
    abilities: ClassVar = ALL

    @pytest.fixture
    def storage(self) -> Small:
        return Small()

    @pytest.fixture
    def reopen(self, storage: Small) -> Callable[[], Small]:
        return storage.reopened

    @pytest.fixture
    def arm_fault(self, storage: Small) -> Callable[[int], Callable[[], bool]]:
        return lambda number: arm(storage, number)

    @pytest.fixture
    def stored_bytes(self, storage: Small) -> Callable[[], bytes]:
        return storage.stored_bytes


class TestAsyncSmallStorage(AsyncStorageContract):
    abilities: ClassVar = ALL

    @pytest.fixture
    def storage(self, loop: LoopThread) -> AsyncSmall:
        async def opened() -> AsyncSmall:
            return AsyncSmall()

        return loop.run(opened())

    @pytest.fixture
    def reopen(self, storage: AsyncSmall) -> Callable[[], AsyncSmall]:
        return storage.reopened

    @pytest.fixture
    def arm_fault(self, storage: AsyncSmall) -> Callable[[int], Callable[[], bool]]:
        return lambda number: arm(storage, number)

    @pytest.fixture
    def stored_bytes(self, storage: AsyncSmall) -> Callable[[], bytes]:
        return storage.stored_bytes


# What a storage may do without breaking the contract ------------------------------------------------------------------


def test_a_storage_may_refuse_the_last_moment_of_the_calendar_before_it_writes() -> None:
    class UpToYear9998(Small):
        def check(self, change: Change[Entity]) -> None:
            if change.events[0].at.year == 9999:
                raise InvalidValue("years up to 9998", field="at")

    assert ran(UpToYear9998, only={LAST_MOMENT})[LAST_MOMENT].outcome is Outcome.KEPT


def test_a_storage_may_not_write_the_last_moment_of_the_calendar_and_then_refuse_it() -> None:
    class TooLate(NoRollback):
        def remember(self, changes: ChangeSet) -> Receipt:
            raise InvalidValue("years up to 9998", field="at")

    assert ran(TooLate, only={LAST_MOMENT})[LAST_MOMENT].outcome is Outcome.BROKEN


@pytest.mark.parametrize(("storage", "outcome"), [(Small, Outcome.KEPT), (NoRollback, Outcome.BROKEN)])
def test_a_storage_may_refuse_what_it_cannot_store_if_nothing_of_the_set_lands(
    storage: type[Small], outcome: Outcome
) -> None:
    class Picky(storage):  # type: ignore[misc, valid-type]
        def kept(self, value: Any) -> Any:
            if hasattr(value, "thing"):
                raise TypeError("no form for it")
            return value

    test = "test_a_set_with_something_that_cannot_be_stored_lands_whole_or_not_at_all"
    assert ran(Picky, only={test})[test].outcome is outcome


def test_a_commit_may_take_more_steps_than_are_canceled() -> None:
    class Patient(AsyncSmall):
        async def commit(self, changes: ChangeSet, /) -> Receipt:
            for _ in range(40):
                await asyncio.sleep(0)
            return self.small.commit(changes)

    tests = {
        "test_a_canceled_commit_has_written_all_or_nothing",
        "test_a_canceled_commit_can_be_repeated_and_lands_once",
    }
    assert {ran(Patient, only=tests)[test].outcome for test in tests} == {Outcome.KEPT}


@pytest.mark.parametrize("test", FAULT_TESTS)
def test_faults_that_never_end_are_told(test: str) -> None:
    endless = ran(Small, only={test}, arm_fault=lambda storage, number: lambda: True)[test]
    assert endless.why == "a commit makes fewer than 500 calls"


def test_a_failure_that_no_fault_explains_is_told() -> None:
    class Failing(Small):
        def commit(self, changes: ChangeSet, /) -> Receipt:
            raise OSError("no space left")

    assert ran(Failing, only={FAULT_TESTS[0]})[FAULT_TESTS[0]].why == "OSError: no space left"


# Comparing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (1, True),
        (Decimal("0.5"), Decimal("0.50")),
        ([1], (1,)),
        ({"a": 1}, {"a": 2}),
        ((1, 2), (1, 2, 3)),
        (a_contact(notes="one"), a_contact(notes="two")),
        (NOW, NOW.replace(tzinfo=ZoneInfo("UTC"))),
    ],
)
def test_what_equals_is_not_always_the_same(read: object, written: object) -> None:
    assert difference(read, written) is not None


def test_the_first_difference_is_named_by_its_place() -> None:
    assert difference((a_contact(likes=("tea",)),), (a_contact(likes=("coffee",)),)) == (
        "it[0].likes[0] was coffee and is tea"
    )


def test_a_broken_promise_is_a_failed_assertion() -> None:
    with pytest.raises(ContractBroken, match=r"a rule; found 5"):
        expect(False, "a rule", found=5)
    with pytest.raises(AssertionError, match=r"^a rule$"):
        expect(False, "a rule")


def test_the_pages_of_a_storage_must_end() -> None:
    class Endless(Small):
        def find(self, query: Query[Any], /) -> Page[Any]:
            return Page(items=(), cursor=attrs.evolve(query, cursor=None).cursor_after(a_sale().deal))

    with pytest.raises(ContractBroken, match="last page"):
        all_pages(Endless(), Query(Deal))


def test_who_never_gets_through_is_told() -> None:
    def stale() -> None:
        raise StaleVersion("Contact", "C-1", expected=1)

    with pytest.raises(ContractBroken, match="in the end"):
        retried(stale)


# Under pytest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", [StorageContract, AsyncStorageContract])
@pytest.mark.parametrize("name", ["storage", "reopen", "arm_fault", "stored_bytes", "opener"])
def test_what_was_not_overridden_says_how_to(contract: type[Any], name: str) -> None:
    fixture = getattr(contract, name)
    with pytest.raises(NotImplementedError, match="override"):
        fixture.__wrapped__(contract()) if hasattr(fixture, "__wrapped__") else fixture._get_wrapped_function()(
            contract()
        )


def test_without_pytest_the_contract_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(storage_contract), "StorageContract", raising=False)
    monkeypatch.setattr(storage_contract, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"salesflow\[testing\]"):
        storage_contract.StorageContract


def test_a_name_that_the_contract_does_not_have_is_no_name_of_it() -> None:
    with pytest.raises(AttributeError, match="Contarct"):
        storage_contract.Contarct
