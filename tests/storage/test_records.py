"""Records: what is written is read back, exactly; what is hostile is refused, with its path and without its value."""

from __future__ import annotations

import builtins
import copy
import json
import pickle
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, NewType
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage.record_samples import GOLDEN, classes, golden_path, own_records, sample, shape

from salesflow.changes import Change, ChangeSet
from salesflow.deal.deal import Deal, ForecastCategory, Hold
from salesflow.deal.event import DealHeld, DealOpened, DealUpdated, StageChanged
from salesflow.deal.objections import Objection
from salesflow.deal.tasks import Task, TaskAdded, TaskCompleted
from salesflow.entity import Entity
from salesflow.errors import EngineOwned, InvalidValue, MissingExtra, WrongType
from salesflow.event import Event, Recorded, fold
from salesflow.people.contact import Contact, ContactAdded, ContactUpdated
from salesflow.people.lead import Lead, LeadUpdated
from salesflow.storage.own_shapes import EARLIER_SHAPES
from salesflow.storage.plain import classes as plain_classes
from salesflow.storage.records import Records
from salesflow.storage.registry import OWN
from salesflow.values.contact_details import EmailAddress
from salesflow.values.money import Money

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
NAMES = sorted(OWN)
CLASSES = {cls.__name__: cls for cls in classes()}


class Plan(StrEnum):
    MONTHLY = "monthly"
    YEARLY = "yearly"


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


Seats = NewType("Seats", int)


@attrs.frozen(kw_only=True)
class SaaSDeal(Deal):
    seats: int = 0
    plan: Plan | None = None


@attrs.frozen(kw_only=True)
class EnterpriseDeal(SaaSDeal):
    sites: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class SeatsAgreed(Event[SaaSDeal]):
    seats: int = attrs.field()

    @seats.validator
    def _is_positive(self, _attribute: object, value: int) -> None:
        if value < 0:
            raise ValueError(f"{value} seats")

    def apply(self, deal: SaaSDeal, /) -> SaaSDeal:
        return deal.changed_by(self, seats=self.seats)


@attrs.frozen(kw_only=True)
class Node:
    name: str
    children: tuple[Node, ...] = ()


@attrs.frozen(kw_only=True)
class EverythingNoted(Event[Deal]):
    """An event with a field of every type that can be written."""

    share: float = 0.1
    length: timedelta = timedelta(microseconds=1)
    when: time | None = None
    size: Size = Size.SMALL
    seats: Seats = Seats(1)
    label: Annotated[str, {"shown": True}] = ""
    row: tuple[str, int, Decimal | None] = ("a", 1, None)
    price: Decimal | Money | None = None
    tree: Node | None = None
    about: Deal | None = None
    task: Task | None = None
    key: UUID | None = None
    _hidden: int = 0

    def apply(self, deal: Deal, /) -> Deal:
        return deal.changed_by(self)


def saas_records(**options: str) -> Records:
    records = Records(**options)
    records.register(SaaSDeal, name="SaaSDeal", schema=1)
    return records.register(SeatsAgreed, name="SeatsAgreed", schema=1)


def everything_records() -> Records:
    records = Records().write_as_text(UUID, parse=UUID)
    return records.register(EverythingNoted, name="EverythingNoted", schema=1)


def a_deal(**fields: object) -> Deal:
    return Deal(id="D-1", name="Order desk", **fields)


def refusal(data: object, expect: type = object, records: Records | None = None) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        (records or Records()).load(data, expect=expect)
    return caught.value


def dump_refusal(value: object, records: Records | None = None) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        (records or Records()).dump(value)
    return caught.value


# Every record of the library


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("full", [True, False], ids=["full", "bare"])
def test_every_record_is_read_as_it_was_written(name: str, full: bool) -> None:
    records, value = Records(), sample(CLASSES[name], full=full)
    again = records.from_json(records.to_json(value), expect=CLASSES[name])
    assert again == value
    assert repr(again) == repr(value)
    assert records.to_json(again) == records.to_json(value)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_plain_data_that_any_json_library_carries(name: str) -> None:
    records, value = Records(), sample(CLASSES[name])
    assert records.load(json.loads(json.dumps(records.dump(value)))) == value


@pytest.mark.parametrize("name", NAMES)
def test_both_ways_of_writing_and_reading_mean_the_same(name: str) -> None:
    records, value = Records(), sample(CLASSES[name])
    form = records._forms.tagged(object)
    data = form.straight_write(value)
    assert form.write(value, "") == data
    assert form.read(copy.deepcopy(data), "") == form.straight_read(data) == value


@pytest.mark.parametrize("name", NAMES)
def test_data_that_is_right_is_read_and_written_without_a_second_look(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, value = Records(), sample(CLASSES[name])
    data = records.dump(value)
    records.load(data)

    def never(*_arguments: object) -> object:
        raise AssertionError("asked again")

    records._forms.tagged(object)
    fresh = Records()
    monkeypatch.setattr(plain_classes.ClassForm, "read", never)
    monkeypatch.setattr(plain_classes.ClassForm, "write", never)
    form = fresh._forms.tagged(object)
    if name not in ("DealUpdated", "ContactUpdated", "LeadUpdated", "OrganizationUpdated"):
        assert form.straight_write(value) == data
        assert form.straight_read(data) == value


def test_every_entity_and_event_of_the_library_can_be_written() -> None:
    for name in OWN.values():
        __import__(name)
    assert own_records() <= set(OWN), "add the new ones to salesflow.storage.registry.OWN"


def test_names_of_records_are_not_paths_of_modules() -> None:
    for name in Records().names:
        assert name.isidentifier()
        assert b"salesflow" not in Records().to_json(sample(CLASSES[name]))


# Golden files


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_data_written_by_earlier_versions_is_still_read(path: object) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    name, schema = path.stem.split(".")  # type: ignore[attr-defined]
    records = Records()
    assert golden["full"]["schema"] == int(schema)
    full, bare = records.load(golden["full"]), records.load(golden["bare"])
    assert type(full) is type(bare) is CLASSES[name]
    if is_present(golden["full"], records):
        assert full == sample(CLASSES[name])
        assert bare == sample(CLASSES[name], full=False)
        assert records.dump(full) == golden["full"]


@pytest.mark.parametrize("name", sorted(EARLIER_SHAPES))
def test_what_an_earlier_version_did_not_know_is_as_if_nobody_had_said_it(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.1.json").read_text(encoding="utf-8"))
    today = sample(CLASSES[name], full=False)
    if isinstance(today, Lead):  # what was its status is its stage, and it goes on in the process of the library
        today = attrs.evolve(today, process="lead", process_version=1, stage="new")
    assert Records().load(golden["bare"]) == today


def is_present(data: object, records: Records) -> bool:
    """Whether plain data, and every record in it, is of the schema that is written now."""
    if isinstance(data, list):
        return all(is_present(one, records) for one in data)
    if not isinstance(data, dict):
        return True
    record = records._registry.named(data["type"]) if "schema" in data else None
    return (record is None or data["schema"] == record.schema) and is_present(list(data.values()), records)


def broken(old: object, new: object, at: str = "") -> list[str]:
    """Where data of the old shape would not be of the new one. More choices break nothing."""
    if isinstance(old, dict) and isinstance(new, dict):
        if "enum" in old and "enum" in new:
            return [] if all(one in new["enum"] for one in old["enum"]) else [f"{at}: fewer choices"]
        if "anyOf" in old and "anyOf" in new:
            left = [one for one in old["anyOf"] if all(broken(one, other) for other in new["anyOf"])]
            return [f"{at}: fewer choices"] if left else []
        found = [f"{at}.{key}" for key in old.keys() ^ new.keys()]
        return found + [one for key in old.keys() & new.keys() for one in broken(old[key], new[key], f"{at}.{key}")]
    return [] if old == new and type(old) is type(new) else [at]


@pytest.mark.parametrize("name", NAMES)
def test_no_record_changes_its_shape_without_a_new_schema_number(name: str) -> None:
    records, cls = Records(), CLASSES[name]
    path = golden_path(records, cls)
    assert path.exists(), f"a new schema has golden data: run {GOLDEN.parent / 'record_samples.py'}"
    assert broken(json.loads(path.read_text(encoding="utf-8"))["shape"], shape(records, cls)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"seats": attrs.field(type=int), "plan": attrs.field(type=str)},
        {"seats": attrs.field(type=Decimal)},
        {"seats": attrs.field(type=int | None)},
        {"places": attrs.field(type=int)},
        {},
    ],
    ids=["one more", "another type", "may be unknown now", "renamed", "one less"],
)
def test_a_change_of_shape_without_a_new_number_is_noticed(fields: dict[str, object]) -> None:
    def shape_of(described: dict[str, object]) -> dict[str, object]:
        cls = attrs.make_class("Agreed", described, bases=(Event,), frozen=True, kw_only=True)
        return shape(Records().register(cls, name="Agreed", schema=1), cls)

    before = shape_of({"seats": attrs.field(type=int)})
    assert broken(before, shape_of({"seats": attrs.field(type=int)})) == []
    assert broken(before, shape_of(fields)) != []


