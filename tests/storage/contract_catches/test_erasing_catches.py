"""Erasure: storages that leave something of a person, or take something of the ledger."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import attrs
import pytest
from storage.contract_catches.small import AsyncSmall, Defects, Rows, Small, named

from salesflow import Contact, Deal, EmailAddress
from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, NotFound, StorageError
from salesflow.event import Recorded
from salesflow.storage import Page, Query, Receipt
from salesflow.storage.erasure import Erasure, ErasurePlan, PersonalDataErased, planned_erasure
from salesflow.testing.storage_contract import UNIQUE

DEFECTS = Defects()


# Something is left ----------------------------------------------------------------------------------------------------


@DEFECTS.caught_by("test_what_was_personal_is_gone_from_what_is_stored")
class ErasesTheHistoryAlone(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        key = self.key(type(plan.after), plan.after.id)
        self.rows.entities[key] = attrs.evolve(self.rows.entities[key], version=plan.after.version)


@DEFECTS.caught_by(
    "test_what_was_personal_is_gone_from_the_history_and_nothing_else",
    "test_after_an_erasure_the_entity_is_still_the_fold_of_its_history",
    "test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store",
    "test_an_erasure_takes_no_position_and_adds_one",
)
class ErasesTheEntityAlone(Small):
    def rewrite_history(self, plan: ErasurePlan) -> None:
        pass


@DEFECTS.caught_by("test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store")
class KeepsTheRequests(Small):
    def content(self, changes: ChangeSet) -> object:
        return changes


@DEFECTS.caught_by("test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store")
class LeavesFreedPages(Small):
    def rewrite_history(self, plan: ErasurePlan) -> None:
        self.rows.__dict__["freed"] = list(self.rows.events)
        super().rewrite_history(plan)


@DEFECTS.caught_by("test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store")
class KeepsADigestOfTheAddress(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        super().check_unique(changes)
        for change in changes.changes:
            if isinstance(change.after, Contact) and change.after.email is not None:
                value = change.after.email.matching_key.encode()
                self.rows.__dict__.setdefault("taken", set()).add(hashlib.sha256(value).hexdigest())


@DEFECTS.caught_by("test_a_unique_key_of_who_was_erased_is_free")
class NeverFreesTheUniqueKey(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        taken = self.rows.__dict__.setdefault("taken", {})
        for change in changes.changes:
            value = self.unique(UNIQUE[0], change.after)
            if value is not None and taken.setdefault(value, change.id) != change.id:
                raise DuplicateKey("Contact", "email")


@DEFECTS.caught_by("test_who_was_erased_is_not_found_by_what_was_known_of_them")
class SearchColumnsStay(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        self.rows.__dict__.setdefault("columns", {})[plan.after.id] = plan.before
        super().rewrite_entity(plan)

    def find(self, query: Query[Any], /) -> Page[Any]:
        columns = self.rows.__dict__.get("columns", {})
        found = query.page([columns.get(one.id, one) for one in self.mine()])
        return attrs.evolve(found, items=tuple(self.get(type(one), one.id) for one in found.items))


@DEFECTS.caught_by("test_what_became_known_after_an_erasure_is_erased_by_the_next")
class ErasesOnce(Small):
    def plan(self, kind: type[Entity], id: str, *, by: str, at: datetime) -> ErasurePlan:
        plan = super().plan(kind, id, by=by, at=at)
        known = any(isinstance(one.event, PersonalDataErased) for one in self.history(kind, id))
        return attrs.evolve(plan, recorded=None) if known else plan


# Something else is gone -----------------------------------------------------------------------------------------------


@DEFECTS.caught_by("test_an_erasure_touches_nobody_else")
class ErasesWhateverHasTheId(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(plan)
        for (tenant, kind, id), entity in list(self.rows.entities.items()):
            if id == plan.after.id and not isinstance(plan.after, kind):
                self.rows.entities[tenant, kind, id] = attrs.evolve(entity, name="erased")


@DEFECTS.caught_by("test_an_erasure_touches_nobody_else", "test_an_erasure_leaves_the_rest_in_the_bytes_of_the_store")
class ErasesIdsThatBeginAlike(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(plan)
        for key, entity in list(self.rows.entities.items()):
            if isinstance(entity, Contact) and entity.id.startswith(plan.after.id[:2]):
                self.rows.entities[key] = attrs.evolve(entity, name="erased", notes="")
        self.rows.events = [one for one in self.rows.events if one[2].id == plan.after.id]


@DEFECTS.caught_by("test_totals_are_the_same_after_an_erasure")
class UnlinksTheDeals(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(plan)
        for key, entity in list(self.rows.entities.items()):
            if isinstance(entity, Deal) and entity.contact_id == plan.after.id:
                self.rows.entities[key] = attrs.evolve(entity, contact_id=None)


@DEFECTS.caught_by(
    "test_a_deal_loses_what_was_said_of_people_and_keeps_its_ledger", "test_totals_are_the_same_after_an_erasure"
)
class ErasesTheAmount(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        emptied = attrs.evolve(plan.after, amount=None) if isinstance(plan.after, Deal) else plan.after
        super().rewrite_entity(attrs.evolve(plan, after=emptied))


@DEFECTS.caught_by("test_a_deal_of_an_own_class_keeps_what_is_not_personal")
class ForgetsFieldsOfOwnClasses(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        plain = {name: 0 for name in ("seats",) if hasattr(plan.after, name)}
        super().rewrite_entity(attrs.evolve(plan, after=attrs.evolve(plan.after, **plain)))


@DEFECTS.caught_by("test_who_was_erased_can_be_worked_with_again", "test_an_erasure_says_what_it_did")
class DeletesWhoIsErased(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        del self.rows.entities[self.key(type(plan.after), plan.after.id)]

    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        return attrs.evolve(super().erase(kind, id, by=by, at=at), versions=())


@DEFECTS.caught_by("test_an_erasure_takes_no_position_and_adds_one")
class RewritesAtTheEnd(Small):
    def rewrite_history(self, plan: ErasurePlan) -> None:
        super().rewrite_history(plan)
        mine = [one for one in self.rows.events if one[2].id == plan.after.id]
        others = [one for one in self.rows.events if one[2].id != plan.after.id]
        self.rows.events = [(tenant, place, one) for place, (tenant, _, one) in enumerate([*others, *mine], 1)]


@DEFECTS.caught_by("test_an_erasure_for_one_tenant_leaves_another_as_it_was")
class ErasesForAllTenants(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        for tenant, kind, id in list(self.rows.entities):
            if id == plan.after.id and isinstance(plan.after, kind):
                self.rows.entities[tenant, kind, id] = plan.after


# How it is written ----------------------------------------------------------------------------------------------------


@DEFECTS.caught_by(
    "test_after_an_erasure_the_entity_is_still_the_fold_of_its_history",
    "test_who_read_before_an_erasure_cannot_bring_back_what_was_erased",
)
class ErasesWithoutAnEvent(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(attrs.evolve(plan, after=attrs.evolve(plan.after, version=plan.before.version)))

    def record_erasure(self, plan: ErasurePlan) -> None:
        pass


@DEFECTS.caught_by(
    "test_a_repeated_erasure_gives_the_same_result_and_writes_nothing",
    "test_a_long_random_life_with_erasures_goes_as_it_goes_in_memory",
)
class ErasesAgainAndAgain(Small):
    def plan(self, kind: type[Entity], id: str, *, by: str, at: datetime) -> ErasurePlan:
        plan = super().plan(kind, id, by=by, at=at)
        if plan.recorded is not None:
            return plan
        event = PersonalDataErased(at=at, by=by)
        after = event.apply(plan.before)
        recorded = Recorded(kind=type(after), id=id, version=after.version, event=event)
        erasure = attrs.evolve(plan.erasure, version=after.version, versions=())
        return attrs.evolve(plan, recorded=recorded, after=after, erasure=erasure)


@DEFECTS.caught_by("test_who_was_never_stored_cannot_be_erased")
class ErasesWhoIsUnknown(Small):
    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        try:
            return super().erase(kind, id, by=by, at=at)
        except NotFound:
            return Erasure(kind=kind.__name__, id=id, version=0)


@DEFECTS.caught_by("test_a_set_is_repeated_after_an_erasure_and_gets_its_first_receipt")
class ForgetsTheKeys(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(plan)
        self.rows.receipts.clear()


@DEFECTS.caught_by("test_a_key_is_not_used_for_another_content_after_an_erasure_either")
class ForgetsTheContents(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        super().rewrite_entity(plan)
        self.rows.receipts = {key: (None, receipt) for key, (_, receipt) in self.rows.receipts.items()}

    def repeated(self, changes: ChangeSet) -> Receipt | None:
        content, receipt = self.rows.receipts.get(self.request(changes), (0, None)) if changes.key else (0, None)
        return receipt if content is None else super().repeated(changes)


@DEFECTS.caught_by("test_writers_and_an_erasure_at_once_lose_nothing")
class ErasesWithoutALock(Small):
    def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        plan = planned_erasure(self.history(kind, id), by=by, at=at)
        time.sleep(0.01)
        with self.transaction():
            self.rewrite_history(plan)
            self.rewrite_entity(plan)
            self.record_erasure(plan)
        return plan.erasure


@DEFECTS.caught_by("test_who_was_erased_is_erased_when_the_store_is_opened_once_more")
class ErasesInTheProcess(Small):
    def rewrite_entity(self, plan: ErasurePlan) -> None:
        self.rows.__dict__["before"] = plan.before
        super().rewrite_entity(plan)

    def reopened(self) -> Small:
        rows, before = Rows(), self.rows.__dict__["before"]
        rows.restore(self.rows.saved())
        rows.entities[self.key(type(before), before.id)] = before
        return type(self)(rows, self.tenant)


@DEFECTS.caught_by("test_a_fault_in_any_call_of_an_erasure_leaves_it_done_or_not_begun")
class FaultLeavesHalfErased(Small):
    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock():
            saved = self.rows.saved()
            try:
                yield
            except StorageError:
                self.rows.restore(saved)
                raise


@DEFECTS.caught_by("test_a_canceled_erasure_has_erased_all_or_nothing")
class ErasesStepByStep(AsyncSmall):
    async def erase(self, kind: type[Entity], id: str, /, *, by: str, at: datetime) -> Erasure:
        plan = self.small.plan(kind, id, by=by, at=at)
        for step in (self.small.rewrite_history, self.small.rewrite_entity, self.small.record_erasure):
            await asyncio.sleep(0)
            step(plan)
        return plan.erasure


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)


# What is given to the contract ----------------------------------------------------------------------------------------


def test_bytes_that_do_not_show_what_is_stored_prove_nothing() -> None:
    promise = "test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store"
    DEFECTS.expect_caught(Small, promise, stored_bytes=lambda storage: b"")


def test_an_address_is_personal_in_whatever_form_it_lies_there() -> None:
    class KeepsTheMatchingForm(Small):
        def copies(self) -> object:
            return EmailAddress("Zelda@Quint.example").matching_key.encode("utf-16-le")

    promise = "test_nothing_of_who_was_erased_is_found_in_the_bytes_of_the_store"
    DEFECTS.expect_caught(KeepsTheMatchingForm, promise)
