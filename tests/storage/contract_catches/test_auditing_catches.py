"""The audit chain: storages whose links do not hold what they should."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import attrs
import pytest
from storage.contract_catches.small import Defects, Small, named

from salesflow.changes import ChangeSet
from salesflow.event import Recorded
from salesflow.storage import JournalEntry, Receipt
from salesflow.storage.audit import START, AuditChain, ChainHead, ChainLink, LinkedEntry
from salesflow.storage.erasure import ErasurePlan
from salesflow.testing.storage_contract import CHAIN, RECORDS

DEFECTS = Defects()


@DEFECTS.caught_by("test_the_chain_of_what_was_committed_is_whole")
class GivesNoLinks(Small):
    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        entries = super().journal(after=after, limit=limit)
        return [JournalEntry(position=one.position, recorded=one.recorded) for one in entries]


@DEFECTS.caught_by(
    "test_the_chain_of_what_was_committed_is_whole", "test_the_links_are_those_that_the_storage_in_memory_makes"
)
class LinksOfNoChain(Small):
    def head(self) -> ChainHead:
        return attrs.evolve(super().head(), hash="")


@DEFECTS.caught_by("test_the_links_are_those_that_the_storage_in_memory_makes")
class LinksOfAnotherSecret(Small):
    def link(self, recorded: Recorded, number: int) -> ChainLink:
        return AuditChain(records=RECORDS).link(recorded, after=self.head()).link


@DEFECTS.caught_by("test_events_of_a_hosts_own_are_linked_too")
class OwnEventsAreNotLinked(Small):
    def link(self, recorded: Recorded, number: int) -> ChainLink:
        link = super().link(recorded, number)
        own = type(recorded.event).__module__.startswith("salesflow.testing")
        return ChainLink(content="", redacted="", hash=self.head().hash) if own else link


@DEFECTS.caught_by("test_a_refused_or_repeated_set_adds_no_link")
class RefusedSetsAddALink(Small):
    def head(self) -> ChainHead:
        return self.rows.__dict__.get("last", START)  # type: ignore[no-any-return]

    def link(self, recorded: Recorded, number: int) -> ChainLink:
        entry = CHAIN.link(recorded, after=attrs.evolve(self.head(), position=number - 1))
        self.rows.__dict__["last"] = entry.head
        return entry.link

    def commit(self, changes: ChangeSet, /) -> Receipt:
        try:
            return super().commit(changes)
        except Exception:
            for change in changes.changes:
                self.link(Recorded(kind=change.kind, id=change.id, version=1, event=change.events[0]), 1)
            raise


@DEFECTS.caught_by("test_the_chain_is_whole_under_many_writers")
class ReadsTheHeadWithoutALock(Small):
    def commit(self, changes: ChangeSet, /) -> Receipt:
        head = super().head()
        time.sleep(0.001)
        with self.lock():
            self.rows.__dict__["read"] = head
            return super().commit(changes)

    def head(self) -> ChainHead:
        return attrs.evolve(super().head(), hash=self.rows.__dict__["read"].hash)


@DEFECTS.caught_by("test_a_reader_gets_the_links_of_any_part_of_the_journal")
class LinksCountFromThePage(Small):
    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        entries = super().journal(after=after, limit=limit)
        links = [entry.link for entry in super().journal(limit=limit) if isinstance(entry, LinkedEntry)]
        return [attrs.evolve(entry, link=link) for entry, link in zip(entries, links, strict=False)]


@DEFECTS.caught_by("test_what_is_done_to_the_journal_is_found")
class GivesAlwaysTheLastLink(Small):
    def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
        return [attrs.evolve(entry, link=self.rows.links[max(self.rows.links)]) for entry in super().journal()][after:]


@DEFECTS.caught_by("test_the_chain_is_whole_after_an_erasure")
class OneDigestForBoth(Small):
    def link(self, recorded: Recorded, number: int) -> ChainLink:
        head, link = self.head(), super().link(recorded, number)
        if link.content == link.redacted:
            return link
        clean = CHAIN.link(recorded, after=head).link
        return attrs.evolve(clean, redacted=clean.content)


@DEFECTS.caught_by("test_an_erasure_leaves_every_link_as_it_was")
class LinksAnewAfterAnErasure(Small):
    def record_erasure(self, plan: ErasurePlan) -> None:
        super().record_erasure(plan)
        head = START
        for tenant, number, recorded in self.rows.events:
            entry = CHAIN.link(recorded, after=head)
            self.rows.links[tenant, number], head = entry.link, entry.head


@DEFECTS.caught_by("test_each_tenant_has_a_chain_of_its_own")
class OneChainForAllTenants(Small):
    def head(self) -> ChainHead:
        last = super().head()
        for tenant, number, _ in reversed(self.rows.events):
            return attrs.evolve(last, hash=self.rows.links[tenant, number].hash)
        return last


@DEFECTS.caught_by("test_the_chain_goes_on_when_the_store_is_opened_once_more")
class ChainBeginsWithTheProcess(Small):
    last: ChainHead = START

    def link(self, recorded: Recorded, number: int) -> ChainLink:
        entry = CHAIN.link(recorded, after=attrs.evolve(self.last, position=number - 1))
        self.last = entry.head
        return entry.link


@DEFECTS.caught_by("test_a_fault_in_any_call_leaves_the_chain_whole")
class FaultLeavesALink(Small):
    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.lock():
            saved, head = self.rows.saved(), self.head()
            try:
                yield
            except BaseException:
                lost = self.head()
                self.rows.restore(saved)
                self.rows.__dict__["last"] = lost if lost != head else None
                raise

    def head(self) -> ChainHead:
        kept, lost = super().head(), self.rows.__dict__.get("last")
        return kept if lost is None else attrs.evolve(kept, hash=lost.hash)


@pytest.mark.parametrize(("storage", "promise"), DEFECTS.cases, ids=named)
def test_a_defect_is_caught(storage: type[Any], promise: str) -> None:
    DEFECTS.expect_caught(storage, promise)
