"""The storage in memory keeps what ``commit`` promises."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import attrs
import pytest
from walks import NOW, a_sale, qualify, sale_in, walk

from salesflow import (
    Change,
    ChangeSet,
    Contact,
    Deal,
    DealOpened,
    DuplicateKey,
    InvalidValue,
    KeyReused,
    MemoryStorage,
    NotFound,
    StaleVersion,
    fold,
)
from salesflow.people.contact import ContactUpdated
from salesflow.standard import StandardProcess
from salesflow.storage import Receipt
from salesflow.testing.storage_contract.samples import a_contact, added, change


@attrs.frozen(kw_only=True)
class SeatDeal(Deal):
    seats: int = 0


def work_on(deal: Deal, **facts: Any) -> Any:
    return StandardProcess().work_on(deal, **{"by": "noa", "at": NOW + timedelta(days=1), **facts})


@pytest.fixture
def storage() -> MemoryStorage:
    stored = MemoryStorage()
    stored.commit(a_sale().changes)
    return stored


def snapshot(storage: MemoryStorage) -> tuple[object, object]:
    return storage.get(Deal, "D-1"), storage.history(Deal, "D-1")


def test_what_is_read_is_what_was_written() -> None:
    storage = MemoryStorage()
    sale = sale_in("follow_up")
    receipt = storage.commit(sale.changes)
    assert receipt == Receipt(versions=(("Deal", "D-1", sale.deal.version),), key=None)
    assert storage.get(Deal, "D-1") == sale.deal
    recorded = storage.history(Deal, "D-1")
    assert tuple(one.event for one in recorded) == sale.events
    assert [one.version for one in recorded] == list(range(1, sale.deal.version + 1))
    assert {(one.kind, one.id) for one in recorded} == {(Deal, "D-1")}


def test_the_history_grows_with_every_commit(storage: MemoryStorage) -> None:
    sale = work_on(storage.get(Deal, "D-1"))
    walk(sale, to="approach")
    storage.commit(sale.changes)
    assert fold([one.event for one in storage.history(Deal, "D-1")]) == storage.get(Deal, "D-1") == sale.deal


def test_nothing_is_stored_under_an_unknown_id(storage: MemoryStorage) -> None:
    for ask in (storage.get, storage.history):
        with pytest.raises(NotFound) as refused:
            ask(Deal, "D-2")
        assert (refused.value.kind, refused.value.id) == ("Deal", "D-2")


def test_kinds_are_kept_apart(storage: MemoryStorage) -> None:
    with pytest.raises(NotFound):
        storage.get(Contact, "D-1")


def test_a_deal_of_a_subclass_is_found_as_either_and_a_plain_one_is_no_subclass() -> None:
    storage = MemoryStorage()
    change: Any = Change(None, (DealOpened(at=NOW, by="noa", deal=SeatDeal(id="D-1", name="x", seats=3)),))
    storage.commit(ChangeSet((change,)))
    assert storage.get(SeatDeal, "D-1").seats == 3
    assert storage.get(Deal, "D-1") == storage.get(SeatDeal, "D-1")
    assert storage.history(Deal, "D-1")[0].kind is SeatDeal
    plain = MemoryStorage()
    plain.commit(a_sale().changes)
    for ask in (plain.get, plain.history):
        with pytest.raises(NotFound):
            ask(SeatDeal, "D-1")


def test_a_change_of_an_older_version_is_refused_and_nothing_is_written(storage: MemoryStorage) -> None:
    deal = storage.get(Deal, "D-1")
    first, second = work_on(deal), work_on(deal)
    qualify(first)
    second.update(owner="ben")
    storage.commit(first.changes)
    before = snapshot(storage)
    with pytest.raises(StaleVersion) as refused:
        storage.commit(second.changes)
    assert (refused.value.kind, refused.value.id, refused.value.expected, refused.value.found) == ("Deal", "D-1", 1, 2)
    assert snapshot(storage) == before


def test_a_change_of_something_that_is_not_stored_is_refused() -> None:
    storage = MemoryStorage()
    sale = work_on(a_sale().deal)
    sale.update(owner="ben")
    with pytest.raises((NotFound, StaleVersion)):
        storage.commit(sale.changes)
    with pytest.raises(NotFound):
        storage.get(Deal, "D-1")


def test_an_id_is_taken_once(storage: MemoryStorage) -> None:
    before = snapshot(storage)
    with pytest.raises(DuplicateKey) as refused:
        storage.commit(a_sale(name="Another").changes)
    assert (refused.value.kind, refused.value.key) == ("Deal", "id")
    assert snapshot(storage) == before


def test_all_lands_or_nothing_does(storage: MemoryStorage) -> None:
    new = a_sale(id="D-2")
    stale = work_on(storage.get(Deal, "D-1"))
    stale.update(owner="ben")
    other = work_on(storage.get(Deal, "D-1"))
    other.update(owner="dana")
    storage.commit(other.changes)
    before = snapshot(storage)
    with pytest.raises(StaleVersion):
        storage.commit(new.changes | stale.changes)
    with pytest.raises(NotFound):
        storage.get(Deal, "D-2")
    assert snapshot(storage) == before


def test_two_deals_land_together(storage: MemoryStorage) -> None:
    old = work_on(storage.get(Deal, "D-1"))
    old.update(owner="ben")
    receipt = storage.commit(old.changes | a_sale(id="D-2").changes)
    assert receipt.versions == (("Deal", "D-1", 2), ("Deal", "D-2", 1))


def test_the_same_set_under_the_same_key_is_written_once() -> None:
    storage = MemoryStorage()
    changes = a_sale().changes.with_key("request-7")
    first = storage.commit(changes)
    again = storage.commit(a_sale().changes.with_key("request-7"))
    assert again == first == Receipt(versions=(("Deal", "D-1", 1),), key="request-7")
    assert len(storage.history(Deal, "D-1")) == 1


def test_the_receipt_is_the_first_one_also_after_the_deal_went_on() -> None:
    storage = MemoryStorage()
    changes = a_sale().changes.with_key("request-7")
    first = storage.commit(changes)
    sale = work_on(storage.get(Deal, "D-1"))
    sale.update(owner="ben")
    storage.commit(sale.changes)
    assert storage.commit(changes) == first
    assert storage.get(Deal, "D-1").owner == "ben"


def test_a_key_with_another_content_is_refused_and_nothing_is_written() -> None:
    storage = MemoryStorage()
    storage.commit(a_sale().changes.with_key("request-7"))
    before = snapshot(storage)
    with pytest.raises(KeyReused) as refused:
        storage.commit(a_sale(id="D-2").changes.with_key("request-7"))
    assert refused.value.key == "request-7"
    assert snapshot(storage) == before
    with pytest.raises(NotFound):
        storage.get(Deal, "D-2")


def test_a_key_is_free_again_after_a_refused_commit(storage: MemoryStorage) -> None:
    with pytest.raises(DuplicateKey):
        storage.commit(a_sale().changes.with_key("request-7"))
    assert storage.commit(a_sale(id="D-2").changes.with_key("request-7")).versions == (("Deal", "D-2", 1),)


def test_an_empty_set_writes_nothing() -> None:
    assert MemoryStorage().commit(ChangeSet()) == Receipt()


def test_of_many_threads_that_change_one_deal_every_version_is_won_once(storage: MemoryStorage) -> None:
    start = threading.Barrier(8, timeout=30)
    stale = []

    def raise_and_commit(seller: str) -> None:
        start.wait()
        for number in range(20):
            while True:
                sale = work_on(storage.get(Deal, "D-1"), by=seller)
                sale.objections.raise_(f"{seller} {number}")
                try:
                    storage.commit(sale.changes)
                except StaleVersion as error:
                    stale.append(error)
                else:
                    break

    threads = [threading.Thread(target=raise_and_commit, args=(f"seller {n}",), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    deal = storage.get(Deal, "D-1")
    assert deal.version == 1 + 8 * 20
    assert sorted(objection.statement for objection in deal.objections) == sorted(
        f"seller {n} {number}" for n in range(8) for number in range(20)
    )
    assert fold([one.event for one in storage.history(Deal, "D-1")]) == deal


def test_one_key_from_many_threads_is_written_once() -> None:
    storage = MemoryStorage()
    start = threading.Barrier(8, timeout=30)
    receipts: list[Receipt] = []

    def commit() -> None:
        start.wait()
        receipts.append(storage.commit(a_sale().changes.with_key("request-7")))

    threads = [threading.Thread(target=commit, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert receipts == [Receipt(versions=(("Deal", "D-1", 1),), key="request-7")] * 8


def test_a_journal_gives_the_first_thousand_where_it_is_not_told_how_many() -> None:
    storage = MemoryStorage()
    storage.commit(added(a_contact()))
    for _ in range(11):
        contact = storage.get(Contact, "C-1")
        storage.commit(
            ChangeSet.of(change(contact, *[ContactUpdated(at=NOW, by="noa", changes=(("owner", "dan"),))] * 100))
        )
    assert [one.position for one in storage.journal()] == list(range(1, 1001))
    assert [one.position for one in storage.journal(after=1000)] == list(range(1001, 1102))


@pytest.mark.parametrize("tenant", ["", "two\nlines", 7])
def test_a_tenant_has_a_name_of_one_line(tenant: Any) -> None:
    with pytest.raises(InvalidValue) as refused:
        MemoryStorage().for_tenant(tenant)
    assert refused.value.field == "tenant"


@pytest.mark.parametrize("given", [{"after": -1}, {"after": "1"}, {"after": True}, {"limit": 0}, {"limit": 10_001}])
def test_a_section_of_the_journal_that_makes_no_sense_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(InvalidValue, match=next(iter(given))):
        MemoryStorage().journal(**given)