def test_a_choice_more_is_no_change_of_shape_and_one_less_is() -> None:
    assert broken({"enum": ["a"]}, {"enum": ["a", "b"]}) == []
    assert broken({"enum": ["a", "b"]}, {"enum": ["a"]}) != []
    assert broken({"anyOf": [{"type": "null"}]}, {"anyOf": [{"type": "null"}, {"type": "string"}]}) == []
    assert broken({"anyOf": [{"type": "null"}]}, {"anyOf": [{"type": "string"}]}) != []


# Exactness


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "0.00",
        "0.10",
        "1E-7",
        "1E+3",
        "1E+100",
        "1E-100",
        "9999999999999999999999999999999999",
        "-0.0000000000000000000000000001",
    ],
)
def test_numbers_keep_every_digit(number: str) -> None:
    records = everything_records()
    event = EverythingNoted(at=AT, by="noa", price=Decimal(number))
    read = records.from_json(records.to_json(event), expect=EverythingNoted)
    assert isinstance(read.price, Decimal)
    assert read.price.as_tuple() == Decimal(number).as_tuple()


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(hours=2, minutes=20, seconds=54))),
        datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("UTC")),
        datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Asia/Jerusalem")),
        datetime(2026, 11, 2, 9, tzinfo=ZoneInfo("Etc/GMT+5")),
        datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Asia/Jerusalem"), fold=0),
        datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Asia/Jerusalem"), fold=1),
        datetime(2026, 3, 27, 2, 30, tzinfo=ZoneInfo("Asia/Jerusalem")),
    ],
    ids=str,
)
def test_moments_keep_their_microsecond_offset_and_zone(at: datetime) -> None:
    records = Records()
    read = records.from_json(records.to_json(a_deal(changed_at=at)), expect=Deal).changed_at
    assert read is not None
    assert read.replace(tzinfo=None) == at.replace(tzinfo=None)
    assert (read.utcoffset(), read.fold) == (at.utcoffset(), at.fold)
    assert type(read.tzinfo) is type(at.tzinfo)
    assert str(read.tzinfo) == str(at.tzinfo)


@pytest.mark.parametrize("number", ["1E+101", "1E-101", "1" * 35])
def test_numbers_out_of_all_proportion_are_refused_both_ways(number: str) -> None:
    records = everything_records()
    event = EverythingNoted(at=AT, by="noa", price=Decimal("0"))
    assert dump_refusal(attrs.evolve(event, price=Decimal(number)), records).field == "price"
    assert refusal(records.dump(event) | {"price": number}, records=records).field == "price"


def test_an_offset_that_would_not_be_read_back_is_refused() -> None:
    odd = datetime(2026, 11, 2, 9, tzinfo=timezone(timedelta(microseconds=1)))
    with pytest.raises(InvalidValue, match="whole seconds"):
        Records().dump(DealHeld(at=odd, by="noa", reason="budget"))


def test_a_zone_is_written_as_rfc_9557_has_it() -> None:
    at = datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=ZoneInfo("Asia/Jerusalem"))
    assert Records().dump(a_deal(changed_at=at))["changed_at"] == "2026-11-02T09:00:00.000001+02:00[Asia/Jerusalem]"


def test_where_the_rules_of_a_zone_have_changed_since_the_moment_counts() -> None:
    data = Records().dump(a_deal(changed_at=AT)) | {"changed_at": "2026-11-02T09:00:00+05:00[Asia/Jerusalem]"}
    read = Records().load(data, expect=Deal).changed_at
    assert read == datetime(2026, 11, 2, 4, tzinfo=UTC)
    assert str(read.tzinfo) == "Asia/Jerusalem"


def test_nothing_and_zero_stay_apart() -> None:
    records = Records()
    unknown, zero = a_deal(), a_deal(amount=Money("0", "EUR"), probability=Decimal(0))
    assert records.dump(unknown)["amount"] is None
    assert records.dump(zero)["amount"] == {"amount": "0.00", "currency": "EUR"}
    assert records.load(records.dump(zero)) == zero != unknown


def test_an_amount_is_text_and_a_currency() -> None:
    assert Records().dump(a_deal(amount=Money("48000", "EUR")))["amount"] == {"amount": "48000.00", "currency": "EUR"}


def test_every_type_that_a_field_of_your_own_may_have_is_kept() -> None:
    records = everything_records()
    event = EverythingNoted(
        at=AT,
        by="noa",
        share=1e20,
        length=timedelta(days=-1, microseconds=7),
        when=time(9, 30, 0, 1),
        size=Size.LARGE,
        row=("b", -(2**63), Decimal("0.5")),
        price=Money("1", "JPY"),
        tree=Node(name="top", children=(Node(name="leaf"),)),
        about=a_deal(),
        task=Task(id=1, title="call", created_at=AT),
        key=UUID(int=1),
        hidden=5,
    )
    assert records.from_json(records.to_json(event)) == event
    form = records._forms.tagged(object)
    assert form.read(form.write(event, ""), "") == event
    assert records.load(json.loads(json.dumps(records.dump(event)).replace("1e+20", "100000000000000000000"))) == event


