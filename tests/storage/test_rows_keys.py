"""Text keys stand in the order of the values that they stand for, whatever these are."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesflow import Deal, EmailAddress, InvalidValue, Money, Outcome, PhoneNumber
from salesflow.storage import Query
from salesflow.storage.keys import is_storable, text_key


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Rank(IntEnum):
    FIRST = 1
    TENTH = 10
    SECOND = 2


DECIMALS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
    st.builds(
        lambda sign, digits, exponent: Decimal((sign, digits, exponent)),
        st.sampled_from([0, 1]),
        st.lists(st.integers(0, 9), min_size=1, max_size=34).map(tuple),
        st.integers(-60, 60),
    ),
)
WHOLE = st.integers(-(2**63), 2**63 - 1)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12),
    "choices": st.one_of(st.sampled_from(Outcome), st.sampled_from(Size), st.sampled_from(Rank)),
    "numbers": st.one_of(DECIMALS, WHOLE, st.booleans()),
    "money": st.builds(
        Money,
        st.decimals(places=2, min_value=-(10**20), max_value=10**20, allow_nan=False, allow_infinity=False),
        st.sampled_from(["EUR", "USD", "ILS"]),
    ),
    "addresses": st.sampled_from(["a@b.example", "A@b.example", "b@b.example", "\uff41@b.example"]).map(EmailAddress),
    "phones": st.sampled_from(["+1 202 555 0123", "+1 (202) 555-0123", "+1 202 555 0124"]).map(PhoneNumber),
    "days": st.dates(),
    "moments": st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES),
}


def order_of(query: Query[Deal]) -> Callable[[Any], tuple[object, ...]]:
    """What a query orders by, for a single value."""
    key = query.key()
    return lambda value: key([value, ""])


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_text_keys_stand_in_the_order_of_a_query(kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(VALUES[kind], min_size=2, max_size=6))
    place = order_of(Query(Deal, order=["name"]))
    keys = [text_key(value) for value in values]
    for one, first in zip(values, keys, strict=True):
        for other, second in zip(values, keys, strict=True):
            assert first is not None
            assert second is not None
            assert (first < second) == (place(one) < place(other))
            assert (first == second) == (place(one) == place(other))
            assert (first.encode() < second.encode()) == (first < second)


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_what_is_equal_has_the_same_key(kind: str, data: st.DataObject) -> None:
    one, other = data.draw(VALUES[kind]), data.draw(VALUES[kind])
    if one == other and isinstance(one, IntEnum) == isinstance(other, IntEnum):
        assert text_key(one) == text_key(other)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (None, None),
        ("closing", "closing"),
        ("x" * 254, "x" * 254),
        (Outcome.WON, "won"),
        (Decimal("0.00"), "1"),
        (Decimal("-0"), "1"),
        (1, "250001"),
        (True, "250001"),
        (Decimal("48000.10"), "25004480001"),
        (Decimal("-48000.10"), "04995519998:"),
        (Decimal("1e-5000"), "200001"),
        (Decimal("-1e-5000"), "099998:"),
        (Decimal("9e4999"), "299999"),
        (Money("9.50", "EUR"), "EUR2500095"),
        (date(1, 2, 3), "0001-02-03"),
        (datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=2))), "2026-11-02T07:00:00.000000"),
    ],
)
def test_a_key_is_what_it_always_was(value: object, key: str | None) -> None:
    """Keys are stored: another form of them would need every row to be written again."""
    assert text_key(value) == key


@pytest.mark.parametrize(
    "value",
    [
        "x" * 255,
        "a\x00b",
        "\ud800",
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e5000"),
        Decimal("1e-5001"),
        Decimal("1e999999999999999999"),
        datetime(2026, 11, 2, 9),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))),
        0.5,
        b"bytes",
        ("a", "tuple"),
    ],
)
def test_what_has_no_place_in_an_index_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue) as refused:
        text_key(value, field="owner")
    assert refused.value.field == "owner"


def test_a_refusal_does_not_repeat_the_text() -> None:
    with pytest.raises(InvalidValue) as refused:
        text_key("secret" * 60)
    assert "secret" not in str(refused.value)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system sets no time zone for one process")
def test_a_moment_has_the_same_key_whatever_the_clock_of_the_machine_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=2)))
    try:
        monkeypatch.setenv("TZ", "XYZ-5")
        time.tzset()
        assert text_key(at) == "2026-11-02T07:00:00.000000"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_first_and_the_last_moment_have_keys() -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert str(text_key(first)) < str(text_key(last))


@pytest.mark.parametrize(
    ("text", "storable"), [("D-1", True), ("", True), ("a\x00", False), ("\udfff", False), (7, False), (None, False)]
)
def test_text_is_storable_where_every_database_takes_it(text: object, storable: bool) -> None:
    assert is_storable(text) is storable
