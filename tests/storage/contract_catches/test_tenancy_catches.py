"""Tenants: storages that forget the filter somewhere."""

from __future__ import annotations

from typing import Any

import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import ChangeSet
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey
from salesflow.storage import Page, Query
from salesflow.testing.storage_contract import UNIQUE

DEFECTS = Defects()


@DEFECTS.caught_by(
    "test_a_tenant_does_not_get_what_another_wrote",
    "test_a_tenant_does_not_find_what_another_wrote",
    "test_two_tenants_may_give_one_id",
)
class NoTenantFilter(Small):
    def key(self, kind: type[Entity], id: str) -> tuple[str, type, str]:
        return "", kind.root(), id

    def mine(self) -> list[Entity]:
        return list(self.rows.entities.values())


@DEFECTS.caught_by("test_a_tenant_does_not_find_what_another_wrote")
class FindsForAllTenants(Small):
    def mine(self) -> list[Entity]:
        return list(self.rows.entities.values())

    def check_unique(self, changes: ChangeSet) -> None:
        pass


@DEFECTS.caught_by(
    "test_an_idempotency_key_belongs_to_its_tenant", "test_the_same_set_under_the_same_key_is_written_for_each_tenant"
)
class KeysOfAllTenants(Small):
    def request(self, changes: ChangeSet) -> tuple[str, str]:
        return "", changes.key or ""


@DEFECTS.caught_by("test_a_unique_key_is_taken_for_its_tenant_alone")
class UniqueForAllTenants(Small):
    def check_unique(self, changes: ChangeSet) -> None:
        every = self.rows.entities | {self.key(one.kind, one.id): one.after for one in changes.changes}
        taken = [key for one in every.values() if (key := self.unique(UNIQUE[0], one)) is not None]
        if len(taken) != len(set(taken)):
            raise DuplicateKey("Contact", "email")


@DEFECTS.caught_by("test_each_tenant_has_a_journal_of_its_own")
class OneJournalForAllTenants(Small):
    def number(self) -> int:
        return 1 + len(self.rows.events)


@DEFECTS.caught_by("test_tenants_whose_names_differ_in_case_are_two")
class TenantsIgnoreCase(Small):
    def for_tenant(self, tenant: str, /) -> Small:
        return super().for_tenant(tenant.lower())


@DEFECTS.caught_by("test_a_cursor_of_one_tenant_shows_another_nothing_of_it")
class PagesOnForWhoeverBegan(Small):
    def find(self, query: Query[Any], /) -> Page[Any]:
        begun = self.rows.__dict__.setdefault("begun", {})
        if query.cursor is not None:
            return Small(self.rows, begun[query.cursor]).find(query)
        page = super().find(query)
        begun[page.cursor] = self.tenant
        return page


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