@attrs.frozen(kw_only=True)
class Choices(Event[Deal]):
    one: bool | int | str | tuple[int, ...] | Node = 1
    other: Plan | Size | tuple[int, str] | Deal = Plan.MONTHLY
    third: tuple[DealUpdated | int | None, ...] = ()
    fourth: type[Deal] | int | None = None


@pytest.mark.parametrize(
    "fields",
    [
        {"one": True},
        {"one": 1},
        {"one": "1"},
        {"one": (1, 2)},
        {"one": Node(name="x")},
        {"other": Plan.YEARLY},
        {"other": Size.LARGE},
        {"other": (1, "x")},
        {"other": Deal(id="D-1", name="Order desk")},
        {"third": (None, 5, DealUpdated(at=AT, by="noa", changes=(("team", "north"),)))},
        {"fourth": Deal},
        {"fourth": 5},
    ],
    ids=str,
)
def test_a_value_of_one_of_several_types_keeps_its_type(fields: dict[str, object]) -> None:
    records = Records().register(Choices, name="Choices", schema=1)
    event = Choices(at=AT, by="noa", **fields)
    read = records.from_json(records.to_json(event))
    assert read == event
    assert repr(read) == repr(event)
    assert valid(records.schema(Choices), records.dump(event))


def test_a_value_of_none_of_several_types_is_refused() -> None:
    records = Records().register(Choices, name="Choices", schema=1)
    assert dump_refusal(Choices(at=AT, by="noa", one=0.5), records).field == "one"
    data = records.dump(Choices(at=AT, by="noa"))
    assert refusal(data | {"one": 0.5}, records=records).field == "one"
    assert refusal(data | {"one": [1, "x"]}, records=records).field == "one[1]"
    assert refusal(data | {"fourth": []}, records=records).field == "fourth"


