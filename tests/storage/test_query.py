from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow import Contact, Deal, EmailAddress, InvalidValue, Money, Outcome, PhoneNumber, UnknownName
from salesflow.changes import Change, ChangeSet
from salesflow.people.contact import ContactAdded
from salesflow.standard import StandardProcess
from salesflow.storage import MemoryStorage, Query, between, eq, is_null, not_null, one_of

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def stored(**fields_by_id: dict[str, object]) -> MemoryStorage:
    storage = MemoryStorage()
    for number, (id, fields) in enumerate(fields_by_id.items()):
        deal = StandardProcess().open(Deal(id=id, name="a deal", **fields), by="noa", at=NOW + timedelta(hours=number))
        storage.commit(deal.changes)
    return storage


def ids(storage: MemoryStorage, **query: object) -> list[str]:
    return [deal.id for deal in storage.find(Query(Deal, **query)).items]


@pytest.fixture
def four() -> MemoryStorage:
    return stored(
        a={"owner": "noa", "amount": Money("10", "EUR"), "expected_close": date(2026, 12, 1)},
        b={"owner": "dan", "amount": Money("30", "EUR"), "expected_close": date(2026, 12, 2)},
        c={"owner": "noa", "amount": Money("0", "EUR"), "expected_close": date(2026, 12, 3)},
        d={},
    )


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ([], ["a", "b", "c", "d"]),
        ([eq("owner", "noa")], ["a", "c"]),
        ([one_of("owner", ["dan", "eve"])], ["b"]),
        ([is_null("amount")], ["d"]),
        ([not_null("amount")], ["a", "b", "c"]),
        ([eq("amount", Money("0", "EUR"))], ["c"]),
        ([between("amount", Money("10", "EUR"), Money("30", "EUR"))], ["a"]),
        ([between("expected_close", date(2026, 12, 2))], ["b", "c"]),
        ([between("expected_close", None, date(2026, 12, 2))], ["a"]),
        ([between("opened_at", NOW, NOW + timedelta(hours=2))], ["a", "b"]),
        ([eq("outcome", "open"), eq("owner", "noa")], ["a", "c"]),
        ([one_of("owner", [])], []),
    ],
)
def test_all_criteria_must_hold(four, where, found):
    assert ids(four, where=where) == found


def test_an_amount_of_zero_is_not_an_amount_that_is_not_known(four):
    assert ids(four, where=[is_null("amount")]) == ["d"]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        (["amount"], ["c", "a", "b", "d"]),
        (["-amount"], ["b", "a", "c", "d"]),
        (["owner", "-amount"], ["b", "a", "c", "d"]),
        ("-opened_at", ["d", "c", "b", "a"]),
    ],
)
def test_what_is_not_known_comes_last_whichever_way_it_is_ordered(four, order, found):
    assert ids(four, order=order) == found


@settings(max_examples=60)
@given(
    amounts=st.lists(st.none() | st.integers(0, 3), max_size=12),
    order=st.sampled_from([[], ["amount"], ["-amount"], ["expected_close", "-amount"]]),
    limit=st.integers(1, 5),
)
def test_the_pages_give_every_deal_once_and_in_order(amounts, order, limit):
    storage = stored(
        **{
            f"D{number}": {"amount": None if amount is None else Money(amount, "EUR")}
            for number, amount in enumerate(amounts)
        }
    )
    query, seen, cursor = Query(Deal, order=order, limit=limit), [], None
    while True:
        page = storage.find(query.next(cursor))
        assert len(page.items) <= limit
        seen += [deal.id for deal in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == ids(storage, order=order, limit=100)


def test_deals_that_come_in_between_neither_double_nor_hide_any_other(four):
    query = Query(Deal, order=["id"], limit=2)
    first = four.find(query)
    process = StandardProcess()
    for id in ("aa", "zz"):
        four.commit(process.open(id=id, name="new", by="noa", at=NOW).changes)
    second = four.find(query.next(first.cursor))
    assert [deal.id for deal in (*first.items, *second.items)] == ["a", "b", "c", "d"]


def test_contacts_are_ordered_by_the_matching_key_of_their_address():
    storage = MemoryStorage()
    for id, address in (("1", "B@acme.example"), ("2", "a@acme.example"), ("3", None)):
        contact = Contact(
            id=id, name="Desk", email=address and EmailAddress(address), phone=PhoneNumber("+1 202 555 0123")
        )
        storage.commit(ChangeSet([Change(None, [ContactAdded(at=NOW, by="noa", contact=contact)])]))
    query = Query(Contact, order=["email", "phone", "do_not_contact"], limit=1)
    page = storage.find(query)
    assert page.items[0].id == "2"
    assert storage.find(query.next(page.cursor)).items[0].id == "1"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"where": [eq("stge", "closing")]}, UnknownName),
        ({"order": ["-ammount"]}, UnknownName),
        ({"limit": 0}, InvalidValue),
        ({"limit": 1001}, InvalidValue),
        ({"limit": True}, InvalidValue),
        ({"where": [eq("owner", None)]}, InvalidValue),
        ({"where": [eq("opened_at", datetime(2026, 1, 1))]}, InvalidValue),
        ({"where": [eq("needs", ())]}, InvalidValue),
        ({"where": [one_of("owner", map(str, range(1001)))]}, InvalidValue),
        ({"cursor": 5}, InvalidValue),
        ({"cursor": "%%%"}, InvalidValue),
        ({"cursor": "x" * 2_000_000}, InvalidValue),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(asked, error):
    with pytest.raises(error):
        Query(Deal, **asked)


