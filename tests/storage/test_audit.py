"""The audit chain: what was done to a journal is found, named, and not taken for an erasure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesflow import Contact, Deal, EmailAddress, InvalidValue, MemoryStorage, Money, WrongType
from salesflow.event import Event, Recorded
from salesflow.people.contact import ContactAdded
from salesflow.storage import JournalEntry, Query
from salesflow.storage.audit import (
    START,
    AuditChain,
    BrokenLink,
    ChainFault,
    ChainHead,
    ChainLink,
    LinkedEntry,
)
from salesflow.storage.erasure import PersonalDataErased, without_personal_data
from salesflow.storage.records import Records
from salesflow.testing.storage_contract.samples import (
    a_contact,
    a_known_contact,
    a_long_deal,
    a_sale,
    added,
    an_own_deal,
    updated,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=400)
SECRET = b"thirty-two bytes from the vault!"
CHAINS = {"with a secret": AuditChain(secret=SECRET), "without": AuditChain()}
CHAIN = CHAINS["with a secret"]

Entries = list[LinkedEntry]


@pytest.fixture(params=CHAINS, ids=str)
def chain(request: pytest.FixtureRequest) -> AuditChain:
    return CHAINS[request.param]


def storage_with(chain: AuditChain) -> MemoryStorage:
    """Eight entries: two contacts, a deal, and what was noted of them."""
    storage = MemoryStorage(chain=chain)
    storage.commit(added(a_known_contact()) | added(a_contact("C-2", notes="tall")))
    storage.commit(a_sale(contact_id="C-1", amount=Money("48000", "EUR")).changes)
    storage.commit(updated(storage.get(Contact, "C-1"), notes="afraid of dogs", owner="eve"))
    storage.commit(updated(storage.get(Contact, "C-2"), source="fair", owner="eve", notes="taller"))
    return storage


def entries_of(storage: MemoryStorage) -> Entries:
    return [cast("LinkedEntry", entry) for entry in storage.journal()]


def journal(chain: AuditChain = CHAIN) -> Entries:
    return entries_of(storage_with(chain))


def broken(entries: Sequence[JournalEntry], chain: AuditChain = CHAIN, **given: ChainHead) -> tuple[int, str] | None:
    found = chain.verify(entries, **given)
    return None if found is None else (found.position, found.fault)


def forged(entry: LinkedEntry, **fields: object) -> LinkedEntry:
    """The entry with other fields in what it recorded."""
    event = attrs.evolve(entry.recorded.event, **fields)  # type: ignore[arg-type]
    return attrs.evolve(entry, recorded=attrs.evolve(entry.recorded, event=event))


def renumbered(entries: Entries) -> Entries:
    return [attrs.evolve(entry, position=place) for place, entry in enumerate(entries, 1)]


# What is whole --------------------------------------------------------------------------------------------------------


def test_a_journal_that_nobody_touched_is_whole(chain: AuditChain) -> None:
    entries = journal(chain)
    assert len(entries) == 8
    assert chain.verify(entries) is None
    assert chain.verify(entries, head=entries[-1].head) is None


def test_an_empty_journal_is_whole() -> None:
    assert CHAIN.verify([]) is None
    assert CHAIN.verify([], head=START) is None


def test_a_journal_that_went_on_since_a_head_was_kept_is_whole() -> None:
    entries = journal()
    assert all(CHAIN.verify(entries, head=entry.head) is None for entry in entries)


def test_entries_after_a_known_head_are_verified_by_themselves() -> None:
    entries = journal()
    for place, entry in enumerate(entries, 1):
        assert CHAIN.verify(entries[place:], after=entry.head, head=entries[-1].head) is None


def test_the_chain_of_every_event_of_a_long_deal_is_whole(chain: AuditChain) -> None:
    storage = MemoryStorage(chain=chain)
    storage.commit(a_long_deal().changes)
    assert chain.verify(storage.journal()) is None


def test_deals_of_own_classes_are_in_the_chain_where_they_are_registered() -> None:
    changes = an_own_deal()
    with pytest.raises(InvalidValue):
        MemoryStorage(chain=CHAIN).commit(changes)
    records = Records()
    for own in (type(changes.changes[0].after), type(changes.events[1])):
        records.register(own, name=own.__name__, schema=1)
    chain = AuditChain(secret=SECRET, records=records)
    storage = MemoryStorage(chain=chain)
    storage.commit(changes)
    assert chain.verify(storage.journal()) is None


def test_what_cannot_be_written_to_the_chain_is_not_written_at_all() -> None:
    storage = MemoryStorage(chain=CHAIN)
    with pytest.raises(InvalidValue):
        storage.commit(added(a_contact()) | an_own_deal())
    assert storage.journal() == ()
    assert storage.find(Query(Contact)).items == ()


def test_each_tenant_has_a_chain_of_its_own() -> None:
    storage = MemoryStorage(chain=CHAIN)
    for tenant in ("acme", "globex"):
        storage.for_tenant(tenant).commit(added(a_contact()) | added(a_contact("C-2")))
        assert CHAIN.verify(storage.for_tenant(tenant).journal()) is None
        assert len(storage.for_tenant(tenant).journal()) == 2


def test_a_chain_that_is_made_anew_on_top_of_another_commits_to_it() -> None:
    entries = journal()
    begun = ChainHead(hash=entries[-1].head.hash)
    anew: Entries = []
    for entry in entries:
        anew.append(CHAIN.link(entry.recorded, after=anew[-1].head if anew else begun))
    assert broken(anew, after=begun) is None
    assert broken(anew) == (1, "changed")
    assert broken(anew, after=ChainHead(hash="0" * 64)) == (1, "changed")


# What was done to it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", range(8))
def test_a_changed_entry_is_named(chain: AuditChain, place: int) -> None:
    entries = journal(chain)
    entries[place] = forged(entries[place], by="eve")
    assert broken(entries, chain) == (place + 1, "changed")


@pytest.mark.parametrize("field", ["content", "redacted", "hash"])
def test_a_changed_link_is_named(field: str) -> None:
    entries = journal()
    entries[3] = attrs.evolve(entries[3], link=attrs.evolve(entries[3].link, **{field: "0" * 64}))
    assert broken(entries) == (4, "changed")


def test_an_entry_that_is_given_another_version_or_another_entity_is_changed() -> None:
    for fields in ({"version": 9}, {"id": "C-9"}, {"kind": Deal}):
        entries = journal()
        entries[0] = attrs.evolve(entries[0], recorded=attrs.evolve(entries[0].recorded, **fields))
        assert broken(entries) == (1, "changed")


@pytest.mark.parametrize("renumber", [False, True])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("place", range(6))
def test_a_dropped_entry_is_named(place: int, count: int, renumber: bool) -> None:
    entries = journal()
    del entries[place : place + count]
    assert broken(renumbered(entries) if renumber else entries) == (place + 1, "dropped")


@pytest.mark.parametrize("renumber", [False, True])
@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 7), (2, 5)])
def test_swapped_entries_are_named(one: int, other: int, renumber: bool) -> None:
    entries = journal()
    entries[one], entries[other] = entries[other], entries[one]
    assert broken(renumbered(entries) if renumber else entries) == (one + 1, "swapped")


def test_swapped_events_are_named_when_their_links_stay_where_they_are() -> None:
    entries = journal()
    first, second = entries[2].recorded, entries[4].recorded
    entries[2] = attrs.evolve(entries[2], recorded=second)
    entries[4] = attrs.evolve(entries[4], recorded=first)
    assert broken(entries) == (3, "swapped")


def test_an_entry_that_comes_twice_is_out_of_its_place() -> None:
    entries = journal()
    assert broken(renumbered([*entries[:3], entries[1], *entries[3:]])) == (4, "swapped")


def test_an_entry_that_stands_for_another_that_is_gone_is_out_of_its_place() -> None:
    entries = journal()
    for earlier in (0, 1):
        assert broken([*entries[:2], entries[earlier], *entries[3:]]) == (3, "swapped")


def test_an_entry_with_the_number_of_another_is_out_of_its_place() -> None:
    entries = journal()
    for number in (1, 5, 70):
        entries[2] = attrs.evolve(entries[2], position=number)
        assert broken(entries) == (3, "swapped")


@pytest.mark.parametrize("left", range(1, 8))
def test_an_entry_that_alone_is_left_says_that_those_before_it_were_dropped(left: int) -> None:
    assert broken([journal()[left]]) == (1, "dropped")


def test_a_forged_entry_at_the_end_is_found_where_the_secret_is_not_known() -> None:
    entries = journal()
    other = AuditChain(secret=b"another secret of 16 bytes")
    recorded = Recorded(kind=Contact, id="C-9", version=1, event=entries[0].recorded.event)
    assert broken([*entries, other.link(recorded, after=entries[-1].head)]) == (9, "changed")
    assert broken([*entries, AuditChain().link(recorded, after=entries[-1].head)]) == (9, "changed")


@pytest.mark.parametrize("left", range(8))
def test_a_journal_that_was_cut_off_is_found_by_the_head_that_is_known(left: int) -> None:
    entries = journal()
    assert broken(entries[:left]) is None
    assert broken(entries[:left], head=entries[-1].head) == (left + 1, "truncated")


def test_a_chain_that_was_made_anew_is_found_by_the_head_that_is_known() -> None:
    chain = AuditChain()
    entries = journal(chain)
    anew: Entries = []
    for entry in (forged(entries[0], by="eve"), *entries[1:]):
        anew.append(chain.link(entry.recorded, after=anew[-1].head if anew else START))
    assert broken(anew, chain) is None
    for entry in entries:
        assert broken(anew, chain, head=entry.head) == (entry.position, "rewritten")


def test_entries_that_do_not_follow_the_head_before_them_are_found() -> None:
    entries = journal()
    assert broken(entries[3:], after=entries[1].head) == (3, "dropped")
    assert broken(entries[2:], after=attrs.evolve(entries[1].head, hash="0" * 64)) == (3, "changed")
    with pytest.raises(InvalidValue, match="head"):
        CHAIN.verify(entries[4:], after=entries[3].head, head=entries[1].head)


def test_the_first_of_several_faults_is_named() -> None:
    entries = journal()
    entries[5] = forged(entries[5], by="eve")
    del entries[2]
    assert broken(entries) == (3, "dropped")


@given(st.data())
def test_whatever_is_done_to_a_journal_is_found_at_the_first_entry_that_differs(data: st.DataObject) -> None:
    entries = journal()
    damages: dict[str, Callable[[Entries, int, int], Entries]] = {
        "change": lambda one, i, j: [*one[:i], forged(one[i], by="eve"), *one[i + 1 :]],
        "drop": lambda one, i, j: [*one[:i], *one[i + 1 :]],
        "move": lambda one, i, j: (rest := [*one[:i], *one[i + 1 :]]) and [*rest[:j], one[i], *rest[j:]],
        "double": lambda one, i, j: [*one[:j], one[i], *one[j:]],
    }
    damage = damages[data.draw(st.sampled_from(sorted(damages)))]
    damaged = damage(entries, data.draw(st.integers(0, 7)), data.draw(st.integers(0, 7)))
    if data.draw(st.booleans()):
        damaged = renumbered(damaged)
    first = next(
        (place for place, (old, new) in enumerate(zip(entries, damaged, strict=False), 1) if old != new),
        min(len(entries), len(damaged)) + 1,
    )
    found = broken(damaged, head=entries[-1].head)
    if len(damaged) == len(entries) and first == len(entries) + 1:
        assert found is None
    else:
        assert found is not None
        assert found[0] == first


# Erasure --------------------------------------------------------------------------------------------------------------


def erased(chain: AuditChain = CHAIN) -> tuple[Entries, ChainHead]:
    storage = storage_with(chain)
    head = entries_of(storage)[-1].head
    storage.erase(Contact, "C-1", by="noa", at=LATER)
    return entries_of(storage), head


def test_a_chain_is_whole_after_an_erasure(chain: AuditChain) -> None:
    entries, head = erased(chain)
    assert len(entries) == 9
    assert isinstance(entries[-1].recorded.event, PersonalDataErased)
    assert chain.verify(entries, head=head) is None
    assert chain.verify(entries, head=entries[-1].head) is None


def test_a_chain_is_whole_after_several_erasures_and_more_in_between() -> None:
    storage = storage_with(CHAIN)
    for notes in ("one", "two"):
        for each in ("C-1", "C-2"):
            storage.erase(Contact, each, by="noa", at=LATER)
            storage.commit(updated(storage.get(Contact, each), notes=notes, email=EmailAddress("z@quint.example")))
    assert CHAIN.verify(storage.journal()) is None


def test_an_erased_entry_keeps_its_link_and_nothing_personal() -> None:
    before, (after, _head) = journal(), erased()
    assert [one.link for one in after[:8]] == [one.link for one in before]
    assert cast("ContactAdded", after[0].recorded.event).contact.notes == ""


def test_what_was_erased_cannot_be_changed_and_called_erased() -> None:
    entries, _head = erased()
    entries[0] = forged(entries[0], by="eve")
    assert broken(entries) == (1, "changed")


def test_what_is_not_personal_cannot_be_changed_and_called_erased() -> None:
    entries, _head = erased()
    contact = attrs.evolve(cast("ContactAdded", entries[0].recorded.event).contact, owner="eve")
    entries[0] = forged(entries[0], contact=contact)
    assert broken(entries) == (1, "changed")


def test_an_entry_that_lost_its_personal_data_without_an_erasure_is_changed() -> None:
    entries = journal()
    entries[0] = attrs.evolve(entries[0], recorded=without_personal_data(entries[0].recorded))
    assert broken(entries) == (1, "changed")


def test_an_erasure_of_one_does_not_explain_what_is_missing_of_another() -> None:
    entries, _head = erased()
    entries[1] = attrs.evolve(entries[1], recorded=without_personal_data(entries[1].recorded))
    assert broken(entries) == (2, "changed")


def test_an_erasure_that_names_entries_which_it_did_not_redact_is_changed_itself() -> None:
    entries, _head = erased()
    entries[-1] = forged(entries[-1], versions=(1, 2, 3))
    assert broken(entries) == (9, "changed")


def test_an_erasure_that_was_dropped_is_found_where_it_explained_something() -> None:
    entries, _head = erased()
    assert broken(entries[:-1]) == (1, "changed")


@pytest.mark.parametrize("damage", ["dropped", "swapped"])
def test_after_an_erasure_the_rest_is_still_guarded(damage: str) -> None:
    entries, _head = erased()
    if damage == "dropped":
        del entries[0]
    else:
        entries[0], entries[4] = entries[4], entries[0]
    assert broken(entries) == (1, damage)
    assert broken(renumbered(entries)) == (1, damage)


# Digests --------------------------------------------------------------------------------------------------------------


def test_with_a_secret_a_digest_cannot_be_had_without_it() -> None:
    plain, keyed = journal(CHAINS["without"]), journal()
    assert {one.link.content for one in plain}.isdisjoint(one.link.content for one in keyed)
    assert broken(plain) == (1, "changed")


def test_an_event_without_personal_data_has_one_digest_and_others_two() -> None:
    first, *_others = entries = journal()
    assert first.link.content != first.link.redacted
    assert entries[4].link.content == entries[4].link.redacted


@pytest.mark.parametrize("secret", [b"", b"too short", "a text of sixteen and more letters"])
def test_a_secret_that_can_be_tried_is_refused(secret: object) -> None:
    with pytest.raises(InvalidValue, match="16 bytes") as refused:
        AuditChain(secret=secret)  # type: ignore[arg-type]
    assert "short" not in str(refused.value)


def test_a_secret_of_sixteen_bytes_will_do() -> None:
    chain = AuditChain(secret=b"sixteen bytes it")
    assert chain.verify(journal(chain)) is None


def test_entries_without_links_are_no_chain() -> None:
    storage = MemoryStorage()
    storage.commit(added(a_contact()))
    with pytest.raises(WrongType, match="AuditChain"):
        CHAIN.verify(storage.journal())


def test_the_digest_of_a_known_event_is_for_ever() -> None:
    event = cast("Event", PersonalDataErased(at=NOW, by="noa", versions=(1,)))
    entry = AuditChain().link(Recorded(kind=Contact, id="C-1", version=2, event=event))
    written = (
        b'{"event":{"at":"2026-11-02T09:00:00+00:00","by":"noa","schema":1,"type":"PersonalDataErased","versions":[1]},'
        b'"id":"C-1","kind":"Contact","schema":1,"type":"Recorded","version":2}'
    )
    content = hashlib.sha256(b"entry 1\n" + written).hexdigest()
    linked = hashlib.sha256(f"link \n{content}\n{content}".encode()).hexdigest()
    assert entry.link == ChainLink(content=content, redacted=content, hash=linked)


def test_a_broken_link_reads_as_a_sentence() -> None:
    assert str(BrokenLink(position=3, fault=ChainFault.DROPPED)) == "the chain is broken at position 3: dropped"