texts = st.text(
    st.characters(
        exclude_categories=["Cc", "Cs", "Zl", "Zp"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=40,
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
moments = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1),
    timezones=st.one_of(
        st.just(UTC),
        st.timezones(),
        st.integers(-23 * 3600, 23 * 3600).map(lambda seconds: timezone(timedelta(seconds=seconds))),
    ),
    allow_imaginary=True,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    label=texts,
    price=st.one_of(st.none(), decimals, st.builds(Money, st.integers(-(10**15), 10**15), st.just("EUR"))),
    at=moments,
    share=st.floats(allow_nan=False, allow_infinity=False),
    seats=st.integers(-(2**63), 2**63 - 1),
)
def test_whatever_is_written_is_read_back(label: str, price: object, at: datetime, share: float, seats: int) -> None:
    records = everything_records()
    event = EverythingNoted(at=at, by="noa", label=label, price=price, share=share, seats=seats)
    read = records.from_json(records.to_json(event), expect=EverythingNoted)
    assert (read.label, read.price, read.share, read.seats) == (label, price, share, seats)
    assert str(read.price) == str(price)
    assert read.at.isoformat() == at.isoformat()
    assert str(read.at.tzinfo) == str(at.tzinfo)


# Classes of your own


def test_a_subclass_is_read_as_what_it_was() -> None:
    records = saas_records()
    deal = SaaSDeal(id="D-1", name="Order desk", seats=5, plan=Plan.YEARLY)
    data = records.dump(deal)
    assert (data["type"], data["schema"], data["extends"], data["plan"]) == ("SaaSDeal", 1, {"Deal": 2}, "yearly")
    assert records.load(data, expect=Deal) == deal
    assert records.load(records.dump(DealOpened(at=AT, by="noa", deal=deal)), expect=DealOpened).deal == deal


def test_a_subclass_of_your_own_subclass_says_all_that_it_builds_on() -> None:
    records = saas_records().register(EnterpriseDeal, name="EnterpriseDeal", schema=1)
    deal = EnterpriseDeal(id="D-1", name="Order desk", sites=("Haifa",))
    assert records.dump(deal)["extends"] == {"Deal": 2, "SaaSDeal": 1}
    assert records.load(records.dump(deal)) == deal


def test_a_class_that_is_not_registered_is_refused_with_the_way_out() -> None:
    error = dump_refusal(SaaSDeal(id="D-1", name="Order desk"))
    assert error.way_out == 'call records.register(SaaSDeal, name="SaaSDeal", schema=1)'
    data = saas_records().dump(SaaSDeal(id="D-1", name="Order desk"))
    assert refusal(data).field == "type"
    assert "SaaSDeal" in str(refusal(data))


@pytest.mark.parametrize("name", ["os.system", "salesflow.deal.deal.Deal", "builtins.eval", "__class__", ""])
def test_a_name_in_the_data_is_never_imported_or_evaluated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    records = Records()
    records.load(records.dump(a_deal()))
    monkeypatch.setattr(builtins, "__import__", lambda *_: pytest.fail("imported"))
    with pytest.raises(InvalidValue):
        records.load({"type": name, "schema": 1})


def test_a_fault_in_a_subclass_is_found_where_it_stands() -> None:
    opened = DealOpened(at=AT, by="noa", deal=SaaSDeal(id="D-1", name="Order desk", seats="many"))
    assert dump_refusal(opened, saas_records()).field == "deal.seats"


def test_a_class_and_a_name_are_registered_once() -> None:
    records = saas_records()
    with pytest.raises(InvalidValue, match="registered once"):
        records.register(SaaSDeal, name="Another", schema=1)
    with pytest.raises(InvalidValue, match="registered once"):
        records.register(Deal, name="MyDeal", schema=1)
    with pytest.raises(InvalidValue, match="belongs to one class"):
        records.register(EnterpriseDeal, name="Deal", schema=1)
    with pytest.raises(InvalidValue, match="belongs to one class"):
        records.register(EnterpriseDeal, name="New", schema=1, formerly=("SaaSDeal",))
    assert "New" not in records.names


def test_only_classes_of_attrs_with_a_schema_number_are_registered() -> None:
    with pytest.raises(InvalidValue, match="attrs class"):
        Records().register(int, name="int", schema=1)
    with pytest.raises(InvalidValue, match="counts from 1"):
        Records().register(SaaSDeal, name="SaaSDeal", schema=0)
    with pytest.raises(InvalidValue, match="counts from 1"):
        Records().register(SaaSDeal, name="SaaSDeal", schema=True)


def test_a_name_in_stored_data_is_a_line_of_at_most_sixty_characters() -> None:
    assert "x" * 60 in Records().register(SaaSDeal, name="x" * 60, schema=1).names
    for name in ("x" * 61, "two\nlines", ""):
        with pytest.raises(InvalidValue, match="name"):
            Records().register(SaaSDeal, name=name, schema=1)


def test_a_field_cannot_be_called_what_a_record_says_of_itself() -> None:
    cls = attrs.make_class("Odd", {"type": attrs.field(type=str)})
    with pytest.raises(InvalidValue, match="rename the field"):
        Records().register(cls, name="Odd", schema=1)


def test_a_record_is_found_under_its_former_name() -> None:
    old = Records().register(SaaSDeal, name="Subscription", schema=1)
    new = Records().register(SaaSDeal, name="SaaSDeal", schema=1, formerly=("Subscription",))
    deal = SaaSDeal(id="D-1", name="Order desk", seats=5)
    data = old.dump(deal)
    assert new.load(data) == new.load(data) == deal
    assert new.dump(deal)["type"] == "SaaSDeal"
    assert new.names.count("SaaSDeal") == 1


def test_any_class_of_attrs_can_be_a_record() -> None:
    records = Records().register(Node, name="Node", schema=1)
    tree = Node(name="top", children=(Node(name="leaf"),))
    assert records.load(records.dump(tree), expect=Node) == tree


def test_a_type_that_cannot_be_written_is_named_with_its_field() -> None:
    for hint in (object, bytes, dict[str, int], str | Plan, "Nowhere", tuple[str, bytes], set[int], None):
        cls = attrs.make_class("Odd", {"stuff": attrs.field(type=hint)}, bases=(Event,), frozen=True)
        cls.__annotations__ = {"stuff": hint}
        records = Records().register(cls, name="Odd", schema=1)
        with pytest.raises(WrongType, match="Odd"):
            records.load({"type": "Odd", "schema": 1, "at": "", "by": "", "stuff": None})
        with pytest.raises(WrongType, match="Odd"):
            records.schema(cls)


def test_a_closed_choice_of_anything_but_text_or_whole_numbers_is_refused() -> None:
    odd = Enum("Odd", {"A": 1.5, "B": "b"})
    cls = attrs.make_class("Chosen", {"odd": attrs.field(type=odd)}, bases=(Event,))
    with pytest.raises(WrongType, match="all text or all whole numbers"):
        Records().register(cls, name="Chosen", schema=1).schema(cls)


def test_a_type_of_the_library_is_written_in_one_way_only() -> None:
    with pytest.raises(InvalidValue, match="knows how"):
        Records().write_as_text(Money, parse=lambda text: Money(text, "EUR"))


def test_a_type_of_your_own_may_come_after_the_class_that_holds_it() -> None:
    records = Records().register(EverythingNoted, name="EverythingNoted", schema=1).write_as_text(UUID, parse=UUID)
    event = EverythingNoted(at=AT, by="noa", key=UUID(int=1))
    assert records.load(records.dump(event)) == event


def test_text_that_stands_for_no_value_of_your_type_is_refused_without_repeating_it() -> None:
    records = everything_records()
    data = records.dump(EverythingNoted(at=AT, by="noa")) | {"key": "secret"}
    error = refusal(data, records=records)
    assert error.field == "key"
    assert "secret" not in str(error)
    assert dump_refusal(EverythingNoted(at=AT, by="noa", key=5), everything_records()).field == "key"


def test_records_are_shared_between_threads_from_the_first_use() -> None:
    records, value = Records(), sample(ChangeSet)
    wrong: list[object] = []

    def work() -> None:
        wrong.extend(1 for _ in range(20) if records.from_json(records.to_json(value)) != value)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# Updates of plain fields


def test_the_values_of_an_update_have_the_types_of_their_fields() -> None:
    records = Records()
    event = DealUpdated(
        at=AT, by="noa", changes=(("forecast_category", ForecastCategory.COMMIT), ("amount", None), ("team", "north"))
    )
    assert records.dump(event)["changes"] == [
        {"field": "forecast_category", "value": "commit"},
        {"field": "amount", "value": None},
        {"field": "team", "value": "north"},
    ]
    assert records.load(records.dump(event)) == event


def test_an_update_of_a_field_of_your_own_says_whose_field_it_is() -> None:
    records = saas_records()
    event = DealUpdated(at=AT, by="noa", changes=(("plan", Plan.YEARLY),))
    assert records.dump(event)["changes"] == [{"field": "plan", "of": "SaaSDeal", "value": "yearly"}]
    assert records.load(records.dump(event)) == event
    assert dump_refusal(event).field == "changes.plan"


def test_of_two_classes_with_a_field_the_one_is_meant_that_the_value_fits() -> None:
    other = attrs.make_class(
        "Rental", {"plan": attrs.field(type=Money | None, default=None)}, bases=(Deal,), frozen=True
    )
    records = saas_records().register(other, name="Rental", schema=1)
    event = DealUpdated(at=AT, by="noa", changes=(("plan", Money("1", "EUR")),))
    assert records.load(records.dump(event)) == event
    assert dump_refusal(DealUpdated(at=AT, by="noa", changes=(("plan", 1.5),)), records).field == "changes.plan"


@pytest.mark.parametrize("field", ["id", "version", "stage", "outcome", "terms", "closed_at"])
def test_an_update_cannot_smuggle_in_what_the_engine_owns(field: str) -> None:
    data = Records().dump(sample(DealUpdated))
    data["changes"] = [{"field": field, "value": None}]
    assert "engine" in str(refusal(data))
    with pytest.raises(EngineOwned, match=field):
        DealUpdated(at=AT, by="noa", changes=((field, None),))


def test_an_update_of_a_lead_cannot_smuggle_in_its_stage() -> None:
    data = Records().dump(sample(LeadUpdated))
    data["changes"] = [{"field": "stage", "value": "converted"}]
    assert refusal(data).field == "changes[0].stage"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "changes"),
        ([5], "changes[0]"),
        ([{"field": "name"}], "changes[0]"),
        ([{"field": "name", "value": "x", "more": 1}], "changes[0]"),
        ([{"field": 5, "value": "x"}], "changes[0]"),
        ([{"field": "nmae", "value": "x"}], "changes[0].field"),
        ([{"field": "name", "of": "Contact", "value": "x"}], "changes[0].of"),
        ([{"field": "name", "of": 5, "value": "x"}], "changes[0].of"),
        ([{"field": "name", "of": [], "value": "x"}], "changes[0].of"),
        ([{"field": "name", "value": 5}], "changes[0].value"),
        ([{"field": "owner", "value": "a"}, {"field": "owner", "value": "b"}], "changes[1].owner"),
        ([None] * 100_001, "changes"),
    ],
)
def test_an_update_that_makes_no_sense_is_refused(changes: object, field: str) -> None:
    assert refusal(Records().dump(sample(DealUpdated)) | {"changes": changes}).field == field


def test_an_update_that_could_not_be_read_back_is_not_written() -> None:
    assert dump_refusal(DealUpdated(at=AT, by="noa", changes=(("name", 5),))).field == "changes.name"


def test_an_event_with_changes_says_which_entity_it_is_about() -> None:
    @attrs.frozen(kw_only=True)
    class Vague(Event):
        changes: tuple[tuple[str, object], ...] = ()

    @attrs.frozen(kw_only=True)
    class Quoted(Event["Deal"]):
        changes: tuple[tuple[str, object], ...] = ()

    @attrs.frozen(kw_only=True)
    class Lost(Event["Nowhere"]):
        changes: tuple[tuple[str, object], ...] = ()

    for cls in (Vague, Lost):
        with pytest.raises(WrongType, match="says what it is about"):
            Records().register(cls, name=cls.__name__, schema=1).dump(cls(at=AT, by="noa"))
    records = Records().register(Quoted, name="Quoted", schema=1)
    quoted = Quoted(at=AT, by="noa", changes=(("amount", Money("5", "EUR")),))
    assert records.load(records.dump(quoted)) == quoted
    assert dump_refusal(attrs.evolve(quoted, changes=[("name", "x")]), records).field == "changes"
    for changes in ((("stage", "won"),), (("name", "x"), ("name", "y"))):
        assert dump_refusal(attrs.evolve(quoted, changes=changes), records).field == f"changes.{changes[0][0]}"


