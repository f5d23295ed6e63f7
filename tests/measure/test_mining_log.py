"""Our journal as the log that process-mining tools read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from walks import NOW, a_sale, sale_in

from salesflow import MemoryStorage
from salesflow.changes import Change, ChangeSet
from salesflow.measure.mining_log import XES_COLUMNS, event_log
from salesflow.people.contact import Contact, ContactAdded
from salesflow.standard import StandardProcess
from salesflow.storage.receipt import JournalEntry


def stored() -> MemoryStorage:
    storage = MemoryStorage()
    storage.commit(sale_in("approach").changes)
    added = ContactAdded(at=NOW, by="noa", contact=Contact(id="C-1", name="Dana"))
    storage.commit(ChangeSet.of(Change(None, [added])))
    return storage


def test_every_stage_that_a_deal_entered_is_a_row() -> None:
    rows = list(event_log(stored()))
    assert [row.activity for row in rows] == ["prospecting", "preparation", "approach"]
    assert {row.case_id for row in rows} == {"D-1"}
    assert all(row.resource for row in rows)


def test_the_log_of_our_own_journal_fits_its_process() -> None:
    rows = event_log(stored().journal())
    found = StandardProcess().replay((row.case_id, row.activity, row.timestamp) for row in rows)
    assert (found.cases, found.fitting) == (1, 1)


def test_every_event_can_be_an_activity_under_its_name() -> None:
    journal = stored().journal()
    rows = list(event_log(journal, stages_only=False))
    assert len(rows) == sum(entry.recorded.id == "D-1" for entry in journal)
    assert "QualificationRecorded" in {row.activity for row in rows}


def test_the_columns_have_the_names_that_mining_tools_know() -> None:
    row = next(event_log(stored().journal()))
    assert set(row.as_xes()) == set(XES_COLUMNS.values())
    assert row.as_xes()["concept:name"] == "prospecting"


def test_events_without_a_position_will_do() -> None:
    sale = a_sale()
    storage = MemoryStorage()
    storage.commit(sale.changes)
    (row,) = event_log(storage.history(type(sale.deal), sale.deal.id))
    assert row.timestamp - NOW < timedelta(days=400)


def test_a_storage_is_read_to_the_end_of_its_journal() -> None:
    class ByTwos(MemoryStorage):
        def journal(self, *, after: int = 0, limit: int = 1000) -> Sequence[JournalEntry]:
            return super().journal(after=after, limit=min(limit, 2))

    storage = ByTwos()
    storage.commit(sale_in("approach").changes)
    assert len(list(event_log(storage))) == 3