@pytest.mark.parametrize(
    "payload", [[], 5, ["digest"], ["digest", [["?", "x"]]], ["digest", [["n", "x"]]], ["d", None]]
)
def test_a_forged_cursor_is_refused(payload):
    forged = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    with pytest.raises(InvalidValue, match="page before"):
        Query(Deal, cursor=forged)


def test_a_cursor_belongs_to_its_query(four):
    cursor = four.find(Query(Deal, limit=1)).cursor
    with pytest.raises(InvalidValue, match="same query"):
        Query(Deal, where=[eq("owner", "noa")], cursor=cursor)
    with pytest.raises(InvalidValue, match="same query"):
        Query(Deal, order=["amount"], cursor=cursor)
    assert Query(Deal, limit=50, cursor=cursor).position() == ("a",)


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("name", "Desk", "desk"),
        ("notes", "X" * 10_000, "\u05e9" * 10_000),
        ("version", 2, 10),
        ("do_not_contact", False, True),
        ("changed_at", NOW.astimezone(timezone(timedelta(hours=9))), NOW + timedelta(microseconds=1)),
        ("email", EmailAddress("A@acme.example"), EmailAddress("b@acme.example")),
        ("phone", PhoneNumber("+1 202 555 0123"), PhoneNumber("+1 202 555 0124")),
    ],
)
def test_every_value_of_a_contact_can_stand_in_a_cursor(field, low, high):
    expect_pages(Contact, field, low, high, name="Desk")


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("amount", Money("-9.50", "EUR"), Money("10", "EUR")),
        ("amount", Money("10", "EUR"), Money("9", "USD")),
        ("expected_close", date(2026, 9, 1), date(2026, 10, 1)),
        ("probability", Decimal("0.05"), Decimal("0.5")),
        ("outcome", Outcome.LOST, Outcome.WON),
    ],
)
def test_every_value_of_a_deal_can_stand_in_a_cursor(field, low, high):
    expect_pages(Deal, field, low, high, name="Desk")


def expect_pages(kind, field, low, high, **fields):
    """Two entities with either value, and one where it is not known, are found in order, one a page."""
    values = [high, low, None, high, low]
    entities = [kind(id=str(number), **fields) for number, _ in enumerate(values)]
    for entity, value in zip(entities, values, strict=True):
        object.__setattr__(entity, field, value)
    for order, found in ((field, "14032"), (f"-{field}", "03142")):
        query, seen = Query(kind, order=[order], limit=1), ""
        while True:
            page = query.page(entities)
            seen += "".join(entity.id for entity in page.items)
            if page.cursor is None:
                break
            query = query.next(page.cursor)
        assert seen == found


def test_a_cursor_that_was_given_out_by_an_earlier_version_still_begins_its_page():
    query = Query(Deal, where=[eq("owner", "noa")], order=["-expected_close"])
    cursor = "WyIyOWM5MTNlYTQ3YmE1OGJkIiwgW1siZCIsICIyMDI2LTEyLTAxIl0sIFsicyIsICJELTEiXV1d"
    assert query.next(cursor).position() == (date(2026, 12, 1), "D-1")


def test_a_page_holds_a_thousand_and_a_thousand_values_are_compared_with():
    assert Query(Deal, limit=1000, where=[one_of("owner", map(str, range(1000)))]).limit == 1000


def test_a_deal_is_asked_for_by_a_chance_that_is_a_number():
    storage = stored(a={"probability": Decimal("0.1")}, b={"probability": Decimal("0.9")}, c={})
    assert ids(storage, order="-probability") == ["b", "a", "c"]
    query = Query(Deal, order=["-probability", "version"], limit=1)
    first = storage.find(query)
    assert [deal.id for deal in storage.find(query.next(first.cursor)).items] == ["a"]


def test_a_flag_and_a_day_can_stand_in_a_cursor():
    storage = MemoryStorage()
    for number in (1, 2):
        contact = Contact(id=str(number), name="Desk", do_not_contact=number == 1)
        storage.commit(ChangeSet([Change(None, [ContactAdded(at=NOW, by="noa", contact=contact)])]))
    query = Query(Contact, order=["-do_not_contact", "changed_at"], limit=1)
    first = storage.find(query)
    assert first.items[0].id == "1"
    assert storage.find(query.next(first.cursor)).items[0].id == "2"
    days = stored(a={"expected_close": date(2026, 12, 1)}, b={"expected_close": date(2026, 12, 2)})
    by_day = Query(Deal, order=["expected_close", "amount"], limit=1)
    assert [deal.id for deal in days.find(by_day.next(days.find(by_day).cursor)).items] == ["b"]


@pytest.mark.parametrize("asked", [{"after": -1}, {"after": "1"}, {"limit": 0}, {"limit": 10_001}])
def test_a_journal_is_asked_for_whole_positions(asked):
    with pytest.raises(InvalidValue):
        MemoryStorage().journal(**asked)


def test_a_cursor_of_another_length_is_refused(four):
    cursor = four.find(Query(Deal, limit=1)).cursor
    made_by, _ = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    forged = base64.urlsafe_b64encode(json.dumps([made_by, [["s", "a"], ["s", "b"]]]).encode()).decode().rstrip("=")
    with pytest.raises(InvalidValue, match="page before"):
        Query(Deal, cursor=forged)