# Schema numbers and upcasters


def with_schema(number: int, **upcasters: object) -> Records:
    steps = {int(name.removeprefix("from_")): step for name, step in upcasters.items()}
    return Records().register(SaaSDeal, name="SaaSDeal", schema=number, upcasters=steps)


def test_data_of_older_schemas_is_brought_up_to_date_step_by_step() -> None:
    records = with_schema(
        3,
        from_1=lambda fields: {"seats": fields.pop("places"), **fields},
        from_2=lambda fields: {**fields, "plan": "monthly" if fields["seats"] < 10 else "yearly"},
    )
    data = with_schema(1).dump(SaaSDeal(id="D-1", name="Order desk", seats=50))
    data["places"] = data.pop("seats")
    del data["plan"]
    before = copy.deepcopy(data)
    assert records.load(data) == SaaSDeal(id="D-1", name="Order desk", seats=50, plan=Plan.YEARLY)
    assert data == before
    data["schema"], data["seats"] = 2, data.pop("places")
    assert records.load(data, expect=SaaSDeal).plan is Plan.YEARLY


def test_data_of_a_newer_schema_is_refused() -> None:
    data = Records().dump(a_deal()) | {"schema": 3}
    error = refusal(data)
    assert error.field == "schema"
    assert "known here up to schema 2" in error.rule
    own = saas_records()
    extended = own.dump(SaaSDeal(id="D-1", name="Order desk")) | {"extends": {"Deal": 3}}
    assert refusal(extended, records=own).field == "extends.Deal"
    opened = own.dump(DealOpened(at=AT, by="noa", deal=SaaSDeal(id="D-1", name="Order desk")))
    for number, field in (({"schema": 2}, "deal.schema"), ({"extends": {"Deal": 3}}, "deal.extends.Deal")):
        assert refusal(opened | {"deal": opened["deal"] | number}, records=own).field == field


@pytest.mark.parametrize("number", [0, -1, True, "1", 1.0, None])
def test_a_schema_number_counts_from_one(number: object) -> None:
    assert refusal(Records().dump(a_deal()) | {"schema": number}).field == "schema"


@pytest.mark.parametrize("extends", [None, {}, {"Deal": 1, "Contact": 1}, {"Deal": "1"}, ["Deal"]])
def test_a_subclass_says_the_schema_of_what_it_builds_on(extends: object) -> None:
    records = saas_records()
    data = records.dump(SaaSDeal(id="D-1", name="Order desk")) | {"extends": extends}
    assert refusal(data, records=records).field.startswith("extends")
    assert refusal(Records().dump(a_deal()) | {"extends": {"Deal": 1}}).field == "extends"


def test_a_subclass_that_does_not_say_what_it_builds_on_is_told_what_that_is() -> None:
    records = saas_records().register(EnterpriseDeal, name="EnterpriseDeal", schema=1)
    data = records.dump(EnterpriseDeal(id="D-1", name="Order desk")) | {"extends": {}}
    assert "of Deal, SaaSDeal," in refusal(data, records=records).rule
    assert "of nothing," in refusal(Records().dump(a_deal()) | {"extends": {"Deal": 1}}).rule


def test_every_step_to_the_present_schema_needs_an_upcaster() -> None:
    for number, steps in ((2, {}), (3, {"from_1": dict}), (1, {"from_1": dict})):
        with pytest.raises(InvalidValue, match="needs an upcaster"):
            with_schema(number, **steps)


def test_an_upcaster_that_fails_says_which_and_repeats_no_value() -> None:
    def fails(fields: dict[str, object]) -> dict[str, object]:
        raise KeyError(fields["name"])

    data = with_schema(1).dump(SaaSDeal(id="D-1", name="Order desk"))
    error = refusal(data, records=with_schema(2, from_1=fails))
    assert "from schema 1 failed with KeyError" in str(error)
    assert "Order desk" not in str(error)
    assert error.__cause__ is None
    assert "gave no dict" in str(refusal(data, records=with_schema(2, from_1=lambda _fields: None)))


# Unknown fields


def test_an_unknown_field_is_refused() -> None:
    error = refusal(Records().dump(a_deal()) | {"mood": "good"})
    assert error.field == "mood"
    assert "no such field" in error.rule
    assert refusal(Records().dump(a_deal()) | {"noa@acme.example": 1}).field == "a field"


def test_a_missing_field_is_refused_and_never_filled_in() -> None:
    data = Records().dump(a_deal(amount=Money("5", "EUR")))
    del data["amount"]
    assert refusal(data).field == "amount"


def test_an_unknown_field_that_is_kept_comes_out_again() -> None:
    records = Records(unknown="keep")
    task = Task(id=1, title="call", created_at=AT)
    data = Records().dump(a_deal(tasks=(task,))) | {"mood": {"today": ["good", 1, 0.5, None, True]}}
    data["tasks"][0]["color"] = "red"
    deal = records.load(data, expect=Deal)
    assert isinstance(deal, Deal)
    assert records.dump(deal) == data
    assert records.from_json(records.to_json(deal)) == deal


def test_what_is_kept_stays_with_the_deal_when_it_changes() -> None:
    records = Records(unknown="keep")
    deal = records.load(Records().dump(a_deal()) | {"mood": "good"}, expect=Deal)
    added = TaskAdded(at=AT, by="noa", task_id=1, title="call")
    changed = fold([added], deal)
    assert len(changed.tasks) == 1
    assert records.dump(changed)["mood"] == "good"
    assert Deal.root() is type(deal).root()
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert records.load(records.dump(ChangeSet((Change(deal, (added,)),)))) == ChangeSet((Change(deal, (added,)),))


def test_without_unknown_fields_keeping_changes_nothing() -> None:
    assert type(Records(unknown="keep").load(Records().dump(a_deal()))) is Deal


def test_what_is_kept_is_plain_data_within_limits() -> None:
    records, data = Records(unknown="keep"), Records().dump(a_deal())
    for bad in (float("nan"), {1: 2}, {1, 2}, "\x00", 2**70, object()):
        for around in (bad, [bad], {"today": bad}, {"today": [1, {"noon": bad}]}):
            assert refusal(data | {"mood": around}, records=records).field == "mood"
    assert refusal(data | {"\x00": 1}, records=records).field == "a field"
    assert records.dump(records.load(data | {"x" * 200: 1}))["x" * 200] == 1
    assert refusal(data | {"x" * 201: 1}, records=records).field == "a field"
    opened = records.dump(DealOpened(at=AT, by="noa", deal=a_deal()))
    assert refusal(opened | {"deal": data | {"mood": {1, 2}}}, records=records).field == "deal.mood"
    assert "Sekrett" not in str(refusal(data | {"Sekrett\x00": 1}, records=records))
    circle: list[object] = []
    circle.append(circle)
    assert refusal(data | {"mood": circle}, records=records).field == "mood"


