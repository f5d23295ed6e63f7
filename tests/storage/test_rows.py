"""Sets of changes as rows, and rows as entities and events again, without any database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any

import attrs
import pytest

from salesflow import ChangeSet, Contact, Deal, InvalidValue, Money, UnknownName
from salesflow.errors import DuplicateKey, KeyReused, NotFound, StaleVersion
from salesflow.storage import MemoryStorage, Query, UniqueKey, eq
from salesflow.storage.audit import AuditChain, LinkedEntry
from salesflow.storage.canonical import fingerprint
from salesflow.storage.erasure import planned_erasure
from salesflow.storage.receipt import JournalEntry, Receipt
from salesflow.storage.rows import Rows, check_window
from salesflow.storage.tables import SetRows, TakenRow
from salesflow.testing.storage_contract import RECORDS, UNIQUE
from salesflow.testing.storage_contract.samples import (
    NOW,
    SeatsDeal,
    a_contact,
    a_sale,
    added,
    an_own_deal,
    change,
    updated,
    work_on,
)


@pytest.fixture
def rows() -> Rows:
    indexed = {Deal: ("stage", "amount"), Contact: ("owner",), SeatsDeal: ("seats",)}
    return Rows(RECORDS, unique=UNIQUE, indexed=indexed)


def contact_of(changes: ChangeSet) -> Contact:
    after = changes.changes[0].after
    assert isinstance(after, Contact)
    return after


def test_a_set_becomes_a_row_for_each_entity_and_each_event(rows: Rows) -> None:
    contact = contact_of(added(a_contact(owner="noa")))
    made = rows.of(updated(contact, owner="dan", source="fair"))
    (entity,) = made.entities
    assert (entity.kind, entity.id, entity.expected, entity.version) == ("Contact", "C-1", 1, 3)
    assert [(row.kind, row.id, row.version) for row in made.events] == [("Contact", "C-1", 2), ("Contact", "C-1", 3)]
    assert made.receipt.versions == (("Contact", "C-1", 3),)


def test_a_deal_of_an_own_class_is_stored_under_its_root_kind(rows: Rows) -> None:
    made = rows.of(an_own_deal())
    assert {row.kind for row in (*made.entities, *made.events)} == {"Deal"}
    assert type(rows.entity(Deal, "D-1", made.entities[0].body)) is SeatsDeal


def test_rows_are_read_as_they_were_written(rows: Rows) -> None:
    changes = a_sale(amount=Money("9.50", "EUR"), expected_close=date(2026, 12, 1)).changes
    made = rows.of(changes)
    assert rows.entity(Deal, "D-1", made.entities[0].body) == changes.changes[0].after
    assert tuple(one.event for one in rows.history(Deal, "D-1", [row.body for row in made.events])) == changes.events
    assert rows.entities([made.entities[0].body]) == [changes.changes[0].after]


def test_each_indexed_field_has_a_column_and_each_kind_fills_its_own(rows: Rows) -> None:
    assert rows.columns == ("key_stage", "key_amount", "key_owner", "key_seats")
    deal = a_sale(amount=Money("9.50", "EUR"), owner="noa").deal
    assert rows.keys(deal) == ("prospecting", "EUR2500095", None, None)
    own = an_own_deal().changes[0].after
    assert rows.keys(own) == ("", None, None, "250014")
    assert rows.keys(a_contact(owner="noa")) == (None, None, "noa", None)


def test_kinds_with_a_field_of_the_same_name_share_its_column() -> None:
    rows = Rows(indexed={Deal: ("owner",), Contact: ("owner", "email")})
    assert rows.columns == ("key_owner", "key_email")


def test_the_id_has_a_column_already() -> None:
    rows = Rows(indexed={Deal: ("id", "owner")})
    assert rows.columns == ("key_owner",)
    scan = rows.search(Query(Deal, where=[eq("id", "D-1")], order=["-id"])).next_scan()
    assert scan is not None
    assert (scan.where[0].column, scan.order[0].column) == ("id", "id")


def test_a_field_that_a_kind_does_not_have_cannot_be_indexed() -> None:
    with pytest.raises(UnknownName) as refused:
        Rows(indexed={Deal: ("onwer",)})
    assert "owner" in str(refused.value)


def test_a_value_that_has_no_place_in_an_index_is_refused_before_anything_is_written() -> None:
    rows = Rows(indexed={Contact: ("notes",)})
    with pytest.raises(InvalidValue) as refused:
        rows.of(added(a_contact(notes="x" * 300)))
    assert refused.value.field == "notes"


def test_a_search_uses_what_is_indexed_for_its_kind_and_those_it_derives_from(rows: Rows) -> None:
    for kind, columns in ((Deal, {"key_stage"}), (SeatsDeal, {"key_stage"}), (Contact, set())):
        scan = rows.search(Query(kind, order=["stage"] if issubclass(kind, Deal) else ["name"])).next_scan()
        assert scan is not None
        assert {one.column for one in scan.where} == columns


def test_a_key_that_changes_is_freed_and_taken(rows: Rows) -> None:
    one, other = (TakenRow("Contact", "email", f"{name}@acme.example", "C-1") for name in ("one", "other"))
    first = contact_of(added(a_contact(email="one@acme.example")))
    assert (rows.of(added(a_contact(email="one@acme.example"))).taken) == (one,)
    moved = rows.of(updated(first, email=a_contact(email="other@acme.example").email))
    assert (moved.freed, moved.taken) == ((one,), (other,))
    given_up = rows.of(updated(first, email=None))
    assert (given_up.freed, given_up.taken) == ((one,), ())
    kept = rows.of(updated(first, owner="dan"))
    assert (kept.freed, kept.taken) == ((), ())


def test_of_several_keys_each_that_changes_is_freed_and_taken() -> None:
    rows = Rows(unique=[UniqueKey(Contact, name, attrgetter(name)) for name in ("name", "owner", "source")])
    first = contact_of(added(a_contact(name="Zelda", owner="noa", source="fair")))
    moved = rows.of(updated(first, name="Quint", owner="dan"))
    assert [(row.name, row.value) for row in moved.freed] == [("name", "Zelda"), ("owner", "noa")]
    assert [(row.name, row.value) for row in moved.taken] == [("name", "Quint"), ("owner", "dan")]


def test_a_unique_key_that_no_database_holds_is_refused() -> None:
    rows = Rows(unique=[UniqueKey(Contact, "nick", lambda _: "a\x00b")])
    with pytest.raises(InvalidValue) as refused:
        rows.of(added(a_contact()))
    assert refused.value.field == "nick"


def test_what_is_kept_of_a_request_is_its_fingerprint(rows: Rows) -> None:
    changes = added(a_contact(name="Zelda Quint")).with_key("request 1")
    made = rows.of(changes)
    assert (made.key, made.fingerprint) == ("request 1", fingerprint(changes, records=RECORDS))
    assert made.receipt == Receipt(versions=(("Contact", "C-1", 1),), key="request 1")
    assert rows.receipt(made.receipt_body) == made.receipt
    assert "Zelda" not in made.receipt_body


def test_a_request_with_a_class_of_your_own_is_known_again(rows: Rows) -> None:
    changes = an_own_deal().with_key("request 1")
    assert rows.of(changes).fingerprint == fingerprint(changes, records=RECORDS)


def test_a_set_without_a_key_has_nothing_to_be_known_again_by(rows: Rows) -> None:
    made = rows.of(added(a_contact()))
    assert (made.key, made.fingerprint, made.receipt_body) == (None, "", "")


def test_another_content_under_the_same_key_is_refused(rows: Rows) -> None:
    made = rows.of(added(a_contact()).with_key("request 1"))
    made.check_same(made.fingerprint)
    with pytest.raises(KeyReused):
        made.check_same("another")


def test_a_row_says_why_it_was_not_written(rows: Rows) -> None:
    new = rows.of(added(a_contact())).entities[0]
    later = rows.of(updated(contact_of(added(a_contact())), owner="dan")).entities[0]
    doubled: Any = new.refusal(1)
    assert (type(doubled), doubled.kind, doubled.key) == (DuplicateKey, "Contact", "id")
    for found, shown in ((3, 3), (None, 0)):
        stale: Any = later.refusal(found)
        assert (type(stale), stale.kind, stale.id) == (StaleVersion, "Contact", "C-1")
        assert (stale.expected, stale.found) == (1, shown)
    taken = TakenRow("Contact", "email", "zelda@quint.example", "C-1").refusal()
    assert (taken.kind, taken.key, "zelda" in str(taken)) == ("Contact", "email", False)


def test_an_entity_is_stored_under_the_name_of_its_root_kind_and_its_id(rows: Rows) -> None:
    assert rows.place(Contact, "C-1") == ("Contact", "C-1")
    assert rows.place(SeatsDeal, "D-1") == ("Deal", "D-1")


@pytest.mark.parametrize("id", ["a\x00b", "\ud800", 7, None])
def test_an_id_that_no_database_holds_is_not_found(rows: Rows, id: Any) -> None:
    with pytest.raises(NotFound):
        rows.place(Deal, id)


def test_a_body_of_another_class_is_not_found(rows: Rows) -> None:
    made = rows.of(a_sale().changes)
    with pytest.raises(NotFound):
        rows.entity(SeatsDeal, "D-1", made.entities[0].body)
    with pytest.raises(NotFound):
        rows.history(SeatsDeal, "D-1", [row.body for row in made.events])
    for nothing in (lambda: rows.entity(Deal, "D-1", None), lambda: rows.history(Deal, "D-1", [])):
        with pytest.raises(NotFound):
            nothing()


@pytest.mark.parametrize(
    ("read", "other"),
    [
        (lambda rows, body: rows.entity(Contact, "C-1", body), "event"),
        (lambda rows, body: rows.entities([body]), "event"),
        (lambda rows, body: rows.recorded(body), "entity"),
        (lambda rows, body: rows.history(Contact, "C-1", [body]), "entity"),
        (lambda rows, body: rows.entry(1, body), "receipt"),
        (lambda rows, body: rows.receipt(body), "event"),
    ],
)
def test_a_body_in_the_wrong_table_is_refused(rows: Rows, read: Callable[[Rows, str], object], other: str) -> None:
    made = rows.of(added(a_contact()).with_key("request 1"))
    bodies = {"entity": made.entities[0].body, "event": made.events[0].body, "receipt": made.receipt_body}
    with pytest.raises(InvalidValue) as refused:
        read(rows, bodies[other])
    assert refused.value.field == "type"


def test_entries_are_numbered_from_the_last_position(rows: Rows) -> None:
    made = rows.of(updated(contact_of(added(a_contact())), owner="dan", source="fair"))
    entries = rows.entries(made.events, last=7)
    assert [(row.position, row.event.version, row.link) for row in entries] == [
        (8, 2, (None, None, None)),
        (9, 3, (None, None, None)),
    ]
    assert not rows.has_chain


def test_entries_are_linked_to_the_chain_that_is_stored() -> None:
    chain = AuditChain()
    rows, memory = Rows(chain=chain), MemoryStorage(chain=chain)
    first = added(a_contact())
    sets = [first, updated(contact_of(first), owner="dan", source="fair")]
    read: list[Any] = []
    for changes in sets:
        memory.commit(changes)
        head = read[-1].link.hash if read else None
        made = rows.entries(rows.of(changes).events, last=len(read), hash=head)
        read += [rows.entry(row.position, row.event.body, *row.link) for row in made]
    assert rows.has_chain
    assert all(isinstance(one, LinkedEntry) for one in read)
    assert read == list(memory.journal())
    assert chain.verify(read) is None


@pytest.mark.parametrize("link", [(), ("c", "r", None), ("c", None, "h"), (None, "r", "h")])
def test_an_entry_without_a_whole_link_has_none(rows: Rows, link: tuple[str | None, ...]) -> None:
    body = rows.of(added(a_contact())).events[0].body
    entry = rows.entry(7, body, *link)
    assert type(entry) is JournalEntry
    assert (entry.position, entry.recorded) == (7, rows.recorded(body))


def test_an_erasure_becomes_rows_to_replace_and_one_to_append(rows: Rows) -> None:
    memory = MemoryStorage()
    memory.commit(added(a_contact(name="Zelda", email="zelda@quint.example")))
    memory.commit(updated(memory.get(Contact, "C-1"), owner="dan"))
    plan = planned_erasure(memory.history(Contact, "C-1"), by="noa", at=NOW)
    made = rows.of_erasure(plan)
    assert (made.entity.expected, made.entity.version) == (2, 3)
    assert [row.version for row in made.rewritten] == [1]
    assert [row.version for row in made.appended] == [3]
    assert (made.freed, made.taken) == ((TakenRow("Contact", "email", "zelda@quint.example", "C-1"),), ())
    assert "elda" not in "".join(row.body for row in (made.entity, *made.rewritten, *made.appended))


def test_an_erasure_that_was_done_before_appends_nothing(rows: Rows) -> None:
    memory = MemoryStorage()
    memory.commit(added(a_contact()))
    memory.erase(Contact, "C-1", by="noa", at=NOW)
    made = rows.of_erasure(planned_erasure(memory.history(Contact, "C-1"), by="noa", at=NOW))
    assert (made.rewritten, made.appended) == ((), ())


@pytest.mark.parametrize(
    "window", [{"after": -1}, {"after": True}, {"after": "1"}, {"limit": 0}, {"limit": 10_001}, {"limit": True}]
)
def test_a_journal_is_asked_for_positions_that_there_can_be(window: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_window(**{"after": 0, "limit": 10, **window})
    assert refused.value.field in window


@pytest.mark.parametrize(("after", "limit"), [(0, 1), (0, 10_000), (7, 10)])
def test_a_journal_gives_one_event_up_to_ten_thousand(after: int, limit: int) -> None:
    check_window(after=after, limit=limit)


def test_a_body_is_compact_json_that_says_what_it_is(rows: Rows) -> None:
    body = rows.of(a_sale().changes).entities[0].body
    assert json.loads(body)["type"] == "Deal"
    assert ": " not in body


def test_rows_do_not_change(rows: Rows) -> None:
    made = rows.of(a_sale().changes)
    assert isinstance(made, SetRows)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        made.key = "another"  # type: ignore[misc]


def test_a_change_of_several_entities_keeps_their_order(rows: Rows) -> None:
    opened = a_sale()
    moved = work_on(opened.deal)
    moved.update(owner="dan")
    made = rows.of(ChangeSet.of(change(None, *added(a_contact()).events)) | moved.changes)
    assert [(row.kind, row.expected) for row in made.entities] == [("Contact", 0), ("Deal", 1)]
    assert [row.kind for row in made.events] == ["Contact", "Deal"]
