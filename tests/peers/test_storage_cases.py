"""What storages elsewhere promise; the ids are those of the cases we collected (eventsourcing, SQLAlchemy).

Every case runs on the storage in memory and on a small one in a file, whose rows are JSON. We decide some of it otherwise,
and the tests say so: a moment without a time zone is refused, a journal is read *after* a position instead of from one, a
set that comes twice under its key gets its first receipt instead of an error, and a field that is missing in stored data is
refused instead of being taken for null.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import cast
from uuid import UUID

import attrs
import pytest
from storage.contract_catches.durable import Durable

from salesflow import Contact, Deal, InvalidValue, MemoryStorage, Money
from salesflow.changes import ChangeSet
from salesflow.deal.event import DealOpened
from salesflow.entity import Entity
from salesflow.errors import DuplicateKey, KeyReused, NotFound
from salesflow.event import Event
from salesflow.people.contact import ContactUpdated
from salesflow.storage.records import Records
from salesflow.testing.storage_contract.expecting import difference
from salesflow.testing.storage_contract.samples import (
    SeatsAgreed,
    SeatsDeal,
    a_contact,
    a_sale,
    added,
    change,
    updated,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)

Store = MemoryStorage | Durable


@pytest.fixture(params=["in memory", "in a file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "in memory":
        yield MemoryStorage()
    else:
        durable = Durable(tmp_path / "deals.db")
        yield durable
        durable.close()


def new(*ids: str) -> ChangeSet:
    return ChangeSet.of(*(added(a_contact(id)) for id in ids))


def read_back(store: Store, changes: ChangeSet) -> Entity:
    """Commit the change of one entity, and read it: exactly what was written."""
    store.commit(changes)
    (one,) = changes.changes
    found: Entity = store.get(one.kind, one.id)
    assert difference(found, one.after) is None
    assert difference(tuple(recorded.event for recorded in store.history(one.kind, one.id)), one.events) is None
    return found


# eventsourcing --------------------------------------------------------------------------------------------------------


def test_es_01_an_empty_set_is_allowed_and_writes_nothing(store: Store) -> None:
    assert store.commit(ChangeSet()).versions == ()
    assert list(store.journal()) == []


@pytest.mark.parametrize("ids", [("C-1", "C-2"), ("C-2", "C-1")], ids=["existing first", "new first"])
def test_es_03_a_batch_with_something_that_exists_is_rejected_as_a_whole(store: Store, ids: tuple[str, ...]) -> None:
    store.commit(new("C-1"))
    with pytest.raises(DuplicateKey):
        store.commit(new(*ids))
    with pytest.raises(NotFound):
        store.get(Contact, "C-2")
    assert len(store.journal()) == 1


def test_es_03_a_batch_with_the_same_twice_cannot_even_be_made(store: Store) -> None:
    # Decided otherwise: not the storage rejects it, but the set itself.
    with pytest.raises(InvalidValue, match="changes each entity once"):
        store.commit(new("C-1", "C-1"))
    assert list(store.journal()) == []


def test_es_05_the_sequences_of_two_ids_never_mix(store: Store) -> None:
    for notes in ("one", "two", "three"):
        for id in ("C-1", "C-2"):
            store.commit(
                updated(store.get(Contact, id), notes=f"{id} {notes}") if notes != "one" else added(a_contact(id))
            )
    for id in ("C-1", "C-2"):
        history = store.history(Contact, id)
        assert [(one.id, one.version) for one in history] == [(id, 1), (id, 2), (id, 3)]
        later = [cast("ContactUpdated", one.event).changes for one in history[1:]]
        assert later == [(("notes", f"{id} two"),), (("notes", f"{id} three"),)]


def test_es_05_a_payload_comes_back_as_what_it_was(store: Store) -> None:
    # We have no payload of bytes: an event is a value, and comes back as an equal one of the same class.
    event = SeatsAgreed(at=NOW, by="noa", seats=40, rate=Decimal("12.500"))
    opened = DealOpened(at=NOW, by="noa", deal=SeatsDeal(id="D-1", name="Order desk"))
    store.commit(ChangeSet.of(change(None, opened, event)))
    found = store.history(SeatsDeal, "D-1")[-1].event
    assert difference(found, event) is None


def test_es_06_positions_follow_the_highest_without_gaps(store: Store) -> None:
    store.commit(new("C-1", "C-2", "C-3"))
    highest = store.journal()[-1].position
    store.commit(new("C-4", "C-5"))
    store.commit(new("C-6"))
    assert [one.position for one in store.journal(after=highest)] == [highest + 1, highest + 2, highest + 3]


@pytest.mark.parametrize(
    ("after", "limit", "positions"),
    [(0, 1000, [1, 2, 3, 4, 5]), (1, 1000, [2, 3, 4, 5]), (1, 2, [2, 3]), (4, 2, [5]), (5, 1, []), (90, 1, [])],
)
def test_es_06_a_section_begins_after_a_position(store: Store, after: int, limit: int, positions: list[int]) -> None:
    # Decided otherwise: not from a position on but after one, so that a reader passes on what it has seen last.
    store.commit(new(*(f"C-{number}" for number in range(5))))
    assert [one.position for one in store.journal(after=after, limit=limit)] == positions


def test_es_06_who_takes_some_events_only_keeps_their_positions(store: Store) -> None:
    # Decided otherwise: the reader filters, not the storage; a position is never counted anew.
    store.commit(new("C-1") | a_sale("D-1").changes)
    store.commit(new("C-2"))
    assert [one.position for one in store.journal() if one.recorded.kind is Contact] == [1, 3]


def test_es_08_a_tracked_position_is_recorded_once_with_its_events(store: Store) -> None:
    # Decided otherwise: the same content again is no error, it gets the first receipt; nothing is written either way.
    first = store.commit(new("C-1").with_key("the old CRM, row 21"))
    assert store.commit(new("C-1").with_key("the old CRM, row 21")) == first
    with pytest.raises(KeyReused):
        store.commit(new("C-2").with_key("the old CRM, row 21"))
    with pytest.raises(NotFound):
        store.get(Contact, "C-2")
    assert len(store.journal()) == 1


# SQLAlchemy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", ["15.7563", "1.000", "31943874831932418390.01", "1E-8", "0.00000001", "-15.7563"])
def test_sa_01_a_decimal_keeps_its_digits_and_its_scale(store: Store, digits: str) -> None:
    opened = DealOpened(at=NOW, by="noa", deal=SeatsDeal(id="D-1", name="Order desk", rate=Decimal(digits)))
    found = cast("SeatsDeal", read_back(store, ChangeSet.of(change(None, opened))))
    assert str(found.rate) == str(Decimal(digits))


@pytest.mark.parametrize(
    ("amount", "currency"), [("31943874831932418390.01", "EUR"), ("1.000", "KWD"), ("15.76", "USD")]
)
def test_sa_01_an_amount_keeps_its_digits(store: Store, amount: str, currency: str) -> None:
    found = cast("Deal", read_back(store, a_sale(amount=Money(amount, currency)).changes))
    assert found.amount is not None
    assert str(found.amount.amount) == amount


def test_sa_01_none_stays_none(store: Store) -> None:
    found = cast("Deal", read_back(store, a_sale(amount=None, probability=None).changes))
    assert (found.amount, found.probability) == (None, None)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2012, 10, 15, 12, 57, 18, tzinfo=UTC),
        datetime(2012, 10, 15, 12, 57, 18, 39642, tzinfo=UTC),
        datetime(2012, 10, 15, 12, 57, 18, 396, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        datetime(1727, 4, 1, 0, 0, 0, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ],
    ids=str,
)
def test_sa_02_a_moment_keeps_its_microseconds_and_its_zone(store: Store, at: datetime) -> None:
    found = read_back(store, added(a_contact(), at=at))
    assert found.changed_at is not None
    assert (found.changed_at, found.changed_at.utcoffset(), type(found.changed_at)) == (at, at.utcoffset(), datetime)


def test_sa_02_a_moment_without_a_zone_is_refused() -> None:
    # Decided otherwise: what it means is not known, so it is no moment.
    with pytest.raises(InvalidValue, match="at"):
        added(a_contact(), at=datetime(2012, 10, 15, 12, 57, 18))


@pytest.mark.parametrize("on", [date(2012, 10, 15), date(1727, 4, 1), date(1, 1, 1), date(9999, 12, 31)], ids=str)
def test_sa_02_a_day_stays_a_day(store: Store, on: date) -> None:
    found = cast("Deal", read_back(store, a_sale(expected_close=on).changes))
    assert found.expected_close == on
    assert type(found.expected_close) is date


@attrs.frozen(kw_only=True)
class Called(Event[Contact]):
    """Somebody rang up."""

    call_id: UUID
    at_time: time
    extra: str | None = None

    def apply(self, contact: Contact, /) -> Contact:
        return contact.changed_by(self)


RECORDS = Records().write_as_text(UUID, parse=UUID).register(Called, name="Called", schema=1)


@pytest.mark.parametrize("at_time", [time(12, 57, 18), time(12, 57, 18, 396), time(0), time.max], ids=str)
def test_sa_02_a_time_of_day_keeps_its_microseconds(at_time: time) -> None:
    called = Called(at=NOW, by="noa", call_id=UUID(int=7), at_time=at_time)
    assert difference(RECORDS.load(RECORDS.dump(called)), called) is None


def test_sa_04_a_uuid_is_an_id_as_text(store: Store) -> None:
    id = str(UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479"))
    assert read_back(store, new(id)).id == id


def test_sa_04_a_uuid_in_a_field_comes_back_as_one() -> None:
    called = Called(at=NOW, by="noa", call_id=UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479"), at_time=time(9))
    assert RECORDS.load(RECORDS.dump(called)) == called
    assert RECORDS.dump(called)["call_id"] == "f47ac10b-58cc-4372-a567-0e02b2c3d479"


def test_sa_04_null_and_nothing_stay_distinct() -> None:
    # Decided otherwise: null is "not known"; a field that is not there at all is lost data, and refused.
    called = Called(at=NOW, by="noa", call_id=UUID(int=7), at_time=time(9))
    data = RECORDS.dump(called)
    assert data["extra"] is None
    assert RECORDS.load(data) == called
    del data["extra"]
    with pytest.raises(InvalidValue, match="extra"):
        RECORDS.load(data)


def test_sa_04_text_that_says_null_is_not_null(store: Store) -> None:
    found = cast("Contact", read_back(store, added(a_contact(owner="null", job_title="None", source=None))))
    assert (found.owner, found.job_title, found.source) == ("null", "None", None)