@pytest.mark.parametrize("around", [lambda one: [one], lambda one: {"a": one}], ids=["lists", "objects"])
def test_what_is_kept_is_nested_up_to_twenty_levels(around: Callable[[object], object]) -> None:
    records, data = Records(unknown="keep"), Records().dump(a_deal())
    deep: object = 1
    for _ in range(20):
        deep = around(deep)
    kept = data | {"mood": deep}
    assert records.dump(records.load(kept)) == kept
    assert refusal(data | {"mood": around(deep)}, records=records).field == "mood"


def test_unknown_fields_are_refused_or_kept() -> None:
    with pytest.raises(InvalidValue, match="refused or kept"):
        Records(unknown="drop")


# Hostile data


def bad(path: str, value: object) -> dict[str, object]:
    """The change set of the samples with one value replaced."""
    data = json.loads(Records().to_json(sample(ChangeSet)))
    *way, last = [int(step) if step.isdigit() else step for step in path.replace("[", ".").replace("]", "").split(".")]
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("changes[0].events[0].deal.amount.currency", 5),
        ("changes[0].events[0].deal.amount.currency", "EURO"),
        ("changes[0].events[0].deal.amount", []),
        ("changes[0].events[0].deal.amount.amount", 48000),
        ("changes[0].events[0].deal.amount.amount", 0.1),
        ("changes[0].events[0].deal.amount.amount", "٤٨"),
        ("changes[0].events[0].deal.amount.amount", "1_000"),
        ("changes[0].events[0].deal.amount.amount", "1E+999"),
        ("changes[0].events[0].deal.amount.amount", "0.001"),
        ("changes[0].events[0].deal.amount", "48000 EUR"),
        ("changes[0].events[0].deal.amount", {"amount": "1", "currency": "EUR", "more": 1}),
        ("changes[0].events[0].deal.name", None),
        ("changes[0].events[0].deal.name", ""),
        ("changes[0].events[0].deal.name", "a\x00b"),
        ("changes[0].events[0].deal.name", "x" * 300),
        ("changes[0].events[0].deal.stage", "a\x00b"),
        ("changes[0].events[0].deal.stage", "\ud800"),
        ("changes[0].events[0].deal.stage", "\u202e"),
        ("changes[0].events[0].deal.stage", "x" * 100_001),
        ("changes[0].events[0].deal.version", True),
        ("changes[0].events[0].deal.version", "0"),
        ("changes[0].events[0].deal.version", -1),
        ("changes[0].events[0].deal.version", 0.0),
        ("changes[0].events[0].deal.process_version", 2**63),
        ("changes[0].events[0].deal.outcome", "lots"),
        ("changes[0].events[0].deal.outcome", []),
        ("changes[0].events[0].deal.tasks", {}),
        ("changes[0].events[1].changes[1].value.currency", "EURO"),
        ("changes[0].events[0].deal.probability", "NaN"),
        ("changes[0].events[0].deal.probability", "1e999999"),
        ("changes[0].events[0].deal.probability", "2"),
        ("changes[0].events[0].deal.probability", 0.5),
        ("changes[0].events[0].deal.expected_close", "2026-02-30"),
        ("changes[0].events[0].deal.expected_close", "20260228"),
        ("changes[0].events[0].deal.expected_close", "2026-11-02T09:00:00"),
        ("changes[0].events[0].deal.expected_close", 20261102),
        ("changes[0].events[0].at", "2026-11-02T09:00:00"),
        ("changes[0].events[0].at", "2026-11-02T09:00:00Z[UTC]"),
        ("changes[0].events[0].at", "2026-13-02T09:00:00+00:00"),
        ("changes[0].events[0].at", "2026-11-02T09:00:00+00:00[../../etc/passwd]"),
        ("changes[0].events[0].at", "2026-11-02T09:00:00+00:00[Mars/Olympus]"),
        ("changes[0].events[0].at", "2026-11-02T09:00:00+00:00[Asia]"),
        ("changes[0].events[0].at", "9999-12-31T23:59:59-12:00[Asia/Jerusalem]"),
        ("changes[0].events[0].at", 1793610000),
        ("changes[0].events[0].type", "ContactX"),
        ("changes[0].events[0].type", "Deal"),
        ("changes[0].events[0].type", None),
        ("changes[0].events", {}),
        ("changes[0].before", 5),
        ("changes[1].before.email", "not an address"),
        ("changes[1].before.do_not_contact", 1),
        ("changes[1].before.likes", "short calls"),
        ("changes[1].before.likes[0]", 5),
        ("changes", [None] * 100_001),
        ("key", 5),
    ],
)
def test_what_is_wrong_is_refused_with_the_path_to_it(path: str, value: object) -> None:
    error = refusal(bad(path, value), ChangeSet)
    assert error.field == path


def test_half_an_amount_is_refused() -> None:
    data = Records().dump(a_deal(amount=Money("5", "EUR")))
    del data["amount"]["currency"]
    assert refusal(data).field == "amount.currency"


def test_of_several_records_the_wrong_one_is_named() -> None:
    tasks = (Task(id=1, title="call", created_at=AT), Task(id=2, title="write", created_at=AT))
    data = Records().dump(a_deal(tasks=tasks))
    data["tasks"][1]["due_at"] = "tomorrow"
    assert refusal(data).field == "tasks[1].due_at"
    data["tasks"][1] = 5
    assert refusal(data).field == "tasks[1]"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (None, "data"),
        (5, "data"),
        ("Deal", "data"),
        ([], "data"),
        ({}, "type"),
        ({"type": 5}, "type"),
        ({"type": []}, "type"),
        ({"type": "Deal"}, "schema"),
        ({"schema": 1}, "type"),
    ],
    ids=str,
)
def test_what_is_no_record_is_refused(data: object, field: str) -> None:
    assert refusal(data).field == field


@pytest.mark.parametrize(
    ("field", "value", "wanted", "kind"),
    [
        ("seats", None, "a whole number", "null"),
        ("seats", True, "a whole number", "boolean"),
        ("label", 5, "text", "integer"),
        ("share", "0.1", "a number", "string"),
        ("length", 0.1, "a whole number of microseconds", "number"),
        ("when", [], "a time of day", "array"),
        ("when", {}, "a time of day", "object"),
        ("key", 5, "a UUID as text", "integer"),
        ("tree", 5, "an object", "integer"),
        ("row", {}, "an array of 3", "object"),
        ("price", 5, "one of string, object", "integer"),
    ],
)
def test_data_of_the_wrong_kind_is_told_which_it_is_and_which_it_must_be(
    field: str, value: object, wanted: str, kind: str
) -> None:
    records = everything_records()
    error = refusal(records.dump(EverythingNoted(at=AT, by="noa")) | {field: value}, records=records)
    assert type(error) is WrongType
    assert error.field == field
    assert wanted in error.rule
    assert error.way_out == f"this is of kind {kind}"


