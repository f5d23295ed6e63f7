"""Queries: the right ones, in order, and each once however many pages it takes and whoever writes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import date, timedelta, timezone
from typing import TypeVar

from salesflow.changes import ChangeSet
from salesflow.deal.deal import Deal
from salesflow.entity import Entity
from salesflow.errors import InvalidValue
from salesflow.people.contact import Contact
from salesflow.people.organization import Organization
from salesflow.storage.protocols import Storage
from salesflow.storage.query import Criterion, Query, between, eq, is_null, not_null, one_of
from salesflow.testing.storage_contract.ability import Ability, needs
from salesflow.testing.storage_contract.expecting import ContractBroken, expect, expect_same
from salesflow.testing.storage_contract.racing import at_once
from salesflow.testing.storage_contract.samples import (
    NOW,
    SeatsDeal,
    a_contact,
    a_long_deal,
    a_sale,
    added,
    an_organization,
    an_own_deal,
    work_on,
)
from salesflow.values.money import Money

E = TypeVar("E", bound=Entity)

__all__ = ["Finding", "all_pages"]


def all_pages(store: Storage, query: Query[E], *, between_pages: Callable[[], object] = bool) -> list[E]:
    """What all pages of a query hold together.

    Args:
        store: the storage.
        query: the query, without a cursor.
        between_pages: what is done after each page.
    """
    found: list[E] = []
    page = store.find(query)
    for _ in range(1_000):
        expect(len(page.items) <= query.limit, "a page holds no more than was asked for", found=len(page.items))
        found += page.items
        if page.cursor is None:
            return found
        between_pages()
        page = store.find(query.next(page.cursor))
    raise ContractBroken("a query has a last page")


def _ids(store: Storage, *where: Criterion, order: Iterable[str] = ()) -> list[str]:
    return [deal.id for deal in store.find(Query(Deal, where=where, order=order)).items]


def _store_four(store: Storage) -> None:
    """Four deals: ten, thirty and no euros, and one of which nothing is known."""
    euros = [Money(amount, "EUR") for amount in ("10", "30", "0")]
    known = [
        a_sale("D-1", owner="noa", amount=euros[0], expected_close=date(2026, 12, 1)),
        a_sale("D-2", owner="dan", amount=euros[1], expected_close=date(2026, 12, 2), at=NOW + timedelta(hours=1)),
        a_sale("D-3", owner="noa", amount=euros[2], expected_close=date(2026, 12, 3), at=NOW + timedelta(hours=2)),
        a_sale("D-4", at=NOW + timedelta(hours=3)),
    ]
    store.commit(ChangeSet.of(*(sale.changes for sale in known)))


def _many(first: int, count: int) -> ChangeSet:
    return ChangeSet.of(*(added(a_contact(f"C-{number:03}", owner="noa")) for number in range(first, first + count)))


class Finding:
    """Queries and pages."""

    def test_an_empty_storage_finds_nothing(self, store: Storage) -> None:
        page = store.find(Query(Deal))
        expect_same((page.items, page.cursor), ((), None))

    def test_what_is_found_is_what_was_written(self, store: Storage) -> None:
        changes = a_long_deal().changes
        store.commit(changes)
        expect_same(store.find(Query(Deal)).items, (changes.changes[0].after,))

    def test_a_query_finds_its_kind_alone(self, store: Storage) -> None:
        store.commit(added(a_contact("X-1")) | added(an_organization("X-2")))
        expect_same([one.id for one in store.find(Query(Organization)).items], ["X-2"])

    def test_a_query_finds_what_is_stored_now(self, store: Storage) -> None:
        _store_four(store)
        sale = work_on(store.get(Deal, "D-1"))
        sale.update(owner="dan")
        store.commit(sale.changes)
        expect_same(_ids(store, eq("owner", "dan")), ["D-1", "D-2"])

    def test_a_field_equals_a_value(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, eq("owner", "noa")), ["D-1", "D-3"])

    def test_text_equals_no_text_in_another_case(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, eq("owner", "NOA")), [])

    def test_all_criteria_must_hold(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, eq("owner", "noa"), eq("amount", Money("10", "EUR"))), ["D-1"])

    def test_a_field_has_one_of_several_values(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, one_of("owner", ["dan", "eve"])), ["D-2"])

    def test_no_field_has_one_of_no_values(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, one_of("owner", [])), [])

    def test_a_range_of_amounts_holds_its_start_and_not_its_end(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, between("amount", Money("10", "EUR"), Money("30", "EUR"))), ["D-1"])

    def test_a_range_of_amounts_is_in_one_currency(self, store: Storage) -> None:
        store.commit(
            a_sale("D-1", amount=Money("20", "EUR")).changes | a_sale("D-2", amount=Money("20", "USD")).changes
        )
        expect_same(_ids(store, between("amount", Money("10", "EUR"), Money("30", "EUR"))), ["D-1"])

    def test_a_range_of_days_may_be_open_at_one_end(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, between("expected_close", date(2026, 12, 2))), ["D-2", "D-3"])
        expect_same(_ids(store, between("expected_close", None, date(2026, 12, 2))), ["D-1"])

    def test_moments_are_compared_by_the_time_and_not_by_the_clock_on_the_wall(self, store: Storage) -> None:
        east = timezone(timedelta(hours=9))
        store.commit(a_sale("D-1", at=NOW.astimezone(east)).changes)
        store.commit(a_sale("D-2", at=NOW + timedelta(hours=1)).changes)
        expect_same(_ids(store, between("opened_at", NOW, NOW + timedelta(microseconds=1))), ["D-1"])
        expect_same(_ids(store, order=["opened_at"]), ["D-1", "D-2"])

    def test_a_microsecond_decides_whether_a_moment_lies_in_a_range(self, store: Storage) -> None:
        store.commit(a_sale("D-1", at=NOW.replace(microsecond=1)).changes)
        expect_same(_ids(store, between("opened_at", NOW, NOW.replace(microsecond=1))), [])
        expect_same(_ids(store, between("opened_at", NOW.replace(microsecond=1))), ["D-1"])

    def test_what_is_not_known_is_asked_for(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, is_null("amount")), ["D-4"])
        expect_same(_ids(store, not_null("amount")), ["D-1", "D-2", "D-3"])

    def test_an_amount_of_zero_is_found_as_zero(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, eq("amount", Money("0", "EUR"))), ["D-3"])

    def test_a_query_is_never_taken_for_more_than_a_value(self, store: Storage) -> None:
        _store_four(store)
        for hostile in ("' OR '1'='1", "%", "n_a", "noa' --", "noa\\", "*"):
            expect_same(_ids(store, eq("owner", hostile)), [])

    def test_a_value_that_cannot_be_stored_is_found_nowhere(self, store: Storage) -> None:
        store.commit(added(an_organization(employees=40, owner="noa")))
        hostile: list[Callable[[], Criterion]] = [
            lambda: eq("employees", 2**63),
            lambda: one_of("employees", [2**70, -(2**70)]),
            lambda: between("employees", 2**70),
            lambda: eq("owner", "noa\x00"),
            lambda: eq("owner", "noa\ud800"),
        ]
        for criterion in hostile:
            try:
                found = store.find(Query(Organization, where=[criterion()])).items
            except InvalidValue:
                continue
            expect_same(found, (), "what cannot be stored is found nowhere, or refused as a value")

    def test_numbers_are_ordered_as_numbers(self, store: Storage) -> None:
        for each, amount in (("D-1", "100"), ("D-2", "9.5"), ("D-3", "-1"), ("D-4", "10")):
            store.commit(a_sale(each, amount=Money(amount, "EUR")).changes)
        expect_same(_ids(store, order=["amount"]), ["D-3", "D-2", "D-4", "D-1"])

    def test_what_is_not_known_comes_last_in_either_order(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, order=["amount"]), ["D-3", "D-1", "D-2", "D-4"])
        expect_same(_ids(store, order=["-amount"]), ["D-2", "D-1", "D-3", "D-4"])

    def test_the_id_decides_between_equals(self, store: Storage) -> None:
        for each in ("D-3", "D-1", "D-2"):
            store.commit(a_sale(each, owner="noa").changes)
        expect_same(_ids(store, order=["owner"]), ["D-1", "D-2", "D-3"])

    def test_two_orders_decide_one_after_the_other(self, store: Storage) -> None:
        _store_four(store)
        expect_same(_ids(store, order=["owner", "-amount"]), ["D-2", "D-1", "D-3", "D-4"])

    def test_pages_give_each_once_and_in_order(self, store: Storage) -> None:
        store.commit(_many(0, 25))
        found = all_pages(store, Query(Contact, order=["owner"], limit=7))
        expect_same([contact.id for contact in found], [f"C-{number:03}" for number in range(25)])

    def test_pages_go_on_through_what_is_not_known(self, store: Storage) -> None:
        _store_four(store)
        for order in (["amount"], ["-amount"], ["-owner", "expected_close"]):
            found = all_pages(store, Query(Deal, order=order, limit=1))
            expect_same([deal.id for deal in found], _ids(store, order=order))

    def test_the_last_page_has_no_cursor_even_when_it_is_full(self, store: Storage) -> None:
        store.commit(_many(0, 4))
        second = store.find(Query(Contact, limit=2).next(store.find(Query(Contact, limit=2)).cursor))
        expect_same((len(second.items), second.cursor), (2, None))

    def test_pages_pass_over_nothing_when_others_come_in_before_them(self, store: Storage) -> None:
        store.commit(_many(100, 6))
        query = Query(Contact, limit=3)
        first = store.find(query)
        store.commit(_many(0, 3))
        second = store.find(query.next(first.cursor))
        ids = [contact.id for contact in (*first.items, *second.items)]
        expect_same(ids, [f"C-{number}" for number in range(100, 106)], "nothing comes twice and nothing is left out")

    def test_pages_under_writers_give_everything_that_was_there_exactly_once(self, store: Storage) -> None:
        there = {f"C-{number:03}" for number in range(0, 40, 2)}
        store.commit(ChangeSet.of(*(added(a_contact(each)) for each in sorted(there))))
        done, page_read = threading.Event(), threading.Semaphore(0)

        def write() -> None:
            try:
                for number in range(1, 40, 2):
                    page_read.acquire(timeout=0.1)  # so that writes come between pages, however fast both are
                    store.commit(added(a_contact(f"C-{number:03}")))
            finally:
                done.set()

        def read() -> bool:
            kept = True
            while kept and not done.is_set():
                found = all_pages(store, Query(Contact, limit=3), between_pages=page_read.release)
                ids = [contact.id for contact in found]
                kept = len(ids) == len(set(ids)) and there <= set(ids) and ids == sorted(ids)
            return kept

        expect_same(at_once(write, read, read), [None, True, True], "nothing comes twice and nothing is left out")

    @needs(Ability.OWN_KINDS)
    def test_a_query_finds_deals_of_own_classes_too(self, store: Storage) -> None:
        store.commit(a_sale("D-1").changes | an_own_deal("D-2"))
        expect_same(_ids(store), ["D-1", "D-2"])

    @needs(Ability.OWN_KINDS)
    def test_a_query_for_an_own_class_finds_no_others(self, store: Storage) -> None:
        store.commit(a_sale("D-1").changes | an_own_deal("D-2"))
        expect_same([deal.id for deal in store.find(Query(SeatsDeal, where=[eq("seats", 40)])).items], ["D-2"])