def test_a_record_of_another_class_than_expected_is_refused() -> None:
    error = refusal(Records().dump(a_deal()), Contact)
    assert (error.field, error.rule) == ("type", "must be a record of Contact")
    with pytest.raises(InvalidValue):
        Records().from_json(Records().to_json(a_deal()), expect=Event)


def test_validators_run_on_what_is_read() -> None:
    records = saas_records()
    data = records.dump(SeatsAgreed(at=AT, by="noa", seats=5)) | {"seats": -77}
    error = refusal(data, records=records)
    assert error.field == "data"
    assert "ValueError" in str(error)
    assert "-77" not in str(error)


def test_an_event_of_what_the_deal_does_not_have_is_refused() -> None:
    added = TaskAdded(at=AT, by="noa", task_id=1, title="call")
    done = TaskCompleted(at=AT, by="noa", task_id=1)
    data = Records().dump(ChangeSet((Change(a_deal(), (added, done)),)))
    data["changes"][0]["events"][1]["task_id"] = 7
    error = refusal(data)
    assert (error.field, error.rule) == ("changes[0]", "is refused by Change (UnknownName)")


def test_events_that_do_not_fit_their_entity_are_refused() -> None:
    data = bad("changes[1].before", None)
    assert refusal(data).field.startswith("changes[1]")
    data = bad("changes[0].events[1].type", "DealResumed")
    del data["changes"][0]["events"][1]["changes"]
    data["changes"][0]["events"].reverse()
    assert refusal(data).field.startswith("changes[0]")
    data = bad("changes[0].events", [])
    assert refusal(data).field == "changes[0].events"


@pytest.mark.parametrize("name", NAMES)
def test_no_message_repeats_a_value(name: str) -> None:
    def spoil(part: object) -> object:
        if isinstance(part, dict):
            return {key: one if key in ("type", "schema") else spoil(one) for key, one in part.items()}
        if isinstance(part, list):
            return [spoil(one) for one in part]
        return "Sekr\x00tt" if isinstance(part, str) else part

    error = refusal(spoil(json.loads(Records().to_json(sample(CLASSES[name])))))
    assert "Sekr" not in "".join(traceback.format_exception(error))


def test_personal_values_are_in_no_message() -> None:
    data = Records().dump(sample(Contact))
    for field, value in (
        ("name", "Sekrett\x00"),
        ("email", "Sekrett"),
        ("phone", "Sekrett"),
        ("website", "Sekrett"),
        ("language", "Sekrett!"),
        ("likes", ["Sekrett\x00"]),
        ("id", " Sekrett "),
        ("do_not_contact", "Sekrett"),
    ):
        error = refusal(data | {field: value})
        assert "Sekrett" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"NaN", b'{"a": Infinity}', b"[" * 200_000, b"\xff", b'"\\ud800"', b"1" * 6000, b"1e999", "\ud800"],
    ids=repr,
)
def test_what_is_no_json_is_refused(data: bytes | str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Records().from_json(data)
    assert caught.value.field == "data"


def test_what_is_nested_without_end_is_refused() -> None:
    records = Records().register(Node, name="Node", schema=1)
    data: dict[str, object] = {"name": "x", "children": []}
    tree = Node(name="x")
    for _ in range(3000):
        data = {"name": "x", "children": [data]}
        tree = Node(name="x", children=(tree,))
    assert "nested" in str(refusal(data | {"type": "Node", "schema": 1}, records=records))
    assert "nested" in str(dump_refusal(tree, records))


def test_json_may_be_text() -> None:
    assert Records().from_json(Records().to_json(a_deal()).decode()) == a_deal()


def test_no_more_is_read_than_is_allowed() -> None:
    with pytest.raises(InvalidValue, match="at most 100 bytes"):
        Records(max_bytes=100).from_json(Records().to_json(a_deal()))


# What could not be read back is not written


class _OtherZone(tzinfo):
    def utcoffset(self, _at: datetime | None) -> timedelta:
        return timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"label": "a\x00b"}, "label"),
        ({"label": "\ud800"}, "label"),
        ({"label": b"bytes"}, "label"),
        ({"seats": 2**63}, "seats"),
        ({"seats": True}, "seats"),
        ({"seats": 1.0}, "seats"),
        ({"share": float("nan")}, "share"),
        ({"share": "0.1"}, "share"),
        ({"price": Decimal("NaN")}, "price"),
        ({"price": Decimal("1E+999999")}, "price"),
        ({"price": Decimal("1" * 35)}, "price"),
        ({"price": "5"}, "price"),
        ({"length": 5}, "length"),
        ({"price": None, "share": True}, "share"),
        ({"when": time(9, tzinfo=UTC)}, "when"),
        ({"when": "09:00"}, "when"),
        ({"size": 1}, "size"),
        ({"row": ("a", 1)}, "row"),
        ({"row": ("a", "b", None)}, "row[1]"),
        ({"tree": "top"}, "tree"),
        ({"tree": Node(name="top", children=[Node(name="leaf")])}, "tree.children"),
        ({"tree": Node(name="top", children=(Node(name=5),))}, "tree.children[0].name"),
        ({"tree": Node(name="top", children=(Node(name="leaf"),) * 100_001)}, "tree.children"),
        ({"about": sample(Contact)}, "about"),
        ({"about": Hold(since=AT, reason="x")}, "about"),
        ({"task": Task(id=1, title="call", created_at=datetime(2026, 11, 2))}, "task.created_at"),
        ({"task": Task(id=1, title="call", created_at=datetime(2026, 11, 2, tzinfo=_OtherZone()))}, "task.created_at"),
        ({"task": Task(id=1, title="call", created_at=date(2026, 11, 2))}, "task.created_at"),
        ({"task": Task(id=1, title="call", created_at=AT, status="open")}, "task.status"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_could_not_be_read_back_is_not_written(fields: dict[str, object], path: str) -> None:
    assert dump_refusal(EverythingNoted(at=AT, by="noa", **fields), everything_records()).field == path


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("row", ["a", 1]),
        ("row", ["a", 1, 5]),
        ("price", 5),
        ("share", "0.1"),
        ("share", True),
        ("length", "1 day"),
        ("when", "9:30"),
        ("when", "25:00:00"),
        ("when", 930),
        ("size", True),
        ("size", 3),
        ("tree", {"name": "top"}),
        ("tree", {"name": "top", "children": [], "type": "Node"}),
        ("tree", {"name": "top", "children": [{"name": 5, "children": []}]}),
        ("about", {"type": "Contact", "schema": 1}),
        ("_hidden", None),
    ],
)
def test_fields_of_your_own_are_checked_like_the_library_s(field: str, value: object) -> None:
    records = everything_records()
    data = records.dump(EverythingNoted(at=AT, by="noa")) | {field: value}
    assert refusal(data, records=records).field.startswith(field)


def test_text_of_a_closed_choice_in_a_plain_field_is_plain_text() -> None:
    event = EverythingNoted(at=AT, by="noa", label=Plan.YEARLY)
    data = everything_records().dump(event)
    assert type(data["label"]) is str
    assert everything_records().load(data) == event


def test_a_value_of_another_class_is_told_which_it_must_be() -> None:
    for fields, wanted in (({"tree": "top"}, "Node"), ({"task": Node(name="top")}, "Task"), ({"size": 1}, "Size")):
        error = dump_refusal(EverythingNoted(at=AT, by="noa", **fields), everything_records())
        assert type(error) is WrongType
        assert wanted in error.rule


def test_a_value_may_have_a_field_that_is_called_type() -> None:
    @attrs.frozen(kw_only=True)
    class Answer:
        type: str

    @attrs.frozen(kw_only=True)
    class Answered(Event[Deal]):
        answer: Answer

    Answered.__annotations__ = {"answer": Answer}
    records = Records().register(Answered, name="Answered", schema=1)
    event = Answered(at=AT, by="noa", answer=Answer(type="free text"))
    assert records.load(records.dump(event)) == event
    data = records.dump(event) | {"answer": {"type": 5}}
    assert refusal(data, records=records).field == "answer.type"


def test_a_value_of_a_registered_subclass_says_what_it_is() -> None:
    @attrs.frozen(kw_only=True)
    class Call(Task):
        number: str = ""

    records = everything_records().register(Call, name="Call", schema=1)
    event = EverythingNoted(at=AT, by="noa", task=Call(id=1, title="call", created_at=AT, number="5"))
    data = records.dump(event)
    assert data["task"]["type"] == "Call"
    assert records.load(data) == event
    assert dump_refusal(event, everything_records()).field == "task"


def test_a_recorded_event_keeps_its_place_in_the_history() -> None:
    records = saas_records()
    recorded = Recorded(kind=SaaSDeal, id="D-1", version=2, event=SeatsAgreed(at=AT, by="noa", seats=5))
    data = records.dump(recorded)
    assert data["kind"] == "SaaSDeal"
    assert records.load(data, expect=Recorded) == recorded
    for kind in ("StageChanged", "Nothing", 5, []):
        assert refusal(data | {"kind": kind}, records=records).field == "kind"
    assert dump_refusal(attrs.evolve(recorded, kind=EnterpriseDeal), records).field == "kind"


# JSON Schema


def valid(schema: dict[str, object], data: object, part: dict[str, object] | None = None) -> bool:
    """Whether data is valid, by the few words of JSON Schema that are used here."""
    part = schema if part is None else part
    if "$ref" in part:
        return valid(schema, data, schema["$defs"][part["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in part:
        return any(valid(schema, data, one) for one in part["anyOf"])
    if "enum" in part:
        return data in part["enum"]
    if "const" in part:
        return data == part["const"]
    kinds = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
    if part["type"] == "array":
        rows = zip(data, part.get("prefixItems") or [part["items"]] * len(data), strict=True)
        return isinstance(data, list) and all(valid(schema, one, form) for one, form in rows)
    if part["type"] == "object":
        properties = part["properties"]
        return isinstance(data, dict) and set(part["required"]) <= set(data) <= set(properties) and all(
            valid(schema, one, properties[name]) for name, one in data.items()
        )  # fmt: skip
    return isinstance(data, kinds[part["type"]])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_valid_by_the_schema_of_its_record(name: str) -> None:
    records = Records()
    schema = records.schema(CLASSES[name])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == name
    data = records.dump(sample(CLASSES[name]))
    assert valid(schema, data)
    assert not valid(schema, data | {"mood": 1})
    assert json.loads(json.dumps(schema)) == schema


def test_a_base_has_the_schema_of_all_that_derive_from_it() -> None:
    records = saas_records()
    schema = records.schema(Event)
    assert valid(schema, records.dump(SeatsAgreed(at=AT, by="noa", seats=5)))
    assert not valid(schema, records.dump(a_deal()))
    updated = DealUpdated(at=AT, by="noa", changes=(("plan", Plan.YEARLY),))
    assert valid(schema, records.dump(updated))


def test_fields_of_your_own_are_in_the_schema() -> None:
    records = everything_records()
    schema = records.schema(EverythingNoted)
    assert valid(schema, records.dump(sample_of_everything()))


def sample_of_everything() -> EverythingNoted:
    return EverythingNoted(at=AT, by="noa", price=Money("5", "EUR"), tree=Node(name="top"), key=UUID(int=1))


def test_a_schema_is_that_of_one_class_and_bears_its_name_in_stored_data() -> None:
    records = Records().register(SaaSDeal, name="Subscription", schema=1)
    assert records.schema(SaaSDeal)["title"] == "Subscription"
    assert records.schema(SaaSDeal)["$ref"] == "#/$defs/Subscription"
    schema = records.schema(Deal)
    assert valid(schema, records.dump(a_deal()))
    assert not valid(schema, records.dump(SaaSDeal(id="D-1", name="Order desk")))


def test_a_class_that_is_held_by_a_row_is_in_the_schema() -> None:
    @attrs.frozen(kw_only=True)
    class Placed(Event[Deal]):
        place: tuple[Node, int] = (Node(name="top"), 1)

    Placed.__annotations__ = {"place": tuple[Node, int]}
    records = Records().register(Placed, name="Placed", schema=1)
    assert valid(records.schema(Placed), records.dump(Placed(at=AT, by="noa")))


def test_a_class_that_is_not_registered_has_no_schema() -> None:
    with pytest.raises(InvalidValue, match="must be registered"):
        Records().schema(SaaSDeal)


def test_two_classes_of_one_name_do_not_share_a_schema() -> None:
    @attrs.frozen
    class Objection2:
        text: str

    Objection2.__name__ = "Objection"

    @attrs.frozen(kw_only=True)
    class Compared(Event[Deal]):
        ours: Objection
        theirs: Objection2

    Compared.__annotations__ = {"ours": Objection, "theirs": Objection2}
    defs = Records().register(Compared, name="Compared", schema=1).schema(Compared)["$defs"]
    assert {"Objection", "Objection_"} <= set(defs)


# The extra


def test_json_bytes_need_the_extra_and_plain_data_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    records = Records()
    assert records.load(records.dump(a_deal())) == a_deal()
    for attempt in (lambda: records.to_json(a_deal()), lambda: records.from_json(b"{}")):
        with pytest.raises(MissingExtra, match=r"salesflow\[records\]"):
            attempt()


def test_json_bytes_load_what_they_need_when_they_are_first_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "msgspec", raising=False)
    assert Records().from_json(Records().to_json(a_deal())) == a_deal()


def test_creations_are_read_with_their_entity() -> None:
    records = Records()
    added = ContactAdded(at=AT, by="noa", contact=Contact(id="C-1", name="Noa", email=EmailAddress("noa@acme.example")))
    assert records.load(records.dump(added), expect=ContactAdded).create() == added.create()
    moved = ContactUpdated(at=AT, by="noa", changes=(("email", None),))
    assert fold([records.load(records.dump(one), expect=Event) for one in (added, moved)]) == fold([added, moved])
    assert isinstance(records.load(records.dump(Lead(id="L-1", name="Noa")), expect=Entity), Lead)
    stage = StageChanged(at=AT, by="noa", move="advance", source="a", target="b")
    assert records.load(records.dump(stage), expect=Event) == stage
